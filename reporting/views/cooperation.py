"""Working together: knowing of one's part, asking for material, who is first, and the rules of a unit and of a plan."""

from __future__ import annotations

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from departments.access import access_of
from departments.models import Department
from measures.models import Clause, PlanVersion
from reporting.enums import SignatureRule
from reporting.forms.cooperation import InputRequestForm, SignatureRuleForm
from reporting.models import InputRequest, Progress, Year
from reporting.pages.cooperation import to_acknowledge
from reporting.pages.entry import progress_context
from reporting.pages.over import over_text
from reporting.permissions import can_acknowledge, can_ask_input, can_set_rule, can_write, owns
from reporting.services.cooperation import NotALead, choose_first_lead, set_cooperating_rule
from reporting.services.inputs import CannotAsk, ask_input, cancel_input
from reporting.services.knowing import acknowledge
from reporting.services.refusals import YearIsOver
from reporting.services.signing import has_head, rule_of, set_signature_rule
from reporting.views.entries import page_with_request, progress_for, units_to_ask
from reporting.views.outcomes import say_refused

# --- Knowing ------------------------------------------------------------------------------------------------------


@require_POST
def progress_acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """The cooperating unit knows of its part."""
    entry = progress_for(request, pk)
    if not can_write(request.user, entry):
        raise PermissionDenied
    if request.POST.get("clause", str(entry.clause_id)) != str(entry.clause_id):
        messages.error(request, _("条款在您打开页面以后又有改动，请看过新的文字再确认。"))
    elif can_acknowledge(request.user, entry) and acknowledge(entry, by=request.user):
        messages.success(request, _("已确认知悉。"))
    else:
        messages.info(request, over_text(entry.conference_id, entry.year) or _("这一条不需要再确认知悉。"))
    return redirect("reporting:progress", pk)


@require_POST
def acknowledge_many(request: HttpRequest, year: int) -> HttpResponse:
    """What was ticked of one's own cooperating measures; one act and one event for each."""
    member_of = access_of(request.user).member_of
    if not Year.objects.visible_to(request.user).filter(conference__in=member_of, year=year).exists():
        raise Http404
    # With the clause that stood beside it: what has been reworded since is not known of yet.
    ticked = dict(read for sent in request.POST.getlist("entry") if (read := _entry_and_clause(sent)))
    entries = Progress.objects.visible_to(request.user).filter(pk__in=ticked, year=year)
    waiting = to_acknowledge(request.user, entries.select_related("department", "clause").order_by("pk"))
    known = sum(acknowledge(entry, by=request.user) for entry in waiting if ticked[entry.pk] == entry.clause_id)
    if known:
        messages.success(
            request, ngettext("已确认知悉%(count)d条。", "已确认知悉%(count)d条。", known) % {"count": known}
        )
    else:
        over = next(filter(None, (over_text(one, year) for one in access_of(request.user).member_of)), "")
        nothing = over or _("没有需要确认知悉的条目。")
        messages.info(request, nothing if ticked else _("请先勾选要确认知悉的条目。"))
    return redirect("reporting:work_year", year)


def _entry_and_clause(sent: str) -> tuple[int, int] | None:
    """「12-345」 as (entry, clause)."""
    found = re.fullmatch(r"([0-9]{1,18})-([0-9]{1,18})", sent)
    return (int(found[1]), int(found[2])) if found else None


# --- Asking for material --------------------------------------------------------------------------------------------


@require_POST
def progress_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """A lead unit asks cooperating ones for material by a date."""
    entry = progress_for(request, pk)
    if not owns(request.user, entry) or not can_ask_input(request.user, entry):
        raise PermissionDenied
    units = units_to_ask(progress_context(entry, request.user, timezone.localdate()))
    form = InputRequestForm(request.POST, units=units, year=entry.year)
    if not form.is_valid():
        return page_with_request(request, entry, form)
    asked = Progress.objects.filter(pk__in=form.cleaned_data["asked"], clause=entry.clause_id, year=entry.year)
    told: list[str] = []
    unasked: Exception | None = None
    for other in asked.select_related("department").order_by("department__position"):
        try:
            ask_input(
                entry,
                other,
                by=request.user,
                message=form.cleaned_data["message"],
                due_on=form.cleaned_data["due_on"],
            )
        except (CannotAsk, YearIsOver) as refused:
            if unasked is not None:
                messages.error(request, str(unasked))
            unasked = refused
        else:
            told.append(other.department.name)
    if unasked is not None:
        say_refused(request, unasked, "" if told else form.cleaned_data["message"])
    if told:
        messages.success(request, _("已请%(units)s提供材料。") % {"units": _("、").join(told)})
    return redirect(f"{reverse('reporting:progress', args=[pk])}#partners-title")


@require_POST
def input_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """The asking unit needs it no more."""
    row = get_object_or_404(
        InputRequest.objects.visible_to(request.user).select_related(
            "progress__department", "progress__clause", "asked__department", "asked__clause"
        ),
        pk=pk,
    )
    if not can_ask_input(request.user, row.progress):
        raise PermissionDenied
    if cancel_input(row, by=request.user):
        messages.success(request, _("已取消，并告知了对方单位。"))
    else:
        over = over_text(row.conference_id, row.progress.year)
        messages.info(request, over or _("这一请求已经答复或取消。"))
    return redirect(f"{reverse('reporting:progress', args=[row.progress_id])}#partners-title")


# --- Who is first ---------------------------------------------------------------------------------------------------


@require_POST
def first_lead(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """The office says which of several lead units is the first-responsible one of a clause in a year."""
    clause = get_object_or_404(Clause.objects.visible_to(request.user).select_related("version"), pk=pk)
    opened = get_object_or_404(Year.objects.visible_to(request.user), conference=clause.conference_id, year=year)
    if opened.conference_id not in access_of(request.user).office_of:
        raise PermissionDenied
    units = Department.objects.visible_to(request.user).filter(conference=opened.conference_id)
    # Compared here: what a browser sends may be text that no database takes.
    department = next((unit for unit in units if unit.code == request.POST.get("department")), None)
    if department is None:
        messages.error(request, _("请选择一个负责单位。"))
    else:
        _choose(request, clause, opened, department)
    if (review := request.POST.get("review", "")).isdecimal() and len(review) <= 18:
        return redirect("reporting:progress_review", int(review))
    page = reverse("reporting:clause", args=[clause.version_id, clause.path])
    return redirect(f"{page}?year={year}")


def _choose(request: HttpRequest, clause: Clause, opened: Year, department: Department) -> None:
    try:
        changed = choose_first_lead(
            clause, opened.year, department, conference_id=opened.conference_id, by=request.user
        )
    except (NotALead, YearIsOver) as refused:
        messages.error(request, str(refused))
    else:
        done = _("%(unit)s为本条款的第一责任单位。") if changed else _("%(unit)s已经是本条款的第一责任单位。")
        messages.success(request, done % {"unit": department})


# --- Rules ----------------------------------------------------------------------------------------------------------


@require_POST
def plan_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether cooperating units must report under a plan."""
    version = get_object_or_404(
        PlanVersion.objects.visible_to(request.user).select_related("plan").defer("source_text"), pk=pk
    )
    if not can_set_rule(request.user, version.plan):
        raise PermissionDenied
    rule = request.POST.get("rule")
    if rule not in ("report", "know"):
        messages.error(request, _("请选择配合单位是否须填报。"))
    elif set_cooperating_rule(version.plan, must_report=rule == "report", by=request.user):
        messages.success(request, _("已更改，从现在起按新的规则计算。"))
    else:
        messages.info(request, _("规则没有变化。"))
    return redirect("reporting:plan", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def unit_settings(request: HttpRequest, unit_code: str) -> HttpResponse:
    """What the unit's head signs: the head sets it, the unit's liaisons read it."""
    access = access_of(request.user)
    own = Department.objects.visible_to(request.user).filter(pk__in=access.departments)
    department = get_object_or_404(own, code=unit_code)
    may_change = department.pk in access.head_of
    form = SignatureRuleForm(request.POST or None, initial={"signature": rule_of(department)})
    status = 200
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        if form.is_valid():
            rule = SignatureRule(form.cleaned_data["signature"])
            if set_signature_rule(department, rule, by=request.user):
                messages.success(request, _("已更改，从现在起提交的内容按新的规则办理。"))
            else:
                messages.info(request, _("规则没有变化。"))
            return redirect("reporting:unit_settings", unit_code)
        status = 422
    context = {
        "trail": [{"label": _("我的工作"), "url": reverse("reporting:work")}],
        "unit": department,
        "form": form if may_change else None,
        "rule_text": rule_of(department).label,
        "has_head": has_head(department),
    }
    return render(request, "reporting/unit_settings.html", context, status=status)
