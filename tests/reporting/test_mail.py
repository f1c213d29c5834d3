"""Delivering mail: sent when the channel took it and not before, tried again when it did not, never blocked."""

from datetime import timedelta
from email import message_from_bytes, policy
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from reporting.models import Mail
from reporting.models.notices import MailState
from reporting.services.notices import Delivery, deliver_mail, queue_mails
from tests.factories import MailFactory, NoticeFactory, UserFactory

pytestmark = pytest.mark.django_db

PENDING, SENT, FAILED = MailState.PENDING, MailState.SENT, MailState.FAILED


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-08 09:00")


class Channel(EmailBackend):
    """A mail server that can be out of reach, and that refuses some addresses and then cuts the connection."""

    is_down = False
    refuses: tuple[str, ...] = ()
    opened = 0
    connection: str | None = None

    def open(self):
        if self.connection:
            return False
        if self.is_down:
            raise ConnectionRefusedError("Connection refused")
        type(self).opened += 1
        self.connection = "up"
        return True

    def close(self):
        self.connection = None

    def send_messages(self, messages):
        if self.connection != "up":
            raise SMTPServerDisconnected("please run connect() first")
        for message in messages:
            if message.to[0] in self.refuses:
                self.connection = "cut"
                raise SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
        return super().send_messages(messages)


@pytest.fixture
def channel(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Channel"
    Channel.is_down, Channel.refuses, Channel.opened = False, (), 0
    return Channel


def wait(clock, **time):
    clock((timezone.localtime() + timedelta(**time)).isoformat())


def states():
    return list(Mail.objects.order_by("pk").values_list("state", "attempts", "leased_until", "sent_at"))


def test_a_mail_is_sent_and_marked_with_the_time(channel):
    MailFactory(address="a@example.test")

    delivery = deliver_mail()

    assert delivery == Delivery(sent=1, failed=0)
    assert [message.to for message in mail.outbox] == [["a@example.test"]]
    assert states() == [(SENT, 1, None, timezone.now())]


def test_a_mail_reads_in_chinese_and_leads_to_the_page(channel, settings):
    settings.SITE_URL = "https://fanguai.example.test/tracker"
    notice = NoticeFactory(subject="提醒：还有7天 报送年度反拐工作情况", body="市教委：\n请报送。", path="/duty/7/")
    MailFactory(notice=notice)

    deliver_mail()

    message = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)
    assert message["Subject"].strip() == "提醒：还有7天 报送年度反拐工作情况"
    assert message.get_content().strip() == "市教委：\n请报送。\n\nhttps://fanguai.example.test/tracker/duty/7/"
    assert message.get_content_charset() == "utf-8"


def test_a_notice_without_a_page_makes_a_mail_without_a_link(channel):
    MailFactory(notice=NoticeFactory(body="请知悉。", path=""))

    deliver_mail()

    assert mail.outbox[0].body == "请知悉。"


def test_breaks_in_a_title_do_not_reach_the_header(channel):
    MailFactory(notice=NoticeFactory(subject="提醒：\r\nBcc: x@example.test\r报送"))

    assert deliver_mail() == Delivery(1, 0)
    assert mail.outbox[0].subject == "提醒： Bcc: x@example.test 报送"
    assert mail.outbox[0].message()["Bcc"] is None


def test_the_same_mail_keeps_its_id_and_another_has_another(channel):
    first, _second = MailFactory.create_batch(2)
    deliver_mail()
    # As after a power cut between the channel's yes and the mark.
    Mail.objects.filter(pk=first.pk).update(state=PENDING, sent_at=None)
    deliver_mail()

    ids = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert len(ids) == 3
    assert ids[2] == ids[0]
    assert ids[1] != ids[0]


def test_a_second_run_sends_nothing(channel):
    MailFactory.create_batch(3)
    deliver_mail()

    assert deliver_mail() == Delivery(0, 0)
    assert len(mail.outbox) == 3


def test_one_connection_serves_all(channel):
    MailFactory.create_batch(5)

    deliver_mail()

    assert (len(mail.outbox), channel.opened) == (5, 1)


def test_a_refused_mail_stops_no_other(channel):
    mails = [MailFactory(address=f"{name}@example.test") for name in "abc"]
    channel.refuses = ("b@example.test",)

    delivery = deliver_mail()

    assert delivery == Delivery(sent=2, failed=1)
    assert [message.to[0] for message in mail.outbox] == ["a@example.test", "c@example.test"]
    refused = Mail.objects.get(pk=mails[1].pk)
    assert (refused.state, refused.attempts, refused.leased_until) == (
        PENDING,
        1,
        timezone.now() + timedelta(minutes=2),
    )
    assert refused.error == "SMTPRecipientsRefused: {'b@example.test': (550, b'no such user')}"


def test_a_refused_mail_is_tried_later_each_time_and_then_given_up(channel, clock):
    MailFactory(address="b@example.test")
    channel.refuses = ("b@example.test",)
    start = timezone.now()
    tried = []

    for _minute in range(600):
        if deliver_mail().failed:
            tried.append(int((timezone.now() - start).total_seconds() // 60))
        wait(clock, minutes=1)

    assert tried == [0, 2, 6, 14, 30, 62, 126, 254]
    assert [(state, attempts) for state, attempts, _until, _at in states()] == [(FAILED, 8)]
    assert mail.outbox == []


def test_what_comes_back_is_sent_and_its_error_forgotten(channel, clock):
    MailFactory(address="b@example.test")
    channel.refuses = ("b@example.test",)
    deliver_mail()
    channel.refuses = ()
    wait(clock, minutes=2)

    assert deliver_mail() == Delivery(1, 0)
    assert list(Mail.objects.values_list("state", "attempts", "error")) == [(SENT, 2, "")]


def test_a_server_out_of_reach_counts_against_no_mail(channel, clock):
    MailFactory.create_batch(3)
    channel.is_down = True

    for _minute in range(300):
        assert deliver_mail().failed <= 1
        wait(clock, minutes=1)
    assert set(Mail.objects.values_list("state", "attempts")) == {(PENDING, 0)}
    channel.is_down = False
    wait(clock, minutes=2)

    assert deliver_mail() == Delivery(3, 0)
    assert len(mail.outbox) == 3


def test_a_mail_that_another_worker_holds_is_left_alone_until_the_lease_ends(channel, clock):
    held = MailFactory(leased_until=timezone.now() + timedelta(minutes=10), attempts=1)

    assert deliver_mail() == Delivery(0, 0)
    wait(clock, minutes=10)
    assert deliver_mail() == Delivery(1, 0)
    assert Mail.objects.get(pk=held.pk).attempts == 2


def test_a_mail_that_ends_its_worker_each_time_is_given_up_and_holds_up_nobody(channel, clock):
    MailFactory(leased_until=timezone.now(), attempts=8)
    MailFactory(address="b@example.test")

    assert deliver_mail() == Delivery(1, 0)

    assert [(state, attempts) for state, attempts, _until, _at in states()] == [(FAILED, 8), (SENT, 1)]
    assert Mail.objects.get(state=FAILED).error == "the run ended while sending this mail"


class Killed(BaseException):
    """As SIGKILL would: nothing after it runs."""


def test_a_worker_that_dies_holds_up_one_mail_and_no_other(channel, clock, monkeypatch):
    MailFactory.create_batch(4)

    def dies(self, messages):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Channel, "send_messages", dies)
        with pytest.raises(Killed):
            deliver_mail()

    assert deliver_mail() == Delivery(3, 0)
    wait(clock, minutes=10)
    assert deliver_mail() == Delivery(1, 0)
    assert len(mail.outbox) == 4


def test_a_failure_that_comes_after_another_worker_sent_it_does_not_undo_that(channel, clock, monkeypatch):
    """The lease ran out while the channel was hanging; somebody else sent the mail meanwhile."""
    MailFactory()

    def hangs(self, messages):
        wait(clock, minutes=11)
        monkeypatch.undo()
        deliver_mail()
        raise TimeoutError("timed out")

    monkeypatch.setattr(Channel, "send_messages", hangs)
    deliver_mail()
    wait(clock, hours=5)
    deliver_mail()

    assert len(mail.outbox) == 1
    assert [(state, attempts) for state, attempts, _until, _at in states()] == [(SENT, 2)]


def test_a_run_leaves_the_rest_to_the_next_before_its_time_is_up(channel, clock, monkeypatch):
    MailFactory.create_batch(10)
    send = Channel.send_messages

    def takes_a_minute(self, messages):
        wait(clock, minutes=1)
        return send(self, messages)

    monkeypatch.setattr(Channel, "send_messages", takes_a_minute)

    assert [deliver_mail().sent for _run in range(4)] == [4, 4, 2, 0]


def test_a_channel_that_takes_nothing_has_not_sent_it(channel, monkeypatch):
    MailFactory()
    monkeypatch.setattr(Channel, "send_messages", lambda self, messages: 0)

    assert deliver_mail() == Delivery(0, 1)
    assert [(state, sent_at) for state, _attempts, _until, sent_at in states()] == [(PENDING, None)]


def test_only_who_has_an_address_gets_a_mail_and_only_one(channel):
    notices = [NoticeFactory(recipient=UserFactory(email=address)) for address in ("a@example.test", "")]

    queue_mails(notices)
    queue_mails(notices)

    assert list(Mail.objects.values_list("notice", "address")) == [(notices[0].pk, "a@example.test")]
