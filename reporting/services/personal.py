"""What the year keeps of a person beside the account: told with the account, forgotten with it."""

from __future__ import annotations

from typing import Any

from departments.account_data import moment
from departments.models import User
from reporting.models import Mail, Notice
from reporting.models.notices import MailState


def notices_of(person: User) -> list[dict[str, Any]]:
    """The notices that the person received, for the file of the own account."""
    notices = Notice.objects.filter(recipient=person).order_by("pk")
    return [
        {
            "at": moment(notice.created_at),
            "subject": notice.subject,
            "body": notice.body,
            "read_at": moment(notice.read_at),
        }
        for notice in notices.iterator()
    ]


def forget_addresses(person: User) -> None:
    """Mails keep that they were sent, and not where to; what waits is not sent any more."""
    mails = Mail.objects.filter(notice__recipient=person)
    mails.filter(state=MailState.PENDING).update(state=MailState.FAILED, leased_until=None, error="账号已注销")
    mails.update(address="")
