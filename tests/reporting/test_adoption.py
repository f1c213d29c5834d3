"""A year goes over to a new version: what goes on, what is looked at again, what is closed, and that nothing is lost."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Event
from departments.models.events import Action
from measures.importing.lineage import correct_lineage
from measures.importing.proposal import Proposal
from measures.importing.staging import receive
from measures.models import Lineage, StagedClause
from measures.services import store_version
from reporting.enums import EntryState, YearState
from reporting.models import Attachment, Carry, Duty, Figure, Notice, Progress, Reminder, Urge, Year
from reporting.pages.clauses import last_year_of, second_look_of
from reporting.pages.completeness import completeness_of
from reporting.services.adoption import adopt, undo_publication
from reporting.services.entries import (
    accept_entry,
    confirm_entry,
    return_entry,
    save_entry,
    submit_entry,
    withdraw_entry,
)
from reporting.services.publication import publish_plan
from reporting.services.refusals import WrongState
from reporting.services.reminders import send_reminders
from reporting.services.years import open_year
from tests.drafts import FERRY, GUARD, SETTLE, TEACH, TEACH_MORE, UNITS, YEAR, Town, document, measure
from tests.factories import ConferenceFactory, DepartmentFactory, PostingFactory, published
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-03-02 09:00", tick=True)


@pytest.fixture
def town():
    return Town()


def write(town, unit, path="", words="开展了三次排查。"):
    entry = town.progress(unit, path)
    return save_entry(
        entry, by=town.administrator, lock_version=entry.lock_version, values={"work_done": words, "status": "done"}
    )


def state(entry):
    entry.refresh_from_db()
    return entry.state, entry.clause.path, entry.clause.version.number, entry.needs_second_look


# --- What goes on -------------------------------------------------------------------------------------------------


def test_row_that_goes_on_keeps_its_id_its_words_its_files_and_its_trail(town):
    town.open()
    entry = write(town, "市公安局", "二/(一)/1")
    Figure.objects.create(conference=town.conference, progress=entry, position=0, name="排查", as_written="3")
    file = Attachment.objects.create(
        conference=town.conference, progress=entry, name="证明.pdf", size=1, uploaded_by=town.administrator
    )
    submit_entry(entry, by=town.administrator)
    kept = (
        "pk",
        "work_done",
        "problems",
        "next_steps",
        "status",
        "state",
        "lock_version",
        "submitted_at",
        "updated_at",
    )
    before = Progress.objects.values(*kept).get(pk=entry.pk)
    events = list(Event.objects.of(entry).values_list("pk", flat=True))

    town.publish(document(GUARD, TEACH_MORE, SETTLE))

    assert Progress.objects.values(*kept).get(pk=entry.pk) == before
    assert state(entry) == (EntryState.SUBMITTED, "二/(一)/1", 2, False)
    assert list(entry.attachments.all()) == [file]
    assert list(entry.figures.values_list("name", "as_written")) == [("排查", "3")]
    assert list(Event.objects.of(entry).values_list("pk", flat=True)) == events


@pytest.mark.parametrize("moment", ["open", "draft", "submitted", "returned", "accepted"])
def test_reworded_clause_is_looked_at_again_by_who_has_written(town, moment):
    town.open()
    entry = town.progress("市教育局", "二/(一)/2")
    if moment != "open":
        entry = write(town, "市教育局", "二/(一)/2")
    if moment in ("submitted", "returned", "accepted"):
        submit_entry(entry, by=town.administrator)
    if moment == "returned":
        return_entry(entry, by=town.office, reason="请补充。")
    if moment == "accepted":
        accept_entry(entry, by=town.office)

    [adopted] = town.publish(document(GUARD, TEACH_MORE, SETTLE)).adopted

    assert state(entry) == (moment, "二/(一)/2", 2, moment != "open")
    assert (adopted.carried, adopted.reworded, adopted.closed, adopted.created) == (6, int(moment != "open"), 0, 0)


def test_moved_clause_goes_on_without_a_second_look(town):
    town.open()
    entry = write(town, "市教育局", "二/(一)/2")

    town.publish(document(TEACH, GUARD, SETTLE))

    assert state(entry) == (EntryState.DRAFT, "二/(一)/1", 2, False)


def test_unit_that_led_and_now_cooperates_looks_again(town):
    town.open()
    entry = write(town, "市公安局", "二/(一)/1")
    text = GUARD.replace("市公安局负责，市民政局配合", "市民政局负责，市公安局配合")

    town.publish(document(text, TEACH, SETTLE))

    entry.refresh_from_db()
    assert (entry.role, entry.needs_second_look, entry.responsibility.role) == ("cooperating", True, "cooperating")


def test_year_is_on_the_new_version_and_says_so(town):
    town.open()

    done = town.publish(document(GUARD, TEACH_MORE, SETTLE))

    event = Event.objects.of(town.year).filter(action=Action.ADOPT).get()
    assert (town.year.version, event.before, event.after) == (done.version, "1", "2")
    counts = dict.fromkeys(("reworded", "closed", "created", "duties_closed", "duties_created"), 0)
    assert event.detail == {"version": done.version.pk, "carried": 6, **counts}


def test_adopting_again_does_nothing(town):
    town.open()
    version = town.publish(document(GUARD, TEACH_MORE, SETTLE)).version
    before = rows()

    assert adopt(version, by=None) == []
    assert rows() == before


# --- What is closed -----------------------------------------------------------------------------------------------


def test_dropped_clause_closes_its_rows_and_keeps_their_words(town):
    town.open()
    entry = write(town, "市民政局", "二/(一)/3", words="安置了五人。")

    town.publish(document(GUARD, TEACH))

    assert state(entry) == (EntryState.CLOSED, "二/(一)/3", 1, False)
    assert (entry.work_done, entry.closed_from) == ("安置了五人。", EntryState.DRAFT)


def test_unit_that_answers_no_more_is_closed_and_the_new_one_begins(town):
    town.open()
    lost = write(town, "市妇联", "二/(一)/2")

    town.publish(document(GUARD, TEACH.replace("市妇联", "市民政局"), SETTLE))

    assert state(lost)[0] == EntryState.CLOSED
    gained = town.progress("市民政局", "二/(一)/2")
    assert (gained.state, gained.role, gained.clause.version.number) == (EntryState.OPEN, "cooperating", 2)


@pytest.mark.parametrize("moment", ["draft", "submitted", "returned", "accepted"])
def test_closed_text_is_read_by_exactly_who_could_read_it(town, moment):
    people = {unit: town.liaison(unit) for unit in UNITS} | {
        "office": town.office,
        "auditor": PostingFactory(auditor=True, conference=town.conference).user,
        "administrator": town.administrator,
        "stranger": Town().liaison("市公安局"),
    }
    town.open()
    entry = write(town, "市民政局", "二/(一)/3", words="暗号·安置")
    if moment != "draft":
        submit_entry(entry, by=people["市民政局"])
    if moment == "returned":
        return_entry(entry, by=town.office, reason="请补充。")
    if moment == "accepted":
        accept_entry(entry, by=town.office)

    def who_reads():
        found = {}
        for name, person in people.items():
            client = Client()
            client.force_login(person)
            address = reverse("reporting:progress", args=[entry.pk])
            review = reverse("reporting:progress_review", args=[entry.pk])
            clause = reverse("reporting:clause", args=[entry.clause.version_id, entry.clause.path])
            found[name] = [
                "暗号·安置" in client.get(page, follow=True).content.decode() for page in (address, review, clause)
            ]
        return found

    before = who_reads()

    town.publish(document(GUARD, TEACH))

    assert state(entry)[0] == EntryState.CLOSED
    assert who_reads() == before
    assert before["市民政局"][0]
    assert not before["stranger"][0]


def test_closed_row_takes_no_more_words(town):
    town.open()
    entry = write(town, "市民政局", "二/(一)/3")
    town.publish(document(GUARD, TEACH))
    entry.refresh_from_db()

    for act in (
        lambda: save_entry(entry, by=town.administrator, lock_version=entry.lock_version, values={"work_done": "改"}),
        lambda: submit_entry(entry, by=town.administrator),
    ):
        with pytest.raises(WrongState), transaction.atomic():
            act()


def test_clause_that_comes_back_is_asked_anew(town):
    """What was written on the dropped text stays with it."""
    town.open()
    old = write(town, "市民政局", "二/(一)/3")
    town.publish(document(GUARD, TEACH))

    town.publish(document(GUARD, TEACH, SETTLE))

    old.refresh_from_db()
    found = Progress.objects.filter(department=town.units["市民政局"], clause__path="二/(一)/3").order_by("pk")
    assert next(iter(found.values_list("pk", "state"))) == (old.pk, EntryState.CLOSED)
    assert list(found.values_list("state", flat=True)) == [EntryState.CLOSED, EntryState.OPEN]


# --- Merged, split, groups ----------------------------------------------------------------------------------------

LEFT = measure("加强对出租房屋的治安管理和日常清查。", "市公安局")
RIGHT = measure("严格旅馆业住宿实名登记制度的落实。", "市公安局")
BOTH = measure("加强对出租房屋的治安管理和日常清查。严格旅馆业住宿实名登记制度的落实。", "市公安局")


def kinds_of(version):
    return Counter(Lineage.objects.filter(version=version).exclude(kind="same").values_list("kind", flat=True))


def test_two_rows_of_one_unit_that_merge_keep_both_texts(town):
    town.open(document(LEFT, RIGHT, TEACH))
    empty, full = town.progress("市公安局", "二/(一)/1"), write(town, "市公安局", "二/(一)/2", words="登记了。")

    version = town.publish(document(BOTH, TEACH)).version

    assert kinds_of(version)["merged"] == 2
    # The one that has words goes on; the other is closed.
    assert state(full) == (EntryState.DRAFT, "二/(一)/1", 2, True)
    assert state(empty)[0] == EntryState.CLOSED


def test_of_two_written_rows_that_merge_none_is_lost(town):
    town.open(document(LEFT, RIGHT, TEACH))
    entries = [write(town, "市公安局", f"二/(一)/{n}", words=f"第{n}条的话。") for n in (1, 2)]

    town.publish(document(BOTH, TEACH))

    states = Counter(state(entry)[0] for entry in entries)
    assert states == {EntryState.DRAFT: 1, EntryState.CLOSED: 1}
    assert {entry.work_done for entry in entries} == {"第1条的话。", "第2条的话。"}


def test_split_clause_goes_on_in_one_part_and_begins_in_the_other(town):
    town.open(document(BOTH, TEACH))
    entry = write(town, "市公安局", "二/(一)/1")

    version = town.publish(document(LEFT, RIGHT, TEACH)).version

    assert kinds_of(version)["split"] == 2
    assert state(entry)[0::3] == (EntryState.DRAFT, True)
    states = Progress.objects.filter(department=town.units["市公安局"]).values_list("state", flat=True)
    assert sorted(states) == [EntryState.DRAFT, EntryState.OPEN]


GROUPED = measure("开展反拐宣传教育进学校活动，把反拐教育纳入中小学课程。", "市教育局", "各成员单位")


def test_member_of_a_group_that_is_named_goes_on_and_the_others_are_closed(town):
    town.open(document(GUARD, GROUPED))
    named, other = write(town, "市妇联", "二/(一)/2"), write(town, "市公安局", "二/(一)/2")

    town.publish(document(GUARD, TEACH))

    named.refresh_from_db()
    assert (named.state, named.responsibility.department, named.needs_second_look) == ("draft", named.department, True)
    assert state(other)[0] == EntryState.CLOSED


def test_named_unit_goes_on_as_a_member_of_the_group(town):
    town.open(document(GUARD, TEACH))
    named = write(town, "市妇联", "二/(一)/2")

    town.publish(document(GUARD, GROUPED))

    named.refresh_from_db()
    assert (named.state, named.responsibility.group, named.clause.version.number) == ("draft", "各成员单位", 2)
    rows_of_clause = Progress.objects.in_force().filter(clause__path="二/(一)/2")
    assert Counter(rows_of_clause.values_list("department__name", flat=True)) == dict.fromkeys(UNITS, 1)


def test_corrected_lineage_is_what_the_year_follows(town):
    first = town.open()
    entry = write(town, "市民政局", "二/(一)/3")
    row = town.receive(document(GUARD, TEACH, measure("推动困难群众帮扶与就业援助。", "市民政局", "市教育局")))
    correct_lineage(first, row, "二/(一)/3", "二/(一)/3", by=town.administrator)

    publish_plan(row, by=None)

    assert state(entry) == (EntryState.DRAFT, "二/(一)/3", 2, True)


# --- Duties -------------------------------------------------------------------------------------------------------


def test_duty_goes_on_with_its_obligation(town):
    town.open()
    duty = town.duty("市公安局")
    save_entry(duty, by=town.administrator, lock_version=0, values={"statement": "全年报告。"})

    version = town.publish(document(GUARD, TEACH_MORE, SETTLE)).version

    duty.refresh_from_db()
    assert (duty.statement, duty.state, duty.obligation.version) == ("全年报告。", "draft", version)
    assert Duty.objects.count() == len(UNITS)


def test_changed_deadline_moves_what_is_owed_and_not_what_was_filed(town):
    town.open()
    submit_entry(town.duty("市公安局"), by=town.administrator)

    town.publish(document(report="11月30日"))

    assert dict(Duty.objects.values_list("department__name", "due_on")) == {
        "市公安局": date(2026, 12, 15),
        **dict.fromkeys(UNITS[1:], date(2026, 11, 30)),
    }
    assert town.duty("市妇联").planned_on == date(2026, 11, 30)


def test_undoing_gives_deadlines_back(town):
    town.open()
    version = town.publish(document(report="11月30日")).version

    undo_publication(version, by=None)

    assert set(Duty.objects.values_list("due_on", "planned_on")) == {(date(2026, 12, 15), date(2026, 12, 15))}


def test_duty_that_nobody_asks_any_more_is_closed_with_its_words(town):
    town.open()
    duty = town.duty("市公安局")
    save_entry(duty, by=town.administrator, lock_version=0, values={"statement": "全年报告。"})

    town.publish(document(report=""))

    duty.refresh_from_db()
    assert (duty.state, duty.closed_from, duty.statement) == (EntryState.CLOSED, "draft", "全年报告。")
    assert set(Duty.objects.values_list("state", flat=True)) == {EntryState.CLOSED}


ON_THE_8TH = datetime(2026, 12, 8, 1, tzinfo=UTC)


def test_nobody_is_reminded_twice_because_of_a_new_version(town, clock):
    for unit in UNITS:
        town.liaison(unit)
    clock("2026-12-08 09:00", tick=True)
    town.open()
    send_reminders(ON_THE_8TH)
    sent = list(Reminder.objects.order_by("pk").values_list("pk", "duty", "recipient", "step"))
    assert len(sent) == len(UNITS)

    town.publish(document(GUARD, TEACH_MORE, SETTLE))
    run = send_reminders(ON_THE_8TH)

    assert (run.reminders, run.already_sent) == ([], len(UNITS))
    assert list(Reminder.objects.order_by("pk").values_list("pk", "duty", "recipient", "step")) == sent


def test_nobody_is_reminded_of_what_was_closed(town, clock):
    town.liaison("市公安局")
    town.open()
    town.publish(document(report=""))
    clock("2026-12-08 09:00", tick=True)

    assert send_reminders(ON_THE_8TH).reminders == []


def test_everybody_is_reminded_of_the_new_day(town, clock):
    town.liaison("市公安局")
    town.open()
    town.publish(document(report="11月30日"))
    clock("2026-11-23 09:00", tick=True)

    [planned] = send_reminders(datetime(2026, 11, 23, 1, tzinfo=UTC)).reminders

    assert (planned.step, planned.duty.due_on) == (7, date(2026, 11, 30))


EVERY_LEVEL = ("各成员单位每年", "各级反拐联席会议成员单位每年")


@pytest.mark.parametrize(("state", "due_on"), [("open", date(2026, 11, 30)), ("closed", date(2026, 12, 15))])
def test_duties_of_a_district_go_on_unless_its_year_is_closed(town, state, due_on):
    district = ConferenceFactory(upper=town.conference)
    unit = DepartmentFactory(conference=district, member=True)
    town.open(document().replace(*EVERY_LEVEL))
    open_year(district, YEAR)
    Year.objects.filter(conference=district).update(state=state)

    version = town.publish(document(report="11月30日").replace(*EVERY_LEVEL)).version

    duty = Duty.objects.get(department=unit)
    assert (duty.due_on, duty.obligation.version == version) == (due_on, state == "open")


# --- Several versions, several years ------------------------------------------------------------------------------


def closed_while(town, act):
    """The year is closed when ``act`` happens, and opened again afterwards."""
    Year.objects.filter(conference=town.conference).update(state=YearState.CLOSED)
    act()
    Year.objects.filter(conference=town.conference).update(state=YearState.OPEN)


def test_year_two_versions_behind_follows_both_lineages(town):
    first = town.open()
    entry, dropped = write(town, "市教育局", "二/(一)/2"), write(town, "市民政局", "二/(一)/3")
    kept = write(town, "市公安局", "二/(一)/1")
    closed_while(town, lambda: town.publish(document(GUARD, TEACH_MORE, FERRY)))
    assert town.year.version == first

    town.publish(document(TEACH_MORE, GUARD, FERRY))

    # Reworded by the second text and moved by the third.
    assert state(entry) == (EntryState.DRAFT, "二/(一)/1", 3, True)
    assert state(kept) == (EntryState.DRAFT, "二/(一)/2", 3, False)
    assert state(dropped)[0] == EntryState.CLOSED


def test_undoing_takes_a_year_back_by_two_versions(town):
    town.open()
    write(town, "市教育局", "二/(一)/2")
    before = list(Progress.objects.order_by("pk").values("pk", "clause", "state", "needs_second_look"))
    closed_while(town, lambda: town.publish(document(GUARD, TEACH_MORE, FERRY)))

    undo_publication(town.publish(document(TEACH_MORE, GUARD, FERRY)).version, by=None)

    assert list(Progress.objects.order_by("pk").values("pk", "clause", "state", "needs_second_look")) == before


def test_where_no_lineage_leads_from_the_years_version_its_words_do(town):
    """A draft that was published without an import follows nothing."""
    town.open()
    entry, reworded = write(town, "市公安局", "二/(一)/1"), write(town, "市教育局", "二/(一)/2")
    row = town.receive(document(TEACH_MORE, GUARD, SETTLE))
    version = store_version(
        Proposal.of(row).plan, conference=town.conference, source_text=row.source_text, plan=town.year.version.plan
    )
    published(version)

    adopt(version, by=None)

    assert state(entry) == (EntryState.DRAFT, "二/(一)/2", 2, False)
    assert state(reworded) == (EntryState.DRAFT, "二/(一)/1", 2, True)
    assert Progress.objects.filter(state=EntryState.CLOSED).count() == 0


def test_closed_years_stay_as_they_are(town):
    town.open()
    open_year(town.conference, YEAR - 1)
    Year.objects.filter(year=YEAR - 1).update(state=YearState.CLOSED)
    of_then = Progress.objects.filter(year=YEAR - 1).order_by("pk")
    before = list(of_then.values()), list(Duty.objects.filter(year=YEAR - 1).order_by("pk").values())

    [adopted] = town.publish(document(GUARD, TEACH_MORE)).adopted

    assert adopted.adoption.year.year == YEAR
    assert (list(of_then.values()), list(Duty.objects.filter(year=YEAR - 1).order_by("pk").values())) == before
    assert Year.objects.get(year=YEAR - 1).version.number == 1


def test_every_open_year_goes_over(town):
    town.open()
    open_year(town.conference, YEAR - 1)

    done = town.publish(document(GUARD, TEACH_MORE))

    assert [one.adoption.year.year for one in done.adopted] == [YEAR - 1, YEAR]


def test_year_beyond_the_period_stays(town):
    first = town.open()
    other = document(GUARD, TEACH_MORE, title="东湖市反对拐卖人口行动实施方案（2031—2040年）").replace(
        "〔2021〕5号", "〔2031〕1号"
    )

    done = town.publish(other.replace("2021年12月20日", "2030年12月20日"))

    assert (done.adopted, town.year.version) == ([], first)


def test_plan_that_begins_in_an_open_year_takes_it_over(town):
    town.open()
    entry = write(town, "市公安局", "二/(一)/1")
    other = document(GUARD, TEACH_MORE, title="东湖市反对拐卖人口行动实施方案（2026—2030年）").replace(
        "〔2021〕5号", "〔2026〕1号"
    )

    version = town.publish(other).version

    assert version.number == 1
    assert town.year.version == version
    entry.refresh_from_db()
    assert (entry.clause.version, entry.state) == (version, EntryState.DRAFT)


def test_year_of_another_conference_stays(town):
    other = Town()
    other.open()
    before = list(Progress.objects.order_by("pk").values())

    town.open()
    town.publish(document(GUARD, TEACH_MORE))

    assert list(Progress.objects.filter(conference=other.conference).order_by("pk").values()) == before


def test_text_taken_back_after_the_change_stays_taken_back_when_it_is_undone(town, clock):
    town.open()
    entry = write(town, "市公安局", "二/(一)/1")
    submit_entry(entry, by=town.administrator)
    clock("2026-03-03 09:00", tick=True)
    version = town.publish(document(GUARD, TEACH_MORE, SETTLE)).version
    withdraw_entry(Progress.objects.get(pk=entry.pk), by=town.administrator)

    undo_publication(version, by=None)

    assert state(entry) == (EntryState.DRAFT, "二/(一)/1", 1, False)


# --- What pages count ---------------------------------------------------------------------------------------------


def counted(town, client, name, *more):
    return client.get(reverse(f"reporting:{name}", args=[town.conference.code, YEAR, *more])).context


def test_closed_rows_are_counted_nowhere(town):
    liaison = town.liaison("市民政局")
    town.open()
    closed = write(town, "市民政局", "二/(一)/3", words="已做。")
    submit_entry(closed, by=liaison)
    town.publish(document(GUARD, TEACH, report=""))
    office, mine = Client(), Client()
    office.force_login(town.office)
    mine.force_login(liaison)

    work = mine.get(reverse("reporting:work_year", args=[YEAR])).context

    assert counted(town, office, "rows")["page"].paginator.count == 4
    assert counted(town, office, "duties")["page"].paginator.count == 0
    board = counted(town, office, "board")
    assert [row["total"] for row in board["rows"] if row["unit"] == "市民政局"] == [1]
    unit = counted(town, office, "unit", town.units["市民政局"].code)
    assert [row["url"] for chapter in unit["chapters"] for row in chapter["rows"]] == [
        reverse("reporting:progress_review", args=[town.progress("市民政局").pk])
    ]
    assert [row["url"] for row in work["closed"]] == [reverse("reporting:progress", args=[closed.pk])]
    assert [len(chapter["rows"]) for chapter in work["chapters"]] == [1]
    assert work["duties"] == []


def test_completeness_leaves_closed_rows_out(town):
    town.open()
    write(town, "市民政局", "二/(一)/3")
    before = completeness_of(town.duty("市民政局"), town.liaison("市民政局"))

    town.publish(document(GUARD, TEACH))

    after = completeness_of(town.duty("市民政局"), town.liaison("市民政局"))
    assert (before["sums"]["total"], after["sums"]["total"]) == (2, 1)


def test_last_years_text_is_found_through_the_lineage(town):
    liaison = town.liaison("市公安局")
    open_year_of_then = YEAR - 1
    town.open()
    open_year(town.conference, open_year_of_then)
    then = town.progress("市公安局", "二/(一)/1", year=open_year_of_then)
    save_entry(then, by=liaison, lock_version=0, values={"work_done": "去年的话。"})
    Year.objects.filter(year=open_year_of_then).update(state=YearState.CLOSED)

    town.publish(document(TEACH, GUARD, SETTLE))

    assert last_year_of(town.progress("市公安局", "二/(一)/2"), liaison)["work_done"] == "去年的话。"


# --- The second look ----------------------------------------------------------------------------------------------


@pytest.fixture
def looked(town):
    """A text on a clause that was reworded since."""
    liaison = town.liaison("市教育局")
    town.open()
    entry = write(town, "市教育局", "二/(一)/2")
    town.publish(document(GUARD, TEACH_MORE, SETTLE))
    entry.refresh_from_db()
    return SimpleNamespace(
        town=town, entry=entry, liaison=liaison, url=reverse("reporting:progress_confirm", args=[entry.pk])
    )


def confirmed(looked, person):
    client = Client()
    if not isinstance(person, AnonymousUser):
        client.force_login(person)
    status = client.post(looked.url, {"clause": looked.entry.clause_id}).status_code
    looked.entry.refresh_from_db()
    return status, not looked.entry.needs_second_look


def test_unit_confirms_that_its_text_still_fits(looked):
    words = looked.entry.work_done

    assert confirmed(looked, looked.liaison) == (302, True)
    assert looked.entry.work_done == words
    event = Event.objects.of(looked.entry).filter(action=Action.CONFIRM).get()
    assert event.actor == looked.liaison


def test_only_the_units_writers_confirm(looked):
    town = looked.town
    people = {
        "colleague unit": (town.liaison("市妇联"), 404),
        "other unit": (town.liaison("市公安局"), 404),
        "head": (PostingFactory(head=True, department=town.units["市教育局"]).user, 403),
        "office": (town.office, 403),
        "auditor": (PostingFactory(auditor=True, conference=town.conference).user, 403),
        "administrator": (town.administrator, 404),
        "anonymous": (AnonymousUser(), 302),
    }

    assert {name: confirmed(looked, person) for name, (person, _status) in people.items()} == {
        name: (status, False) for name, (_person, status) in people.items()
    }


def test_saving_is_a_second_look(looked):
    save_entry(
        looked.entry,
        by=looked.liaison,
        lock_version=looked.entry.lock_version,
        values={"work_done": "改过。"},
        seen_clause=looked.entry.clause_id,
    )

    looked.entry.refresh_from_db()
    assert looked.entry.needs_second_look is False


def test_handing_in_is_a_second_look(looked):
    submit_entry(looked.entry, by=looked.liaison, seen_clause=looked.entry.clause_id)

    looked.entry.refresh_from_db()
    assert looked.entry.needs_second_look is False


def test_what_needs_no_look_is_not_confirmed(looked):
    confirmed(looked, looked.liaison)
    looked.entry.refresh_from_db()

    with pytest.raises(WrongState):
        confirm_entry(looked.entry, by=looked.liaison)


def test_page_shows_the_words_of_then_marked_against_those_of_today(looked):
    shown = second_look_of(looked.entry)

    assert [piece for piece in shown["pieces"] if piece[0] != "same"] == [("gained", "、进社区")]
    client = Client()
    client.force_login(looked.liaison)
    page = client.get(reverse("reporting:progress", args=[looked.entry.pk]))
    assert page.context["confirm_url"] == looked.url


# --- Cost ---------------------------------------------------------------------------------------------------------


def cost(units, clauses):
    """Queries of publishing a second text over an open year in which every clause was written on by every unit."""
    names = [f"市第{number}局" for number in range(1, units + 1)]
    town = Town(tuple(names))
    for name in names:
        town.liaison(name)
    words = [
        f"加强第{number}类场所的排查，第{number}批人员的登记，第{number}项资料的报送。" for number in range(clauses)
    ]
    town.open(document(*[measure(text, names[0], "、".join(names[1:])) for text in words]))
    Progress.objects.filter(conference=town.conference).update(state=EntryState.DRAFT, work_done="做了。")
    changed = [text.replace("登记", "登记造册") if number % 2 else text for number, text in enumerate(words)]
    row = town.receive(document(*[measure(text, names[0], "、".join(names[1:])) for text in changed[1:]]))
    with CaptureQueriesContext(connection) as asked:
        done = publish_plan(row, by=None)
    assert done.adopted[0].carried == units * (clauses - 1)
    assert done.adopted[0].closed == units
    return len([query for query in asked if "SAVEPOINT" not in query["sql"]])


def test_publishing_costs_the_same_for_few_units_and_for_many():
    assert cost(units=30, clauses=4) <= cost(units=3, clauses=4)


def test_publishing_costs_the_same_for_few_clauses_and_for_many():
    assert cost(units=3, clauses=60) <= cost(units=3, clauses=10)


def test_nothing_refers_to_what_is_gone(town):
    """Rows of people's work are never deleted by publishing; Notice and Urge rows neither."""
    town.liaison("市公安局")
    town.open()
    before = {model: model.objects.count() for model in (Progress, Duty, Notice, Urge, Attachment)}

    town.publish(document(FERRY))

    assert all(model.objects.count() >= number for model, number in before.items())
    assert Carry.objects.filter(progress__isnull=False).count() == 6


# --- Over several versions ----------------------------------------------------------------------------------------


def test_rows_that_a_later_version_carried_on_survive_undoing_both(town):
    town.open()
    second = town.publish(document(GUARD, TEACH, SETTLE, FERRY)).version
    third = town.publish(document(GUARD, TEACH_MORE, SETTLE, FERRY)).version

    undo_publication(third, by=town.administrator)
    undo_publication(second, by=town.administrator)

    connection.check_constraints()
    new = Progress.objects.filter(clause__version=second)
    assert set(new.values_list("state", "closed_from")) == {(EntryState.CLOSED, EntryState.OPEN)}
    assert town.year.version.number == 1


def test_duties_that_a_later_version_carried_on_survive_undoing_both(town):
    town.open(document(report=""))
    second = town.publish(document()).version
    third = town.publish(document(GUARD, TEACH_MORE, SETTLE)).version

    undo_publication(third, by=town.administrator)
    undo_publication(second, by=town.administrator)

    connection.check_constraints()
    assert set(Duty.objects.values_list("state", flat=True)) == {EntryState.CLOSED}


def test_second_look_shows_the_change_that_nobody_has_looked_at(town):
    town.open()
    entry = write(town, "市教育局", "二/(一)/2")
    town.publish(document(GUARD, TEACH_MORE, SETTLE))

    town.publish(document(GUARD, TEACH_MORE, FERRY))

    entry.refresh_from_db()
    assert entry.needs_second_look
    look = second_look_of(entry)
    assert look is not None
    assert any(op != "same" for op, _words in look["pieces"])


def test_last_year_is_found_through_every_version_between(town):
    town.open(year=YEAR - 1)
    before = town.progress("市教育局", "二/(一)/2", year=YEAR - 1)
    save_entry(before, by=town.administrator, lock_version=0, values={"work_done": "去年的工作。"})
    Year.objects.update(state=YearState.CLOSED)
    town.publish(document(GUARD, TEACH_MORE, SETTLE))
    town.publish(document(GUARD, TEACH_MORE, FERRY))
    open_year(town.conference, YEAR)

    found = last_year_of(town.progress("市教育局", "二/(一)/2", year=YEAR), town.liaison("市教育局"))

    assert found is not None
    assert found["work_done"] == "去年的工作。"


def test_an_extension_stays_when_the_plan_sets_another_day(town):
    town.open()
    extended = town.duty("市公安局")
    Duty.objects.filter(pk=extended.pk).update(due_on=date(YEAR, 12, 31))

    town.publish(document(report="11月30日"))

    extended.refresh_from_db()
    assert (extended.due_on, extended.planned_on) == (date(YEAR, 12, 31), date(YEAR, 12, 15))
    assert town.duty("市民政局").due_on == date(YEAR, 11, 30)


def test_what_a_mistaken_version_closed_goes_on_when_the_next_names_the_unit_again(town):
    town.open()
    entry = write(town, "市妇联", "二/(一)/2")
    submit_entry(entry, by=town.administrator)
    mistaken = measure("开展反拐宣传教育进学校活动，把反拐教育纳入中小学课程。", "市教育局")
    town.publish(document(GUARD, mistaken, SETTLE))
    entry.refresh_from_db()
    assert entry.state == EntryState.CLOSED

    mended = town.publish(document(GUARD, TEACH, SETTLE + "。")).version

    assert state(entry) == (EntryState.SUBMITTED, "二/(一)/2", 3, True)
    assert not Progress.objects.filter(
        clause__version=mended, state=EntryState.OPEN, department=entry.department
    ).exists()
    undo_publication(mended, by=None)
    entry.refresh_from_db()
    assert (entry.state, entry.closed_from) == (EntryState.CLOSED, EntryState.SUBMITTED)


def test_only_other_units_changed_is_no_second_look(town):
    town.open()
    entry = write(town, "市公安局", "二/(一)/1")
    row = town.receive(document() + "\n")
    StagedClause.objects.filter(plan_import=row, path="二/(一)/1").update(cooperating=[])
    town.publish(row)

    assert state(entry) == (EntryState.DRAFT, "二/(一)/1", 2, False)


def test_partner_still_reads_what_was_handed_in_on_a_clause_that_the_other_left(town):
    town.open()
    entry = write(town, "市妇联", "二/(一)/2")
    submit_entry(entry, by=town.administrator)
    partner = town.liaison("市教育局")
    town.publish(document(GUARD, measure("开展反拐宣传教育进学校活动，把反拐教育纳入中小学课程。", "市教育局"), SETTLE))

    assert Progress.objects.visible_to(partner).filter(pk=entry.pk).exists()
    assert not Progress.objects.visible_to(town.liaison("市公安局")).filter(pk=entry.pk).exists()


def test_undoing_tells_whoever_was_told(town):
    liaison = town.liaison("市教育局")
    town.open()
    version = town.publish(document(GUARD, TEACH_MORE, SETTLE)).version

    undo_publication(version, by=town.administrator)

    mine = Notice.objects.filter(recipient=liaison).order_by("pk")
    assert [notice.subject.partition("：")[0] for notice in mine][-2:] == ["计划有新版本", "计划的新版本已撤销"]
    assert not mine.filter(path=f"/plans/{version.pk}/").exists()


def test_district_that_worked_under_the_citys_plan_is_not_asked_twice(town):
    town.open(document(report="12月15日").replace("各成员单位", "各级反拐联席会议成员单位"))
    district = ConferenceFactory(upper=town.conference)
    unit = DepartmentFactory(conference=district, name="区公安局", member=True)
    open_year(district, YEAR)
    duty = Duty.objects.get(department=unit)
    own = document(measure("加强排查。", "区公安局"), report="11月30日", title="东湖区反拐工作方案（2021—2030年）")
    row, _is_new = receive(own.encode(), name="区方案.txt", conference=district, by=town.administrator)

    version = publish_plan(row, by=None).version

    duty.refresh_from_db()
    assert [duty.pk] == list(Duty.objects.in_force().filter(department=unit).values_list("pk", flat=True))
    assert (duty.obligation.version, duty.due_on) == (version, date(YEAR, 11, 30))
    undo_publication(version, by=None)
    duty.refresh_from_db()
    assert (duty.obligation.conference, duty.due_on) == (town.conference, date(YEAR, 12, 15))
