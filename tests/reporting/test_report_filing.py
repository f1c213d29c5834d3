"""Filing a report: what is frozen, its receipt, whether it was late, and that it never changes again."""

from datetime import date
from decimal import Decimal

import pytest

from departments.models import Event
from departments.models.events import Action
from reporting.documents.reports import document_of_filing
from reporting.documents.word import to_docx
from reporting.enums import EntryState, ImplementationStatus
from reporting.models import Duty, Figure, FigureSheet, Filing, Indicator, ReportSection, UnitSetting
from reporting.services.compiling import begin_report
from reporting.services.entries import (
    accept_entry,
    ask_signature,
    reopen_entry,
    return_entry,
    sign_entry,
    submit_entry,
    withdraw_entry,
)
from reporting.services.refusals import WrongState, YearIsOver
from reporting.services.report_handing_in import NotComplete, OtherText, hand_in_report, reopen_report, stamp_of
from reporting.services.reports import is_locked
from reporting.snapshots import MalformedSnapshot, Snapshot, is_unchanged
from tests.factories import PostingFactory
from tests.report_rows import YEAR, fresh, printed_words, texted, town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-10 09:30")


@pytest.fixture
def city():
    return town()


@pytest.fixture
def report(city):
    """The first unit's, with a text."""
    return texted(city.report())


# --- What is frozen ---------------------------------------------------------------------------------------------------


def test_filing_freezes_everything_that_the_report_consists_of(city, report):
    city.entry("二/(一)", 0, work_done="宣传。", state=EntryState.ACCEPTED, status=ImplementationStatus.DONE)
    indicator = Indicator.objects.create(
        conference=city.conference, code="XC", name="宣传场次", unit="场", reporters="members"
    )
    sheet = FigureSheet.objects.create(conference=city.conference, department=city.units[0], year=YEAR)
    Figure.objects.create(
        conference=city.conference,
        sheet=sheet,
        indicator=indicator,
        position=0,
        name="宣传场次",
        value=Decimal("120.50"),
        as_written="约120.5",
        unit="场",
    )

    filing = hand_in_report(report, by=city.liaisons[0])

    stored = Filing.objects.get(pk=filing.pk)
    assert (stored.round, stored.recipient, stored.filed_by, stored.signed_by) == (
        1,
        city.conference,
        city.liaisons[0],
        None,
    )
    snapshot = Snapshot.from_json(stored.snapshot)
    assert (snapshot.year, snapshot.unit_name, snapshot.conference_code) == (YEAR, "市教委", city.conference.code)
    assert snapshot.recipients == (city.conference.office_name,)
    assert [(one.code, one.value, one.as_written, one.last_year) for one in snapshot.figures] == [
        ("XC", Decimal("120.50"), "约120.5", None)
    ]
    assert [(one.path, one.heading, one.role, one.state, one.status) for one in snapshot.measures] == [
        ("二/(一)", "宣传教育", "lead", "accepted", "done"),
        ("二/(二)", "排查", "cooperating", "open", "not_started"),
        ("三/(一)", "办案", "lead", "open", "not_started"),
    ]
    assert {one.key: one.body for one in snapshot.sections}["problems"] == "缺人。"
    assert snapshot.document.signed_on == date(2026, 12, 10)
    assert not snapshot.document.is_draft
    assert Snapshot.from_json(snapshot.to_json()) == snapshot


def test_filed_text_stays_what_it_was_whatever_is_written_after_it(city, report):
    first = hand_in_report(report, by=city.liaisons[0])
    word = to_docx(document_of_filing(first))
    return_entry(fresh(report).duty, by=city.staff, reason="请补充。")

    second = hand_in_report(texted(report, "改过的。"), by=city.liaisons[0])

    first = Filing.objects.get(pk=first.pk)
    assert to_docx(document_of_filing(first)) == word
    assert "缺人。" in printed_words(document_of_filing(first))
    assert "改过的。" in printed_words(document_of_filing(second))
    assert (second.round, second.receipt_number) == (2, "反拐收〔2026〕2号")


def test_word_file_of_a_filing_is_the_same_every_time(city, report, clock):
    filing = hand_in_report(report, by=city.liaisons[0])
    first = to_docx(document_of_filing(filing))
    clock("2030-01-01 12:00")

    assert to_docx(document_of_filing(Filing.objects.get(pk=filing.pk))) == first


def test_digest_shows_the_slightest_change(city, report):
    filing = hand_in_report(report, by=city.liaisons[0])
    stored = Filing.objects.get(pk=filing.pk)
    assert is_unchanged(stored.snapshot, stored.sha256)

    stored.snapshot["document"]["blocks"][0]["text"] += "。"

    assert not is_unchanged(stored.snapshot, stored.sha256)


@pytest.mark.parametrize("stored", [{}, [], {"schema": "x"}, {"schema": "antitrafficking/annual-report", "version": 1}])
def test_what_is_no_snapshot_is_said_to_be_none(stored):
    with pytest.raises(MalformedSnapshot):
        Snapshot.from_json(stored)


def test_trail_names_the_receipt_and_the_digest(city, report):
    filing = hand_in_report(report, by=city.liaisons[0])

    event = Event.objects.of(report.duty).get(action=Action.SUBMIT)
    assert event.detail == {
        "round": 1,
        "receipt": "反拐收〔2026〕1号",
        "sha256": filing.sha256,
        "attachments": [],
    }


def test_a_duty_that_no_report_answers_files_nothing(city):
    duty = city.duty()
    Duty.objects.filter(pk=duty.pk).update(kind="other")

    submit_entry(Duty.objects.get(pk=duty.pk), by=city.liaisons[0])

    assert not Filing.objects.exists()


# --- Rounds -----------------------------------------------------------------------------------------------------------


def test_what_is_withdrawn_is_no_longer_the_recipients(city, report):
    filing = hand_in_report(report, by=city.liaisons[0])
    assert Filing.objects.visible_to(city.staff).exists()

    withdraw_entry(fresh(report).duty, by=city.liaisons[0])

    filing.refresh_from_db()
    assert filing.withdrawn_at is not None
    assert not Filing.objects.visible_to(city.staff).exists()
    assert Filing.objects.visible_to(city.liaisons[0]).exists()


def test_taking_back_what_waits_for_the_head_leaves_what_the_office_had_returned(city, report):
    hand_in_report(report, by=city.liaisons[0])
    return_entry(fresh(report).duty, by=city.staff, reason="请补充。")
    ask_signature(fresh(report).duty, by=city.liaisons[0])

    withdraw_entry(fresh(report).duty, by=city.liaisons[0])

    assert Filing.objects.get().withdrawn_at is None


def test_reopened_and_filed_again_is_the_next_round(city, report):
    hand_in_report(report, by=city.liaisons[0])
    accept_entry(fresh(report).duty, by=city.staff)
    reopen_entry(fresh(report).duty, by=city.staff, reason="补充数据")

    hand_in_report(fresh(report), by=city.liaisons[0])

    assert list(Filing.objects.order_by("round").values_list("round", "withdrawn_at")) == [(1, None), (2, None)]


# --- In time ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "is_late"), [("2026-12-15 23:59:59", False), ("2026-12-16 00:00:00", True), ("2027-01-03 08:00", True)]
)
def test_deadline_is_missed_from_the_next_day_in_shanghai(city, report, clock, moment, is_late):
    clock(moment)

    assert hand_in_report(report, by=city.liaisons[0]).is_late is is_late


def test_what_was_filed_in_time_and_returned_is_not_late_when_it_is_filed_again(city, report, clock):
    hand_in_report(report, by=city.liaisons[0])
    return_entry(fresh(report).duty, by=city.staff, reason="请补充。")
    clock("2026-12-20 08:00")

    assert not hand_in_report(fresh(report), by=city.liaisons[0]).is_late


def test_an_extended_deadline_counts(city, report, clock):
    Duty.objects.filter(pk=report.duty_id).update(due_on=date(2026, 12, 25))
    clock("2026-12-20 08:00")

    filing = hand_in_report(fresh(report), by=city.liaisons[0])

    assert (filing.is_late, filing.due_on) == (False, date(2026, 12, 25))


# --- Receipts ---------------------------------------------------------------------------------------------------------


def test_receipts_are_numbered_within_the_year_of_the_recipient(city):
    numbers = [hand_in_report(texted(city.report(unit)), by=city.liaisons[unit]).receipt_number for unit in (0, 1)]
    other = town()
    elsewhere = hand_in_report(texted(other.report()), by=other.liaisons[0]).receipt_number

    assert numbers == ["反拐收〔2026〕1号", "反拐收〔2026〕2号"]
    assert elsewhere == "反拐收〔2026〕1号"


def test_a_taken_number_is_not_given_again(city, report):
    first = hand_in_report(report, by=city.liaisons[0])
    Filing.objects.filter(pk=first.pk).update(receipt_number="反拐收〔2026〕2号")

    assert hand_in_report(texted(city.report(1)), by=city.liaisons[1]).receipt_number == "反拐收〔2026〕3号"


# --- What must be there -----------------------------------------------------------------------------------------------


def test_a_report_without_text_is_not_filed(city, refused):
    report = city.report()
    ReportSection.objects.filter(report=report).update(body="")

    with refused(NotComplete) as refusal:
        hand_in_report(fresh(report), by=city.liaisons[0])

    assert refusal.value.lacking.has_no_text
    assert Duty.objects.get(pk=report.duty_id).state == EntryState.DRAFT


@pytest.mark.parametrize(
    ("figure", "is_refused"),
    [
        (None, True),
        ({"value": 12, "as_written": "12"}, False),
        ({"cannot_be_counted": True}, True),
        ({"cannot_be_counted": True, "explanation": "无此项业务"}, False),
    ],
)
def test_numbers_must_be_seen_to_before_filing(city, report, refused, figure, is_refused):
    indicator = Indicator.objects.create(
        conference=city.conference, code="XC", name="宣传场次", unit="场", reporters="members"
    )
    if figure is not None:
        sheet = FigureSheet.objects.create(conference=city.conference, department=city.units[0], year=YEAR)
        Figure.objects.create(
            conference=city.conference, sheet=sheet, indicator=indicator, position=0, name="宣传场次", **figure
        )

    if not is_refused:
        assert hand_in_report(report, by=city.liaisons[0]) is not None
        return
    with refused(NotComplete) as refusal:
        hand_in_report(report, by=city.liaisons[0])
    assert [one.indicator for one in refusal.value.lacking.figures] == [indicator]
    assert not Filing.objects.exists()


def test_missing_entries_keep_nobody_from_filing(city, report):
    assert hand_in_report(report, by=city.liaisons[0]) is not None


def test_another_text_than_the_one_that_was_seen_is_not_filed(city, report, refused):
    seen = stamp_of(report)
    ReportSection.objects.filter(report=report, key="overview").update(body="别人改的。", lock_version=9)

    with refused(OtherText):
        hand_in_report(report, by=city.liaisons[0], seen=seen)

    assert hand_in_report(report, by=city.liaisons[0], seen=stamp_of(report)) is not None


def test_another_number_than_the_one_that_was_seen_is_not_filed(city, report, refused):
    indicator = Indicator.objects.create(conference=city.conference, code="XC", name="宣传场次", reporters="members")
    sheet = FigureSheet.objects.create(conference=city.conference, department=city.units[0], year=YEAR)
    told = Figure.objects.create(
        conference=city.conference,
        sheet=sheet,
        indicator=indicator,
        position=0,
        name="宣传场次",
        value=7,
        as_written="7",
    )
    seen = stamp_of(report)
    Figure.objects.filter(pk=told.pk).update(value=77777, as_written="77777")

    with refused(OtherText):
        hand_in_report(report, by=city.liaisons[0], seen=seen)


def test_what_nobody_was_shown_is_not_filed_from_a_form(city, report, refused):
    with refused(OtherText):
        hand_in_report(report, by=city.liaisons[0], seen="")


def test_two_clicks_file_once(city, report, refused):
    hand_in_report(report, by=city.liaisons[0])

    with refused(WrongState):
        hand_in_report(report, by=city.liaisons[0])

    assert Filing.objects.count() == 1


def test_nothing_is_filed_in_a_closed_year(city, report, refused):
    city.conference.years.update(state="closed")

    with refused(YearIsOver):
        hand_in_report(report, by=city.liaisons[0])


# --- The head signs ---------------------------------------------------------------------------------------------------


def test_where_the_unit_wants_it_the_head_files_what_the_liaison_wrote(city, report):
    head = PostingFactory(head=True, department=city.units[0]).user
    UnitSetting.objects.create(conference=city.conference, department=city.units[0], signature="reports")

    assert hand_in_report(report, by=city.liaisons[0]) is None
    duty = fresh(report).duty
    assert (duty.state, Filing.objects.exists()) == (EntryState.TO_SIGN, False)

    sign_entry(duty, by=head)

    filing = Filing.objects.get()
    assert (filing.filed_by, filing.signed_by) == (head, head)


# --- A conference that answers to nobody ------------------------------------------------------------------------------


@pytest.fixture
def own(city):
    """The city's consolidated report."""
    return texted(begin_report(None, city.conference, YEAR, by=city.staff))


def test_consolidated_report_is_settled_and_locked(city, own):
    filing = hand_in_report(own, by=city.chief)

    assert (filing.recipient, filing.due_on, filing.is_late, filing.round) == (city.conference, None, False, 1)
    assert is_locked(fresh(own))
    event = Event.objects.of(own).get(action=Action.FILE)
    assert (event.before, event.after, event.detail["round"]) == ("unsettled", "settled", 1)


def test_what_is_settled_takes_no_number_of_the_register(city, own):
    """However often: the register is of what others have handed in."""
    for _round in (1, 2):
        settled = hand_in_report(texted(own), by=city.chief)
        reopen_report(fresh(own), by=city.chief, reason="补充数据")

        assert settled.receipt_number == ""

    assert hand_in_report(texted(city.report()), by=city.liaisons[0]).receipt_number == "反拐收〔2026〕1号"


def test_settling_twice_is_refused(city, own, refused):
    hand_in_report(own, by=city.chief)

    with refused(WrongState):
        hand_in_report(fresh(own), by=city.chief)

    assert Filing.objects.count() == 1


def test_reopening_gives_the_next_round(city, own, refused):
    first = hand_in_report(own, by=city.chief)
    reopen_report(fresh(own), by=city.chief, reason="补充数据")
    assert not is_locked(fresh(own))

    second = hand_in_report(texted(own, "改过的。"), by=city.chief)

    assert second.round == 2
    assert "缺人。" in printed_words(document_of_filing(Filing.objects.get(pk=first.pk)))
    assert Event.objects.of(own).get(action=Action.REOPEN).reason == "补充数据"


def test_reopening_needs_a_reason_and_something_settled(city, own, refused):
    with refused(WrongState):
        reopen_report(own, by=city.chief, reason="补充数据")
    hand_in_report(own, by=city.chief)
    with pytest.raises(ValueError, match="reason"):
        reopen_report(fresh(own), by=city.chief, reason=" ")
