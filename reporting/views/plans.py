"""计划: the published document as the interface, with a living margin beside every clause."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from departments.access import access_of
from measures.enums import ClauseKind, ResponsibilityRole
from measures.models import Clause, PlanVersion, Responsibility
from reporting.enums import EntryState
from reporting.lights import Light, light_of
from reporting.models import Duty, Progress, Year
from reporting.pages.clauses import anchor_of, count_states, last_year_of, leads_of, named_in, others_of, parties_of
from reporting.pages.over import is_over
from reporting.pages.years import year_to_show
from reporting.permissions import can_set_rule
from reporting.services.cooperation import first_leads


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    year = timezone.localdate().year
    versions = (
        PlanVersion.objects.visible_to(request.user)
        .select_related("plan", "conference")
        .annotate(
            measures=Count("clause_set", filter=Q(clause_set__responsibilities__isnull=False), distinct=True),
        )
        .order_by("conference__code", "-plan__starts_year", "-number")
        # The text of a document is long, and this page shows none of it.
        .defer("source_text")
    )
    in_force: dict[int, int] = {}
    for version in PlanVersion.objects.visible_to(request.user).in_force_in(year).defer("source_text"):
        in_force.setdefault(version.conference_id, version.pk)
    replaced = set(
        PlanVersion.objects.visible_to(request.user).published().exclude(follows=None).values_list("follows", flat=True)
    )
    rows = [
        {
            "title": version.plan.title,
            "document_number": version.document_number,
            "conference_name": version.conference.short_name,
            "period": version.plan.period,
            "number": version.number,
            "state": _("已被新版本取代")
            if version.is_published and version.pk in replaced
            else version.get_state_display(),
            "url": reverse("reporting:plan", args=[version.pk]),
            "measures": version.measures,
            "in_force": in_force.get(version.conference_id) == version.pk,
        }
        for version in versions
    ]
    may_import = access_of(request.user).may_enter_admin
    context = {"plans": rows, "imports_url": reverse("reporting:plan_imports") if may_import else ""}
    return render(request, "reporting/plan_list.html", context)


def _version_for(request: HttpRequest, pk: int) -> PlanVersion:
    return get_object_or_404(
        PlanVersion.objects.visible_to(request.user).select_related("plan", "conference").defer("source_text"), pk=pk
    )


def _year_of(request: HttpRequest, years: list[int]) -> int | None:
    """The year that the margin shows: the one asked for, else the one of ``years`` (see ``_years_of``) to show first.

    None for who may read the plan and not its year: the units of a district read the city's plan, and how the
    city's units stand is not theirs to see.
    """
    asked = request.GET.get("year", "")
    if not asked:
        return year_to_show(years, timezone.localdate())
    if not asked.isdecimal() or len(asked) > 4 or int(asked) not in years:
        raise Http404
    return int(asked)


def _years_of(request: HttpRequest, version: PlanVersion) -> list[int]:
    """The years opened on this version that the person may see, the latest first.

    A year that has gone over to a later one is among them: what was written on dropped clauses stays here.
    """
    left = Q(adoptions__before=version, adoptions__undone_at=None)
    years = Year.objects.visible_to(request.user).filter(Q(version=version) | left)
    return list(years.order_by("-year").values_list("year", flat=True).distinct())


@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole document with its margin, in a number of queries that does not grow with its clauses."""
    version = _version_for(request, pk)
    year = _year_of(request, _years_of(request, version))
    today = timezone.localdate()
    mine = access_of(request.user).departments
    clauses = list(version.clause_set.order_by("position"))
    named: dict[int, list[Responsibility]] = defaultdict(list)
    for responsibility in version.responsibility_set.order_by("position"):
        named[responsibility.clause_id].append(responsibility)
    progress: dict[int, list[Progress]] = defaultdict(list)
    if year is not None:
        rows = Progress.objects.filter(clause__version=version, year=year).with_standing()
        rows = rows.only("clause", "state", "department", "year")
        for row in rows:
            progress[row.clause_id].append(row)
    due_on = _due_on(version, year)
    first = first_leads((clause.pk for clause in clauses), year) if year is not None else {}
    over = year is not None and is_over(version.conference_id, year)
    context = {
        "version": version,
        "year": year,
        "must_report": version.plan.cooperating_must_report,
        "rule_url": reverse("reporting:plan_rule", args=[version.pk])
        if can_set_rule(request.user, version.plan)
        else "",
        "contents": [
            {"anchor": anchor_of(clause), "label": clause.label, "heading": clause.heading}
            for clause in clauses
            if clause.depth == 0 and clause.label
        ],
        "clauses": [
            _margin(clause, named[clause.pk], progress[clause.pk], mine, version, first.get(clause.pk))
            | {"light": _light_of_clause(progress[clause.pk], due_on, today, is_over=over)}
            for clause in clauses
        ],
    }
    return render(request, "reporting/plan.html", context)


def _due_on(version: PlanVersion, year: int | None) -> date | None:
    if year is None:
        return None
    return (
        Duty.objects.reports()
        .filter(conference=version.conference_id, year=year, department__isnull=False)
        .order_by("due_on")
        .values_list("due_on", flat=True)
        .first()
    )


def _margin(
    clause: Clause,
    named: list[Responsibility],
    progress: list[Progress],
    mine: frozenset[int],
    version: PlanVersion,
    first: int | None,
) -> dict[str, Any]:
    own = next((row for row in progress if row.department_id in mine), None)
    in_force = [row for row in progress if row.state != EntryState.CLOSED]

    def names(role: str) -> list[dict[str, Any]]:
        return [
            {
                "name": responsibility.as_written,
                "is_mine": responsibility.department_id in mine,
                "is_first": first is not None and responsibility.department_id == first,
            }
            for responsibility in named
            if responsibility.role == role
        ]

    return {
        "clause": {
            "path": clause.spoken_path,
            "label": clause.label,
            "heading": clause.heading,
            "text": clause.text,
            "kind": clause.kind,
            "depth": clause.depth,
            "anchor": anchor_of(clause),
            "url": reverse("reporting:clause", args=[version.pk, clause.path]) if named else "",
        },
        # A web page's metadata, the notice around the plan, its footer: there, but not in the reader's way.
        "is_folded": clause.kind in (ClauseKind.FRONT, ClauseKind.BACK),
        "lead": names(ResponsibilityRole.LEAD),
        "cooperating": names(ResponsibilityRole.COOPERATING),
        "counts": count_states(in_force) if in_force else None,
        "mine": reverse("reporting:progress", args=[own.pk]) if own is not None else None,
    }


def _light_of_clause(progress: list[Progress], due_on: date | None, today: date, *, is_over: bool) -> Light | None:
    """The light of whoever is furthest behind; a clause is through when all its units are."""
    if not progress:
        return None
    lights = (light_of(row.standing, due_on, today, is_over=is_over) for row in progress)
    return min(lights, key=lambda light: light.urgency)


def _leads(request: HttpRequest, clause: Clause, year: int | None, parties: list[dict[str, Any]]) -> dict[str, Any]:
    """Several lead units, for the office that may say which of them is the first."""
    if year is None or clause.conference_id not in access_of(request.user).office_of:
        return {"leads": [], "first_lead_url": ""}
    first = next((party["department"] for party in parties if party["is_first"]), None)
    return {
        "leads": leads_of(clause, year, first),
        "first_lead_url": reverse("reporting:first_lead", args=[clause.pk, year]),
        "pk": None,
    }


@require_safe
def clause(request: HttpRequest, pk: int, path: str) -> HttpResponse:
    """One clause: the words as published, who answers for it, what they wrote, and its history by years."""
    version = _version_for(request, pk)
    row = get_object_or_404(version.clause_set.all(), path=path)
    years = _years_of(request, version)
    year = _year_of(request, years)
    today = timezone.localdate()
    own = (
        Progress.objects.filter(clause=row, year=year, department__in=access_of(request.user).departments).first()
        if year is not None
        else None
    )
    parties = parties_of(row, year, request.user, today) if year is not None else named_in(row)
    context = {
        "trail": [{"label": version.plan.title, "url": f"{reverse('reporting:plan', args=[pk])}#{anchor_of(row)}"}],
        "version": version,
        "clause": row,
        "year": year,
        "years": [{"year": other, "url": f"?year={other}", "current": other == year} for other in years],
        "parties": parties,
        "others": others_of(row, year, request.user, today, parties) if year is not None else [],
        "mine_url": reverse("reporting:progress", args=[own.pk]) if own is not None else "",
        "mine_text": _("填写本单位进展")
        if own is not None and own.state in EntryState.editable()
        else _("查看本单位进展"),
        "last_year": last_year_of(own, request.user) if own is not None else None,
        **_leads(request, row, year, parties),
    }
    return render(request, "reporting/clause.html", context)
