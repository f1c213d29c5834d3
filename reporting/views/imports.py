"""Importing a plan: hand in a file, see what was read, answer, compare, publish, undo."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from departments.access import access_of
from departments.models import Department, Membership
from departments.names import search_key
from departments.registry import Registry
from measures.enums import AnswerKind, ImportState
from measures.importing.answers import (
    BadAnswers,
    NotOpen,
    Stale,
    answer_questions,
    choose_columns,
    look_again,
    reopen_question,
    set_heading,
)
from measures.importing.private import Refused
from measures.importing.proposal import Proposal
from measures.importing.publication import BasisChanged, NotPublishable
from measures.importing.staging import WORKBOOKS, Stopped, read_again, receive, withdraw
from measures.models import PlanImport, Question
from measures.services import OpenQuestions, PlanNotStorable, UnresolvedNames
from measures.sheets import Role
from measures.sheets.writing import write_template
from measures.sources import Kind, Unreadable, annotate
from reporting.forms.imports import HeadingForm, PlanFileForm, conferences_of
from reporting.pages.changes import effect_rows, totals_of
from reporting.pages.imports import (
    answered_meanwhile,
    decision_of,
    document_of,
    import_row,
    layouts_of,
    questions_of,
    role_choices,
    typed_answers,
)
from reporting.pages.rows import trail_of
from reporting.services.publication import publish_plan
from reporting.tasks import read_imports
from reporting.views.downloads import download

logger = logging.getLogger(__name__)
_PER_PAGE = 50
# Few plans raise so many questions, and what is ticked on one page is not there on the next.
_QUESTIONS_PER_PAGE = 200
PREVIEWED = 1000


def posted_or_shown(view: Callable[[HttpRequest, int], HttpResponse]) -> Callable[[HttpRequest, int], HttpResponse]:
    """A form that is shown again at the address it was posted to: who opens that address gets the import's page."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def shown(request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return redirect("reporting:plan_import", import_for(request, pk).pk)
        return view(request, pk)

    return shown


def import_for(request: HttpRequest, pk: int) -> PlanImport:
    """The import, for those who administer or audit its conference; for anybody else it does not exist."""
    rows = PlanImport.objects.visible_to(request.user).select_related("conference", "plan", "version", "uploaded_by")
    return get_object_or_404(rows, pk=pk)


def writable(request: HttpRequest, pk: int) -> PlanImport:
    row = import_for(request, pk)
    if not access_of(request.user).administers(row.conference):
        raise PermissionDenied
    return row


def seen(request: HttpRequest) -> int:
    """The ``lock_version`` that a form was made with; of a form that does not say, one that no row has."""
    typed = request.POST.get("lock_version", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 18 else -1


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """What was handed in so far, and the form to hand in another file."""
    access = access_of(request.user)
    if not access.may_enter_admin:
        raise Http404
    may_import = bool(access.administers_all or access.administrator_of)
    if request.method == "POST":
        if not may_import:
            raise PermissionDenied
        return _receive(request)
    return _imports_page(request, PlanFileForm(user=request.user) if may_import else None)


def _imports_page(request: HttpRequest, form: PlanFileForm | None, status: int = 200) -> HttpResponse:
    rows = PlanImport.objects.visible_to(request.user).without_text().select_related("conference", "uploaded_by")
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "rows": [import_row(row) for row in page.object_list],
        "page": page,
        "template_url": reverse("reporting:plan_template"),
    }
    return render(request, "reporting/import_list.html", context, status=status)


def _receive(request: HttpRequest) -> HttpResponse:
    form = PlanFileForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid():
        return _imports_page(request, form, status=422)
    file = form.cleaned_data["file"]
    try:
        row, is_new = receive(
            file.read(), name=file.name or "", conference=form.cleaned_data["conference"], by=request.user
        )
    except Refused as refused:
        form.add_error("file", str(refused))
        return _imports_page(request, form, status=422)
    if not is_new:
        messages.info(request, _("同一份文件已经导入过，下面是那一次导入。"))
    elif row.state == ImportState.READING:
        nudge()
    return redirect("reporting:plan_import", row.pk)


def nudge() -> None:
    """Tell a worker that something waits. The row is the truth: without a queue the clock finds it."""
    try:
        read_imports.delay()
    except (OperationalError, OSError) as error:
        logger.warning("the queue takes nothing (%s); the import waits for the clock", error)


@require_safe
def plan_import(request: HttpRequest, pk: int) -> HttpResponse:
    return import_page(request, import_for(request, pk))


def import_page(
    request: HttpRequest,
    row: PlanImport,
    *,
    heading: HeadingForm | None = None,
    typed: dict[int, dict[str, str]] | None = None,
    wrong: dict[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Everything about one import on one page; with what was typed, where it could not be taken."""
    may_write = access_of(request.user).administers(row.conference)
    context: dict[str, Any] = {
        "row": row,
        "trail": [{"label": _("导入计划"), "url": reverse("reporting:plan_imports")}],
        "state": import_row(row),
        "may_write": may_write,
        "is_open": row.is_open and may_write,
        "can_withdraw": may_write and row.state in (*ImportState.unfinished(), ImportState.FAILED),
        "can_map": may_write and (row.is_open or row.state == ImportState.FAILED),
        "layouts": layouts_of(row),
        "roles": role_choices(),
        "faults": row.faults,
        "annotated_url": reverse("reporting:import_annotated", args=[row.pk])
        if row.faults and row.kind in WORKBOOKS and row.file
        else "",
        "events": trail_of(row),
    }
    if row.state not in (ImportState.READING, ImportState.FAILED):
        context |= _read_part(request, row, heading, typed or {}, wrong or {})
    return render(request, "reporting/import.html", context, status=status)


def _read_part(
    request: HttpRequest,
    row: PlanImport,
    heading: HeadingForm | None,
    typed: dict[int, dict[str, str]],
    wrong: dict[int, str],
) -> dict[str, Any]:
    proposal = Proposal.of(row)
    outcome = proposal.outcome()
    asked = [one for one in proposal.questions if one.kind != AnswerKind.HEADING]
    # What somebody else has answered meanwhile stays in the form of who has typed an answer to it, too.
    waiting = [one for one in asked if one.answered_at is None or one.pk in typed]
    # What must be answered stands first; what a person has just typed wrongly is on the page that is shown.
    waiting.sort(key=lambda one: (one.pk not in wrong, one.pk not in typed, not one.is_blocking, one.pk))
    # All that was typed is on the page, however much it is.
    page = Paginator(waiting, max(_PER_PAGE, len(typed))).get_page(request.GET.get("page"))
    answered = [one for one in asked if one.answered_at is not None and one.pk not in typed]
    answered_page = Paginator(answered, _PER_PAGE).get_page(request.GET.get("answered"))
    # What follows for each unit is settled, and worked out, once nothing keeps it from being published.
    comparison = proposal.compared() if row.is_open and not proposal.blocking else None
    if row.is_open and heading is None:
        heading = HeadingForm(plan_import=row)
    if heading is not None and proposal.target is not None and proposal.target.title != row.title:
        heading.fields["title"].help_text = _("归入的计划题名是《%(title)s》，对照和发布都以它为准。") % {
            "title": proposal.target.title
        }
    units = list(Department.objects.filter(conference=row.conference_id).values_list("name", flat=True))
    return {
        "numbers": [
            {"name": _("条款"), "number": outcome["clauses"]},
            {"name": _("措施"), "number": outcome["measures"]},
            {"name": _("负责"), "number": outcome["lead"]},
            {"name": _("配合"), "number": outcome["cooperating"]},
            {"name": _("时限义务"), "number": outcome["obligations"]},
        ],
        "heading": heading,
        "missing": [one for one in proposal.blocking if one.kind == AnswerKind.HEADING],
        "blocking": len(proposal.blocking),
        "questions": questions_of(row, page.object_list, typed, wrong),
        "question_page": page,
        "waiting": len(waiting),
        "answered": questions_of(row, answered_page.object_list, {}, {}),
        "answered_page": answered_page,
        "answered_open": not waiting or "answered" in request.GET,
        "units": units if waiting else [],
        "has_unknown_units": sum(one.kind == AnswerKind.UNIT for one in waiting) > 1,
        "totals": totals_of(row.changes, reverse("reporting:import_changes", args=[row.pk])) if row.is_open else [],
        "effects": effect_rows(comparison)[:200] if comparison is not None else [],
        "is_nothing": comparison is not None and comparison.is_nothing,
        "target": proposal.target if row.is_open else None,
    }


@require_safe
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the reading is: a piece of the page that asks again; once it is done, the page itself is loaded anew."""
    row = import_for(request, pk)
    if row.state != ImportState.READING:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "reporting/includes/import_progress.html", {"row": row})


@posted_or_shown
def import_heading(request: HttpRequest, pk: int) -> HttpResponse:
    row = writable(request, pk)
    form = HeadingForm(request.POST, plan_import=row)
    if not form.is_valid():
        return import_page(request, row, heading=form, status=422)
    try:
        set_heading(row, form.cleaned_data, by=request.user, lock_version=seen(request))
    except Stale as stale:
        form.add_error(None, str(stale))
        return import_page(request, import_for(request, pk), heading=form, status=409)
    except NotOpen as closed:
        messages.error(request, str(closed))
    else:
        messages.success(request, _("计划信息已保存。"))
    return redirect("reporting:plan_import", pk)


@posted_or_shown
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over which column is what, and read the file again with it."""
    row = writable(request, pk)
    signature = request.POST.get("signature", "")
    layout = next((one for one in layouts_of(row) if one["signature"] == signature), None)
    if layout is None:
        raise Http404
    roles = {}
    for column in layout["columns"]:
        chosen = request.POST.get(f"column-{column['index']}", column["role"])
        if chosen not in set(Role):
            raise Http404
        roles[column["index"]] = Role(chosen)
    if problem := _contradiction(roles):
        messages.error(request, problem)
        return redirect("reporting:plan_import", pk)
    try:
        choose_columns(row, signature, roles, by=request.user)
        read_again(row)
    except (NotOpen, Stopped):
        messages.error(request, str(NotOpen()))
        return redirect("reporting:plan_import", pk)
    if row.state == ImportState.READING:
        nudge()
    messages.success(request, _("已按新的栏目对应重新读取，以后同样表头的表格也这样读。"))
    return redirect("reporting:plan_import", pk)


def _contradiction(roles: dict[int, Role]) -> str:
    """What is wrong with a choice of columns, in words."""
    chosen = list(roles.values())
    if not {Role.TASK, Role.MEASURE} & set(chosen):
        return _("没有选出「工作任务」或「具体措施」所在的栏目，没有保存。")
    if not {Role.LEAD, Role.RESPONSIBLE, Role.COOPERATING} & set(chosen):
        return _("没有选出责任单位所在的栏目，没有保存。")
    for role in (Role.ID, Role.TASK, Role.NUMBER, Role.DUE):
        if chosen.count(role) > 1:
            return _("有两个栏目都选成了同一内容，每种内容只能有一栏，没有保存。")
    return ""


@posted_or_shown
def import_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the answers that were given on the page.

    With ``confirm`` also all that only wants looking at, with ``register`` all other unknown units as new members.
    """
    row = writable(request, pk)
    typed = typed_answers(request.POST)
    registry = Registry.of(row.conference)
    answers = {question: decision_of(fields, registry) for question, fields in typed.items()}
    if request.POST.get("action") == "refresh":
        return _look_again(request, row)
    if request.POST.get("action") == "confirm":
        waiting = Question.objects.filter(plan_import=row, is_blocking=False).open()
        waiting = waiting.exclude(kind__in=(AnswerKind.HEADING, AnswerKind.UNIT, AnswerKind.OBLIGATIONS))
        answers |= {
            question: {"do": "ok"} for question in waiting.values_list("pk", flat=True) if question not in answers
        }
    if request.POST.get("action") == "register":
        unknown = Question.objects.filter(plan_import=row, kind=AnswerKind.UNIT).open()
        new = {"do": "new", "member": True}
        answers = {question: new for question in unknown.values_list("pk", flat=True)} | answers
    if not answers:
        messages.warning(request, _("还没有选择任何答复。"))
        return redirect("reporting:plan_import", pk)
    try:
        row = answer_questions(row, answers, by=request.user, lock_version=seen(request))
    except Stale as stale:
        messages.error(request, str(stale))
        row = import_for(request, pk)
        return import_page(request, row, typed=typed, wrong=answered_meanwhile(row, typed), status=409)
    except BadAnswers as bad:
        messages.error(request, _("有 %(count)d 个答复需要更正，都没有保存。") % {"count": len(bad.messages)})
        return import_page(request, row, typed=typed, wrong=bad.messages, status=422)
    except NotOpen as closed:
        messages.error(request, str(closed))
        return redirect("reporting:plan_import", pk)
    messages.success(request, _("已保存 %(count)d 个答复。") % {"count": len(answers)})
    return redirect("reporting:plan_import", pk)


@require_POST
def import_reopen(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    row = writable(request, pk)
    asked = get_object_or_404(Question.objects.filter(plan_import=row), pk=question)
    try:
        reopen_question(row, asked, by=request.user)
    except NotOpen as closed:
        messages.error(request, str(closed))
    else:
        messages.success(request, _("已取消这个答复，请重新答复。"))
    return redirect("reporting:plan_import", pk)


@require_safe
def import_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The document as it would be published, with who answers for each clause in its margin."""
    row = import_for(request, pk)
    if row.state in (ImportState.READING, ImportState.FAILED):
        raise Http404
    proposal = Proposal.of(row)
    page = Paginator(proposal.plan.clauses, PREVIEWED).get_page(request.GET.get("page"))
    unresolved = {
        search_key(party.name)
        for clause in page.object_list
        for party in (*clause.lead, *clause.cooperating)
        if not party.group and proposal.names.resolve(party.name, party.as_written) is None
    }
    context = {
        "row": row,
        "trail": [
            {"label": _("导入计划"), "url": reverse("reporting:plan_imports")},
            {"label": str(row), "url": reverse("reporting:plan_import", args=[pk])},
        ],
        "clauses": document_of(page.object_list, unresolved, first=page.start_index()),
        "page": page,
    }
    return render(request, "reporting/import_preview.html", context)


def _look_again(request: HttpRequest, row: PlanImport) -> HttpResponse:
    """After units were registered: work out anew what is unknown."""
    try:
        look_again(row)
    except NotOpen as closed:
        messages.error(request, str(closed))
    else:
        messages.success(request, _("已按现在的单位登记重新对照。"))
    return redirect("reporting:plan_import", row.pk)


@require_POST
def import_publish(request: HttpRequest, pk: int) -> HttpResponse:
    row = writable(request, pk)
    try:
        # The page that was looked at is what is published: who has not seen the last answers looks again first.
        done = publish_plan(row, by=request.user, lock_version=seen(request))
    except BasisChanged as changed:
        # So that there is something new to look at, and it can be published then.
        try:
            look_again(row)
        except NotOpen as closed:
            messages.error(request, str(closed))
        else:
            messages.error(request, str(changed))
        return redirect("reporting:plan_import", pk)
    except (NotPublishable, OpenQuestions, UnresolvedNames, PlanNotStorable) as refused:
        messages.error(request, str(refused))
        return redirect("reporting:plan_import", pk)
    messages.success(
        request, _("已发布%(version)s，已通知 %(told)d 人。") % {"version": done.version, "told": done.told}
    )
    for one in done.adopted:
        messages.info(
            request,
            _(
                "%(year)d 年：承接 %(carried)d 条（改写待再看 %(reworded)d 条），终止 %(closed)d 条，新增 %(created)d 条；"
                "应报事项终止 %(duties_closed)d 项，新增 %(duties_created)d 项。"
            )
            % {
                "year": one.adoption.year.year,
                "carried": one.carried,
                "reworded": one.reworded,
                "closed": one.closed,
                "created": one.created,
                "duties_closed": one.duties_closed,
                "duties_created": one.duties_created,
            },
        )
    return redirect("reporting:plan_changes", done.version.pk)


@require_POST
def import_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    row = writable(request, pk)
    try:
        withdraw(row, by=request.user)
    except Stopped:
        messages.error(request, str(NotOpen()))
        return redirect("reporting:plan_import", pk)
    messages.success(request, _("已撤回这次导入，没有改动任何计划。"))
    return redirect("reporting:plan_imports")


@require_safe
def import_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as it was handed in."""
    row = import_for(request, pk)
    return download(_stored(row), row.file_name, "application/octet-stream")


@require_safe
def import_annotated(request: HttpRequest, pk: int) -> HttpResponse:
    """A copy of the workbook with the faulty cells marked, to mend and send again."""
    row = import_for(request, pk)
    if not row.faults or row.kind not in WORKBOOKS:
        raise Http404
    faults = [(fault["sheet"], fault["cell"], fault["message"]) for fault in row.faults]
    try:
        data = annotate(_stored(row), Kind(row.kind), faults)
    except Unreadable as error:
        messages.error(request, str(error))
        return redirect("reporting:plan_import", pk)
    stem = row.file_name.rpartition(".")[0] or row.file_name
    marked = _("已标注错误")
    return download(data, f"{stem}（{marked}）.xlsx")


def _stored(row: PlanImport) -> bytes:
    if not row.file:
        raise Http404
    try:
        with row.file.open("rb") as file:
            data: bytes = file.read()
    except FileNotFoundError:
        raise Http404 from None
    return data


@require_safe
def plan_template(request: HttpRequest) -> HttpResponse:
    """An empty workbook to fill in, with the conference's units to choose from."""
    conferences = conferences_of(request.user)
    access = access_of(request.user)
    if not (access.administers_all or access.administrator_of):
        raise Http404
    code = request.GET.get("conference", "")
    conference = get_object_or_404(conferences, code=code) if code else conferences.first()
    if conference is None:
        raise Http404
    name = _("责任分解表模板")
    return download(write_template(units=units_of(conference.pk, request.user)), f"{name}.xlsx")


def units_of(conference: int, user: Any) -> list[str]:
    """Names to choose from, as far as ``user`` may see them, in the list's order."""
    members = Membership.objects.filter(conference=conference).values("department")
    units = Department.objects.visible_to(user).filter(Q(conference=conference) | Q(pk__in=members))
    return list(dict.fromkeys(units.order_by("position", "pk").values_list("name", flat=True)))
