"""The page of a unit's sheet: what was typed is never lost, nobody writes for others, autosave keeps what is right."""

import pytest
from django.urls import reverse

from departments.models import Event
from reporting.enums import YearState
from reporting.models import Figure, FigureSheet, Progress, Year
from reporting.pages.figures import figures_beside
from reporting.services.figures import sheet_of
from tests.factories import (
    ClauseFactory,
    DepartmentFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    YearFactory,
    this_year,
)
from tests.figure_rows import FigureFactory, FigureSheetFactory, IndicatorFactory, report_of_unit
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    unit = DepartmentFactory(member=True)
    YearFactory(conference=unit.conference)
    return unit


@pytest.fixture
def indicator(unit):
    return IndicatorFactory(conference=unit.conference, name="宣传场次", unit="场")


@pytest.fixture
def liaison(unit, client):
    person = PostingFactory(department=unit).user
    client.force_login(person)
    return person


def page(unit, name="figures", year=None):
    return reverse(f"reporting:{name}", args=[year or this_year(), unit.code])


def typed(unit, *, lock_version=None, **values):
    """``typed(unit, value_7="5")``: what the form sends; ``_`` stands for the hyphen."""
    if lock_version is None:
        lock_version = sheet_of(unit, this_year()).row.lock_version
    return {"lock_version": lock_version} | {name.replace("_", "-"): value for name, value in values.items()}


def stored():
    return list(Figure.objects.order_by("pk").values_list("indicator__name", "value", "as_written", "explanation"))


# --- Writing ------------------------------------------------------------------------------------------------------


def test_the_page_of_nobodys_sheet_is_empty_and_not_zero(client, liaison, unit, indicator):
    response = client.get(page(unit))

    text = response.content.decode()
    assert response.status_code == 200
    assert 'placeholder="未填"' in text
    assert "共 1 项指标，还有 1 项未填或须说明。" in text
    assert not FigureSheet.objects.exists()


def test_a_number_is_saved_as_it_was_written(client, liaison, unit, indicator):
    key = indicator.pk

    response = client.post(
        page(unit), typed(unit, **{f"value_{key}": " 约1.2万 ", f"why_{key}": "含区县"}), follow=True
    )

    assert stored() == [("宣传场次", 12000, "约1.2万", "含区县")]
    assert response.redirect_chain == [(page(unit), 302)]
    assert "已保存。1 项指标均已填报。" in response.content.decode()
    assert 'value="约1.2万"' in response.content.decode()


def test_cannot_be_counted_is_a_tick(client, liaison, unit, indicator):
    client.post(page(unit), typed(unit, **{f"cannot_{indicator.pk}": "on"}))

    figure = Figure.objects.get()
    assert (figure.value, figure.cannot_be_counted) == (None, True)
    text = client.get(page(unit)).content.decode()
    assert "还有 1 项未填或须说明" in text
    assert (
        f'<p class="sheet-question late" data-question="{indicator.pk}" role="status">无法统计的，请说明原因。</p>'
        in text
    )

    client.post(page(unit), typed(unit, **{f"cannot_{indicator.pk}": "on", f"why_{indicator.pk}": "系统升级"}))

    text = client.get(page(unit)).content.decode()
    assert "1 项指标均已填报" in text
    assert "请说明原因" not in text


@pytest.mark.parametrize("name", ["figures", "figures_autosave"])
def test_what_was_not_sent_is_left_alone_and_what_was_emptied_is_empty(client, liaison, unit, indicator, name):
    key, other = indicator.pk, IndicatorFactory(conference=unit.conference, name="线索").pk
    uncountable = {f"cannot_{other}": "on", f"why_{other}": "系统升级"}
    client.post(page(unit), typed(unit, **{f"value_{key}": "5", f"why_{key}": "含区县"}, **uncountable))
    before = stored()

    client.post(page(unit, name), typed(unit))
    client.post(page(unit, name), typed(unit, **{f"why_{other}": "系统升级"}))
    assert stored() == before
    client.post(page(unit, name), typed(unit, **{f"value_{key}": "6"}))
    assert stored() == [("宣传场次", 6, "6", "含区县"), before[1]]
    client.post(page(unit, name), typed(unit, **{f"value_{key}": "", f"why_{key}": ""}))

    assert stored() == [before[1]]
    assert Figure.objects.get().cannot_be_counted


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"value": "很多"}, "请填数字，可以写“约120”“120余”。"),
        ({"value": "-5"}, "数值不能为负。"),
        ({"value": "1" + "0" * 12}, "数值过大，或小数超过两位。"),
        ({"value": "9" * 61}, "最多60字，现在有61字。"),
        ({"value": "13812345678"}, "疑似含有"),
        ({"why": "联系13812345678"}, "疑似含有"),
        ({"why": "长" * 301}, "最多300字，现在有301字。"),
        ({"value": "5", "cannot": "on"}, "既填了数值，又选了“无法统计”，请只留一项。"),
    ],
)
def test_what_is_refused_is_told_beside_its_field_and_kept(client, liaison, unit, indicator, fields, message):
    data = typed(unit, **{f"{name}_{indicator.pk}": value for name, value in fields.items()})

    response = client.post(page(unit), data)

    text = response.content.decode()
    assert response.status_code == 422
    assert message in text
    assert all(value in text for name, value in fields.items() if name != "cannot")
    assert not Figure.objects.exists()


def test_control_characters_go_and_half_a_million_digits_are_refused(client, liaison, unit, indicator):
    key = indicator.pk

    assert client.post(page(unit), typed(unit, **{f"value_{key}": "5\x0b\r\n0"})).status_code in (302, 422)
    response = client.post(page(unit), typed(unit, **{f"value_{key}": "9" * 500_000}))

    assert response.status_code == 422


def test_a_number_that_moved_far_is_saved_and_asked_about(client, liaison, unit, indicator):
    FigureFactory(sheet=FigureSheetFactory(department=unit, year=this_year() - 1), indicator=indicator, value=100)

    client.post(page(unit), typed(unit, **{f"value_{indicator.pk}": "300"}))

    assert Figure.objects.filter(sheet__year=this_year()).get().value == 300
    text = client.get(page(unit)).content.decode()
    assert "比上年变动 +200%，请说明原因。" in text
    assert "还有 1 项未填或须说明" in text

    client.post(page(unit), typed(unit, **{f"value_{indicator.pk}": "300", f"why_{indicator.pk}": "专项行动"}))

    text = client.get(page(unit)).content.decode()
    assert "比上年变动 +200%。" in text
    assert "请说明原因" not in text


# --- Two at once --------------------------------------------------------------------------------------------------


def test_who_comes_second_sees_both_numbers_and_may_save_their_own(client, liaison, unit, indicator):
    key = indicator.pk
    client.post(page(unit), typed(unit, **{f"value_{key}": "5"}))

    response = client.post(page(unit), typed(unit, lock_version=0, **{f"value_{key}": "9"}))

    text = response.content.decode()
    assert response.status_code == 409
    assert "<del>5</del>" in text
    assert "<ins>9</ins>" in text
    assert stored() == [("宣传场次", 5, "5", "")]
    again = {"lock_version": response.context["form"]["lock_version"].value(), f"value-{key}": "9"}
    assert client.post(page(unit), again).status_code == 302
    assert stored() == [("宣传场次", 9, "9", "")]


@pytest.mark.parametrize("version", ["", "-1", "x", "99999999999999999999"])
def test_a_version_that_makes_no_sense_is_refused(client, liaison, unit, indicator, version):
    response = client.post(page(unit), {"lock_version": version, f"value-{indicator.pk}": "5"})

    assert response.status_code == 422
    assert not Figure.objects.exists()


# --- Locked -------------------------------------------------------------------------------------------------------


def test_what_was_typed_while_the_report_was_filed_can_be_copied(client, liaison, unit, indicator):
    data = typed(unit, **{f"value_{indicator.pk}": "约500", f"why_{indicator.pk}": "估数"})
    report_of_unit(unit, submitted=True)

    response = client.post(page(unit), data)

    text = response.content.decode()
    assert response.status_code == 409
    assert "年度报告已经报送，数据不能修改；如需修改请先撤回年度报告。" in text
    assert "您刚才写的文字没有保存" in text
    assert "约500 · 估数" in text
    assert response.context["form"] is None
    assert not Figure.objects.exists()


def test_a_closed_year_is_read_and_not_written(client, liaison, unit, indicator):
    Year.objects.update(state=YearState.CLOSED)

    shown = client.get(page(unit))
    response = client.post(page(unit), typed(unit, **{f"value_{indicator.pk}": "5"}))

    assert shown.context["form"] is None
    assert (response.status_code, Figure.objects.exists()) == (409, False)
    assert f"{this_year()}年度已经关闭归档，不能再修改。" in response.content.decode()


# --- Mass assignment ----------------------------------------------------------------------------------------------


def test_other_indicators_and_other_fields_are_not_looked_at(client, liaison, unit, indicator):
    other_unit = DepartmentFactory(conference=unit.conference, member=True)
    theirs = IndicatorFactory(conference=unit.conference, named=[other_unit])
    abroad = IndicatorFactory()
    crammed = {
        f"value-{theirs.pk}": "7",
        f"value-{abroad.pk}": "8",
        "value-999999": "9",
        "department": other_unit.pk,
        "conference": abroad.conference_id,
        "year": 1999,
        "updated_by": 1,
        "sheet": 5,
        f"indicator-{indicator.pk}": abroad.pk,
        f"unit-{indicator.pk}": "个",
        f"name-{indicator.pk}": "另一项",
    }

    response = client.post(page(unit), crammed | typed(unit, **{f"value_{indicator.pk}": "5"}))

    assert response.status_code == 302
    figure = Figure.objects.get()
    assert (figure.indicator, figure.value, figure.name, figure.unit) == (indicator, 5, "宣传场次", "场")
    assert (figure.sheet.department, figure.sheet.conference, figure.sheet.year) == (unit, unit.conference, this_year())
    assert figure.sheet.updated_by == liaison


@pytest.mark.parametrize("name", ["figures", "figures_autosave"])
def test_the_sheet_of_another_unit_does_not_exist(client, liaison, unit, indicator, name):
    other = DepartmentFactory(conference=unit.conference, member=True)
    before = rows(FigureSheet, Figure, Event)

    response = client.post(page(other, name), typed(other, **{f"value_{indicator.pk}": "5"}))

    assert response.status_code == 404
    assert rows(FigureSheet, Figure, Event) == before


@pytest.mark.parametrize("name", ["figures", "figures_autosave"])
def test_the_head_and_the_office_read_and_do_not_write(client, unit, indicator, name):
    FigureFactory(sheet=FigureSheetFactory(department=unit), indicator=indicator, value=5)
    for posting in (
        PostingFactory(department=unit, head=True),
        PostingFactory(conference=unit.conference, office_head=True),
        PostingFactory(conference=unit.conference, auditor=True),
    ):
        client.force_login(posting.user)
        assert client.get(page(unit)).status_code == 200
        assert client.post(page(unit, name), typed(unit, **{f"value_{indicator.pk}": "6"})).status_code == 403
    assert Figure.objects.get().value == 5


def test_the_office_reads_a_sheet_once_the_report_is_handed_in(client, unit, indicator):
    FigureFactory(sheet=FigureSheetFactory(department=unit), indicator=indicator, value=5)
    report = report_of_unit(unit, draft=True)
    client.force_login(PostingFactory(conference=unit.conference, office_staff=True).user)

    assert client.get(page(unit)).status_code == 404
    report.state = "submitted"
    report.save()
    assert client.get(page(unit)).status_code == 200


def test_a_year_that_was_never_opened_has_no_sheet(client, liaison, unit):
    assert client.get(page(unit, year=this_year() - 3)).status_code == 404


# --- Autosave -----------------------------------------------------------------------------------------------------


def test_autosave_answers_with_what_the_page_is_to_show(client, liaison, unit, indicator):
    FigureFactory(sheet=FigureSheetFactory(department=unit, year=this_year() - 1), indicator=indicator, value=100)
    key = str(indicator.pk)

    response = client.post(page(unit, "figures_autosave"), typed(unit, **{f"value_{key}": "300"}))

    assert (response.status_code, response["X-Lock-Version"]) == (200, "1")
    assert response.json() == {
        "questions": {key: "比上年变动 +200%，请说明原因。"},
        "unexplained": [key],
        "changes": {key: "+200%"},
        "answered": "共 1 项指标，还有 1 项未填或须说明。",
    }


def test_autosave_keeps_what_is_right_beside_a_half_typed_number(client, liaison, unit, indicator):
    other = IndicatorFactory(conference=unit.conference, name="线索")
    data = typed(unit, **{f"value_{indicator.pk}": "12..3", f"value_{other.pk}": "3"})

    response = client.post(page(unit, "figures_autosave"), data)

    assert (response.status_code, response["X-Lock-Version"]) == (422, "1")
    assert response.content.decode() == "其余已保存；有误未保存：宣传场次。"
    assert stored() == [("线索", 3, "3", "")]


def test_autosave_of_who_comes_second_is_refused(client, liaison, unit, indicator):
    client.post(page(unit), typed(unit, **{f"value_{indicator.pk}": "5"}))

    response = client.post(
        page(unit, "figures_autosave"), typed(unit, lock_version=0, **{f"value_{indicator.pk}": "9"})
    )

    assert (response.status_code, response.content.decode()) == (409, "在您填写期间，数据表已被他人修改。")
    assert stored() == [("宣传场次", 5, "5", "")]


def test_autosave_says_why_a_sheet_is_locked(client, liaison, unit, indicator):
    report_of_unit(unit, accepted=True)

    response = client.post(page(unit, "figures_autosave"), typed(unit, **{f"value_{indicator.pk}": "9"}))

    assert response.status_code == 409
    assert "已审核通过" in response.content.decode()


# --- Districts ----------------------------------------------------------------------------------------------------


def test_what_the_conference_above_asks_has_a_heading_of_its_own(client, unit, liaison, indicator):
    from tests.factories import ConferenceFactory  # only here

    city = ConferenceFactory()
    unit.conference.upper = city
    unit.conference.save()
    IndicatorFactory(conference=city, name="统一口径", for_districts=True)

    groups = client.get(page(unit)).context["groups"]

    assert [(group["title"], [row["name"] for row in group["rows"]]) for group in groups] == [
        ("上级联席会议统一要求的指标", ["统一口径"]),
        ("本级指标", ["宣传场次"]),
    ]


# --- Beside an entry ----------------------------------------------------------------------------------------------


@pytest.fixture
def entry(unit):
    clause = ClauseFactory(version__conference=unit.conference, path="二/(一)/1")
    row = ProgressFactory(responsibility=ResponsibilityFactory(clause=clause, department=unit))
    return Progress.objects.select_related("clause", "department__conference").get(pk=row.pk)


def test_the_numbers_of_a_clause_stand_beside_its_entry(unit, liaison, entry):
    IndicatorFactory(conference=unit.conference, name="别的")
    of_clause = IndicatorFactory(conference=unit.conference, name="线索", clause_path="二/(一)/1")
    FigureFactory(sheet=FigureSheetFactory(department=unit), indicator=of_clause, value=0, as_written="0")

    beside = figures_beside(entry, liaison)

    assert beside["url"] == page(unit)
    assert beside["repeated"] == []
    assert [(row["name"], row["now"]["text"]) for row in beside["rows"]] == [("线索", "0")]


def test_a_number_typed_into_an_entry_that_the_sheet_asks_for_is_pointed_out(unit, liaison, entry, indicator):
    Figure.objects.create(conference=unit.conference, progress=entry, position=0, name="宣传 场次", as_written="3")

    beside = figures_beside(entry, liaison)

    assert (beside["repeated"], beside["rows"]) == (["宣传场次"], [])


def test_others_see_nothing_beside_an_entry(unit, entry, indicator):
    office = PostingFactory(conference=unit.conference, office_staff=True).user

    assert figures_beside(entry, office) is None


def test_an_entry_without_numbers_has_nothing_beside_it(unit, liaison, entry, indicator):
    assert figures_beside(entry, liaison) is None


@pytest.mark.parametrize("lock", ["handed in", "closed year"])
def test_what_is_wrong_and_comes_too_late_is_given_back(client, liaison, unit, indicator, lock):
    key = indicator.pk
    data = typed(unit, **{f"value_{key}": "很多", f"why_{key}": "联系11010519491231002X"})
    if lock == "handed in":
        report_of_unit(unit, submitted=True)
    else:
        Year.objects.update(state=YearState.CLOSED)

    response = client.post(page(unit), data)

    assert response.status_code == 409
    assert response.context["form"] is None
    assert response.context["locked"]
    assert response.context["kept"] == [{"label": "宣传场次", "text": "很多 · 联系11010519491231002X"}]
