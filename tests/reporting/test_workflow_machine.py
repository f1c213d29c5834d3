"""Anybody does anything at any time: the workflow of entries under random acts, against a model of a few lines.

Hypothesis plays liaisons, a head, two reviewers and the clock on one measure and one duty. After every act the row
is where the model says; every act that succeeded left exactly one event and every refused one none; deadlines move
by approved extensions only; nobody is reminded twice of the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import hypothesis.strategies as st
import pytest
import time_machine
from django.db import transaction
from django.db.models import Count
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from departments.models import Event
from reporting.enums import EntryState
from reporting.models import Duty, Extension, Notice, Progress, Reminder
from reporting.services.closing import YearIsOpen, close_year, reopen_year
from reporting.services.entries import (
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
from reporting.services.extensions import AskedAlready, ask_extension, grant_extension, refuse_extension
from reporting.services.refusals import WrongState
from reporting.services.reminders import send_reminders
from tests.conftest import SHANGHAI
from tests.factories import (
    DepartmentFactory,
    DutyFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    YearFactory,
)

S = EntryState
WRITABLE = {S.OPEN, S.DRAFT, S.RETURNED}
# What the state machine should be, written down a second time: act → (from where, where to).
ACTS: dict[str, tuple[set[EntryState], EntryState]] = {
    "submit": (WRITABLE, S.SUBMITTED),
    "ask_signature": (WRITABLE, S.TO_SIGN),
    "sign": ({S.TO_SIGN}, S.SUBMITTED),
    "send_back": ({S.TO_SIGN}, S.DRAFT),
    "withdraw": ({S.TO_SIGN, S.SUBMITTED}, S.DRAFT),
    "accept": ({S.SUBMITTED}, S.ACCEPTED),
    "return": ({S.SUBMITTED}, S.RETURNED),
    "reopen": ({S.ACCEPTED}, S.DRAFT),
}


class Workflow(RuleBasedStateMachine):
    """One unit of one conference, its measure and its duty, from December of one year on."""

    entries = Bundle("entries")

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 20, 9, tzinfo=SHANGHAI)
        self.travel = time_machine.travel(self.now, tick=False)
        self.travel.start()
        self.block = transaction.atomic()
        self.block.__enter__()
        unit = DepartmentFactory(member=True)
        self.liaison = PostingFactory(department=unit).user
        self.deputy = PostingFactory(department=unit, deputy=True).user
        self.head = PostingFactory(department=unit, head=True).user
        self.office = [PostingFactory(office_staff=True, conference=unit.conference).user for _ in range(2)]
        self.officehead = PostingFactory(office_head=True, conference=unit.conference).user
        responsibility = ResponsibilityFactory(clause__version__conference=unit.conference, department=unit)
        self.year = YearFactory(conference=unit.conference, year=2026, version=responsibility.version)
        progress = ProgressFactory(responsibility=responsibility, year=2026)
        duty = DutyFactory(
            obligation__version__conference=unit.conference,
            obligation__kind="other",
            conference=unit.conference,
            department=unit,
            year=2026,
            due_on=date(2026, 12, 15),
        )
        self.rows: list[tuple[type[Progress] | type[Duty], int]] = [(Progress, progress.pk), (Duty, duty.pk)]
        self.states = {row: S.OPEN for row in self.rows}
        self.versions = {row: 0 for row in self.rows}
        self.events = Event.objects.count()
        self.closed = False
        self.due_on = date(2026, 12, 15)
        self.asked: int | None = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)
        self.travel.stop()

    @initialize(target=entries)
    def measure(self) -> int:
        return 0

    @initialize(target=entries)
    def duty(self) -> int:
        return 1

    # --- Acts -------------------------------------------------------------------------------------------------------

    def load(self, number: int) -> tuple[Any, Any]:
        row = self.rows[number]
        return row, row[0]._default_manager.get(pk=row[1])

    def attempt(self, number: int, act: str, do: Callable[[Any], Any]) -> None:
        """``do`` succeeds exactly where the model allows it, with one event, and else changes nothing."""
        row, entry = self.load(number)
        allowed, after = ACTS[act]
        try:
            with transaction.atomic():
                do(entry)
        except WrongState:
            assert self.closed or self.states[row] not in allowed, f"{act} from {self.states[row]} was refused"
            return
        assert not self.closed, f"{act} in a closed year"
        assert self.states[row] in allowed, f"{act} from {self.states[row]}"
        self.states[row] = after
        self.versions[row] += 1
        self.events += 1

    @rule(
        number=entries, who=st.sampled_from(["liaison", "deputy"]), behind=st.integers(0, 2), text=st.text(max_size=9)
    )
    def save(self, number: int, who: str, behind: int, text: str) -> None:
        row, entry = self.load(number)
        person = getattr(self, who)
        is_first = not Event.objects.of(entry).filter(actor=person, action="start").exists()
        lock_version = max(entry.lock_version - behind, 0)
        name = "work_done" if row[0] is Progress else "statement"
        try:
            with transaction.atomic():
                save_entry(entry, by=person, lock_version=lock_version, values={name: text.replace("\x00", "")})
        except StaleEntry:
            assert self.states[row] in WRITABLE
            assert not self.closed
            assert lock_version != entry.lock_version
            return
        except WrongState:
            assert self.closed or self.states[row] not in WRITABLE
            return
        assert not self.closed
        assert lock_version == self.versions[row]
        if self.states[row] == S.OPEN:
            self.states[row] = S.DRAFT
            self.events += 1
        elif is_first:
            # Somebody who had not written yet is in the trail from now on.
            self.events += 1
        self.versions[row] += 1

    @rule(number=entries)
    def submit(self, number: int) -> None:
        self.attempt(number, "submit", lambda entry: submit_entry(entry, by=self.liaison))

    @rule(number=entries)
    def submit_twice(self, number: int) -> None:
        """Two clicks: both were made on the same page."""
        _row, first = self.load(number)
        _row, second = self.load(number)
        self.attempt(number, "submit", lambda _entry: submit_entry(first, by=self.liaison))
        with pytest.raises(WrongState), transaction.atomic():
            submit_entry(second, by=self.liaison)

    @rule(number=entries)
    def ask(self, number: int) -> None:
        self.attempt(number, "ask_signature", lambda entry: ask_signature(entry, by=self.liaison))

    @rule(number=entries)
    def sign(self, number: int) -> None:
        self.attempt(number, "sign", lambda entry: sign_entry(entry, by=self.head))

    @rule(number=entries)
    def send_back(self, number: int) -> None:
        self.attempt(number, "send_back", lambda entry: send_back_entry(entry, by=self.head, reason="请补充"))

    @rule(number=entries)
    def withdraw(self, number: int) -> None:
        self.attempt(number, "withdraw", lambda entry: withdraw_entry(entry, by=self.liaison))

    @rule(number=entries, reviewer=st.integers(0, 1))
    def accept(self, number: int, reviewer: int) -> None:
        self.attempt(number, "accept", lambda entry: accept_entry(entry, by=self.office[reviewer]))

    @rule(number=entries, reviewer=st.integers(0, 1))
    def send_for_changes(self, number: int, reviewer: int) -> None:
        self.attempt(number, "return", lambda entry: return_entry(entry, by=self.office[reviewer], reason="缺数据"))

    @rule(number=entries)
    def review_by_two(self, number: int) -> None:
        """Two reviewers decide about the same text: the second finds it decided."""
        _row, first = self.load(number)
        _row, second = self.load(number)
        self.attempt(number, "accept", lambda _entry: accept_entry(first, by=self.office[0]))
        with pytest.raises(WrongState), transaction.atomic():
            return_entry(second, by=self.office[1], reason="缺数据")

    @rule(number=entries)
    def reopen(self, number: int) -> None:
        self.attempt(number, "reopen", lambda entry: reopen_entry(entry, by=self.office[0], reason="补充年末数据"))

    @rule(number=entries, blank=st.sampled_from(["", " ", "\n\t"]))
    def decide_without_a_reason(self, number: int, blank: str) -> None:
        _row, entry = self.load(number)
        for act in (return_entry, reopen_entry, send_back_entry):
            with pytest.raises(ValueError, match="reason"), transaction.atomic():
                act(entry, by=self.office[0], reason=blank)

    # --- The year and the clock ---------------------------------------------------------------------------------------

    @rule()
    def close_the_year(self) -> None:
        try:
            with transaction.atomic():
                close_year(self.year, by=self.office[0], reason="年末归档")
        except WrongState:
            assert self.closed
            return
        assert not self.closed
        self.closed = True
        self.events += 1
        # What somebody was about to write names a version that is gone.
        self.versions = {row: version + 1 for row, version in self.versions.items()}

    @rule(blank=st.sampled_from(["", "补充年末数据"]))
    def open_the_year_again(self, blank: str) -> None:
        try:
            with transaction.atomic():
                reopen_year(self.year, by=self.office[0], reason=blank)
        except (YearIsOpen, ValueError):
            assert not (self.closed and blank)
            return
        assert self.closed
        assert blank
        self.closed = False
        self.events += 1

    @rule(days=st.integers(-3, 40))
    def ask_for_an_extension(self, days: int) -> None:
        _row, duty = self.load(1)
        today = self.now.date()
        possible = (
            not self.closed
            and self.states[self.rows[1]] in EntryState.outstanding()
            and today <= self.due_on
            and days > 0
            and self.asked is None
        )
        try:
            with transaction.atomic():
                asked = ask_extension(
                    duty, by=self.liaison, reason="数据未齐", until=self.due_on + timedelta(days=days)
                )
        except (WrongState, ValueError, AskedAlready):
            assert not possible
            return
        assert possible
        self.asked = asked.pk
        self.events += 1

    @rule(grants=st.booleans(), days=st.integers(-3, 40))
    def decide_on_the_extension(self, grants: bool, days: int) -> None:
        if self.asked is None:
            return
        extension = Extension.objects.select_related("duty").get(pk=self.asked)
        until = self.due_on + timedelta(days=days)
        outstanding = self.states[self.rows[1]] in EntryState.outstanding()
        later = until > self.due_on and until >= self.now.date()
        try:
            with transaction.atomic():
                if grants:
                    grant_extension(extension, by=self.officehead, until=until)
                else:
                    refuse_extension(extension, by=self.officehead, words="按原时限")
        except (WrongState, ValueError):
            assert self.closed or not outstanding or (grants and not later)
            return
        assert not self.closed
        assert outstanding
        assert later or not grants
        self.asked = None
        self.events += 1
        if grants:
            self.due_on = until

    @rule(days=st.integers(0, 9), runs=st.integers(1, 2))
    def let_time_pass(self, days: int, runs: int) -> None:
        self.travel.stop()
        self.now += timedelta(days=days)
        self.travel = time_machine.travel(self.now, tick=False)
        self.travel.start()
        for _run in range(runs):
            send_reminders()

    # --- What always holds --------------------------------------------------------------------------------------------

    @invariant()
    def rows_are_where_the_model_says(self) -> None:
        for row in self.rows:
            entry = row[0]._default_manager.get(pk=row[1])
            assert (entry.state, entry.lock_version) == (self.states[row], self.versions[row])
            assert (entry.state != S.RETURNED) or entry.return_reason
            if entry.state in (S.SUBMITTED, S.ACCEPTED):
                assert entry.first_submitted_at is not None
                assert entry.first_submitted_at <= entry.submitted_at

    @invariant()
    def every_act_left_one_event(self) -> None:
        assert Event.objects.count() == self.events

    @invariant()
    def deadlines_move_by_approved_extensions_only(self) -> None:
        duty = Duty.objects.get(pk=self.rows[1][1])
        assert (duty.due_on, duty.planned_on) == (self.due_on, date(2026, 12, 15))

    @invariant()
    def nobody_is_reminded_twice_and_no_reminder_is_alone(self) -> None:
        twice = Reminder.objects.values("recipient", "duty", "due_on", "step").annotate(n=Count("pk")).filter(n__gt=1)
        assert not twice.exists()
        assert Reminder.objects.filter(notice=None).count() == 0
        assert Notice.objects.exclude(reminder=None).count() == Reminder.objects.count()


# The long runs are for the night: 2,000 of them with 50 acts each.
_EXAMPLES = hypothesis_settings().max_examples
_RUNS = hypothesis_settings(
    hypothesis_settings(), stateful_step_count=50, max_examples=_EXAMPLES if _EXAMPLES > 100 else _EXAMPLES // 3
)


@pytest.mark.slow
@pytest.mark.django_db
def test_no_order_of_acts_leads_where_the_workflow_does_not() -> None:
    run_state_machine_as_test(Workflow, settings=_RUNS)
