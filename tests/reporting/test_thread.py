"""The thread of an entry: every round with its words and its decision, and for whose eyes each of them is."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from reporting.models import Attachment, Progress
from reporting.pages.thread import events_of, rounds_of, unanswered
from reporting.services.entries import (
    FigureInput,
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
from tests.factories import (
    ClauseFactory,
    DepartmentFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
)

pytestmark = pytest.mark.django_db

DUE = date(2026, 12, 15)


@pytest.fixture(autouse=True)
def now(clock):
    clock("2026-12-08 09:30", tick=True)
    return clock


@pytest.fixture
def unit():
    return DepartmentFactory()


@pytest.fixture
def liaison(unit):
    return PostingFactory(department=unit, user__name="王五").user


@pytest.fixture
def head(unit):
    return PostingFactory(department=unit, head=True, user__name="李四").user


@pytest.fixture
def officer(unit):
    return PostingFactory(office_staff=True, conference=unit.conference, user__name="赵六").user


@pytest.fixture
def entry(unit):
    clause = ClauseFactory(version__conference=unit.conference)
    return ProgressFactory(responsibility=ResponsibilityFactory(clause=clause, department=unit), year=2026)


def write(entry, by, work_done, **more):
    return save_entry(
        entry,
        by=by,
        lock_version=entry.lock_version,
        values={"work_done": work_done, "status": "in_progress"},
        figures=[FigureInput("场次", None, "场", words) for words in [more.get("figure")] if words],
    )


def thread(entry, *, inside=True, due_on=DUE):
    return rounds_of(entry, events_of(entry), due_on, inside=inside)


def words(row, label="工作开展情况"):
    return next((field["pieces"] for field in row["fields"] if str(field["label"]) == label), None)


def test_a_first_round_that_waits_is_no_thread_yet(entry, liaison):
    write(entry, liaison, "培训两期")
    submit_entry(entry, by=liaison)

    assert thread(entry) == []


def test_every_round_is_kept_with_what_was_decided(entry, liaison, officer):
    write(entry, liaison, "培训两期", figure="约2")
    submit_entry(entry, by=liaison)
    return_entry(entry, by=officer, reason="写明人次")
    write(entry, liaison, "培训两期，300人次", figure="2")
    submit_entry(entry, by=liaison)
    accept_entry(entry, by=officer)

    second, first = thread(entry)

    assert (first["title"], first["who"], words(first)) == ("第1次报送", "王五提交", [("same", "培训两期")])
    assert [(d["action_text"], d["who"], d["reason"]) for d in first["decisions"]] == [("退回", "赵六", "写明人次")]
    assert second["title"] == "第2次报送"
    assert words(second) == [("same", "培训两期"), ("gained", "，300人次")]
    assert words(second, "数据") == [("gained", "场次 2场\n"), ("lost", "场次 约2场")]
    assert [(d["action_text"], d["is_against"]) for d in second["decisions"]] == [("审核通过", False)]


def test_files_are_named_and_what_came_and_went_is_marked(entry, liaison, officer):
    write(entry, liaison, "培训")
    first = Attachment.objects.create(
        conference=entry.conference, progress=entry, name="旧.pdf", size=1, uploaded_by=liaison
    )
    submit_entry(entry, by=liaison)
    return_entry(entry, by=officer, reason="换附件")
    first.delete()
    Attachment.objects.create(conference=entry.conference, progress=entry, name="新.pdf", size=1, uploaded_by=liaison)
    submit_entry(entry, by=liaison)

    assert words(thread(entry)[0], "附件") == [("gained", "新.pdf\n"), ("lost", "旧.pdf")]


def test_what_was_withdrawn_unread_is_the_units_alone_and_has_no_number(entry, liaison, officer):
    write(entry, liaison, "写错的话")
    submit_entry(entry, by=liaison)
    withdraw_entry(entry, by=liaison)
    write(entry, liaison, "改好的话")
    submit_entry(entry, by=liaison)
    return_entry(entry, by=officer, reason="再补")

    inside, outside = thread(entry), thread(entry, inside=False)

    assert [(row["title"], words(row)) for row in inside] == [
        ("第1次报送", [("same", "改好的话")]),
        ("已撤回的一次", [("same", "写错的话")]),
    ]
    assert [(row["title"], words(row)) for row in outside] == [("第1次报送", [("same", "改好的话")])]


def test_what_is_withdrawn_is_hidden_from_the_office_at_once(entry, liaison, officer, client):
    write(entry, liaison, "还不能看的话")
    submit_entry(entry, by=liaison)
    withdraw_entry(entry, by=liaison)
    client.force_login(officer)

    assert "还不能看的话" not in client.get(reverse("reporting:progress_review", args=[entry.pk])).text
    client.force_login(liaison)
    assert "还不能看的话" in client.get(reverse("reporting:progress", args=[entry.pk])).text


def test_what_was_decided_on_stays_readable_while_the_unit_writes_on(entry, liaison, officer, client):
    write(entry, liaison, "报过的话")
    submit_entry(entry, by=liaison)
    return_entry(entry, by=officer, reason="再补")
    write(entry, liaison, "还在写的话")
    client.force_login(officer)

    page = client.get(reverse("reporting:progress_review", args=[entry.pk])).text

    assert "报过的话" in page
    assert "还在写的话" not in page


def test_a_signed_round_names_both_inside_and_the_head_outside(entry, liaison, head, officer):
    write(entry, liaison, "培训")
    ask_signature(entry, by=liaison)
    sign_entry(entry, by=head)
    return_entry(entry, by=officer, reason="再补")

    assert thread(entry)[0]["who"] == "王五送签，李四签批"
    assert thread(entry, inside=False)[0]["who"] == "李四签批"


def test_withdrawing_what_waited_for_the_head_leaves_the_round_before_alone(entry, liaison, officer):
    write(entry, liaison, "培训")
    submit_entry(entry, by=liaison)
    return_entry(entry, by=officer, reason="再补")
    ask_signature(entry, by=liaison)
    withdraw_entry(entry, by=liaison)

    assert [row["title"] for row in thread(entry, inside=False)] == ["第1次报送"]


def test_reopening_is_told_beside_the_acceptance(entry, liaison, officer):
    write(entry, liaison, "培训")
    submit_entry(entry, by=liaison)
    accept_entry(entry, by=officer)
    reopen_entry(entry, by=officer, reason="数据要改")

    (row,) = thread(entry, inside=False)

    assert [(d["action_text"], d["reason"]) for d in row["decisions"]] == [
        ("审核通过", ""),
        ("重新打开", "数据要改"),
    ]


def test_only_the_first_round_can_be_late(entry, liaison, officer, now):
    now("2026-12-17 09:00", tick=True)
    write(entry, liaison, "培训")
    submit_entry(entry, by=liaison)
    return_entry(entry, by=officer, reason="再补")
    submit_entry(entry, by=liaison)

    assert [row["late_text"] for row in thread(entry)] == ["", "逾期2天报送"]


def test_an_event_without_its_text_breaks_nothing(entry, liaison, officer):
    from departments.models.events import Action
    from departments.services import record

    record(entry, Action.SUBMIT, by=liaison, conference=entry.conference, department=entry.department)
    record(entry, Action.RETURN, by=officer, conference=entry.conference, department=entry.department, reason="再补")

    assert [(row["title"], row["fields"]) for row in thread(entry)] == [("第1次报送", [])]


# --- What is still to be answered ---------------------------------------------------------------------------------


def notes(entry, *, inside=True):
    return [(note["title"], note["reason"]) for note in unanswered(entry, events_of(entry), inside=inside)]


def test_a_return_is_answered_by_handing_in_and_asked_again_when_that_is_withdrawn(entry, liaison, officer):
    write(entry, liaison, "培训")
    submit_entry(entry, by=liaison)
    return_entry(entry, by=officer, reason="再补")
    returned = notes(entry)
    submit_entry(entry, by=liaison)
    submitted = notes(entry)
    withdraw_entry(entry, by=liaison)

    assert (returned, submitted) == ([("已退回，请修改后重报", "再补")], [])
    assert notes(entry) == [("已退回，请修改后重报", "再补")]


def test_reopening_and_sending_back_are_told_with_their_reasons(entry, liaison, head, officer):
    write(entry, liaison, "培训")
    submit_entry(entry, by=liaison)
    accept_entry(entry, by=officer)
    reopen_entry(entry, by=officer, reason="数据要改")
    ask_signature(entry, by=liaison)
    send_back_entry(entry, by=head, reason="还差附件")

    assert notes(entry) == [("反拐办已重新打开，请修改后再提交", "数据要改"), ("负责人退回修改", "还差附件")]
    assert notes(entry, inside=False) == [("反拐办已重新打开，请修改后再提交", "数据要改")]


def test_nothing_is_left_to_answer_once_it_is_accepted(entry, liaison, officer):
    write(entry, liaison, "培训")
    submit_entry(entry, by=liaison)
    return_entry(entry, by=officer, reason="再补")
    submit_entry(entry, by=liaison)
    accept_entry(entry, by=officer)

    assert notes(entry) == []


def test_a_row_that_was_returned_before_there_was_a_trail_says_why(unit):
    row = ProgressFactory(returned=True, reviewed_at=datetime(2026, 12, 1, tzinfo=UTC))

    assert notes(Progress.objects.get(pk=row.pk)) == [("已退回，请修改后重报", "请补充数据。")]


def test_long_texts_are_marked_in_a_moment(entry, liaison, officer):
    import time

    text = "".join(f"第{number}场宣传，覆盖{number * 7}人。" for number in range(1100))
    for extra in ("", "补充。", "再补充。"):
        write(entry, liaison, (text + extra)[:20_000])
        submit_entry(entry, by=liaison)
        return_entry(entry, by=officer, reason="再补")
    events = events_of(entry)

    began = time.perf_counter()
    rounds_of(entry, events, DUE, inside=True)

    assert time.perf_counter() - began < 2
