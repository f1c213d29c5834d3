"""待签批: the head of a unit signs what its liaison wrote, or sends it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from departments.access import access_of
from departments.models import Department
from reporting.forms.cooperation import ReasonForm
from reporting.models import Year
from reporting.pages.keys import keys_in
from reporting.pages.signing import signing_rows, waiting_of
from reporting.permissions import signable
from reporting.plain_text import as_people_see
from reporting.services.bulk import key_of, sign_many
from reporting.services.entries import refuse_closed_year, send_back_entry
from reporting.services.refusals import WrongState, year_is_over
from reporting.views.outcomes import say_refused, tell_refused


@require_http_methods(["GET", "HEAD", "POST"])
def to_sign(request: HttpRequest, year: int, unit_code: str) -> HttpResponse:
    """Everything of the unit that waits for its head: signed one by one or all that is ticked, or sent back."""
    access = access_of(request.user)
    own = Department.objects.visible_to(request.user).filter(pk__in=access.departments)
    department = get_object_or_404(own, code=unit_code)
    years = Year.objects.visible_to(request.user).filter(conference=department.conference_id, year=year)
    if year != timezone.localdate().year and not years.exists():
        raise Http404
    if department.pk not in access.head_of:
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, department, year)
    if request.POST.get("action") == "send_back":
        return _send_back(request, department, year)
    if request.POST.get("action") == "sign":
        return _sign(request, department, year)
    # What the person wanted is not to be guessed: what is signed is filed.
    say_refused(request, WrongState(_("请选择签批或退回。")), _typed_reason(request))
    return redirect("reporting:to_sign", year, department.code)


def _typed_reason(request: HttpRequest) -> str:
    return as_people_see(request.POST.get("reason", ""))


def _sign(request: HttpRequest, department: Department, year: int) -> HttpResponse:
    seen = keys_in(request.POST.getlist("entry"))
    duties, progress = waiting_of(request.user, department, year)
    ticked = [entry for entry in [*duties, *progress] if key_of(entry) in seen]
    may = {("duty", pk) for pk in signable(request.user, duties)}
    may |= {("progress", pk) for pk in signable(request.user, progress)}
    outcome = sign_many(ticked, by=request.user, seen=seen, may=may)
    gone = len(seen) - len(ticked)
    if outcome.done:
        count = len(outcome.done)
        messages.success(
            request, ngettext("已签批并报送%(count)d项。", "已签批并报送%(count)d项。", count) % {"count": count}
        )
    tell_refused(request, outcome)
    if gone:
        messages.info(
            request,
            ngettext("%(count)d项已不在待签批中。", "%(count)d项已不在待签批中。", gone) % {"count": gone},
        )
    if not seen:
        messages.info(request, _("请先勾选要签批的内容。"))
    return redirect("reporting:to_sign", year, department.code)


def _send_back(request: HttpRequest, department: Department, year: int) -> HttpResponse:
    seen = keys_in(request.POST.getlist("entry"))
    duties, progress = waiting_of(request.user, department, year)
    entry = next((entry for entry in [*duties, *progress] if key_of(entry) in seen), None)
    if entry is None:
        say_refused(request, WrongState(_("这一项已不在待签批中。")), _typed_reason(request))
        return redirect("reporting:to_sign", year, department.code)
    form = ReasonForm(request.POST, auto_id=f"{entry._meta.model_name}-{entry.pk}-%s")
    try:
        # Before the form's own faults: what cannot be sent back now must not be corrected first.
        refuse_closed_year(entry)
        if seen[key_of(entry)] != entry.lock_version:
            raise WrongState(_("在您打开页面以后有了变化，请看过最新内容再办理。"))
        if not form.is_valid():
            return _page(request, department, year, refused=(key_of(entry), form))
        with transaction.atomic():
            send_back_entry(entry, by=request.user, reason=form.cleaned_data["reason"])
    except WrongState as wrong:
        say_refused(request, wrong, _typed_reason(request))
    else:
        messages.success(request, _("已退回联络员修改：%(what)s") % {"what": entry})
    return redirect("reporting:to_sign", year, department.code)


def _page(request: HttpRequest, department: Department, year: int, *, refused: Any = None) -> HttpResponse:
    duties, progress = waiting_of(request.user, department, year)
    rows = signing_rows(request.user, department, duties, progress, timezone.localdate())
    over = any(entry.is_over for entry in [*duties, *progress])
    for row, entry in zip(rows, [*duties, *progress], strict=True):
        is_refused = refused is not None and refused[0] == key_of(entry)
        row["form"] = refused[1] if is_refused else ReasonForm(auto_id=f"{row['id']}-%s")
        row["is_open"] = is_refused
        row["may_sign"] = row["may_sign"] and not over
    context = {
        "trail": [{"label": _("我的工作"), "url": reverse("reporting:work_year", args=[year])}],
        "unit": department,
        "year": year,
        "rows": rows,
        "over": year_is_over(year) if over else "",
        "can_sign_any": any(row["may_sign"] for row in rows),
    }
    return render(request, "reporting/to_sign.html", context, status=200 if refused is None else 422)
