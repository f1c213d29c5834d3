"""Writing, submitting and reviewing: every act from every state, and what each of them changes."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from departments.models import Event
from departments.models.events import Action
from measures.enums import ObligationKind
from reporting.enums import EntryState, ImplementationStatus, YearState
from reporting.models import Attachment, Duty, Figure, Mail, Notice, Progress
from reporting.permissions import can_review, can_write
from reporting.services.entries import (
    FigureInput,
    StaleEntry,
    accept_entry,
    ask_signature,
    reopen_entry,
    return_entry,
    save_entry,
    send_back_entry,
    sign_entry,
    submit_entry,
    withdraw_entry,
)
from reporting.services.refusals import WrongState, YearIsOver
from reporting.services.urging import urge
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    ObligationFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    UserFactory,
    YearFactory,
)
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db

OPEN, DRAFT, TO_SIGN, SUBMITTED = EntryState.OPEN, EntryState.DRAFT, EntryState.TO_SIGN, EntryState.SUBMITTED
RETURNED, ACCEPTED = EntryState.RETURNED, EntryState.ACCEPTED
NOW = datetime(2026, 12, 8, 1, 30, tzinfo=UTC)
EARLIER = datetime(2026, 12, 7, 1, 30, tzinfo=UTC)
TEXTS = {Progress: {"work_done": "培训三期", "problems": "缺人"}, Duty: {"statement": "全年工作"}}


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-08 09:30")


@pytest.fixture
def liaison():
    return PostingFactory(user__email="liaison@example.test").user


@pytest.fixture(params=[Progress, Duty], ids=["progress", "duty"])
def entry_in(request, liaison):
    """``entry_in(state)``: an entry of the liaison's unit, as it would be after some work."""
    unit = liaison.postings.get().department

    def make(state):
        written = {} if state == OPEN else {"updated_by": liaison, "updated_at": NOW, "lock_version": 3}
        sent = {}
        if state in (SUBMITTED, ACCEPTED, RETURNED):
            sent = {"submitted_by": liaison, "submitted_at": EARLIER, "first_submitted_at": EARLIER}
        if state in (ACCEPTED, RETURNED):
            sent["reviewed_at"] = EARLIER
        reason = {"return_reason": "缺数据"} if state == RETURNED else {}
        fields = {"state": state, **written, **sent, **reason}
        if request.param is Duty:
            obligation = ObligationFactory(clause__version__conference=unit.conference)
            return DutyFactory(obligation=obligation, department=unit, **fields)
        clause = ClauseFactory(version__conference=unit.conference)
        return ProgressFactory(responsibility=ResponsibilityFactory(clause=clause, department=unit), **fields)

    return make


@pytest.fixture
def officer():
    return UserFactory()


def changes(before, after):
    """The columns of the one row that changed, with their new values."""
    return {name: value for name, value in after.items() if before[name] != value}


def row_of(entry):
    return type(entry).objects.filter(pk=entry.pk).values().get()


# --- The state machine --------------------------------------------------------------------------------------------

# Act → the states that it may start from, and where it leads from each.
TABLE = {
    "save": {OPEN: DRAFT, DRAFT: DRAFT, RETURNED: RETURNED},
    "submit": {OPEN: SUBMITTED, DRAFT: SUBMITTED, RETURNED: SUBMITTED},
    "withdraw": {SUBMITTED: DRAFT, TO_SIGN: DRAFT},
    "ask": {OPEN: TO_SIGN, DRAFT: TO_SIGN, RETURNED: TO_SIGN},
    "sign": {TO_SIGN: SUBMITTED},
    "send back": {TO_SIGN: DRAFT},
    "accept": {SUBMITTED: ACCEPTED},
    "return": {SUBMITTED: RETURNED},
    "reopen": {ACCEPTED: DRAFT},
}


def act(name, entry, liaison, officer):
    match name:
        case "save":
            save_entry(entry, by=liaison, lock_version=entry.lock_version, values=TEXTS[type(entry)])
        case "submit":
            submit_entry(entry, by=liaison)
        case "withdraw":
            withdraw_entry(entry, by=liaison)
        case "ask":
            ask_signature(entry, by=liaison)
        case "sign":
            sign_entry(entry, by=officer)
        case "send back":
            send_back_entry(entry, by=officer, reason="缺数据，请补充")
        case "accept":
            accept_entry(entry, by=officer)
        case "return":
            return_entry(entry, by=officer, reason="缺数据，请补充")
        case "reopen":
            reopen_entry(entry, by=officer, reason="缺数据，请补充")


def handed_in(by, entry):
    """Who and when; the first time stays."""
    first = {} if entry["first_submitted_at"] else {"first_submitted_at": NOW}
    return {"submitted_at": NOW, "submitted_by_id": by.pk, **first}


# What each act changes in the row as it was before, beside its state and its version.
CHANGES = {
    "save": lambda row, texts, liaison, officer: {**texts, "updated_at": NOW, "updated_by_id": liaison.pk},
    "submit": lambda row, texts, liaison, officer: handed_in(liaison, row),
    "withdraw": lambda row, texts, liaison, officer: {
        "submitted_at": None,
        "submitted_by_id": None,
        "first_submitted_at": None,
    },
    "ask": lambda row, texts, liaison, officer: {},
    "sign": lambda row, texts, liaison, officer: {
        **handed_in(officer, row),
        "signed_at": NOW,
        "signed_by_id": officer.pk,
    },
    "send back": lambda row, texts, liaison, officer: {},
    "accept": lambda row, texts, liaison, officer: {"reviewed_at": NOW, "reviewed_by_id": officer.pk},
    "reopen": lambda row, texts, liaison, officer: {"reviewed_at": NOW, "reviewed_by_id": officer.pk},
    "return": lambda row, texts, liaison, officer: {
        "reviewed_at": NOW,
        "reviewed_by_id": officer.pk,
        "return_reason": "缺数据，请补充",
    },
}


@pytest.mark.parametrize("state", list(EntryState))
@pytest.mark.parametrize("name", list(TABLE))
def test_each_act_from_each_state(name, state, entry_in, liaison, officer, refused):
    entry = entry_in(state)
    before, everything = row_of(entry), rows()

    if state not in TABLE[name]:
        with refused(WrongState):
            act(name, entry, liaison, officer)
        assert rows() == everything
        return
    act(name, entry, liaison, officer)

    expected = before | CHANGES[name](before, TEXTS[type(entry)], liaison, officer)
    expected |= {"state": TABLE[name][state], "lock_version": before["lock_version"] + 1}
    assert row_of(entry) == expected
    assert {**row_of(entry)} == {name: getattr(entry, name) for name in expected}


EVENTS = {
    "save": (Action.START, ""),
    "submit": (Action.SUBMIT, ""),
    "withdraw": (Action.WITHDRAW, ""),
    "ask": (Action.ASK_SIGNATURE, ""),
    "sign": (Action.SIGN, ""),
    "send back": (Action.SEND_BACK, "缺数据，请补充"),
    "accept": (Action.ACCEPT, ""),
    "return": (Action.RETURN, "缺数据，请补充"),
    "reopen": (Action.REOPEN, "缺数据，请补充"),
}


@pytest.mark.parametrize(("name", "state"), [(name, state) for name in TABLE for state in TABLE[name]])
def test_each_change_of_state_is_one_event(name, state, entry_in, liaison, officer):
    entry = entry_in(state)

    act(name, entry, liaison, officer)

    action, reason = EVENTS[name]
    who = liaison if name in ("save", "submit", "withdraw", "ask") else officer
    # Writing on in a draft of one's own changes no state.
    expected = [] if name == "save" and state != OPEN else [(action, who, state, TABLE[name][state], reason, NOW)]
    events = Event.objects.of(entry)
    assert [(e.action, e.actor, e.before, e.after, e.reason, e.at) for e in events] == expected
    assert {(e.conference_id, e.department_id) for e in events} <= {(entry.conference_id, entry.department_id)}
    assert Event.objects.count() == len(expected)


@pytest.mark.parametrize(("name", "state"), [(name, next(iter(TABLE[name]))) for name in TABLE if name != "save"])
def test_the_second_of_two_clicks_changes_nothing(name, state, entry_in, liaison, officer, refused):
    first_click = entry_in(state)
    second_click = type(first_click).objects.get(pk=first_click.pk)
    act(name, first_click, liaison, officer)
    everything = rows()

    with refused(WrongState):
        act(name, second_click, liaison, officer)

    assert rows() == everything


def test_an_office_that_returns_what_was_withdrawn_meanwhile_is_told(entry_in, liaison, officer, refused):
    entry = entry_in(SUBMITTED)
    seen_by_office = type(entry).objects.get(pk=entry.pk)
    withdraw_entry(entry, by=liaison)

    with refused(WrongState) as refusal:
        return_entry(seen_by_office, by=officer, reason="缺数据")

    assert str(refusal.value) == "状态已经变化，请刷新页面后再操作。"


def test_an_office_does_not_accept_a_text_that_was_submitted_anew_since_it_looked(entry_in, liaison, officer, refused):
    entry = entry_in(SUBMITTED)
    seen_by_office = type(entry).objects.get(pk=entry.pk)
    withdraw_entry(entry, by=liaison)
    save_entry(entry, by=liaison, lock_version=entry.lock_version, values=TEXTS[type(entry)])
    submit_entry(entry, by=liaison)

    with refused(WrongState):
        accept_entry(seen_by_office, by=officer)

    assert row_of(entry)["state"] == SUBMITTED


def test_a_locked_entry_says_how_to_go_on(entry_in, liaison, refused):
    entry = entry_in(SUBMITTED)

    with refused(WrongState) as refusal:
        save_entry(entry, by=liaison, lock_version=entry.lock_version, values=TEXTS[type(entry)])

    assert str(refusal.value) == "这一条已经提交，现在不能修改；如需修改请先撤回。"


@pytest.mark.parametrize("reason", ["", "  \n "])
@pytest.mark.parametrize(
    ("back", "state"), [(return_entry, SUBMITTED), (reopen_entry, ACCEPTED), (send_back_entry, TO_SIGN)]
)
def test_what_goes_back_needs_a_reason(back, state, reason, entry_in, officer):
    entry = entry_in(state)
    everything = rows()

    with pytest.raises(ValueError, match="reason"), transaction.atomic():
        back(entry, by=officer, reason=reason)

    assert rows() == everything


@pytest.mark.parametrize("name", list(TABLE))
def test_nothing_is_done_in_a_closed_year(name, entry_in, liaison, officer, refused):
    entry = entry_in(next(iter(TABLE[name])))
    YearFactory(conference=entry.conference, year=entry.year, state=YearState.CLOSED)
    everything = rows()

    with refused(YearIsOver) as refusal:
        act(name, entry, liaison, officer)

    assert str(refusal.value) == f"{entry.year}年度已经关闭归档，不能再修改。"
    assert rows() == everything


def test_returning_and_submitting_again_leave_the_deadline(liaison, officer):
    unit = liaison.postings.get().department
    obligation = ObligationFactory(clause__version__conference=unit.conference)
    duty = DutyFactory(obligation=obligation, department=unit, submitted=True, due_on=date(2026, 12, 15))

    return_entry(duty, by=officer, reason="缺数据")
    submit_entry(duty, by=liaison)

    assert (row_of(duty)["due_on"], row_of(duty)["planned_on"]) == (date(2026, 12, 15), date(2026, 12, 15))


# --- How often and when ---------------------------------------------------------------------------------------------


def test_the_first_time_of_handing_in_stays_when_it_is_returned(entry_in, liaison, officer, clock):
    entry = entry_in(DRAFT)
    submit_entry(entry, by=liaison)
    return_entry(entry, by=officer, reason="缺数据")
    clock("2026-12-20 09:00")

    submit_entry(entry, by=liaison)

    row = row_of(entry)
    assert (row["first_submitted_at"], row["submitted_at"]) == (NOW, datetime(2026, 12, 20, 1, tzinfo=UTC))


def test_what_was_withdrawn_unread_was_never_handed_in(entry_in, liaison, clock):
    entry = entry_in(DRAFT)
    submit_entry(entry, by=liaison)
    withdraw_entry(entry, by=liaison)
    clock("2026-12-20 09:00")

    submit_entry(entry, by=liaison)

    assert row_of(entry)["first_submitted_at"] == datetime(2026, 12, 20, 1, tzinfo=UTC)


def test_withdrawing_what_was_returned_before_keeps_the_first_time(entry_in, liaison, officer):
    entry = entry_in(RETURNED)
    submit_entry(entry, by=liaison)

    withdraw_entry(entry, by=liaison)

    assert row_of(entry)["first_submitted_at"] == EARLIER


def test_a_signature_is_of_the_round_that_it_signed(entry_in, liaison, officer):
    entry = entry_in(TO_SIGN)
    sign_entry(entry, by=officer)
    return_entry(entry, by=officer, reason="缺数据")

    submit_entry(entry, by=liaison)

    assert (row_of(entry)["signed_by_id"], row_of(entry)["signed_at"]) == (None, None)


def test_the_signature_keeps_what_was_signed_as_submitting_does(progress, liaison):
    save_entry(progress, by=liaison, lock_version=progress.lock_version, values={"work_done": "做了"})
    ask_signature(progress, by=liaison)

    sign_entry(progress, by=UserFactory())

    assert Event.objects.of(progress).get(action=Action.SIGN).detail["work_done"] == "做了"


# --- Saving -------------------------------------------------------------------------------------------------------


def test_what_was_overtaken_is_refused_and_shows_what_is_there(entry_in, liaison, refused):
    entry = entry_in(DRAFT)
    other = UserFactory()
    opened_at = entry.lock_version
    field = next(iter(TEXTS[type(entry)]))
    save_entry(type(entry).objects.get(pk=entry.pk), by=other, lock_version=opened_at, values={field: "别人写的"})
    everything = rows()

    with refused(StaleEntry) as refusal:
        save_entry(entry, by=liaison, lock_version=opened_at, values={field: "我写的"})

    current = refusal.value.current
    assert (getattr(current, field), current.updated_by, current.lock_version) == ("别人写的", other, opened_at + 1)
    assert rows() == everything


def test_saving_writes_only_what_was_given(entry_in, liaison):
    entry = entry_in(DRAFT)
    save_entry(entry, by=liaison, lock_version=entry.lock_version, values=TEXTS[type(entry)])
    before = row_of(entry)

    save_entry(entry, by=liaison, lock_version=entry.lock_version, values={})

    assert row_of(entry) == before | {"lock_version": before["lock_version"] + 1}


@pytest.mark.parametrize(
    "foreign",
    ["state", "department", "department_id", "conference_id", "due_on", "lock_version", "submitted_by", "year", "pk"],
)
def test_saving_takes_no_other_field(foreign, entry_in, liaison):
    entry = entry_in(DRAFT)
    everything = rows()

    with pytest.raises(ValueError, match=foreign), transaction.atomic():
        save_entry(entry, by=liaison, lock_version=entry.lock_version, values={foreign: 1})

    assert rows() == everything


def test_everybody_who_writes_is_in_the_trail_once(entry_in, liaison):
    entry, colleague = entry_in(OPEN), UserFactory()

    for writer in (liaison, liaison, colleague, liaison, colleague):
        save_entry(entry, by=writer, lock_version=entry.lock_version, values=TEXTS[type(entry)])

    started = Event.objects.of(entry).order_by("pk").values_list("action", "actor", "before", "after")
    assert list(started) == [
        (Action.START, liaison.pk, OPEN, DRAFT),
        (Action.START, colleague.pk, DRAFT, DRAFT),
    ]


# --- Figures ------------------------------------------------------------------------------------------------------


@pytest.fixture
def progress():
    return ProgressFactory(draft=True)


def figure(name, value, unit="场", as_written=None):
    return FigureInput(name, None if value is None else Decimal(value), unit, as_written or str(value or ""))


def save_figures(progress, *figures):
    save_entry(progress, by=UserFactory(), lock_version=progress.lock_version, values={}, figures=figures)


def figures_of(progress):
    return list(Figure.objects.filter(progress=progress).values_list("position", "name", "value", "unit", "as_written"))


def test_figures_are_kept_in_their_order_with_the_words_as_written(progress):
    save_figures(
        progress, figure("宣传场次", 120, as_written="约120"), figure("经费", "12.50", "万元"), figure("线索", None)
    )

    assert figures_of(progress) == [
        (0, "宣传场次", Decimal(120), "场", "约120"),
        (1, "经费", Decimal("12.50"), "万元", "12.50"),
        (2, "线索", None, "场", ""),
    ]
    assert set(Figure.objects.values_list("conference", flat=True)) == {progress.conference_id}


def test_figures_are_replaced_as_a_whole(progress):
    save_figures(progress, figure("甲", 1), figure("乙", 2))

    save_figures(progress, figure("乙", 3), figure("丙", 4))

    assert figures_of(progress) == [(0, "乙", 3, "场", "3"), (1, "丙", 4, "场", "4")]


def test_equal_figures_keep_their_rows(progress):
    save_figures(progress, figure("甲", "1.5"), figure("乙", None))
    before = rows(Figure)

    save_figures(progress, figure("甲", "1.50", as_written="1.5"), figure("乙", None))

    assert rows(Figure) == before


def test_saving_without_figures_leaves_them(progress, liaison):
    save_figures(progress, figure("甲", 1))
    before = rows(Figure)

    save_entry(progress, by=liaison, lock_version=progress.lock_version, values={"work_done": "又写了"})

    assert rows(Figure) == before


def test_figures_of_a_refused_save_are_not_written(progress, liaison, refused):
    save_figures(progress, figure("甲", 1))
    before = rows(Figure)

    with refused(StaleEntry):
        save_entry(progress, by=liaison, lock_version=0, values={}, figures=[figure("乙", 2)])

    assert rows(Figure) == before


# --- What was handed over -----------------------------------------------------------------------------------------


def test_submitting_keeps_the_text_the_figures_and_the_files_as_they_were(progress, liaison):
    save_entry(
        progress,
        by=liaison,
        lock_version=progress.lock_version,
        values={"status": ImplementationStatus.DONE, "work_done": "做了", "problems": "", "next_steps": "再做"},
        figures=[figure("宣传场次", 120, as_written="约120")],
    )
    Attachment.objects.create(
        conference=progress.conference, progress=progress, name="总结.pdf", sha256="a" * 64, size=1, uploaded_by=liaison
    )

    submit_entry(progress, by=liaison)

    assert Event.objects.of(progress).get(action=Action.SUBMIT).detail == {
        "status": "done",
        "work_done": "做了",
        "problems": "",
        "next_steps": "再做",
        "figures": [{"name": "宣传场次", "as_written": "约120", "unit": "场"}],
        "attachments": [{"name": "总结.pdf", "sha256": "a" * 64}],
    }


def test_the_statement_of_a_duty_is_kept_as_it_was(liaison):
    duty = DutyFactory(obligation__kind=ObligationKind.OTHER, draft=True, statement="全年工作情况")

    submit_entry(duty, by=liaison)

    assert Event.objects.of(duty).get().detail == {"statement": "全年工作情况", "attachments": []}


# --- Who may review -----------------------------------------------------------------------------------------------


@pytest.fixture
def colleague(entry_in):
    """Somebody of the office that reviews, and liaison of a unit of the same conference until recently."""
    entry = entry_in(DRAFT)
    person = PostingFactory(office_staff=True, conference=entry.conference).user
    return person, entry


def test_the_office_reviews_what_others_wrote(colleague, liaison):
    officer, entry = colleague
    submit_entry(entry, by=liaison)

    assert can_review(officer, entry)


def test_nobody_reviews_what_they_submitted(colleague):
    officer, entry = colleague
    submit_entry(entry, by=officer)

    assert not can_review(officer, entry)


def test_nobody_reviews_what_they_wrote_though_others_wrote_and_submitted_after_them(colleague, liaison):
    officer, entry = colleague
    save_entry(entry, by=officer, lock_version=entry.lock_version, values=TEXTS[type(entry)])
    save_entry(entry, by=liaison, lock_version=entry.lock_version, values=TEXTS[type(entry)])
    submit_entry(entry, by=liaison)

    assert not can_review(officer, entry)


def test_a_liaison_in_the_office_does_not_review_the_own_unit(colleague, liaison):
    officer, entry = colleague
    PostingFactory(user=officer, department=entry.department)
    submit_entry(entry, by=liaison)

    assert (can_write(officer, entry), can_review(officer, entry)) == (True, False)


def test_what_a_conference_owes_itself_is_reviewed_by_another_of_its_office():
    city = ConferenceFactory()
    writer, other = (PostingFactory(office_staff=True, conference=city).user for _number in range(2))
    duty = DutyFactory(
        obligation=ObligationFactory(clause__version__conference=city), department=None, obliged_conference=city
    )
    save_entry(duty, by=writer, lock_version=0, values={"statement": "评估"})
    submit_entry(duty, by=writer)

    assert (can_review(writer, duty), can_review(other, duty)) == (False, True)


def test_another_office_reviews_nothing(entry_in, liaison):
    entry = entry_in(SUBMITTED)

    assert not can_review(PostingFactory(office_staff=True).user, entry)


# --- Telling people -----------------------------------------------------------------------------------------------


def test_returning_tells_the_unit_why_in_the_product_and_by_mail(liaison, officer, settings):
    unit = liaison.postings.get().department
    obligation = ObligationFactory(clause__version__conference=unit.conference, title="报送年度反拐工作情况")
    duty = DutyFactory(obligation=obligation, department=unit, submitted=True)

    return_entry(duty, by=officer, reason="缺数据")

    notice = Notice.objects.get()
    assert (notice.recipient, notice.subject, notice.body, notice.path, notice.is_urgent) == (
        liaison,
        "已退回：报送年度反拐工作情况",
        "退回理由：缺数据\n退回不顺延原时限。",
        f"/duty/{duty.pk}/",
        True,
    )
    assert list(Mail.objects.values_list("address", "state")) == [("liaison@example.test", "pending")]


def test_what_is_told_is_chinese_though_the_reviewer_reads_english(liaison, officer):
    from django.utils import translation

    unit = liaison.postings.get().department
    obligation = ObligationFactory(clause__version__conference=unit.conference, title="年度报告")
    duty = DutyFactory(obligation=obligation, department=unit, submitted=True)

    with translation.override("en"):
        return_entry(duty, by=officer, reason="缺数据")
        urge(duty, by=officer)

    told = Notice.objects.order_by("pk").values_list("subject", "body")
    assert list(told) == [
        ("已退回：年度报告", "退回理由：缺数据\n退回不顺延原时限。"),
        ("催办：年度报告", "时限：2026-12-15。"),
    ]


def test_accepting_a_report_tells_the_unit_and_accepting_a_measure_does_not(entry_in, liaison, officer):
    entry = entry_in(SUBMITTED)

    accept_entry(entry, by=officer)

    told = list(Notice.objects.values_list("recipient", "subject"))
    assert told == ([(liaison.pk, f"已通过：{entry.title}")] if isinstance(entry, Duty) else [])


# --- What the database itself refuses -----------------------------------------------------------------------------


def test_the_database_refuses_a_return_without_a_reason(entry_in):
    entry = entry_in(SUBMITTED)

    with pytest.raises(IntegrityError), transaction.atomic():
        type(entry).objects.filter(pk=entry.pk).update(state=RETURNED)


@pytest.mark.parametrize("owners", [(False, False), (True, True)])
def test_the_database_wants_exactly_one_who_owes(owners):
    unit, conference = owners

    with pytest.raises(IntegrityError), transaction.atomic():
        DutyFactory(
            department=DepartmentFactory() if unit else None,
            obliged_conference=ConferenceFactory() if conference else None,
        )


@pytest.mark.parametrize("owner", ["department", "obliged_conference"])
def test_the_database_refuses_the_same_duty_twice(owner):
    owners = {"department": None, "obliged_conference": None}
    owners[owner] = DepartmentFactory() if owner == "department" else ConferenceFactory()
    duty = DutyFactory(**owners)

    with pytest.raises(IntegrityError), transaction.atomic():
        DutyFactory(obligation=duty.obligation, period=duty.period, **owners)


def test_the_database_refuses_the_same_progress_twice():
    progress = ProgressFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        ProgressFactory(responsibility=progress.responsibility, year=progress.year)


@pytest.mark.parametrize(("name", "value"), [("甲", 2), ("乙", -1)])
def test_the_database_refuses_a_figure_twice_and_below_zero(name, value, progress):
    Figure.objects.create(conference=progress.conference, progress=progress, position=0, name="甲", value=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        Figure.objects.create(conference=progress.conference, progress=progress, position=1, name=name, value=value)
