"""注销: taking what names a person out of their account. The row stays, because the trail and the work refer to it.

What the trail says about the past stays as well: it is append-only, and kept for as long as the law asks for it.
"""

from __future__ import annotations

from collections.abc import Callable

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Conference, User
from departments.models.events import Action
from departments.services import record

# What other applications keep of a person beside the account, forgotten in the same transaction. They add to this
# when they are loaded (AppConfig.ready): departments imports none of them.
FORGETTING: dict[str, Callable[[User], object]] = {}

_BEGINNING = "erased-"


class CannotErase(Exception):
    """The account cannot be erased now. The message is for people."""


def is_erased(person: User) -> bool:
    return person.username == f"{_BEGINNING}{person.pk}"


@transaction.atomic
def erase_account(person: User, *, by: User, conference: Conference | None) -> None:
    """Take name, account and address away, close the account for good, and end its sessions.

    The event holds nothing of what was taken away. Raises CannotErase for one's own account, a superuser's, one that
    is erased already, and for whoever holds a posting or will: end that first, so that somebody else takes over.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    _refuse(person, by)
    username = person.username
    person.username, person.name, person.email = f"{_BEGINNING}{person.pk}", f"已注销用户{person.pk}", ""
    person.is_active = False
    person.set_unusable_password()
    person.save(update_fields=["username", "name", "email", "is_active", "password"])
    for kept in (AccessAttempt, AccessFailureLog, AccessLog):
        kept.objects.filter(username=username).delete()
    _end_sessions(person)
    for forget in FORGETTING.values():
        forget(person)
    record(person, Action.ERASE_ACCOUNT, by=by, conference=conference)


def _refuse(person: User, by: User) -> None:
    if person.pk == by.pk:
        raise CannotErase(_("不能注销自己的账号。"))
    if person.is_superuser:
        raise CannotErase(_("%(who)s是超级管理员，请先取消后再注销。") % {"who": person})
    if is_erased(person):
        raise CannotErase(_("%(who)s已经注销。") % {"who": person})
    if person.postings.filter(Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())).exists():
        raise CannotErase(_("%(who)s还有任职，请先交接或填写任职止，再注销。") % {"who": person})


def _end_sessions(person: User) -> None:
    """The password that is gone ends them too; this leaves none behind."""
    for session in Session.objects.filter(expire_date__gte=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            session.delete()
