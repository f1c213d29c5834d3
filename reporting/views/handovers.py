"""交接: leaving a note with what is open, taking it over, and the notes of before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from departments.access import access_of
from reporting.forms.handovers import HandoverForm
from reporting.models import Handover
from reporting.pages.handovers import handover_row, places_of, work_row
from reporting.permissions import works_at
from reporting.services.handovers import open_work_of, take_over, write_handover
from reporting.services.refusals import WrongState

_ON_A_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
def handovers(request: HttpRequest) -> HttpResponse:
    """The notes of the person's own places, and the form to leave one; auditors read."""
    access = access_of(request.user)
    places = places_of(request.user)
    if not places and not access.auditor_of:
        raise Http404
    if request.method != "POST":
        return _page(request, HandoverForm(places=places) if places else None)

    if not places:
        raise PermissionDenied
    form = HandoverForm(request.POST, places=places)
    if not form.is_valid():
        return _page(request, form, status=422)
    write_handover(form.cleaned_data["place"], by=request.user, note=form.cleaned_data["note"])
    messages.success(request, _("交接说明已留下，接手的人会在「我的工作」看到。"))
    return redirect("reporting:handovers")


def _page(request: HttpRequest, form: HandoverForm | None, status: int = 200) -> HttpResponse:
    rows = Handover.objects.visible_to(request.user).select_related("conference", "department", "given_by", "taken_by")
    page: Any = Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = [handover_row(row, request.user) for row in page.object_list]
    context = {
        "page": page,
        "form": form,
        "open_work": [
            {"place": str(place), "rows": [work_row(row, with_link=True) for row in open_work_of(place)]}
            for place in (form.places if form is not None else [])
        ],
    }
    return render(request, "reporting/handovers.html", context, status=status)


@require_POST
def handover_take(request: HttpRequest, pk: int) -> HttpResponse:
    handover = get_object_or_404(Handover.objects.visible_to(request.user), pk=pk)
    if not works_at(request.user, handover) or handover.given_by_id == request.user.pk:
        raise PermissionDenied
    try:
        take_over(handover, by=request.user)
    except WrongState as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, _("已接收。"))
    return redirect("reporting:handovers")
