"""Signing in and choosing a password."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils.translation import gettext_lazy as _

# One sentence whatever is wrong: nobody learns here which accounts exist.
_REFUSED = _("账号或密码不正确。请核对后重试；连续输错将暂时锁定。")


class LoginForm(AuthenticationForm):
    error_messages: ClassVar[dict[str, Any]] = {"invalid_login": _REFUSED, "inactive": _REFUSED}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("账号")
        self.fields["password"].label = _("密码")


class OwnPasswordForm(PasswordChangeForm):
    """Choose a new password, knowing the old one; the new one must be another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("当前密码")
        self.fields["new_password1"].label = _("新密码")
        self.fields["new_password2"].label = _("再输一次新密码")
        self.fields["new_password2"].help_text = ""

    def validate_password_for_user(self, user: Any, password_field_name: str = "new_password1") -> None:  # noqa: S107
        """Say what is wrong with a password beside the field in which it was chosen, not beside its repetition."""
        super().validate_password_for_user(user, "new_password1")

    def clean_new_password1(self) -> str:
        password: str = self.cleaned_data["new_password1"]
        if password == self.data.get(self.add_prefix("old_password")):
            raise forms.ValidationError(_("新密码不能与当前密码相同。"), code="same_password")
        return password
