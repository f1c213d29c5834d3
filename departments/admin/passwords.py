"""Initial passwords and lockouts: what the pages of accounts do to somebody's way in."""

from __future__ import annotations

import secrets
from typing import Any

from axes.conf import settings as axes_settings
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django import forms
from django.contrib.auth.forms import SetPasswordMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from departments.models import User

# Without the letters and digits that look alike on paper or sound alike on the telephone.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@sensitive_variables()
def generated_password() -> str:
    """Sixteen random characters in groups of four: about 79 bits, to be said over the telephone once."""
    return "-".join("".join(secrets.choice(_LETTERS) for _place in range(4)) for _group in range(4))


def locked_usernames(usernames: list[str]) -> set[str]:
    """Which of these accounts axes refuses from anywhere now, because of too many wrong passwords."""
    lasts = get_cool_off()
    since = Q(attempt_time__gte=timezone.now() - lasts) if lasts else Q()
    failures = (
        AccessAttempt.objects.filter(since, username__in=usernames)
        .values_list("username")
        .annotate(failures=models.Sum("failures_since_start"))
    )
    return {name for name, number in failures if name and number >= axes_settings.AXES_FAILURE_LIMIT}


class InitialPasswordForm(SetPasswordMixin, forms.Form):
    """A password that somebody gets and must replace at once; an empty one means a random one.

    Django's form for this (AdminPasswordChangeForm) can also switch a password off and insists on one otherwise.
    """

    password1, password2 = SetPasswordMixin.create_password_fields()

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        ask_for_initial_password(self)

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        self.validate_password_for_user(self.user)
        cleaned: dict[str, Any] = super().clean() or {}
        both_or_neither(self)
        return cleaned


def ask_for_initial_password(form: forms.BaseForm) -> None:
    form.fields["password1"].required = form.fields["password2"].required = False
    form.fields["password1"].label = _("初始密码")
    form.fields["password2"].label = _("再输一次")
    form.fields["password1"].help_text = _("留空则随机生成，保存后显示一次。本人首次登录时必须修改。")
    form.fields["password2"].help_text = ""


def both_or_neither(form: Any) -> None:
    one, two = form.cleaned_data.get("password1"), form.cleaned_data.get("password2")
    if bool(one) != bool(two) and not form.has_error("password2"):
        form.add_error("password2", _("两次输入的密码不一致。"))


@sensitive_variables()
def set_initial_password(user: User, chosen: str) -> str:
    """Set ``chosen``, or a random password if it is empty, on ``user`` without saving; return a random one, else ""."""
    random = "" if chosen else generated_password()
    user.set_password(chosen or random)
    user.must_change_password = True
    return random
