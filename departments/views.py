"""A person's own account: signing in and out, password, language."""

from typing import Any
from urllib.parse import quote, urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from departments.account_data import export_account
from departments.forms import LoginForm, OwnPasswordForm
from departments.models.events import Action
from departments.services import home_of, record


class AccountLoginView(LoginView):
    """The one login page. Too many wrong passwords are answered by axes, with departments/locked_out.html."""

    # Django would take a PUT for a POST.
    http_method_names = ["get", "head", "post", "options"]
    template_name = "departments/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:
        """Where ``next`` leads, unless that is this page: Django would raise an error at whoever is logged in."""
        url: str = super().get_redirect_url()
        return "" if urlsplit(url).path == self.request.path else url

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        user = form.get_user()
        record(user, Action.LOGIN, by=user, conference=home_of(user))
        return response


class AccountLogoutView(LogoutView):
    """Leave, and take from the browser what a shared computer should not keep."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


@method_decorator(never_cache, name="dispatch")
class AccountPasswordView(PasswordChangeView):
    """Change one's password, or replace the initial one, which opens nothing but this page."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "departments/password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("departments:account")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(is_initial=self.request.user.must_change_password, **kwargs)

    @transaction.atomic
    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:
        user = form.user
        was_initial = user.must_change_password
        user.must_change_password = False
        response = super().form_valid(form)
        record(user, Action.CHANGE_PASSWORD, by=user, conference=home_of(user))
        messages.success(self.request, _("密码已修改，下次请用新密码登录。"))
        return redirect("reporting:home") if was_initial else response


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    postings = (
        request.user.postings.in_force_on(timezone.localdate())
        .select_related("conference", "department")
        .order_by("conference", "department__position", "role")
    )
    return render(request, "departments/account.html", {"person": request.user, "postings": postings})


@require_POST
def account_export(request: HttpRequest) -> HttpResponse:
    """One's own data as a file. A POST, because the trail says that it was taken."""
    response = HttpResponse(export_account(request.user), content_type="application/json")
    name = quote(f"账号资料-{request.user.username}.json")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_not_required
@never_cache
@require_GET
def token(request: HttpRequest) -> HttpResponse:
    """A fresh CSRF token for a page that was open while its person logged in again, which renews the token.

    It says who is logged in, so that one person's words are not sent under another's name.
    """
    user = request.user
    return JsonResponse({"token": get_token(request), "person": str(user.pk) if user.is_authenticated else ""})


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    return i18n.set_language(request)
