"""Forms: numbers as people write them, what must be there, what must not; what was typed is never lost."""

from decimal import Decimal

import pytest

from reporting.forms.entries import DutyForm, FigureForm, FigureSet, ProgressForm, ReturnForm, figures_of
from reporting.forms.urging import UrgeForm
from reporting.models import Figure, Progress
from reporting.services.entries import FigureInput
from tests.factories import ProgressFactory

# --- Numbers ------------------------------------------------------------------------------------------------------


def figure_form(value, unit="场", name="宣传场次"):
    form = FigureForm({"name": name, "value": value, "unit": unit})
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("120", "120"),
        ("0", "0"),
        ("约120", "120"),
        ("300余", "300"),
        ("1,200.5", "1200.5"),
        ("1,234,567", "1234567"),
        ("12个字", "12"),
        ("约 120 余 人次", "120"),
        ("近3万余人", "30000"),
        ("1.5亿", "150000000"),
        ("3千多", "3000"),
        ("５０", "50"),
        ("１，２００", "1200"),
        ("5%", "5"),
        ("007", "7"),
        ("999999999999.99", "999999999999.99"),
    ],
)
def test_numbers_as_people_write_them(written, number):
    form = figure_form(written)

    assert form.errors == {}
    assert (form.cleaned_data["number"], form.cleaned_data["value"]) == (Decimal(number), written)


NUMBER, NEGATIVE, RANGE = "请填数字，可以写“约120”“120余”。", "数值不能为负。", "数值过大，或小数超过两位。"


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("负数", NUMBER),
        ("无", NUMBER),
        ("几十", NUMBER),
        ("120-130", NUMBER),
        ("3/4", NUMBER),
        ("2026年12月", NUMBER),
        ("1.200,5", NUMBER),
        ("12,34", NUMBER),
        ("3万5", NUMBER),
        ("1e5", NUMBER),
        ("12 000", NUMBER),
        ("NaN", NUMBER),
        ("-5", NEGATIVE),
        ("－5", NEGATIVE),
        ("负5", NEGATIVE),
        ("约-5", NEGATIVE),
        ("负数5", NEGATIVE),
        ("1000000000000", RANGE),
        ("1.005", RANGE),
        ("100万亿", RANGE),
    ],
)
def test_what_is_no_number_of_the_ledger_is_refused(written, error):
    assert figure_form(written).errors == {"value": [error]}


def test_a_number_counted_in_ten_thousands_is_not_multiplied_twice():
    in_wan, in_yuan = figure_form("5.5万元", unit="万元"), figure_form("5.5万元", unit="元")

    assert (in_wan.cleaned_data["number"], in_yuan.cleaned_data["number"]) == (Decimal("5.5"), Decimal(55000))


def figure_set(*rows):
    data = {"figures-TOTAL_FORMS": len(rows), "figures-INITIAL_FORMS": 0}
    for number, (name, value, unit) in enumerate(rows):
        data |= {f"figures-{number}-name": name, f"figures-{number}-value": value, f"figures-{number}-unit": unit}
    return FigureSet(data, prefix="figures")


def test_empty_is_not_zero_and_empty_rows_are_no_rows():
    figures = figure_set(("宣传场次", "", "场"), ("", "", ""), ("线索", "0", "条"))

    assert figures.is_valid()
    assert figures.inputs() == [
        FigureInput("宣传场次", None, "场", ""),
        FigureInput("线索", Decimal(0), "条", "0"),
    ]


def test_a_number_needs_its_name():
    figures = figure_set(("", "5", "场"), ("", "", "场"))

    assert not figures.is_valid()
    assert figures.errors == [{"name": ["请写明是什么数据。"]}] * 2


def test_a_figure_twice_is_refused_on_both_rows():
    figures = figure_set(("宣传场次", "5", "场"), ("线索", "1", "条"), (" 宣传场次 ", "6", "场"))

    assert not figures.is_valid()
    assert figures.errors == [{"name": ["这项指标写了两次，请合并。"]}, {}, {"name": ["这项指标写了两次，请合并。"]}]


def test_thirty_figures_are_taken_and_thirty_one_are_not():
    rows = [(f"指标{number}", "1", "") for number in range(31)]

    assert (figure_set(*rows[:30]).is_valid(), figure_set(*rows).is_valid()) == (True, False)


@pytest.mark.parametrize("field", ["name", "value", "unit"])
def test_numbers_of_people_are_refused_in_every_field_of_a_figure(field):
    form = FigureForm({"name": "线索", "value": "1", "unit": "条"} | {field: "13812345678"})

    assert list(form.errors) == [field]
    assert "手机号(138…78)" in form.errors[field][0]


@pytest.mark.django_db
def test_stored_figures_come_back_as_they_were_written():
    progress = ProgressFactory()
    Figure.objects.create(
        conference=progress.conference,
        progress=progress,
        position=0,
        name="经费",
        value=120,
        unit="万元",
        as_written="约120",
    )

    assert figures_of(progress) == [{"name": "经费", "value": "约120", "unit": "万元"}]


# --- Texts --------------------------------------------------------------------------------------------------------


def progress_form(submitting=False, **fields):
    data = {"lock_version": "3", "status": "in_progress", "work_done": "做了", "problems": "", "next_steps": ""}
    return ProgressForm(data | fields, submitting=submitting)


def test_values_are_the_text_without_the_lock():
    form = progress_form(problems="缺人")

    assert form.is_valid()
    assert form.values() == {"status": "in_progress", "work_done": "做了", "problems": "缺人", "next_steps": ""}
    assert form.cleaned_data["lock_version"] == 3


def test_a_draft_may_be_empty_and_what_is_handed_over_may_not():
    assert progress_form(work_done="").errors == {}
    assert progress_form(submitting=True, work_done=" \n ").errors == {"work_done": ["提交前请填写此项。"]}
    assert DutyForm({"lock_version": 0, "statement": ""}).errors == {}
    assert DutyForm({"lock_version": 0, "statement": ""}, submitting=True).errors == {
        "statement": ["提交前请填写此项。"]
    }


def test_work_that_was_done_is_not_handed_over_as_not_started():
    assert progress_form(status="not_started").errors == {}
    assert progress_form(submitting=True, status="not_started").errors == {
        "status": ["已写了工作情况，请选择相应的进展状态。"]
    }


@pytest.mark.parametrize("status", ["", "finished", "accepted"])
def test_a_status_of_no_list_is_refused(status):
    assert list(progress_form(status=status).errors) == ["status"]


@pytest.mark.parametrize("lock_version", ["", "-1", "x", "1.5"])
def test_a_form_without_its_version_is_refused(lock_version):
    assert list(progress_form(lock_version=lock_version).errors) == ["lock_version"]


@pytest.mark.parametrize("sent", ["第一行\r\n第二行\r第三行\n第四行"])
def test_line_breaks_are_kept_and_made_one_kind(sent):
    form = progress_form(work_done=sent)

    assert form.is_valid()
    assert form.values()["work_done"] == "第一行\n第二行\n第三行\n第四行"


def test_the_limit_counts_a_line_break_once_as_browsers_do():
    lines = "\r\n".join(["汉" * 99] * 200)

    assert len(lines.replace("\r\n", "\n")) == 19_999
    assert progress_form(work_done=lines).errors == {}
    assert list(progress_form(work_done=lines + "\r\n汉汉").errors) == ["work_done"]


@pytest.mark.parametrize("field", ["work_done", "problems", "next_steps"])
@pytest.mark.parametrize("number", ["110101199003070011", "13812345678", "4111111111111111"])
def test_numbers_of_people_are_refused_and_the_text_is_kept(field, number):
    text = f"解救被拐妇女，联系{number}，已安置。"
    form = progress_form(**{field: text})

    assert list(form.errors) == [field]
    assert form.errors[field][0].startswith("疑似含有")
    assert number not in str(form.errors)
    assert form[field].value() == text


def test_what_was_typed_stays_beside_another_fields_error():
    form = progress_form(submitting=True, work_done="", problems="<b>写了很多</b>")

    assert not form.is_valid()
    assert form["problems"].value() == "<b>写了很多</b>"


def test_unknown_fields_of_a_request_are_not_values():
    form = progress_form(state="accepted", department="7", submitted_by="1", due_on="2030-01-01")

    assert form.is_valid()
    assert set(form.values()) == {"status", "work_done", "problems", "next_steps"}


@pytest.mark.django_db
def test_the_form_of_an_entry_shows_what_is_stored():
    progress = ProgressFactory(draft=True, work_done="做了", problems="缺人", next_steps="再做", lock_version=7)

    form = ProgressForm.of(Progress.objects.get(pk=progress.pk))

    assert {name: form[name].value() for name in form.fields} == {
        "lock_version": 7,
        "clause": progress.clause_id,
        "status": "not_started",
        "work_done": "做了",
        "problems": "缺人",
        "next_steps": "再做",
    }


def test_a_return_needs_a_reason_and_an_urge_needs_none():
    assert ReturnForm({"reason": " \n"}).errors == {"reason": ["退回必须写明理由。"]}
    assert UrgeForm({"message": ""}).errors == {}
    assert list(UrgeForm({"message": "请联系13812345678"}).errors) == ["message"]


# --- Pasted from Word ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("控\x01制\x1f字\x7f符\x9f", "控制字符"),
        (
            "第一行\x0b第二行\x0c第三行\u2028第四行\u2029第五行\x85第六行",
            "第一行\n第二行\n第三行\n第四行\n第五行\n第六行",
        ),
        ("\ufeff开头有标记，软\u00ad连\u200b字\u2060符", "开头有标记，软连字符"),
        ("不断行\xa0空格\u202f也是空格", "不断行 空格 也是空格"),
        ("非字符\ufffe与\uffff和孤立\ud83d代理", "非字符与和孤立代理"),
        ("单位\t场次\t人次\n市教委\t12\t3000", "单位\t场次\t人次\n市教委\t12\t3000"),
        ("发放材料👍，覆盖家庭👨\u200d👩\u200d👧", "发放材料👍，覆盖家庭👨\u200d👩\u200d👧"),
        ("\ufeff \x0b ", ""),
    ],
)
def test_what_word_leaves_in_a_text_is_cleaned_and_what_people_see_is_kept(pasted, kept):
    form = progress_form(work_done=pasted)

    assert form.errors == {}
    assert form.values()["work_done"] == kept


def test_a_number_of_a_person_is_found_though_pasted_with_marks_of_no_width():
    assert list(progress_form(work_done="联系138\u200b1234\ufeff5678").errors) == ["work_done"]


def test_fifty_thousand_characters_are_refused_beside_the_field_and_kept():
    text = "汉" * 50_000
    form = progress_form(work_done=text)

    assert form.errors == {"work_done": ["最多20000字，现在有50000字。请精简，或把全文作为附件上传。"]}
    assert form["work_done"].value() == text
    assert "maxlength" not in str(form["work_done"])


@pytest.mark.parametrize("field", ["work_done", "problems", "next_steps"])
def test_a_nul_is_refused(field):
    form = progress_form(**{field: "含\x00空字符"})

    assert form.errors == {field: ["含有无法保存的空字符，请重新粘贴为纯文本。"]}


def test_what_is_cleaned_away_does_not_count():
    assert progress_form(work_done="汉" * 20_000 + "\x01" * 500).errors == {}


def test_a_figure_is_one_line_whatever_was_pasted():
    form = FigureForm({"name": "宣传\x0b场次\xa0", "value": "\u200b１２０\n余", "unit": "场\t"})

    assert form.errors == {}
    assert (form.cleaned_data["name"], form.cleaned_data["value"], form.cleaned_data["unit"]) == (
        "宣传 场次",
        "１２０ 余",
        "场",
    )
    assert form.cleaned_data["number"] == Decimal(120)
