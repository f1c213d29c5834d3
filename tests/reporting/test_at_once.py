"""The same act by many at the same moment, on connections of their own: nothing is lost, doubled or left half-done."""

import threading
from collections import Counter
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.utils import timezone

from departments.models import Conference, Event
from departments.models.events import Action
from reporting.enums import EntryState, InputState, SignatureRule
from reporting.models import (
    Attachment,
    Duty,
    InputRequest,
    Mail,
    Notice,
    Progress,
    Reminder,
    UnitSetting,
    Urge,
    Year,
)
from reporting.models.notices import MailState
from reporting.services.attachments import attach, detach
from reporting.services.bulk import accept_many, key_of
from reporting.services.entries import StaleEntry, accept_entry, save_entry, sign_entry, submit_entry, withdraw_entry
from reporting.services.inputs import CannotAsk, ask_input
from reporting.services.knowing import acknowledge
from reporting.services.notices import deliver_mail
from reporting.services.refusals import WrongState
from reporting.services.reminders import send_reminders
from reporting.services.signing import set_signature_rule
from reporting.services.urging import UrgedToday, urge
from reporting.services.years import open_year
from reporting.uploads import check_upload
from tests.factories import (
    DepartmentFactory,
    DutyFactory,
    MailFactory,
    ObligationFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    UserFactory,
)
from tests.reporting.conftest import load_everything
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db(transaction=True)


def what_happened(results):
    return Counter(type(result).__name__ if isinstance(result, Exception) else "done" for result in results)


# --- Opening a year -----------------------------------------------------------------------------------------------


def test_a_year_opened_by_four_at_once_is_opened_once(at_once):
    load_everything()
    city = Conference.objects.get(code="500000")

    openings = at_once(*[partial(open_year, city, 2026)] * 4)

    made = sorted((opening.duties_created, opening.progress_created) for opening in openings)
    assert made == [(0, 0)] * 3 + [(109, 318)]
    assert (Year.objects.count(), Duty.objects.count(), Progress.objects.count()) == (1, 109, 318)
    assert Event.objects.filter(action=Action.OPEN_YEAR).count() == 1


def test_a_city_and_its_county_opened_at_once_share_what_the_county_owes(at_once):
    load_everything()
    city, yunyang = Conference.objects.get(code="500000"), Conference.objects.get(code="500235")

    openings = at_once(partial(open_year, city, 2026), partial(open_year, yunyang, 2026))

    assert sum(opening.duties_created for opening in openings) == 132
    assert Duty.objects.count() == 132
    assert Duty.objects.filter(obliged_conference=yunyang).count() == 2


def test_opening_again_beside_people_who_write_changes_none_of_their_rows(at_once):
    load_everything()
    city = Conference.objects.get(code="500000")
    open_year(city, 2026)
    author = UserFactory()
    entries = list(Progress.objects.order_by("pk")[:6])

    results = at_once(
        partial(open_year, city, 2026),
        *[partial(save_entry, e, by=author, lock_version=0, values={"work_done": f"第{e.pk}条"}) for e in entries],
        partial(open_year, city, 2026),
    )

    assert what_happened(results) == {"done": 8}
    assert Progress.objects.count() == 318
    written = Progress.objects.exclude(work_done="").values_list("pk", "work_done", "state", "lock_version")
    assert sorted(written) == [(e.pk, f"第{e.pk}条", EntryState.DRAFT, 1) for e in entries]


# --- Writing ------------------------------------------------------------------------------------------------------


def test_of_forty_who_save_the_same_version_one_succeeds_and_the_others_see_it(at_once):
    entry, author = ProgressFactory(), UserFactory()

    def save(number):
        mine = Progress.objects.get(pk=entry.pk)
        return save_entry(mine, by=author, lock_version=0, values={"work_done": f"第{number}人写的"})

    results = at_once(*[partial(save, number) for number in range(40)])

    assert what_happened(results) == {"done": 1, "StaleEntry": 39}
    winner = next(number for number, result in enumerate(results) if not isinstance(result, Exception))
    shown = {result.current.work_done for result in results if isinstance(result, StaleEntry)}
    assert shown == {f"第{winner}人写的"}
    row = Progress.objects.get()
    assert (row.work_done, row.lock_version, row.state) == (f"第{winner}人写的", 1, EntryState.DRAFT)
    assert Event.objects.filter(action=Action.START).count() == 1


def test_of_two_hundred_editors_of_each_version_one_succeeds_and_no_update_is_lost(at_once):
    entry, author = ProgressFactory(), UserFactory()
    # All want it at the same moment; the server has fewer connections than that.
    gate = threading.BoundedSemaphore(60)

    def save(opened, number):
        with gate:
            try:
                words = {"work_done": f"{opened.lock_version}-{number}"}
                return save_entry(copy(opened), by=author, lock_version=opened.lock_version, values=words)
            finally:
                connection.close()

    history = []
    for _version in range(3):
        opened = Progress.objects.select_related("department", "clause").get(pk=entry.pk)
        results = at_once(*[partial(save, opened, number) for number in range(200)])
        assert what_happened(results) == {"done": 1, "StaleEntry": 199}
        history += [result.work_done for result in results if not isinstance(result, Exception)]
        shown = {result.current.work_done for result in results if isinstance(result, StaleEntry)}
        assert shown == {history[-1]}

    row = Progress.objects.get()
    assert (row.work_done, row.lock_version) == (history[-1], len(history))


def test_no_update_is_lost_when_eight_write_on_in_the_same_entry(at_once):
    entry, author = ProgressFactory(), UserFactory()

    def add_five(name):
        current, written = Progress.objects.get(pk=entry.pk), 0
        while written < 5:
            words = f"{current.work_done} {name}{written}".strip()
            try:
                current = save_entry(current, by=author, lock_version=current.lock_version, values={"work_done": words})
                written += 1
            except StaleEntry as stale:
                current = stale.current

    results = at_once(*[partial(add_five, name) for name in "甲乙丙丁戊己庚辛"])

    assert what_happened(results) == {"done": 8}
    row = Progress.objects.get()
    assert sorted(row.work_done.split()) == sorted(
        f"{name}{number}" for name in "甲乙丙丁戊己庚辛" for number in range(5)
    )
    assert row.lock_version == 40


def test_two_clicks_at_once_submit_once(at_once):
    entry, author = DutyFactory(draft=True), UserFactory()

    results = at_once(*[lambda: submit_entry(Duty.objects.get(pk=entry.pk), by=author)] * 6)

    assert set(what_happened(results)) <= {"done", "WrongState"}
    assert what_happened(results)["done"] == 1
    assert Event.objects.filter(action=Action.SUBMIT).count() == 1
    assert Duty.objects.get().lock_version == 1


def test_of_a_withdrawal_and_an_acceptance_at_once_one_happens(at_once):
    author, officer = UserFactory(), UserFactory()
    for _time in range(5):
        entry = DutyFactory(submitted=True)
        mine, theirs = Duty.objects.get(pk=entry.pk), Duty.objects.get(pk=entry.pk)

        results = at_once(partial(withdraw_entry, mine, by=author), partial(accept_entry, theirs, by=officer))

        assert what_happened(results) == {"done": 1, "WrongState": 1}
        withdrawn = not isinstance(results[0], Exception)
        entry.refresh_from_db()
        assert entry.state == (EntryState.DRAFT if withdrawn else EntryState.ACCEPTED)
        assert Event.objects.of(entry).get().action == (Action.WITHDRAW if withdrawn else Action.ACCEPT)


def test_two_offices_accept_the_same_ten_at_once_and_each_is_accepted_once(at_once):
    officers = [UserFactory() for _number in range(2)]
    entries = [ProgressFactory(submitted=True) for _number in range(10)]

    def accept(officer):
        rows_of = list(Progress.objects.select_related("department", "clause").order_by("pk"))
        seen = {key_of(entry): entry.lock_version for entry in rows_of}
        return accept_many(rows_of, by=officer, seen=seen, may=set(seen))

    outcomes = at_once(*[partial(accept, officer) for officer in officers])

    assert sum(len(outcome.done) for outcome in outcomes) == len(entries)
    assert sum(len(outcome.refused) for outcome in outcomes) <= len(entries)
    assert set(Progress.objects.values_list("state", flat=True)) == {EntryState.ACCEPTED}
    assert Event.objects.filter(action=Action.ACCEPT).count() == len(entries)


def test_of_a_signature_and_a_withdrawal_at_once_one_happens(at_once):
    author, head = UserFactory(), UserFactory()
    for _time in range(5):
        entry = DutyFactory(state=EntryState.TO_SIGN, kind="implementation_plan")
        mine, theirs = Duty.objects.get(pk=entry.pk), Duty.objects.get(pk=entry.pk)

        results = at_once(partial(withdraw_entry, mine, by=author), partial(sign_entry, theirs, by=head))

        assert what_happened(results) == {"done": 1, "WrongState": 1}
        entry.refresh_from_db()
        withdrawn = not isinstance(results[0], Exception)
        assert entry.state == (EntryState.DRAFT if withdrawn else EntryState.SUBMITTED)
        assert (entry.signed_by is None) == withdrawn


def test_material_asked_for_while_it_is_handed_in_is_answered_or_not_asked(at_once):
    author = UserFactory()
    for _time in range(6):
        lead = ProgressFactory()
        asked = ProgressFactory(responsibility=ResponsibilityFactory(clause=lead.clause, cooperating=True), draft=True)

        results = at_once(
            partial(ask_input, lead, asked, by=author, message="请给数据", due_on=timezone.localdate()),
            partial(submit_entry, Progress.objects.get(pk=asked.pk), by=author),
        )

        assert not isinstance(results[1], Exception)
        states = set(InputRequest.objects.filter(asked=asked).values_list("state", flat=True))
        assert states == (set() if isinstance(results[0], CannotAsk) else {InputState.GIVEN})


def test_one_unit_is_asked_once_by_two_at_once(at_once):
    author, lead = UserFactory(), ProgressFactory()
    asked = ProgressFactory(responsibility=ResponsibilityFactory(clause=lead.clause, cooperating=True))
    ask = partial(ask_input, lead, asked, by=author, message="请给数据", due_on=timezone.localdate())

    results = at_once(ask, ask, ask)

    assert what_happened(results) == {"done": 1, "CannotAsk": 2}
    assert InputRequest.objects.count() == 1
    assert Event.objects.filter(action=Action.ASK_INPUT).count() == 1


def test_a_part_is_known_of_once_while_somebody_types(at_once):
    author = UserFactory()
    entry = ProgressFactory(responsibility__cooperating=True)

    results = at_once(
        *[lambda: acknowledge(Progress.objects.get(pk=entry.pk), by=author)] * 4,
        lambda: save_entry(Progress.objects.get(pk=entry.pk), by=author, lock_version=0, values={"work_done": "写了"}),
    )

    assert not [result for result in results if isinstance(result, Exception)]
    entry.refresh_from_db()
    assert (entry.work_done, entry.lock_version, entry.acknowledged_by) == ("写了", 1, author)
    assert Event.objects.filter(action=Action.ACKNOWLEDGE).count() <= 1


def test_a_rule_changed_by_four_at_once_is_changed_once(at_once):
    unit, head = DepartmentFactory(), UserFactory()

    results = at_once(*[partial(set_signature_rule, unit, SignatureRule.REPORTS, by=head)] * 4)

    assert sorted(results) == [False, False, False, True]
    assert (UnitSetting.objects.count(), Event.objects.count()) == (1, 1)


def test_ten_offices_urge_once(at_once):
    duty = DutyFactory(department=PostingFactory().department)
    officer = UserFactory()

    results = at_once(*[partial(urge, duty, by=officer)] * 10)

    assert what_happened(results) == {"done": 1, "UrgedToday": 9}
    assert UrgedToday.__name__ in what_happened(results)
    assert (Urge.objects.count(), Notice.objects.count(), Event.objects.count()) == (1, 1, 1)


# --- Files --------------------------------------------------------------------------------------------------------


def pdf(name="总结.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7\n%%EOF")


def test_a_file_attached_while_the_entry_is_submitted_is_in_what_was_handed_over_or_refused(at_once, files):
    author = UserFactory()
    for _time in range(8):
        entry = ProgressFactory(draft=True)
        upload = pdf()

        results = at_once(
            partial(attach, entry, upload, check_upload(upload), by=author),
            partial(submit_entry, Progress.objects.get(pk=entry.pk), by=author),
        )

        handed_over = Event.objects.of(entry).get(action=Action.SUBMIT).detail["attachments"]
        kept = entry.attachments.count()
        assert len(handed_over) == kept
        assert what_happened(results) == ({"done": 2} if kept else {"done": 1, "WrongState": 1})
        assert len(files()) == Attachment.objects.count()


def test_a_file_removed_by_two_at_once_is_removed_once(at_once, files):
    author, entry = UserFactory(), ProgressFactory(draft=True)
    upload = pdf()
    attachment = attach(entry, upload, check_upload(upload), by=author)

    results = at_once(*[lambda: detach(Attachment.objects.get(pk=attachment.pk), by=author)] * 2)

    # The second finds it gone before it looks, or while it waits.
    assert what_happened(results)["done"] == 1
    assert set(what_happened(results)) <= {"done", "WrongState", "DoesNotExist"}
    assert Event.objects.filter(action=Action.DETACH).count() == 1
    assert files() == []


def test_the_second_of_two_removals_is_refused(files):
    author, entry = UserFactory(), ProgressFactory(draft=True)
    upload = pdf()
    first = attach(entry, upload, check_upload(upload), by=author)
    second = Attachment.objects.select_related("progress").get(pk=first.pk)
    detach(first, by=author)
    before = rows()

    with pytest.raises(WrongState):
        detach(second, by=author)

    assert rows() == before


def test_a_removed_file_stays_on_disk_until_the_removal_is_certain(files):
    author, entry = UserFactory(), ProgressFactory(draft=True)
    upload = pdf()
    attachment = attach(entry, upload, check_upload(upload), by=author)
    stored = files()

    with transaction.atomic():
        detach(Attachment.objects.get(pk=attachment.pk), by=author)
        before_the_end = files()
        transaction.set_rollback(True)

    assert before_the_end == files() == stored
    assert Attachment.objects.count() == 1
    detach(Attachment.objects.get(pk=attachment.pk), by=author)
    assert files() == []


def test_no_file_stays_when_the_row_fails_at_the_commit(files):
    """References are checked by the commit: by then the file was written."""
    entry = ProgressFactory(draft=True)
    stranger = UserFactory.build(pk=987654321)
    upload = pdf()

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        attach(entry, upload, check_upload(upload), by=stranger)

    assert files() == []
    assert Attachment.objects.count() == 0


# --- Reminders ----------------------------------------------------------------------------------------------------

ON_THE_8TH = datetime(2026, 12, 8, 1, tzinfo=UTC)


def owed_by(units, people=1):
    obligation = ObligationFactory()
    for _unit in range(units):
        postings = PostingFactory.create_batch(1, department__conference=obligation.conference)
        department = postings[0].department
        PostingFactory.create_batch(people - 1, department=department)
        DutyFactory(obligation=obligation, department=department, year=2026)
    for person in obligation.conference.postings.values_list("user", flat=True):
        type(UserFactory.build()).objects.filter(pk=person).update(email=f"u{person}@example.test")


def test_four_runs_at_once_remind_everybody_once(at_once):
    owed_by(units=20, people=2)

    runs = at_once(*[partial(send_reminders, ON_THE_8TH)] * 4)

    assert [type(run).__name__ for run in runs] == ["Run"] * 4
    assert sum(len(run.reminders) for run in runs) == 40
    assert {len(run.reminders) + run.already_sent for run in runs} == {40}
    assert (Reminder.objects.count(), Notice.objects.count(), Mail.objects.count()) == (40, 40, 40)


def test_runs_on_neighbouring_days_at_once_double_nothing(at_once):
    owed_by(units=10)
    moments = [ON_THE_8TH + timedelta(days=day) for day in (0, 4, 0, 4, 7)]

    runs = at_once(*[partial(send_reminders, moment) for moment in moments])

    assert [type(run).__name__ for run in runs] == ["Run"] * 5
    assert Counter(Reminder.objects.values_list("step", flat=True)) == {7: 10, 3: 10, 0: 10}
    assert Notice.objects.count() == Mail.objects.count() == 30


def test_a_report_filed_between_looking_and_writing_is_not_asked_for():
    owed_by(units=2)
    filed, other = Duty.objects.order_by("pk")
    author = UserFactory()

    def file_once_the_sent_ones_were_looked_up(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        filed.refresh_from_db(fields=["state"])
        if "reporting_reminder" in sql and filed.state == EntryState.OPEN and not connection.in_atomic_block:
            submit_entry(filed, by=author)
        return result

    with connection.execute_wrapper(only_once(file_once_the_sent_ones_were_looked_up)):
        run = send_reminders(ON_THE_8TH)

    assert Duty.objects.get(pk=filed.pk).state == EntryState.SUBMITTED
    assert [planned.duty for planned in run.reminders] == [other]
    assert list(Reminder.objects.values_list("duty", flat=True)) == [other.pk]


def only_once(wrapper):
    """The wrapper, which its own queries do not set off again."""
    inside = []

    def wrapped(execute, sql, params, many, context):
        if inside:
            return execute(sql, params, many, context)
        inside.append(True)
        try:
            return wrapper(execute, sql, params, many, context)
        finally:
            inside.clear()

    return wrapped


def test_reminders_and_reports_at_once_disturb_nobody(at_once):
    owed_by(units=12)
    author = UserFactory()
    duties = list(Duty.objects.order_by("pk"))

    results = at_once(
        partial(send_reminders, ON_THE_8TH),
        *[partial(submit_entry, duty, by=author) for duty in duties[:6]],
        partial(send_reminders, ON_THE_8TH),
    )

    assert what_happened(results) == {"done": 8}
    assert Duty.objects.filter(state=EntryState.SUBMITTED).count() == 6
    reminded = Counter(Reminder.objects.values_list("duty", flat=True))
    assert set(reminded.values()) == {1}
    assert {duty.pk for duty in duties[6:]} <= set(reminded)


# --- Mail ---------------------------------------------------------------------------------------------------------


def test_six_runs_at_once_send_each_mail_once(at_once):
    MailFactory.create_batch(60)

    deliveries = at_once(*[deliver_mail] * 6)

    assert sum(delivery.sent for delivery in deliveries) == 60
    assert sum(delivery.failed for delivery in deliveries) == 0
    assert Counter(message.to[0] for message in mail.outbox) == Counter(Mail.objects.values_list("address", flat=True))
    assert Counter(Mail.objects.values_list("state", "attempts")) == {(MailState.SENT, 1): 60}


class SlowChannel(EmailBackend):
    """A minute for each mail; while the third is on its way, another worker begins its run."""

    clock = None
    sent = 0

    def send_messages(self, messages):
        cls = type(self)
        cls.sent += 1
        if cls.sent == 3:
            deliver_mail()
        cls.clock((timezone.now() + timedelta(minutes=1)).isoformat())
        return super().send_messages(messages)


def test_a_run_that_takes_longer_than_any_lease_sends_no_mail_twice(clock, settings):
    clock("2026-12-08 09:00")
    SlowChannel.clock, SlowChannel.sent = clock, 0
    settings.EMAIL_BACKEND = f"{__name__}.SlowChannel"
    MailFactory.create_batch(12)

    while deliver_mail().sent:
        pass

    assert Counter(message.to[0] for message in mail.outbox) == Counter(Mail.objects.values_list("address", flat=True))
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.SENT}
    assert not connection.in_atomic_block
