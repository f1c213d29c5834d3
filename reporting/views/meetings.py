"""会议: the office plans, registers, minutes and files; the members read when one is held and what was decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from measures.enums import ObligationKind
from reporting.enums import MeetingState, YearState
from reporting.forms.meetings import AttendanceForm, MeetingForm, MinutesForm
from reporting.forms.papers import ReasonForm
from reporting.models import Attendance, Duty, Meeting
from reporting.office_permissions import can_prepare
from reporting.pages.meetings import (
    attendance_rows,
    attendance_text,
    cancel_reason_of,
    duty_notes,
    light_of_meeting,
    meeting_row,
)
from reporting.pages.over import over_text
from reporting.pages.papers import acts_on, differences, frame, kept_of, list_frame, reader_frame
from reporting.pages.typed import kept_in, words_of
from reporting.paper_documents import minutes_document
from reporting.permissions import can_see_board
from reporting.services.meetings import (
    Particulars,
    cancel_meeting,
    change_particulars,
    file_minutes,
    plan_meeting,
    refuse_unless_planned,
    register_attendance,
    write_minutes,
)
from reporting.services.refusals import NotReady, Overtaken, WrongState
from reporting.views.office_year import year_for
from reporting.views.outcomes import say_refused, why_locked
from reporting.views.papers import again, first_error, kept, plain, print_page, word_file


@require_http_methods(["GET", "HEAD", "POST"])
def meetings(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The year's meetings, the duties that they meet, and the form to plan another one."""
    opened = year_for(request, code, year)
    conference, today = opened.conference, timezone.localdate()
    may_write = can_prepare(request.user, conference.pk)
    form, status = MeetingForm(year=year), 200
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        form = MeetingForm(request.POST, year=year)
        status = 422
        if form.is_valid():
            try:
                meeting = plan_meeting(conference, year, particulars=form.particulars(), by=request.user)
            except WrongState as wrong:
                form.add_error(None, str(wrong))
                status = 409
            else:
                messages.success(request, _("会议已登记。"))
                return redirect("reporting:meeting", meeting.pk)
    rows = Meeting.objects.visible_to(request.user).filter(conference=conference, year=year)
    owed = Duty.objects.visible_to(request.user).in_force()
    owed = owed.filter(obliged_conference=conference, year=year, kind=ObligationKind.MEETING)
    context = list_frame(conference, year, "meetings") | {
        "rows": [meeting_row(row, today) for row in rows.order_by("-held_on", "-pk")],
        "duties": duty_notes(owed, today),
        "form": form if may_write and (form.is_bound or opened.state == YearState.OPEN) else None,
    }
    return render(request, "reporting/meetings.html", context, status=status)


def meeting_for(request: HttpRequest, pk: int) -> Meeting:
    rows = Meeting.objects.visible_to(request.user).select_related("conference", "updated_by", "filed_by", "duty")
    return get_object_or_404(rows, pk=pk)


def _written_by(request: HttpRequest, pk: int) -> Meeting:
    """The meeting, for those who may write it."""
    meeting = meeting_for(request, pk)
    if not can_prepare(request.user, meeting.conference_id):
        raise PermissionDenied
    return meeting


@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """All of a meeting; a POST writes the minutes, and files them when that button was pressed."""
    if request.method != "POST":
        return _page(request, meeting_for(request, pk))
    row = _written_by(request, pk)
    form = MinutesForm(request.POST)
    if not form.is_valid():
        return _page(request, row, minutes=form, status=422)
    typed = form.cleaned_data["minutes"]
    filing = request.POST.get("action") == "file"
    try:
        version = write_minutes(row, minutes=typed, lock_version=form.cleaned_data["lock_version"], by=request.user)
        met = file_minutes(row, lock_version=version, by=request.user) if filing else []
    except Overtaken as overtaken:
        pairs = [(form.fields["minutes"].label, overtaken.current.minutes, typed)]
        form = again(form, lock_version=overtaken.current.lock_version)
        return _page(request, row, minutes=form, conflict=differences(overtaken.current, pairs), status=409)
    except NotReady as missing:
        row.refresh_from_db()
        form = again(form, lock_version=row.lock_version)
        form.is_valid()
        form.add_error(None, str(missing))
        return _page(request, row, minutes=form, status=422)
    except WrongState as wrong:
        row.refresh_from_db()
        return _page(request, row, minutes=form, locked=str(wrong), status=409)
    if met:
        messages.success(request, _("纪要已归档，「%(title)s」已办结。") % {"title": met[0].title})
    else:
        messages.success(request, _("纪要已归档。") if filing else _("已保存。"))
    return redirect("reporting:meeting", pk)


@require_POST
def meeting_autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the minutes while they are typed. 204 with X-Lock-Version; 409 when overtaken; 422 with the reason."""
    row = _written_by(request, pk)
    form = MinutesForm(request.POST)
    if not form.is_valid():
        return plain(first_error(form), 422)
    given = form.cleaned_data
    try:
        return kept(write_minutes(row, minutes=given["minutes"], lock_version=given["lock_version"], by=request.user))
    except (Overtaken, WrongState) as refused:
        return plain(str(refused), 409)


def _seats(request: HttpRequest, meeting: Meeting) -> list[Attendance]:
    rows = Attendance.objects.visible_to(request.user).filter(meeting=meeting)
    return list(rows.select_related("department").order_by("department__position", "pk"))


@require_POST
def meeting_attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Register who came, by the button or by autosave, which reads the same answers as for the minutes."""
    row = _written_by(request, pk)
    by_itself = "HX-Request" in request.headers
    form = AttendanceForm(row, _seats(request, row), request.POST)
    if not form.is_valid():
        return plain(_("出席情况有误，未保存。"), 422) if by_itself else _page(request, row, seats=form, status=422)
    try:
        version = register_attendance(
            row, rows=form.inputs(), lock_version=form.cleaned_data["lock_version"], by=request.user
        )
    except (Overtaken, WrongState) as refused:
        if by_itself:
            return plain(str(refused), 409)
        return _attendance_refused(request, row, form, refused)
    if by_itself:
        return kept(version)
    messages.success(request, _("出席情况已保存。"))
    return redirect("reporting:meeting", pk)


def _attendance_refused(request: HttpRequest, meeting: Meeting, form: AttendanceForm, refused: Any) -> HttpResponse:
    """Both registrations side by side, or what was chosen, to be copied."""
    now = {row.pk: row for row in _seats(request, meeting)}
    meeting.refresh_from_db()
    if isinstance(refused, WrongState):
        return _page(request, meeting, seats=form, locked=str(refused), status=409)
    chosen = [(now.get(seat.row.pk, seat.row), _in_words(seat)) for seat in form.seats]
    # Nobody notes who has registered which row.
    conflict = differences(
        None, [(row.department, _said(row.get_kind_display(), row.note), mine) for row, mine in chosen]
    )
    form = AttendanceForm(meeting, list(now.values()), form.data)
    return _page(
        request, meeting, seats=again(form, lock_version=meeting.attendance_version), conflict=conflict, status=409
    )


def _kept_seats(form: AttendanceForm | None) -> list[dict[str, Any]]:
    """What was chosen and typed for each unit, right or wrong."""
    seats = form.seats if form is not None else []
    return kept_of((str(seat.row.department), _said(words_of(seat["kind"]), words_of(seat["note"]))) for seat in seats)


def _in_words(seat: Any) -> str:
    given = seat.cleaned_data
    return _said(dict(seat.fields["kind"].choices)[given["kind"]], given["note"])


def _said(kind: Any, note: str) -> str:
    return f"{kind} {note}".strip()


def _page(
    request: HttpRequest,
    meeting: Meeting,
    *,
    minutes: MinutesForm | None = None,
    seats: AttendanceForm | None = None,
    conflict: Any = None,
    arranging: MeetingForm | None = None,
    locked: str = "",
    cancelling: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    today, conference = timezone.localdate(), meeting.conference
    oversees = can_see_board(request.user, conference.pk)
    reads = oversees or meeting.state == MeetingState.FILED
    over = over_text(conference.pk, meeting.year)
    writing = meeting.state == MeetingState.PLANNED and not over and can_prepare(request.user, conference.pk)
    rows = _seats(request, meeting) if reads else []
    kept_texts: list[dict[str, Any]] = []
    if not writing and any(form is not None for form in (minutes, seats, cancelling, arranging)):
        # Filed, cancelled or the year closed since the page was opened: whatever else is wrong with what was sent.
        kept_texts, status = [*kept_in(minutes, cancelling, arranging), *_kept_seats(seats)], 409
        locked = locked or why_locked(refuse_unless_planned, meeting) or over
    around = frame(conference, meeting.year, "meetings") if oversees else reader_frame(conference, meeting.year)
    context = around | {
        "page_url": reverse("reporting:meeting", args=[meeting.pk]),
        "meeting": meeting,
        "light": light_of_meeting(meeting, today),
        "minutes_form": (minutes or MinutesForm.of(meeting)) if writing else None,
        "attendance_form": (seats or AttendanceForm(meeting, rows)) if writing else None,
        "minutes_text": meeting.minutes if reads and not writing else "",
        "attendance": attendance_rows(rows) if not writing else [],
        "attendance_text": attendance_text(rows),
        "may_file": writing and meeting.held_on <= today,
        "cancelling": (cancelling or ReasonForm()) if writing else None,
        "cancel_reason": cancel_reason_of(meeting),
        "conflict": conflict,
        "kept": kept_texts,
        "locked": locked or (over if oversees and meeting.state == MeetingState.PLANNED else ""),
        "filed": {"by": meeting.filed_by, "at": meeting.filed_at} if meeting.filed_at else None,
        "met": meeting.duty if oversees else None,
        "saved_text": _saved_text(meeting) if writing else "",
        "edit_url": reverse("reporting:meeting_edit", args=[meeting.pk]) if writing else "",
        "word_url": reverse("reporting:meeting_word", args=[meeting.pk]) if reads and meeting.minutes else "",
        "print_url": reverse("reporting:meeting_print", args=[meeting.pk]) if reads and meeting.minutes else "",
        "events": acts_on(meeting) if oversees else [],
    }
    return render(request, "reporting/meeting.html", context, status=status)


def _saved_text(meeting: Meeting) -> str:
    if not meeting.updated_at:
        return ""
    at = timezone.localtime(meeting.updated_at).strftime("%Y-%m-%d %H:%M")
    return _("%(who)s 保存于 %(at)s") % {"who": meeting.updated_by or "", "at": at}


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the meeting is, when and where; on another day other members come."""
    row = _written_by(request, pk)
    over = over_text(row.conference_id, row.year)
    if request.method != "POST":
        if row.state != MeetingState.PLANNED:
            raise Http404
        if over:
            messages.info(request, over)
            return redirect("reporting:meeting", pk)
        return _edit_page(request, row, MeetingForm.of(row))
    form = MeetingForm(request.POST, year=row.year)
    if row.state != MeetingState.PLANNED or over:
        return _page(request, row, arranging=form)
    if not form.is_valid():
        return _edit_page(request, row, form, status=422)
    typed = form.particulars()
    try:
        change_particulars(row, particulars=typed, seen=form.cleaned_data["seen"], by=request.user)
    except Overtaken as overtaken:
        now = Particulars.of(overtaken.current)
        pairs = [(field.label, getattr(now, field.name), getattr(typed, field.name)) for field in form.visible_fields()]
        form = again(form, seen=now.seal)
        return _edit_page(request, row, form, conflict=differences(overtaken.current, pairs), status=409)
    except WrongState as wrong:
        return _page(request, meeting_for(request, pk), arranging=form, locked=str(wrong), status=409)
    messages.success(request, _("会议安排已修改。"))
    return redirect("reporting:meeting", pk)


def _edit_page(
    request: HttpRequest, meeting: Meeting, form: MeetingForm, *, conflict: Any = None, status: int = 200
) -> HttpResponse:
    context = frame(meeting.conference, meeting.year, "meetings")
    context["trail"].append({"label": meeting.title, "url": reverse("reporting:meeting", args=[meeting.pk])})
    context |= {"form": form, "conflict": conflict}
    return render(request, "reporting/meeting_edit.html", context, status=status)


@require_POST
def meeting_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    row = _written_by(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, row, cancelling=form, status=422)
    try:
        cancel_meeting(row, reason=form.cleaned_data["reason"], by=request.user)
    except WrongState as wrong:
        say_refused(request, wrong, form.cleaned_data["reason"])
    else:
        messages.success(request, _("会议已取消。"))
    return redirect("reporting:meeting", pk)


def _readable(request: HttpRequest, pk: int) -> Meeting:
    """The meeting whose minutes the person may read, once there are any."""
    rows = Meeting.objects.readable_by(request.user).exclude(minutes="")
    return get_object_or_404(rows.select_related("conference"), pk=pk)


@require_safe
def meeting_word(request: HttpRequest, pk: int) -> HttpResponse:
    row = _readable(request, pk)
    return word_file(minutes_document(row, _seats(request, row)), row.title)


@require_safe
def meeting_print(request: HttpRequest, pk: int) -> HttpResponse:
    row = _readable(request, pk)
    return print_page(
        request,
        minutes_document(row, _seats(request, row)),
        back=reverse("reporting:meeting", args=[pk]),
        word=reverse("reporting:meeting_word", args=[pk]),
    )
