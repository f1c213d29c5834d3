"""催办: one unit by a click, or many with a preview of whom it reaches; what was urged, and the letters."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from departments.access import access_of
from reporting.content_types import DOCX, ZIP
from reporting.documents.page import page_of
from reporting.documents.word import to_docx
from reporting.forms.urging import LetterForm, UrgeForm, UrgeManyForm
from reporting.models import Duty, Urge, Year
from reporting.models.entries import DutyQuerySet
from reporting.pages.filters import DutyFilters
from reporting.pages.office import office_tabs
from reporting.pages.over import over_text
from reporting.pages.papers import kept_of
from reporting.pages.typed import words_of
from reporting.pages.urging import preview_of, sent_text, urge_row
from reporting.permissions import can_urge
from reporting.services.refusals import WrongState
from reporting.services.urging import UrgedToday, urge
from reporting.services.urging import urge_many as urge_all
from reporting.urge_letters import Letter, letters_of, zipped
from reporting.views.downloads import download
from reporting.views.office_year import year_for
from reporting.views.outcomes import say_refused

_ON_A_PAGE = 50
# More than any conference has units and districts; what is beyond waits for the next click.
_MOST = 500


@require_POST
def duty_urge(request: HttpRequest, pk: int) -> HttpResponse:
    """A reminder in a person's name; back to where the button was."""
    duty = get_object_or_404(Duty.objects.worked_on_by(request.user).select_related("conference"), pk=pk)
    if duty.conference_id not in access_of(request.user).office_of:
        raise PermissionDenied
    form = UrgeForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    elif not can_urge(request.user, duty):
        messages.error(request, _("这一事项已经报送，不需要催办。"))
    else:
        try:
            urged = urge(duty, by=request.user, message=form.cleaned_data["message"])
        except (UrgedToday, WrongState) as refused:
            say_refused(request, refused, form.cleaned_data["message"])
        else:
            messages.success(request, _("已催办：%(what)s") % {"what": duty})
            if urged.needs_letter:
                messages.warning(
                    request,
                    _("%(owner)s没有能在系统内收到催办的人，须送达书面催办函（催办记录里可以打印）。")
                    % {"owner": duty.owner},
                )
    back = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        # Not redirect(): what the browser sends is an address and never the name of one of our views.
        return HttpResponseRedirect(back)
    return redirect("reporting:board", duty.conference.code, duty.year)


@require_http_methods(["GET", "HEAD", "POST"])
def urge_many(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Choose, write, see whom it reaches and whom not, send."""
    opened = year_for(request, code, year)
    if opened.conference_id not in access_of(request.user).office_of:
        raise PermissionDenied
    offered = (
        Duty.objects.visible_to(request.user)
        .in_force()
        .filter(conference=opened.conference, year=year)
        .select_related("department", "obliged_conference")
        .defer("statement")
    )
    if request.method != "POST":
        if over := over_text(opened.conference_id, year):
            messages.info(request, over)
            return redirect("reporting:duties", code, year)
        return _urge_page(request, opened, _chosen(request, offered), UrgeManyForm(offered=offered))

    form = UrgeManyForm(request.POST, offered=offered)
    if not form.is_valid():
        return _urge_page(request, opened, _chosen(request, offered), form, status=422)
    try:
        urged = urge_all(form.cleaned_data["duty"], by=request.user, message=form.cleaned_data["message"])
    except WrongState as wrong:
        return _urge_page(request, opened, _chosen(request, offered), form, refused=str(wrong), status=409)
    if not urged.urges:
        say_refused(request, Exception(sent_text(urged)), form.cleaned_data["message"])
        return redirect("reporting:urges", code, year)
    messages.success(request, sent_text(urged))
    return redirect(f"{reverse('reporting:urges', args=[code, year])}?batch={urged.batch}")


def _chosen(request: HttpRequest, offered: DutyQuerySet) -> list[Duty]:
    """The duties that the address or the form names; where it names none, those that it narrows to and are owed."""
    asked = request.POST.getlist("duty") or request.GET.getlist("duty")
    if request.method == "POST":
        # All that stood in the page: also what was not ticked stays to be ticked.
        asked = list(dict.fromkeys([*asked, *request.POST.get("listed", "").split()]))
    if asked or "duty" in request.GET:
        asked = asked[:_MOST]
        return list(offered.filter(pk__in=[int(pk) for pk in asked if pk.isdecimal() and len(pk) < 19]))
    return list(DutyFilters(request.GET).narrow(offered, timezone.localdate()).outstanding()[:_MOST])


def _urge_page(
    request: HttpRequest, opened: Year, chosen: list[Duty], form: UrgeManyForm, *, refused: str = "", status: int = 200
) -> HttpResponse:
    code, year = opened.conference.code, opened.year
    picked = set(request.POST.getlist("duty")) if form.is_bound else None
    preview = preview_of(chosen, picked, timezone.localdate())
    # Where there is nobody left to urge the form has no place, and what was typed stays to be copied.
    unsent = words_of(form["message"]) if form.is_bound and not preview["rows"] else ""
    context = {
        "tabs": office_tabs(code, year, "duties"),
        "trail": [{"label": _("应报事项"), "url": reverse("reporting:duties", args=[code, year])}],
        "page_url": reverse("reporting:urge_many", args=[code, year]),
        "year": year,
        "form": form,
        "refused": refused,
        "kept": kept_of([(form["message"].label, unsent)]),
        **preview,
    }
    return render(request, "reporting/urge_many.html", context, status=status)


@require_safe
def urges(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Who was urged when, by whom, in what words, and whether it helped."""
    opened = year_for(request, code, year)
    today = timezone.localdate()
    rows = (
        Urge.objects.visible_to(request.user)
        .filter(conference=opened.conference, duty__year=year)
        .select_related("duty__department", "duty__obliged_conference", "created_by")
        .defer("duty__statement")
    )
    batch = _batch_in(request.GET.get("batch", ""))
    if batch is not None:
        rows = rows.filter(batch=batch)
    page: Any = Paginator(rows, _ON_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = [urge_row(row, today) for row in page.object_list]
    context = {
        "tabs": office_tabs(code, year, "duties"),
        "trail": [{"label": _("应报事项"), "url": reverse("reporting:duties", args=[code, year])}],
        "year": year,
        "page": page,
        "all_url": reverse("reporting:urges", args=[code, year]) if batch else "",
        "batch_letter_url": reverse("reporting:urge_letter", args=[batch]) if batch else "",
    }
    return render(request, "reporting/urges.html", context)


def _batch_in(text: str) -> UUID | None:
    """The act that the list is narrowed to; what is none narrows nothing."""
    try:
        return UUID(text)
    except ValueError:
        return None


# --- Letters ------------------------------------------------------------------------------------------------------


def _urges_of(request: HttpRequest, batch: UUID) -> list[Urge]:
    """What one act of urging urged, in the order of the units."""
    rows = (
        Urge.objects.visible_to(request.user)
        .filter(batch=batch)
        .select_related(
            "conference",
            "created_by",
            "duty__department",
            "duty__obliged_conference",
            "duty__obligation__clause__version__plan",
        )
        .defer("duty__statement")
        .order_by("duty__department__position", "duty__obliged_conference__code", "duty__due_on", "pk")
    )
    return list(rows)


def _letters_for(request: HttpRequest, batch: UUID) -> tuple[LetterForm, list[Letter]]:
    """The letters that the address asks for: one to all, one to each, or one to one."""
    form = LetterForm(request.GET)
    rows = _urges_of(request, batch)
    if one := form.value("urge"):
        rows = [row for row in rows if row.pk == one]
    if not rows:
        raise Http404
    return form, letters_of(
        rows,
        number=form.value("number") or "",
        reply_by=form.value("reply_by"),
        each=bool(form.value("each")),
    )


@require_safe
def urge_letter(request: HttpRequest, batch: UUID) -> HttpResponse:
    """The letters of one act of urging, to be printed."""
    form, letters = _letters_for(request, batch)
    urge = letters[0].urges[0]
    code, year = urge.conference.code, urge.duty.year
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    context = {
        "trail": [{"label": _("催办记录"), "url": reverse("reporting:urges", args=[code, year])}],
        "tabs": office_tabs(code, year, "duties"),
        "form": LetterForm(
            initial={
                "number": form.value("number"),
                "reply_by": letters[0].reply_by,
                "each": form.value("each"),
                "urge": form.value("urge"),
            }
        ),
        "letters": [page_of(letter.document) for letter in letters],
        "word_url": reverse("reporting:urge_letter_word", args=[batch]) + query,
    }
    return render(request, "reporting/urge_letter.html", context)


@require_safe
def urge_letter_word(request: HttpRequest, batch: UUID) -> HttpResponse:
    """The same as a Word file; several letters are several files in one zip."""
    form, letters = _letters_for(request, batch)
    if not form.value("each"):
        return download(to_docx(letters[0].document), f"{letters[0].name}.docx", DOCX)
    return download(zipped(letters), f"{_('催办函')}.zip", ZIP)
