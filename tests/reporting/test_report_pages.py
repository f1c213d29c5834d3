"""The pages of reports: beginning, writing, conflicts, previewing, handing in, receipts and Word files."""

import io
from datetime import date

import docx
import pytest
from django.utils import timezone

from measures.enums import ObligationKind
from reporting.enums import EntryState, YearState
from reporting.forms.reports import ReportForm, name_of
from reporting.models import AnnualReport, Duty, Filing, Indicator, ReportSection, UnitSetting, Year
from reporting.services.filing import file_away
from reporting.services.report_handing_in import hand_in_report
from reporting.services.reports import report_for
from reporting.views import report_acts
from tests.factories import PostingFactory
from tests.report_rows import YEAR, as_user, at, bodies, fresh, hand_in_from, page_text, section, town

pytestmark = pytest.mark.django_db

IDENTITY = "110101199003078515"


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-10 09:30")


@pytest.fixture
def city():
    return town()


@pytest.fixture
def report(city):
    return fresh(city.report())


def typed(report, **texts):
    """What the unit's form sends when only ``texts`` (by key) were typed."""
    report = fresh(report)
    sections = list(report.sections.order_by("position"))
    form = ReportForm(report=report, sections=sections, with_head=True)
    data = {name: form[name].initial or "" for name in form.fields}
    return data | {name_of(row): texts[row.key] for row in sections if row.key in texts}


# --- Beginning --------------------------------------------------------------------------------------------------------


def test_looking_at_a_duty_begins_nothing(city):
    duty = city.duty()

    response = as_user(city.liaisons[0]).get(at("duty", duty.pk))

    assert (response.status_code, response.context["may_start"]) == (200, True)
    assert not AnnualReport.objects.exists()


def test_one_click_compiles_a_first_draft(city):
    city.entry("二/(一)", 0, work_done="开展宣传。", state=EntryState.DRAFT)
    duty = city.duty()

    response = as_user(city.liaisons[0]).post(at("duty", duty.pk), {"action": "start"})

    assert response.url == at("duty", duty.pk)
    assert bodies(report_for(duty))["chapter:二"] == "宣传教育。开展宣传。"


def test_the_head_of_the_unit_reads_and_begins_nothing(city):
    duty = city.duty()
    client = as_user(PostingFactory(head=True, department=city.units[0]).user)

    page = client.get(at("duty", duty.pk))

    assert (page.status_code, page.context["may_start"]) == (200, False)
    assert client.post(at("duty", duty.pk), {"action": "start"}).status_code == 403


def test_nothing_is_begun_in_a_closed_year(city):
    duty = city.duty()
    city.conference.years.update(state="closed")
    client = as_user(city.liaisons[0])

    client.post(at("duty", duty.pk), {"action": "start"})

    assert not AnnualReport.objects.exists()
    assert client.get(at("duty", duty.pk)).context["may_start"] is False


def test_a_page_from_before_there_were_sections_loses_nothing(city):
    duty = city.duty()
    client = as_user(city.liaisons[0])

    response = client.post(at("duty", duty.pk), {"statement": "很长的总结。", "lock_version": 0, "action": "save"})

    assert response.status_code == 409
    assert "很长的总结。" in page_text(response)
    assert client.post(at("duty_autosave", duty.pk), {"statement": "总结", "lock_version": 0}).status_code == 409


# --- Writing ----------------------------------------------------------------------------------------------------------


def test_last_years_filed_text_stands_beside_each_section(city, report):
    before = AnnualReport.objects.create(
        conference=city.conference,
        department=city.units[0],
        year=YEAR - 1,
        duty=city.duty(period="2025"),
        title="2025年度报告",
    )
    ReportSection.objects.create(
        conference=city.conference, report=before, key="problems", position=1, heading="问题", body="去年缺人。"
    )
    file_away(before, recipient=city.conference.pk, duty=before.duty, by=city.liaisons[0])

    page = as_user(city.liaisons[0]).get(at("duty", report.duty_id))

    beside = {row["key"]: row["last_year"] for row in page.context["sections"]}
    assert beside["problems"] == "去年缺人。"
    assert "去年缺人。" in page_text(page)


@pytest.mark.parametrize("day", ["0001-01-01", "2025-12-31", "2028-01-01", "9999-12-31"])
def test_a_report_is_dated_in_its_year_or_the_next_one(city, report, day):
    data = typed(report, problems="缺人。") | {"dated_on": day}

    response = as_user(city.liaisons[0]).post(at("report", report.pk), data)

    assert response.status_code == 422
    assert response.context["form"].errors == {"dated_on": ["成文日期须在2026年或2027年内。"]}
    assert fresh(report).dated_on is None


@pytest.mark.parametrize("name", ["report", "report_autosave"])
def test_what_was_not_sent_is_left_alone_and_what_was_emptied_is_empty(city, report, name):
    client = as_user(city.liaisons[0])
    client.post(at("report", report.pk), typed(report, problems="缺人。", next_steps="明年接着做。"))
    report = fresh(report)
    before = bodies(report)
    section = report.sections.get(key="problems")

    nothing = client.post(at(name, report.pk), {"lock_version": typed(report)["lock_version"]})
    kept = bodies(report)
    client.post(at(name, report.pk), {"lock_version": typed(report)["lock_version"], name_of(section): ""})

    assert nothing.status_code in (302, 204)
    assert kept == before
    assert bodies(report) == before | {"problems": ""}
    assert fresh(report).title == report.title


def test_saving_writes_what_was_typed(city, report):
    data = typed(report, problems="缺人。") | {"title": "新题名", "dated_on": "2026-12-11"}

    response = as_user(city.liaisons[0]).post(at("report", report.pk), data)

    assert response.url == at("duty", report.duty_id)
    report = fresh(report)
    assert (report.title, report.dated_on, bodies(report)["problems"]) == ("新题名", date(2026, 12, 11), "缺人。")


def test_both_texts_are_shown_to_who_comes_second_and_nothing_is_lost(city, report):
    mine, theirs = typed(report, problems="我写的。", overview="我的概况。"), typed(report, problems="对方写的。")
    client = as_user(city.liaisons[0])
    client.post(at("report", report.pk), theirs)

    response = client.post(at("report", report.pk), mine)

    text = page_text(response)
    assert response.status_code == 409
    assert ("对方写的。" in text.replace("<del>", "").replace("</del>", "")) is True
    field = name_of(section(report, "problems"))
    assert response.context["form"][field].value() == "我写的。"
    assert bodies(report)["problems"] == "对方写的。"

    again = mine | {"lock_version": response.context["form"].data["lock_version"]}
    assert client.post(at("report", report.pk), again).status_code == 302
    assert (bodies(report)["problems"], bodies(report)["overview"]) == ("我写的。", "我的概况。")


@pytest.mark.parametrize(
    ("text", "says"),
    [(f"受助人{IDENTITY}。", "身份证号"), ("长" * 100_001, "最多100000字")],
    ids=["identity", "too long"],
)
def test_what_cannot_be_kept_is_refused_beside_its_section(city, report, text, says):
    response = as_user(city.liaisons[0]).post(at("report", report.pk), typed(report, problems=text))

    field = name_of(section(report, "problems"))
    assert response.status_code == 422
    assert says in str(response.context["form"].errors[field])
    assert response.context["form"][field].value() == text
    assert bodies(report)["problems"] == ""


def test_fifty_thousand_characters_are_kept(city, report):
    text = "长" * 50_000

    assert as_user(city.liaisons[0]).post(at("report", report.pk), typed(report, problems=text)).status_code == 302
    assert bodies(report)["problems"] == text


def test_what_was_typed_into_a_report_that_was_filed_meanwhile_is_shown(city, report):
    data = typed(report, problems="还没写完。")
    Duty.objects.filter(pk=report.duty_id).update(state=EntryState.SUBMITTED)

    response = as_user(city.liaisons[0]).post(at("report", report.pk), data)

    assert response.status_code == 409
    assert "还没写完。" in page_text(response)
    assert bodies(report)["problems"] == ""


def test_autosave_keeps_and_answers_with_the_new_marks(city, report):
    client, data = as_user(city.liaisons[0]), typed(report, problems="边写边存")

    first = client.post(at("report_autosave", report.pk), data)
    data |= {"lock_version": first["X-Lock-Version"], name_of(section(report, "problems")): "边写边存，又写。"}
    second = client.post(at("report_autosave", report.pk), data)

    assert (first.status_code, second.status_code) == (204, 204)
    assert bodies(report)["problems"] == "边写边存，又写。"


def test_autosave_keeps_the_sections_without_fault(city, report):
    data = typed(report, problems=f"电话{IDENTITY}", overview="概况。")

    response = as_user(city.liaisons[0]).post(at("report_autosave", report.pk), data)

    assert (response.status_code, response["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert (bodies(report)["overview"], bodies(report)["problems"]) == ("概况。", "")
    assert "X-Lock-Version" in response


def test_autosave_overtaken_is_a_conflict(city, report):
    client, data = as_user(city.liaisons[0]), typed(report, problems="我的。")
    client.post(at("report", report.pk), typed(report, problems="对方的。"))

    response = client.post(at("report_autosave", report.pk), data)

    assert response.status_code == 409
    assert bodies(report)["problems"] == "对方的。"


@pytest.mark.parametrize("mark", ["", "x", "head.1.abc", "1.2", "9" * 20_001])
def test_a_mark_that_says_nothing_is_refused(city, report, mark):
    data = typed(report, problems="缺人。") | {"lock_version": mark}

    assert as_user(city.liaisons[0]).post(at("report", report.pk), data).status_code == 422
    assert bodies(report)["problems"] == ""


def test_what_a_person_changed_can_be_put_back(city, report):
    ReportSection.objects.filter(report=report, key="overview").update(body="我写的。")
    client = as_user(city.liaisons[0])
    row = next(row for row in client.get(at("duty", report.duty_id)).context["sections"] if row["key"] == "overview")
    assert row["is_edited"]

    client.post(at("report_restore", report.pk), {"key": "overview"})

    assert bodies(report)["overview"] == row["compiled"]
    assert client.post(at("report_restore", report.pk), {"key": "没有"}).status_code == 404


# --- Previewing and handing in ----------------------------------------------------------------------------------------


def test_preview_is_followed_by_handing_in_exactly_that(city, report):
    client = as_user(city.liaisons[0])
    saved = client.post(at("report", report.pk), typed(report, problems="缺人。") | {"action": "preview"})
    page = client.get(saved.url)

    response = client.post(page.context["hand_in_url"], {"seen": page.context["seen"]})

    filing = Filing.objects.get()
    assert response.url == at("filing", filing.pk)
    shown = client.get(response.url)
    assert shown.context["facts"]["is_unchanged"]
    assert "内容与报送时一致" in page_text(shown)
    assert "缺人。" in page_text(shown)


def test_preview_says_which_parts_stay_empty(city, report):
    page = as_user(city.liaisons[0]).get(at("report_preview", report.pk))

    assert page.context["empty"] == ["主要工作及成效", "存在的问题和困难", "下一步工作打算"]


def test_unit_is_told_what_it_has_written_since_its_report_was_compiled(city, report, clock):
    clock("2026-12-10 10:00")
    now = timezone.now()
    city.entry("二/(一)", 0, work_done="又写了。", updated_at=now)
    city.entry("二/(一)", 1, work_done="别的单位。", updated_at=now)

    page = as_user(city.liaisons[0]).get(at("duty", report.duty_id))

    assert "汇编（2026-12-10 09:30）之后，有1条进展有改动" in page_text(page)


def test_what_the_office_says_of_an_entry_changes_no_word_of_the_units_report(city, report, clock):
    clock("2026-12-10 10:00")
    city.entry("二/(一)", 0, state=EntryState.ACCEPTED, reviewed_at=timezone.now())

    assert as_user(city.liaisons[0]).get(at("duty", report.duty_id)).context["changes"] == ""


def test_another_text_than_the_previewed_one_is_shown_again(city, report):
    client = as_user(city.liaisons[0])
    seen = client.get(at("report_preview", report.pk)).context["seen"]
    client.post(at("report", report.pk), typed(report, problems="后来写的。"))

    response = client.post(at("report_file", report.pk), {"seen": seen})

    assert response.status_code == 409
    assert "后来写的。" in page_text(response)
    assert not Filing.objects.exists()


def test_what_is_written_while_the_preview_is_made_is_not_handed_in_unseen(city, report, monkeypatch):
    client = as_user(city.liaisons[0])
    compose = report_acts.document_of

    def compose_slowly(row, **how):
        document = compose(row, **how)
        client.post(at("report", report.pk), typed(report, problems="做预览时写的。"))
        return document

    monkeypatch.setattr(report_acts, "document_of", compose_slowly)
    page = as_user(city.liaisons[0]).get(at("report_preview", report.pk))
    monkeypatch.undo()
    assert "做预览时写的。" not in page_text(page)

    response = client.post(at("report_file", report.pk), {"seen": page.context["seen"]})

    assert (response.status_code, Filing.objects.exists()) == (409, False)
    assert "做预览时写的。" in page_text(response)


def test_a_report_without_text_is_refused_beside_its_sections(city, report):
    ReportSection.objects.filter(report=report).update(body="", compiled_body="")
    client = as_user(city.liaisons[0])
    assert client.get(at("report_preview", report.pk)).context["hand_in_url"] == ""

    response = hand_in_from(client, report)

    assert response.status_code == 422
    assert "还没有任何文字" in page_text(response)
    assert response.context["form"] is not None


def test_numbers_that_nobody_has_seen_to_are_named_with_the_way_there(city, report):
    Indicator.objects.create(conference=city.conference, code="XC", name="宣传场次", unit="场", reporters="members")
    client = as_user(city.liaisons[0])

    response = hand_in_from(client, report)

    assert response.status_code == 422
    assert response.context["lacking"]["figures"][0]["name"] == "宣传场次（场）"
    assert at("figures", YEAR, city.units[0].code) in page_text(response)


def test_a_deadline_that_passes_while_the_page_is_open_is_said_and_the_report_taken(city, report, clock):
    clock("2026-12-15 23:59:55")
    client = as_user(city.liaisons[0])
    seen = client.get(at("report_preview", report.pk)).context["seen"]
    clock("2026-12-16 00:00:05")

    response = client.post(at("report_file", report.pk), {"seen": seen}, follow=True)

    assert Filing.objects.get().is_late
    assert "逾期1天报送" in page_text(response)


def test_two_clicks_on_filing_file_once(city, report):
    client = as_user(city.liaisons[0])

    for _click in range(2):
        assert hand_in_from(client, report).status_code == 302

    assert Filing.objects.count() == 1


def test_where_the_head_signs_the_button_sends_it_there(city, report):
    PostingFactory(head=True, department=city.units[0])
    UnitSetting.objects.create(conference=city.conference, department=city.units[0], signature="reports")

    response = hand_in_from(as_user(city.liaisons[0]), report)

    assert response.url == at("duty", report.duty_id)
    assert Duty.objects.get(pk=report.duty_id).state == EntryState.TO_SIGN
    assert not Filing.objects.exists()


def test_who_may_not_hand_in_is_refused(city, report):
    for person, status in (
        (PostingFactory(head=True, department=city.units[0]).user, 403),
        (city.liaisons[1], 404),
        (city.staff, 404),
    ):
        assert as_user(person).post(at("report_file", report.pk)).status_code == status


# --- What was filed ---------------------------------------------------------------------------------------------------


@pytest.fixture
def filing(city, report):
    ReportSection.objects.filter(report=report, key="problems").update(body="缺人。")
    return hand_in_report(fresh(report), by=city.liaisons[0])


def test_word_file_of_a_draft_and_of_what_was_filed(city, report):
    client = as_user(city.liaisons[0])
    draft = client.get(at("report_word", report.pk))
    assert "%EF%BC%88%E8%8D%89%E7%A8%BF%EF%BC%89.docx" in draft["Content-Disposition"]

    filing = hand_in_report(report, by=city.liaisons[0])

    assert client.get(at("report_word", report.pk)).url == at("filing_word", filing.pk)
    first, second = (client.get(at("filing_word", filing.pk)) for _time in range(2))
    assert first.content == second.content
    assert docx.Document(io.BytesIO(first.content)).paragraphs


def test_receipt_names_number_and_digest(city, filing):
    client = as_user(city.liaisons[0])

    page = page_text(client.get(at("filing_receipt", filing.pk)))
    word = docx.Document(io.BytesIO(client.get(f"{at('filing_receipt', filing.pk)}?word").content))

    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    # The digest stands in two lines.
    for text in ("反拐收〔2026〕1号", f"{filing.sha256[:32]}\n{filing.sha256[32:]}", "按时报送"):
        assert text in page
        assert text in cells


def test_late_filing_says_so_on_page_and_receipt(city, report, clock):
    clock("2026-12-17 08:00")
    filing = hand_in_report(report, by=city.liaisons[0])
    client = as_user(city.liaisons[0])

    assert "逾期报送" in page_text(client.get(at("filing", filing.pk)))
    assert "逾期2日报送" in page_text(client.get(at("filing_receipt", filing.pk)))


def test_a_changed_row_is_found_out(city, filing):
    stored = filing.snapshot
    stored["sections"][0]["body"] = "别的。"
    Filing.objects.filter(pk=filing.pk).update(snapshot=stored)

    page = as_user(city.liaisons[0]).get(at("filing", filing.pk))

    assert page.context["facts"]["is_unchanged"] is False
    assert "内容与报送时不一致" in page_text(page)


def test_a_row_that_cannot_be_read_is_no_error(city, filing):
    Filing.objects.filter(pk=filing.pk).update(snapshot={"x": 1})
    client = as_user(city.liaisons[0])

    assert client.get(at("filing", filing.pk)).status_code == 200
    assert client.get(at("filing_word", filing.pk)).status_code == 404
    assert client.get(at("filing_receipt", filing.pk)).status_code == 200


def test_the_office_reviews_what_was_filed(city, filing):
    client = as_user(city.staff)
    page = client.get(at("duty_review", filing.report.duty_id))
    assert "缺人。" in page_text(page)
    assert page.context["filed"]["facts"]["receipt"] == "反拐收〔2026〕1号"

    seen = Duty.objects.get(pk=filing.report.duty_id).lock_version
    client.post(at("duty_review", filing.report.duty_id), {"action": "accept", "lock_version": seen})

    assert Duty.objects.get(pk=filing.report.duty_id).state == EntryState.ACCEPTED
    assert as_user(city.liaisons[0]).get(at("duty", filing.report.duty_id)).context["form"] is None


def test_the_office_no_longer_reads_what_is_being_written_again(city, filing, report):
    client = as_user(city.staff)
    seen = Duty.objects.get(pk=filing.report.duty_id).lock_version
    returned = {"action": "return", "reason": "请补充", "lock_version": seen}
    client.post(at("duty_review", filing.report.duty_id), returned)
    ReportSection.objects.filter(report=report, key="problems").update(body="新的草稿。")

    assert client.get(at("report_preview", report.pk)).status_code == 404
    page = client.get(at("duty_review", filing.report.duty_id))
    assert "新的草稿。" not in page_text(page)


def test_duty_of_another_kind_keeps_its_own_page(city):
    duty = city.duty(kind=ObligationKind.OTHER, statement="方案已印发。")

    assert "方案已印发。" in page_text(as_user(city.liaisons[0]).get(at("duty", duty.pk)))


# --- Locked meanwhile, and wrong besides ------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", ["filed", "closed"])
def test_what_is_wrong_and_comes_after_the_lock_is_given_back(city, report, lock):
    data = typed(report, problems=f"缺人，{IDENTITY}。") | {"title": "", "document_number": "渝教〔2026〕5号"}
    if lock == "filed":
        Duty.objects.filter(pk=report.duty_id).update(state=EntryState.SUBMITTED)
    else:
        Year.objects.filter(conference=report.conference, year=YEAR).update(state=YearState.CLOSED)

    response = as_user(city.liaisons[0]).post(at("report", report.pk), data)

    assert response.status_code == 409
    assert response.context["form"] is None
    assert response.context["locked"]
    texts = [field["text"] for field in response.context["kept"]]
    assert "渝教〔2026〕5号" in texts
    assert f"缺人，{IDENTITY}。" in texts


def test_a_file_for_a_report_that_was_filed_meanwhile_is_refused_in_a_sentence(city, report):
    Duty.objects.filter(pk=report.duty_id).update(state=EntryState.SUBMITTED)

    response = as_user(city.liaisons[0]).post(at("duty_attach", report.duty_id), {})

    assert response.status_code == 409
    assert "附件没有上传。" in response.text
