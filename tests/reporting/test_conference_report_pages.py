"""The pages of a conference's report: section by section, settled by the head of its office, made into a file."""

import io

import docx
import pytest
from django.utils import timezone

from reporting.enums import EntryState, JobKind
from reporting.forms.reports import ReportForm, name_of
from reporting.models import Filing, Job, Year
from reporting.services.compiling import begin_report
from reporting.services.jobs import run_waiting
from reporting.services.report_changes import changed_since_compiled
from reporting.services.report_handing_in import hand_in_report
from tests.figure_rows import FigureSheetFactory
from tests.report_rows import (
    YEAR,
    as_user,
    at,
    bodies,
    content_of,
    district_duty,
    district_of,
    fresh,
    hand_in_from,
    page_text,
    section,
    town,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-10 09:30")


@pytest.fixture
def city():
    return town()


@pytest.fixture
def own(city):
    city.entry("二/(一)", 0, work_done="开展宣传。", state=EntryState.ACCEPTED)
    return begin_report(None, city.conference, YEAR, by=city.staff)


def of_section(row):
    form = ReportForm(report=row.report, sections=[row])
    return {"lock_version": form["lock_version"].initial, name_of(row): row.body}


def test_office_writes_section_by_section(city, own):
    client = as_user(city.staff)
    page = client.get(at("conference_report", city.conference.code, YEAR))
    assert [row["heading"] for row in page.context["sections"]][3] == "宣传教育（二（一））"
    row = section(own, "clause:二/(一)")
    address = at("report_section", own.pk, row.pk)
    assert "市教委：开展宣传。" in page_text(client.get(address))

    client.post(address, of_section(row) | {name_of(row): "合写的。"})

    assert bodies(own)["clause:二/(一)"] == "合写的。"
    assert client.get(address).context["row"]["is_edited"]


def test_two_people_write_two_sections_of_one_report(city, own):
    first, second = section(own, "overview"), section(own, "problems")
    data = [of_section(first) | {name_of(first): "概况。"}, of_section(second) | {name_of(second): "问题。"}]

    for person, row, sent in ((city.staff, first, data[0]), (city.chief, second, data[1])):
        response = as_user(person).post(at("report_section_autosave", own.pk, row.pk), sent)
        assert response.status_code == 204

    assert (bodies(own)["overview"], bodies(own)["problems"]) == ("概况。", "问题。")


def test_of_one_section_the_second_sees_both(city, own):
    row = section(own, "overview")
    mine = of_section(row) | {name_of(row): "我的概况。"}
    as_user(city.chief).post(at("report_section", own.pk, row.pk), of_section(row) | {name_of(row): "对方的概况。"})

    response = as_user(city.staff).post(at("report_section", own.pk, row.pk), mine)

    assert response.status_code == 409
    assert response.context["conflict"]["fields"]
    assert response.context["form"][name_of(row)].value() == "我的概况。"


def test_the_head_of_the_office_settles_it_and_opens_it_again(city, own):
    staff, chief = as_user(city.staff), as_user(city.chief)
    assert staff.post(at("report_file", own.pk)).status_code == 403
    response = hand_in_from(chief, own)
    filing = Filing.objects.get()
    assert response.url == at("filing", filing.pk)
    assert chief.get(response.url).status_code == 200
    assert chief.get(at("filing_receipt", filing.pk)).status_code == 404
    page = chief.get(at("conference_report", city.conference.code, YEAR))
    assert (page.context["form"], bool(page.context["reopen_form"])) == (None, True)

    assert chief.post(at("report_reopen", own.pk), {"reason": " "}).status_code == 422
    chief.post(at("report_reopen", own.pk), {"reason": "补充数据"})

    assert chief.get(at("conference_report", city.conference.code, YEAR)).context["form"] is not None
    assert staff.post(at("report_reopen", own.pk), {"reason": "x"}).status_code == 403


def test_an_office_without_a_head_lets_its_staff_settle(city, own):
    city.chief.postings.all().delete()

    hand_in_from(as_user(city.staff), own)

    assert Filing.objects.count() == 1


def test_word_file_of_a_consolidated_report_is_made_by_a_worker(city, own, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    client = as_user(city.staff)
    response = client.post(at("report_job", own.pk))
    job = Job.objects.get()
    assert (job.kind, job.report, response.url) == (JobKind.REPORT, own, at("job", job.key))

    run_waiting()

    job.refresh_from_db()
    word = docx.Document(io.BytesIO(content_of(job)))
    assert job.file_name == "测试市反拐工作联席会议关于2026年反拐工作情况的报告（草稿）.docx"
    assert "市教委：开展宣传。" in [paragraph.text for paragraph in word.paragraphs]


def test_the_file_of_a_settled_report_is_that_of_the_filing(city, own, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    filing = hand_in_report(own, by=city.chief)
    client = as_user(city.staff)
    client.post(at("report_job", own.pk))

    run_waiting()

    assert content_of(Job.objects.get()) == client.get(at("filing_word", filing.pk)).content


def test_closed_year_shows_and_takes_nothing(city, own):
    row = section(own, "overview")
    data = of_section(row) | {name_of(row): "改。"}
    Year.objects.update(state="closed")
    client = as_user(city.chief)

    assert client.get(at("conference_report", city.conference.code, YEAR)).context["form"] is None
    response = client.post(at("report_section", own.pk, row.pk), data)
    assert (response.status_code, "改。" in page_text(response)) == (409, True)
    hand_in_from(client, own)
    client.post(at("report_compile", own.pk))
    assert not Filing.objects.exists()


def test_what_is_wrong_and_comes_after_the_close_is_given_back(city, own):
    row = section(own, "overview")
    data = of_section(row) | {name_of(row): "联系11010519491231002X"}
    Year.objects.update(state="closed")
    client = as_user(city.chief)

    written = client.post(at("report_section", own.pk, row.pk), data)
    head = client.post(at("report", own.pk), {"title": "", "addressee": "市政府", "signatory": "", "lock_version": ""})

    for response, text in ((written, "联系11010519491231002X"), (head, "市政府")):
        assert response.status_code == 409
        assert f"{YEAR}年度已经关闭归档" in response.context["locked"]
        assert [field["text"] for field in response.context["kept"]] == [text]


def test_units_do_not_see_the_conferences_report(city, own):
    client = as_user(city.liaisons[0])

    for name in ("report", "report_preview", "report_word"):
        assert client.get(at(name, own.pk)).status_code == 404


def test_office_is_told_what_has_changed_since_the_text_was_compiled(city, own, clock):
    pages = [at("conference_report", city.conference.code, YEAR), at("report_preview", own.pk)]
    client = as_user(city.chief)
    clock("2026-12-10 09:45")
    assert [client.get(page).context["changes"] for page in pages] == ["", ""]
    now = timezone.now()
    city.entry("二/(一)", 1, state=EntryState.ACCEPTED, submitted_at=now, reviewed_at=now)
    # Still being written: nothing of it is in the report.
    city.entry("三/(一)", 0, state=EntryState.DRAFT, updated_at=now)
    city.duty(0, state=EntryState.SUBMITTED, submitted_at=now)
    for unit in city.units:
        FigureSheetFactory(department=unit, year=YEAR, updated_at=now)
    city.duty(1)

    shown = [client.get(page) for page in pages]

    says = (
        "汇编（2026-12-10 09:30）之后，有1条进展、1份数据表、1份年度报告有改动；正文仍是当时的内容，附表按现在的数据。"
    )
    assert [page.context["changes"] for page in shown] == [says, says]
    assert all(says in page_text(page) for page in shown)
    assert f'href="{pages[0]}#compile"' in page_text(shown[1])

    client.post(at("report_compile", own.pk))

    assert client.get(pages[0]).context["changes"] == ""


def test_asking_what_has_changed_takes_one_query(own, django_assert_num_queries):
    compiled = fresh(own)

    with django_assert_num_queries(1):
        changed_since_compiled(compiled)


def test_whoever_settles_is_told_whose_reports_are_missing_and_may_settle(city, own):
    for unit in (0, 1):
        city.duty(unit, state=EntryState.SUBMITTED if unit else EntryState.DRAFT)
    for name in ("江岸区", "江汉区"):
        district_duty(city, district_of(city, name))
    client = as_user(city.chief)

    page = client.get(at("report_preview", own.pk))

    assert "还有1个成员单位、2个区县未报送年度报告，本报告中没有这些报告的内容。" in page_text(page)
    hand_in_from(client, own)
    assert Filing.objects.filter(report=own).exists()


def test_nothing_is_said_where_nobody_is_missing(city, own):
    city.duty(0, state=EntryState.ACCEPTED)

    assert as_user(city.chief).get(at("report_preview", own.pk)).context["missing"] == ""
