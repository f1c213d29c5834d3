"""Comparisons: of an import with the version before it, and of any two versions; lineage set right by hand; undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from departments.access import access_of
from departments.sensitive import find_sensitive, refusal
from measures.comparing import ChangeKind, Comparison, Side, compare
from measures.comparison import sides_of_version
from measures.enums import ImportState
from measures.importing.answers import NotOpen
from measures.importing.decisions import BadAnswer
from measures.importing.lineage import correct_lineage, corrections_of, forget_correction
from measures.importing.plans import plan_of_version
from measures.importing.proposal import Proposal
from measures.models import PlanImport, PlanVersion
from measures.sheets.writing import write_comparison, write_plan
from reporting.pages.changes import change_row, clause_choices, effect_rows, path_of, totals_of
from reporting.services.adoption import NotUndoable, undo_publication, why_not_undoable
from reporting.views.downloads import download
from reporting.views.imports import import_for, units_of, writable

_PER_PAGE = 60


def _version_for(request: HttpRequest, pk: int) -> PlanVersion:
    rows = PlanVersion.objects.visible_to(request.user).select_related("plan", "conference", "follows__plan")
    return get_object_or_404(rows.defer("source_text", "follows__source_text"), pk=pk)


def _before_of(request: HttpRequest, version: PlanVersion) -> PlanVersion | None:
    """The version to compare with: the one asked for, else the one that it follows, else the one published before."""
    asked = request.GET.get("with", "")
    if asked:
        if not (asked.isascii() and asked.isdecimal()) or len(asked) > 18:
            raise Http404
        return _version_for(request, int(asked))
    visible = PlanVersion.objects.visible_to(request.user).select_related("plan").defer("source_text")
    if version.follows_id is not None:
        return visible.filter(pk=version.follows_id).first()
    earlier = visible.filter(conference=version.conference_id, plan=version.plan_id, number__lt=version.number)
    return earlier.order_by("-number").first() or (
        visible.published()
        .filter(conference=version.conference_id, plan__starts_year__lt=version.plan.starts_year)
        .order_by("-plan__starts_year", "-number")
        .first()
    )


def _compared(before: PlanVersion, after: PlanVersion) -> tuple[Comparison, list[Side]]:
    sides = sides_of_version(before)
    return compare(sides, sides_of_version(after), corrections=corrections_of(before, after)), sides


@require_safe
def plan_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """A version clause by clause against another one."""
    version = _version_for(request, pk)
    before = _before_of(request, version)
    others = (
        PlanVersion.objects.visible_to(request.user)
        .filter(conference=version.conference_id)
        .exclude(pk=version.pk)
        .select_related("plan")
        .defer("source_text")
    )
    may_write = access_of(request.user).administers(version.conference)
    context: dict[str, Any] = {
        "title": _("与另一版本对照"),
        "after_title": str(version),
        "trail": [{"label": version.plan.title, "url": reverse("reporting:plan", args=[pk])}],
        "others": [
            {"pk": other.pk, "name": str(other), "is_chosen": before and other.pk == before.pk} for other in others
        ],
        "before": before,
        "version": version,
    }
    if before is None:
        return render(request, "reporting/changes.html", context)
    comparison, sides = _compared(before, version)
    url = reverse("reporting:plan_changes", args=[pk])
    context |= {
        "before_title": str(before),
        "download_url": f"{reverse('reporting:plan_changes_xlsx', args=[pk])}?with={before.pk}",
        "correct_url": reverse("reporting:plan_lineage", args=[pk])
        if may_write and version.follows_id != before.pk
        else "",
        "undo_url": reverse("reporting:plan_undo", args=[pk]) if may_write and version.is_published else "",
        "why_not": why_not_undoable(version) if may_write and version.is_published else "",
        **_rows(request, comparison, sides, url, extra=f"with={before.pk}"),
    }
    return render(request, "reporting/changes.html", context)


@require_safe
def import_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """An import against the version that it would take over from."""
    row = import_for(request, pk)
    if row.state == ImportState.PUBLISHED and row.version_id is not None:
        return redirect("reporting:plan_changes", row.version_id)
    if row.state in (ImportState.READING, ImportState.FAILED):
        raise Http404
    comparison, sides = _compared_import(row)
    may_write = access_of(request.user).administers(row.conference) and row.is_open
    context = {
        "title": _("导入的变化"),
        "after_title": str(row),
        "before": row.based_on,
        "before_title": str(row.based_on) if row.based_on else "",
        "trail": [
            {"label": _("导入计划"), "url": reverse("reporting:plan_imports")},
            {"label": str(row), "url": reverse("reporting:plan_import", args=[pk])},
        ],
        "download_url": reverse("reporting:import_changes_xlsx", args=[pk]),
        "correct_url": reverse("reporting:import_lineage", args=[pk]) if may_write and row.based_on_id else "",
        **_rows(request, comparison, sides, reverse("reporting:import_changes", args=[pk])),
    }
    return render(request, "reporting/changes.html", context)


def _compared_import(row: PlanImport) -> tuple[Comparison, list[Side]]:
    sides = sides_of_version(row.based_on) if row.based_on is not None else []
    return Proposal.of(row).compared(before=sides), sides


def _rows(
    request: HttpRequest, comparison: Comparison, before: Sequence[Side], url: str, extra: str = ""
) -> dict[str, Any]:
    """The changes of the chosen kind, a page of them; unchanged clauses only when they are asked for."""
    kind = request.GET.get("kind", "")
    if kind and kind not in set(ChangeKind):
        raise Http404
    chosen = [
        change for change in comparison.changes if (change.kind == kind if kind else change.kind != ChangeKind.SAME)
    ]
    page = Paginator(chosen, _PER_PAGE).get_page(request.GET.get("page"))
    totals = totals_of(comparison.counts, url, kind)
    for total in totals:
        total["url"] = f"{total['url']}&{extra}" if total["url"] and extra else total["url"]
    effects = effect_rows(comparison)
    gains = ("lead_gained", "lead_lost", "cooperating_gained", "cooperating_lost")
    return {
        "totals": totals,
        "kind": kind,
        "extra": extra,
        "all_url": f"{url}?{extra}" if extra else url,
        "changes": [change_row(number, change) for number, change in enumerate(page.object_list, page.start_index())],
        "page": page,
        "effects": effects,
        # Who gains or loses something is shown at once; who only meets new words, on demand.
        "has_gains": any(effect[gain] for effect in effects for gain in gains),
        "choices": clause_choices(before),
        # A dropped clause may have gone on anywhere: offer what is not known to come from anything.
        "choices_after": clause_choices(
            change.after for change in comparison.changes if change.kind == ChangeKind.NEW and change.after
        ),
        "is_nothing": comparison.is_nothing,
    }


@require_safe
def plan_changes_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    version = _version_for(request, pk)
    before = _before_of(request, version)
    if before is None:
        raise Http404
    comparison, _sides = _compared(before, version)
    return _sheet(comparison, str(before), str(version))


@require_safe
def import_changes_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    row = import_for(request, pk)
    if row.state in (ImportState.READING, ImportState.FAILED):
        raise Http404
    comparison, _sides = _compared_import(row)
    return _sheet(comparison, str(row.based_on or _("（没有以前的版本）")), str(row))


def _sheet(comparison: Comparison, before: str, after: str) -> HttpResponse:
    data = write_comparison(comparison, before_title=before, after_title=after)
    name = _("计划对照")
    return download(data, f"{name}-{after[:60]}.xlsx")


@require_POST
def import_lineage(request: HttpRequest, pk: int) -> HttpResponse:
    row = writable(request, pk)
    if row.based_on is None:
        raise Http404
    return _correct(request, row.based_on, row, reverse("reporting:import_changes", args=[pk]))


@require_POST
def plan_lineage(request: HttpRequest, pk: int) -> HttpResponse:
    version = _version_for(request, pk)
    if not access_of(request.user).administers(version.conference):
        raise PermissionDenied
    before = _before_of(request, version)
    if before is None or version.follows_id == before.pk:
        # A version's own lineage is what years went over by: it is settled.
        raise Http404
    return _correct(request, before, version, f"{reverse('reporting:plan_changes', args=[pk])}?with={before.pk}")


def _correct(request: HttpRequest, before: PlanVersion, after: PlanImport | PlanVersion, back: str) -> HttpResponse:
    olds = before.clause_set.values_list("path", flat=True)
    news = (after.clauses if isinstance(after, PlanImport) else after.clause_set).values_list("path", flat=True)
    old, new = path_of(request.POST.get("before", ""), olds), path_of(request.POST.get("after", ""), news)
    try:
        if request.POST.get("action") == "forget":
            forget_correction(before, after, old, new, by=request.user)
        else:
            correct_lineage(before, after, old, new, by=request.user, keep="keep" in request.POST)
    except (BadAnswer, NotOpen) as refused:
        messages.error(request, str(refused))
    else:
        forgotten = request.POST.get("action") == "forget"
        messages.success(request, _("已恢复自动对应。") if forgotten else _("对应关系已更正。"))
    return redirect(back)


@require_POST
def plan_undo(request: HttpRequest, pk: int) -> HttpResponse:
    version = _version_for(request, pk)
    if not access_of(request.user).administers(version.conference):
        raise PermissionDenied
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:500]
    if found := find_sensitive(reason):
        messages.error(request, refusal(found))
        return redirect("reporting:plan_changes", pk)
    try:
        row = undo_publication(version, by=request.user, reason=reason)
    except NotUndoable as refused:
        messages.error(request, str(refused))
        return redirect("reporting:plan_changes", pk)
    messages.success(request, _("已撤销发布，各年度恢复到发布前的版本。"))
    return redirect("reporting:plan_import", row.pk) if row is not None else redirect("reporting:plan_list")


@require_safe
def plan_export(request: HttpRequest, pk: int) -> HttpResponse:
    """A version as a workbook that can be edited and imported again."""
    version = _version_for(request, pk)
    data = write_plan(plan_of_version(version), units=units_of(version.conference_id, request.user))
    number = _("第%(number)d版") % {"number": version.number}
    return download(data, f"{version.plan.title[:60]}-{number}.xlsx")
