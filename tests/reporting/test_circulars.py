"""Circulars: drafted from findings or alone, written, issued, read."""

from datetime import date

import pytest
from django.urls import reverse

from departments.models import Event
from departments.models.events import Action
from reporting.enums import CircularKind, CircularState, Finding, YearState
from reporting.models import Circular, Notice, Year
from reporting.paper_documents import circular_document
from reporting.services.circulars import draft_circular, issue_circular, write_circular
from reporting.services.refusals import NotReady, Overtaken, WrongState, YearIsOver
from tests.papers_rows import AssessmentFactory, AssessmentResultFactory, CircularFactory, Office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_december(clock):
    clock("2026-12-20 10:00")


@pytest.fixture
def office():
    return Office(2026)


@pytest.fixture
def assessment(office):
    """Published; of the first unit and the district something is said."""
    row = AssessmentFactory(conference=office.city, year=2026, published=True)
    AssessmentResultFactory(
        assessment=row, department=office.units[0], finding=Finding.CRITICISE, grounds="两次逾期，退回三次。"
    )
    AssessmentResultFactory(assessment=row, department=office.units[1], finding=Finding.COMMEND, grounds="按时完整。")
    AssessmentResultFactory(
        assessment=row,
        of_district=True,
        assessed_conference=office.district,
        finding=Finding.CRITICISE,
        grounds="没有召开会议。",
    )
    return row


def drafted(office, **more):
    return draft_circular(office.city, 2026, **({"kind": CircularKind.CRITICISE, "by": office.staff} | more))


def issued(circular, office, **more):
    given = {"lock_version": 0, "issued_on": date(2026, 12, 20), "document_number": "渝反拐办〔2026〕5号"}
    issue_circular(circular, by=office.head, **(given | more))


# --- Drafting -----------------------------------------------------------------------------------------------------


def test_draft_names_whom_the_assessment_found_so_with_the_grounds(office, assessment):
    circular = drafted(office, assessment=assessment)

    unit, district = office.units[0].name, office.district.jurisdiction.name
    for words in (
        f"（一）{unit}。两次逾期，退回三次。",
        f"（二）{district}。没有召开会议。",
        "2026年度反拐工作阶段性评估结果",
    ):
        assert words in circular.body
    assert office.units[1].name not in circular.body
    assert circular.assessment == assessment


def test_draft_is_cut_into_the_headings_of_an_official_document(office, assessment):
    document = circular_document(drafted(office, assessment=assessment))

    headings = [block.text for block in document.blocks if hasattr(block, "level") and block.level == 1]
    assert headings == ["一、批评单位及事由", "二、整改要求"]
    assert document.is_draft
    assert document.closing == "特此通报。"


def test_a_circular_by_itself_begins_empty(office):
    circular = drafted(office, kind=CircularKind.COMMEND)

    assert (circular.body, circular.assessment) == ("", None)
    assert circular.title == "关于对2026年度反拐工作成绩突出单位予以表扬的通报"
    assert circular.addressee == "各区县反拐工作联席会议，联席会议各成员单位"


def test_a_circular_about_nobody_is_not_drafted(office, refused):
    row = AssessmentFactory(conference=office.city, year=2026, published=True)

    with refused(NotReady):
        drafted(office, assessment=row)


def test_findings_that_are_not_published_are_not_told(office, refused):
    with refused(NotReady):
        drafted(office, assessment=AssessmentFactory(conference=office.city, year=2026))


# --- Writing and issuing ------------------------------------------------------------------------------------------


def test_text_of_an_older_form_is_refused(office, refused):
    circular = CircularFactory(conference=office.city, year=2026)
    write_circular(circular, values={"body": "甲"}, lock_version=0, by=office.head)

    with refused(Overtaken) as overtaken:
        write_circular(circular, values={"body": "乙"}, lock_version=0, by=office.staff)

    assert (overtaken.value.current.body, overtaken.value.current.updated_by) == ("甲", office.head)


def test_issued_circular_is_for_reading_and_everybody_is_told_once(office, refused):
    circular = CircularFactory(conference=office.city, year=2026)

    issued(circular, office)

    circular.refresh_from_db()
    assert (circular.state, circular.issued_on, circular.document_number) == (
        CircularState.ISSUED,
        date(2026, 12, 20),
        "渝反拐办〔2026〕5号",
    )
    people = [*office.liaisons, office.district_staff, office.district_head]
    assert sorted(notice.recipient_id for notice in Notice.objects.all()) == sorted(person.pk for person in people)
    with refused(WrongState):
        write_circular(circular, values={"body": "改"}, lock_version=1, by=office.staff)
    with refused(WrongState):
        issued(circular, office, lock_version=1)


def test_event_of_the_issue_keeps_the_text(office):
    issued(CircularFactory(conference=office.city, year=2026, body="予以表扬。"), office)

    event = Event.objects.get(action=Action.ISSUE_CIRCULAR)
    assert (event.actor, event.detail["body"]) == (office.head, "予以表扬。")


def test_what_was_not_seen_is_not_issued(office, refused):
    circular = CircularFactory(conference=office.city, year=2026)
    write_circular(circular, values={"body": "改过"}, lock_version=0, by=office.staff)

    with refused(Overtaken):
        issued(circular, office)


def test_an_empty_circular_is_not_issued(office, refused):
    with refused(NotReady):
        issued(CircularFactory(conference=office.city, year=2026, body=" "), office)


def test_nothing_is_written_in_a_closed_year(office, refused):
    circular = CircularFactory(conference=office.city, year=2026)
    Year.objects.filter(conference=office.city).update(state=YearState.CLOSED)

    for act in (
        lambda: drafted(office),
        lambda: write_circular(circular, values={"body": "改"}, lock_version=0, by=office.staff),
        lambda: issued(circular, office),
    ):
        with refused(YearIsOver):
            act()


# --- Pages --------------------------------------------------------------------------------------------------------


def typed(circular, **changes):
    given = {
        "lock_version": circular.lock_version,
        "kind": "commend",
        "title": "通报",
        "addressee": "",
        "body": "表扬。",
    }
    return given | changes


def page_of(circular):
    return reverse("reporting:circular", args=[circular.pk])


def test_staff_write_and_do_not_issue(client, office):
    circular = CircularFactory(conference=office.city, year=2026)
    client.force_login(office.staff)

    assert client.get(page_of(circular)).context["issue"] is None
    assert client.post(page_of(circular), typed(circular, action="save")).status_code == 302
    circular.refresh_from_db()
    data = typed(circular, action="issue", issued_on="2026-12-20")
    assert client.post(page_of(circular), data).status_code == 403
    assert Circular.objects.get().state == CircularState.DRAFT


@pytest.mark.parametrize("day", ["2026-12-21", "2025-12-31", "1900-01-01", "", "never"])
def test_day_of_the_issue_is_today_or_before_in_the_year(client, office, day):
    circular = CircularFactory(conference=office.city, year=2026)
    client.force_login(office.head)

    response = client.post(page_of(circular), typed(circular, action="issue", issued_on=day))

    assert response.status_code == 422
    assert response.context["issue"].errors.keys() == {"issued_on"}
    assert Circular.objects.get().body == "决定予以通报表扬。"


def test_overtaken_writer_sees_both_texts_and_loses_nothing(client, office):
    circular = CircularFactory(conference=office.city, year=2026)
    data = typed(circular, action="save", body="丁戊己")
    write_circular(circular, values={"body": "甲乙丙"}, lock_version=0, by=office.head)
    client.force_login(office.staff)

    response = client.post(page_of(circular), data)

    assert response.status_code == 409
    assert "甲乙丙" in response.text
    assert response.context["form"]["body"].value() == "丁戊己"
    again = response.context["form"].data
    assert client.post(page_of(circular), again).status_code == 302
    assert Circular.objects.get().body == "丁戊己"


def test_text_of_one_who_comes_after_the_issue_is_kept_to_be_copied(client, office):
    circular = CircularFactory(conference=office.city, year=2026)
    data = typed(circular, action="save", body="晚到的文字")
    issued(circular, office)
    client.force_login(office.staff)

    response = client.post(page_of(circular), data)

    assert response.status_code == 409
    assert "晚到的文字" in response.text
    assert Circular.objects.get().body == "决定予以通报表扬。"


@pytest.mark.parametrize("lock", ["issued", "closed"])
@pytest.mark.parametrize("body", ["晚到的文字", "联系11010519491231002X"])
def test_all_that_was_typed_comes_back_when_it_is_too_late(client, office, lock, body):
    circular = CircularFactory(conference=office.city, year=2026)
    data = typed(circular, action="save", body=body, title="改名的通报", addressee="各成员单位")
    if lock == "issued":
        issued(circular, office)
    else:
        Year.objects.filter(conference=office.city).update(state=YearState.CLOSED)
    client.force_login(office.staff)

    response = client.post(page_of(circular), data)

    assert response.status_code == 409
    said = {"issued": "通报已经印发，不能再修改。", "closed": "2026年度已经关闭归档，不能再修改。"}[lock]
    assert response.context["locked"] == said
    texts = [field["text"] for field in response.context["kept"]]
    assert texts[1:] == ["改名的通报", "各成员单位", body]


@pytest.mark.parametrize("body", ["联系电话13812345678", "a\x00b", "字" * 60_001])
def test_what_must_not_be_stored_is_refused_beside_the_field(client, office, body):
    circular = CircularFactory(conference=office.city, year=2026)
    client.force_login(office.staff)

    response = client.post(page_of(circular), typed(circular, action="save", body=body))

    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"body"}


def test_fifty_thousand_characters_are_stored_and_printed(client, office):
    circular = CircularFactory(conference=office.city, year=2026)
    client.force_login(office.staff)
    text = "一、情况\n" + "各单位要落实责任。" * 5500

    assert client.post(page_of(circular), typed(circular, action="save", body=text)).status_code == 302
    assert len(Circular.objects.get().body) == len(text)
    word = client.get(reverse("reporting:circular_word", args=[circular.pk]))
    assert word.content.startswith(b"PK")


def test_autosave_answers_with_the_version(client, office):
    circular = CircularFactory(conference=office.city, year=2026)
    client.force_login(office.staff)
    path = reverse("reporting:circular_autosave", args=[circular.pk])

    first = client.post(path, typed(circular, body="一"))
    second = client.post(path, typed(circular, body="二"))

    assert (first.status_code, first["X-Lock-Version"], second.status_code) == (204, "1", 409)
    assert Circular.objects.get().body == "一"
    assert not Event.objects.exists()


def test_a_second_click_drafts_once(office):
    first, second = (drafted(office) for _click in range(2))

    assert (first, Circular.objects.count()) == (second, 1)
