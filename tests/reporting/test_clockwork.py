"""What runs by the clock, and whether it does: commands, tasks, heartbeats, health."""

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from reporting import tasks
from reporting.enums import YearState
from reporting.health import clockwork_is_running
from reporting.models import Heartbeat, Mail, Notice, Reminder, Year
from reporting.models.notices import MailState
from tests.factories import (
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    HeartbeatFactory,
    MailFactory,
    NoticeFactory,
    PlanFactory,
    PlanVersionFactory,
    PostingFactory,
    published,
)
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-08 09:00")


def run(*command, **options):
    out = StringIO()
    call_command(*command, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def duty():
    posting = PostingFactory(user__username="liaison", user__name="王某", user__email="a@example.test")
    return DutyFactory(department=posting.department, year=2026, title="报送年度反拐工作情况")


# --- send_reminders -----------------------------------------------------------------------------------------------


def test_send_reminders_says_what_it_sent(duty):
    said = run("send_reminders", now="2026-12-08T09:00+08:00")

    assert said == (
        f"已发送 王某 ← {duty.department} 提醒：还有7天 报送年度反拐工作情况\n"
        "已发送提醒 1 条；此前已发 0 条；无人可提醒的事项 0 项；邮件发出 1 封，失败 0 封。\n"
    )
    assert [message.to for message in mail.outbox] == [["a@example.test"]]


def test_send_reminders_again_sends_nothing(duty):
    run("send_reminders", now="2026-12-08T09:00+08:00")

    said = run("send_reminders", now="2026-12-08T09:00+08:00")

    assert said == "已发送提醒 0 条；此前已发 1 条；无人可提醒的事项 0 项；邮件发出 0 封，失败 0 封。\n"


def test_a_dry_run_says_what_would_be_sent_and_writes_nothing(duty):
    before = rows()

    said = run("send_reminders", now="2026-12-08T09:00+08:00", dry_run=True)

    assert said.splitlines()[0] == f"将发送 王某 ← {duty.department} 提醒：还有7天 报送年度反拐工作情况"
    assert rows() == before
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("now", "step", "days_left"), [("2026-12-08T09:00+08:00", 7, 7), ("2026-12-17T09:00+08:00", "overdue", -2)]
)
def test_json_is_one_object_per_reminder(now, step, days_left, duty):
    alone = DutyFactory(department=DepartmentFactory(name="无人局"), year=2026, title="年度报告")

    report = json.loads(run("send_reminders", "--json", "--dry-run", now=now))

    assert report == {
        "now": now.replace("09:00+", "09:00:00+"),
        "dry_run": True,
        "planned": 1,
        "sent": 0,
        "already_sent": 0,
        "reminders": [
            {
                "recipient": "liaison",
                "unit": str(duty.department),
                "duty": duty.pk,
                "title": "报送年度反拐工作情况",
                "step": step,
                "due_on": "2026-12-15",
                "days_left": days_left,
            }
        ],
        "unreachable": [{"unit": "无人局", "title": alone.title}],
        "mails": {"sent": 0, "failed": 0},
    }


@pytest.mark.parametrize(
    ("text", "step"), [("2026-12-15T15:59:59+00:00", 0), ("2026-12-15T16:00Z", -1), ("2026-12-16T00:00", -1)]
)
def test_a_moment_without_a_zone_is_shanghais(text, step, duty):
    run("send_reminders", now=text)

    assert Reminder.objects.get().step == step


@pytest.mark.parametrize("text", ["morgen", "2026-13-01T09:00", "2026-02-30T09:00+08:00", ""])
def test_a_moment_that_is_none_is_refused(text, duty):
    with pytest.raises(CommandError, match="看不懂时刻"):
        run("send_reminders", now=text)

    assert Reminder.objects.count() == 0


# --- open_year ----------------------------------------------------------------------------------------------------


@pytest.fixture
def conference():
    conference = ConferenceFactory(code="500000", short_name="市反拐联席会议")
    published(
        PlanVersionFactory(
            conference=conference, plan=PlanFactory(conference=conference, starts_year=2021, ends_year=2030)
        )
    )
    return conference


def test_open_year_says_what_it_made(conference):
    said = run("open_year", "2026", conference="500000")

    year = Year.objects.get()
    assert said == (
        f"市反拐联席会议 2026 年度：\n  依据 {year.version}\n  应报事项 0 项，本次新增 0 项\n"
        "  进展 0 条，本次新增 0 条（责任 0 条，其中集合责任 0 条按成员展开）\n"
    )


@pytest.mark.parametrize(
    ("year", "code", "message"),
    [
        ("2026", "999999", "没有代码为 999999 的联席会议。"),
        ("1989", "500000", "年度应在 1990 至 2100 之间，收到的是 1989。"),
        ("2101", "500000", "年度应在 1990 至 2100 之间，收到的是 2101。"),
        ("2035", "500000", "市反拐联席会议在2035年没有生效的计划，也没有上级计划可依据，无法开启年度。"),
        ("2027", "500000", "市反拐联席会议 2027已经关闭。"),
    ],
)
def test_open_year_refuses_in_words_and_changes_nothing(year, code, message, conference):
    Year.objects.create(conference=conference, year=2027, state=YearState.CLOSED)
    before = rows()

    with pytest.raises(CommandError) as refused:
        run("open_year", year, conference=code)

    assert (str(refused.value), refused.value.returncode) == (message, 1)
    assert rows() == before


def test_open_year_wants_a_number():
    with pytest.raises(CommandError):
        run("open_year", "明年", conference="500000")


# --- tick and the tasks -------------------------------------------------------------------------------------------


def test_tick_does_all_that_the_clock_does(duty):
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(days=1))
    Session.objects.create(session_key="new", session_data="", expire_date=timezone.now() + timedelta(days=1))

    said = run("tick")

    assert said == (
        "提醒 1 条（此前已发 0 条），邮件 1 封（失败 0 封），读取计划 0 份，"
        "生成文件 0 份，封存事件 0 条，过期会话已清理。\n"
    )
    assert list(Mail.objects.values_list("state", flat=True)) == [MailState.SENT]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert dict(Heartbeat.objects.values_list("name", "at")) == {
        "send_reminders": timezone.now(),
        "deliver_mail": timezone.now(),
        "read_imports": timezone.now(),
        "run_jobs": timezone.now(),
        "seal_events": timezone.now(),
    }


def test_tick_and_the_tasks_share_the_work(duty):
    run("tick")
    tasks.send_reminders()
    tasks.deliver_mail()
    run("tick")

    assert (Reminder.objects.count(), Notice.objects.count(), len(mail.outbox)) == (1, 1, 1)


def test_everything_runs_on_an_empty_database():
    assert run("tick") == (
        "提醒 0 条（此前已发 0 条），邮件 0 封（失败 0 封），读取计划 0 份，"
        "生成文件 0 份，封存事件 0 条，过期会话已清理。\n"
    )
    tasks.send_reminders()
    tasks.deliver_mail()
    tasks.read_imports()
    tasks.run_jobs()
    tasks.seal_events()


@pytest.mark.parametrize("jumps", [(0, -24, 0, 24, 0), (0, -1, -2, -1, 0), (0, 24, 0)])
def test_a_clock_that_jumps_doubles_nothing_and_loses_nothing(jumps, duty, clock):
    for hours in jumps:
        clock((timezone.localtime().replace(day=8, hour=9) + timedelta(hours=hours)).isoformat())
        run("tick")
        clock("2026-12-08 09:00")

    assert (Reminder.objects.filter(step=7).count(), Reminder.objects.exclude(step__in=[7, 15]).count()) == (1, 0)
    assert len(mail.outbox) == Reminder.objects.count()


def test_a_day_of_beats_workers_and_ticks_together_says_everything_once(duty, clock):
    """Ten minutes apart for the day before and the day of the deadline, each time by all three."""
    start = timezone.make_aware(timezone.datetime(2026, 12, 14))
    for minutes in range(0, 48 * 60, 30):
        clock((start + timedelta(minutes=minutes)).isoformat())
        tasks.send_reminders()
        run("tick")
        tasks.deliver_mail()

    assert sorted(Reminder.objects.values_list("step", flat=True)) == [0, 1]
    assert len(mail.outbox) == 2


# --- Health -------------------------------------------------------------------------------------------------------


def test_health_before_the_first_run():
    assert clockwork_is_running() == "提醒任务尚未运行过"


@pytest.mark.parametrize(("minutes", "problem"), [(0, None), (30, None), (31, "提醒任务已停止超过30分钟")])
def test_health_after_a_pause(minutes, problem):
    HeartbeatFactory(name="send_reminders", at=timezone.now() - timedelta(minutes=minutes))

    assert clockwork_is_running() == problem


@pytest.mark.parametrize("minutes", [30, 31])
@pytest.mark.parametrize(("name", "problem"), [("seal_events", "办理记录的封存"), ("run_jobs", "文件生成")])
def test_health_when_something_else_stands_still(name, problem, minutes):
    HeartbeatFactory(name="send_reminders")
    HeartbeatFactory(name=name, at=timezone.now() - timedelta(minutes=minutes))

    assert clockwork_is_running() == (f"{problem}已停止超过30分钟" if minutes > 30 else None)


@pytest.mark.parametrize(("minutes", "problem"), [(30, None), (31, "有邮件等待超过30分钟未发出")])
def test_health_when_mail_waits(minutes, problem):
    HeartbeatFactory(name="send_reminders")
    MailFactory(notice=NoticeFactory(created_at=timezone.now() - timedelta(minutes=minutes)))

    assert clockwork_is_running() == problem


def test_health_when_the_mail_server_is_out_of_reach(settings, clock):
    """Mails that could not be tried still wait."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    MailFactory()
    run("tick")
    clock("2026-12-08 09:31")
    run("tick")

    assert clockwork_is_running() == "有邮件等待超过30分钟未发出"
    assert list(Mail.objects.values_list("state", "attempts")) == [(MailState.PENDING, 0)]


@pytest.mark.parametrize("state", [MailState.SENT, MailState.FAILED])
def test_health_does_not_wait_for_what_is_done(state):
    HeartbeatFactory(name="send_reminders")
    notice = NoticeFactory(created_at=timezone.now() - timedelta(days=1))
    MailFactory(notice=notice, state=state, sent_at=timezone.now())

    assert clockwork_is_running() is None


def test_readyz_is_degraded_and_not_unavailable(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "degraded", "problems": {"clockwork_is_running": "提醒任务尚未运行过"}},
    )


def test_the_schedule_names_tasks_that_exist():
    from django.conf import settings
    from django.utils.module_loading import import_string

    names = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]

    assert {import_string(name).name for name in names} == set(names)
    assert date.today() == date(2026, 12, 8)
