"""The unit's own page of an entry: what it may do with it now, what it was told, and how it got there."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import User
from measures.enums import ObligationKind, ResponsibilityRole
from reporting.enums import EntryState
from reporting.lights import days_left_text, late_text, light_of
from reporting.models import Duty, Progress
from reporting.pages.clauses import anchor_of, last_year_of, parties_of, second_look_of
from reporting.pages.completeness import completeness_of
from reporting.pages.cooperation import asked_of, partners_of, summary_of
from reporting.pages.extensions import extension_of
from reporting.pages.figures import figures_beside
from reporting.pages.meetings import room_of
from reporting.pages.rows import entry_text, files_of, trail_rows
from reporting.pages.thread import events_of, rounds_of, unanswered
from reporting.permissions import can_acknowledge, can_confirm, can_write, heads
from reporting.services.entries import writable_years
from reporting.services.signing import Signature, signature_of


def shared_context(entry: Progress | Duty, user: User, due_on: date | None) -> dict[str, Any]:
    """What the pages of all entries show to the unit itself: state, notes to answer, thread, trail, files.

    Whoever writes a page of their own for a kind of duty (the annual report) takes this as well.
    """
    # A closed year is for reading: its rows keep their states, and their forms and buttons go.
    is_over = not type(entry)._default_manager.filter(writable_years(entry), pk=entry.pk).exists()
    writing = entry.is_editable and can_write(user, entry) and not is_over
    events = events_of(entry)
    signature = signature_of(entry) if writing else Signature()
    saved_text = ""
    if entry.updated_at:
        saved_text = _("%(who)s 保存于 %(at)s") % {
            "who": entry.updated_by or "",
            "at": timezone.localtime(entry.updated_at).strftime("%Y-%m-%d %H:%M"),
        }
    return {
        # Where this page can be opened again, also when it answers a refused upload.
        "page_url": reverse(f"reporting:{entry._meta.model_name}", args=[entry.pk]),
        "trail": _trail(entry),
        # What nobody can answer any more is history, and stands in the rounds.
        "notes": [] if is_over else unanswered(entry, events, inside=True),
        "can_submit": writing,
        "is_over": is_over,
        "signature": signature,
        "late_text": late_text(entry.first_submitted_at, due_on),
        # What handing in now would mean, said before it is done.
        "late_warning": late_warning(due_on, timezone.localdate()) if writing and not entry.first_submitted_at else "",
        "saved_text": saved_text,
        "locked": _("本年度已关闭归档，只供查阅。") if is_over else locked_text(entry),
        "sign_url": "" if is_over else sign_url(entry, user),
        "withdraw_url": "" if is_over else _withdraw_url(entry, user),
        "attachments": files_of(entry, can_delete=writing),
        "upload_url": reverse(f"reporting:{entry._meta.model_name}_attach", args=[entry.pk]),
        "rounds": rounds_of(entry, events, due_on, inside=True),
        "events": trail_rows(events),
    }


def progress_context(entry: Progress, user: User, today: date) -> dict[str, Any]:
    """The clause with its units, last year's words, and what the other units have written."""
    parties = parties_of(entry.clause, entry.year, user, today)
    own = next((party for party in parties if party["department"] == entry.department_id), None)
    due_on = own["due_on"] if own else None
    shared = shared_context(entry, user, due_on)
    writing = shared["can_submit"]
    partners = partners_of(entry, parties, user, today, may_quote=writing)
    leads = entry.role == ResponsibilityRole.LEAD
    plan = entry.clause.version.plan
    return shared | {
        "clause": entry.clause,
        "year": entry.year,
        "unit": entry.department,
        "role_text": own["role_text"] if own else entry.get_role_display(),
        "light": own["light"] if own else light_of(entry.state, due_on, today, is_over=shared["is_over"]),
        "due": {"text": days_left_text(due_on, today)}
        if due_on and not _has_left(entry) and not shared["is_over"]
        else None,
        "parties": parties,
        "entry": None if writing or entry.state == EntryState.OPEN else entry_text(entry),
        "last_year": last_year_of(entry, user),
        "beside": figures_beside(entry, user),
        "is_known": entry.state == EntryState.OPEN,
        "must_report": plan.cooperating_must_report,
        "known_text": _known_text(entry),
        "second_look": second_look_of(entry) if entry.needs_second_look else None,
        "confirm_url": reverse("reporting:progress_confirm", args=[entry.pk])
        if can_confirm(user, entry) and not shared["is_over"]
        else "",
        "acknowledge_url": reverse("reporting:progress_acknowledge", args=[entry.pk])
        if can_acknowledge(user, entry) and not shared["is_over"]
        else "",
        "partners": [partner | {"request": _settled(partner["request"])} for partner in partners]
        if shared["is_over"]
        else partners,
        "partners_text": summary_of(partners) if leads else "",
        "ask_url": reverse("reporting:progress_ask", args=[entry.pk])
        if any(partner["can_be_asked"] for partner in partners) and not shared["is_over"]
        else "",
        "asked": asked_of(user, entry.year, today, entry=entry) if not leads else [],
        "autosave_url": reverse("reporting:progress_autosave", args=[entry.pk]),
    }


def duty_context(entry: Duty, user: User, today: date) -> dict[str, Any]:
    """What is owed, to whom, by when and by which words of the plan."""
    shared = shared_context(entry, user, entry.due_on)
    clause = entry.obligation.clause
    completeness = completeness_of(entry, user) if entry.kind == ObligationKind.ANNUAL_REPORT else None
    return shared | {
        "duty": entry,
        "unit": entry.owner,
        "light": light_of(entry.state, entry.due_on, today, is_over=shared["is_over"]),
        "days_left_text": "" if _has_left(entry) or shared["is_over"] else days_left_text(entry.due_on, today),
        "extension": extension_of(entry, user, today),
        "basis": {
            "path": clause.spoken_path,
            "text": entry.obligation.text,
            "url": reverse("reporting:clause", args=[clause.version_id, clause.path]),
        },
        "completeness": completeness,
        "completeness_warning": completeness_warning(completeness) if shared["can_submit"] else "",
        # Where the conference meets the duty by what it does there.
        "room": room_of(entry),
        "autosave_url": reverse("reporting:duty_autosave", args=[entry.pk]),
    }


def _settled(request: dict[str, Any] | None) -> dict[str, Any] | None:
    """A request for material in a year that is over: nobody cancels it any more."""
    return request | {"cancel_url": ""} if request else request


def _known_text(entry: Progress) -> str:
    if entry.role != ResponsibilityRole.COOPERATING or entry.acknowledged_at is None:
        return ""
    at = timezone.localtime(entry.acknowledged_at).strftime("%Y-%m-%d %H:%M")
    return _("%(who)s 于 %(at)s 确认知悉") % {"who": entry.acknowledged_by or "", "at": at}


def completeness_warning(completeness: dict[str, Any] | None) -> str:
    """What a report would lack if it were filed now; empty where nothing is owed any more."""
    missing = completeness["sums"]["open"] + completeness["sums"]["returned"] if completeness else 0
    if not missing:
        return ""
    return _("还有%(count)d条措施没有提交；可以先报送，但汇总时会缺这些内容。") % {"count": missing}


def late_warning(due_on: date | None, today: date) -> str:
    """That what is handed in today is late, and by how much; empty while it is in time."""
    if due_on is None or today <= due_on:
        return ""
    return _("时限已过，现在报送将按逾期%(days)d天登记。") % {"days": (today - due_on).days}


def handed_in_text(entry: Progress | Duty, due_on: date | None) -> tuple[str, bool]:
    """What to answer to who has just handed in: where it is now, and whether it counts as late (second value).

    A deadline that passed while the form was open is said here: the filing is taken all the same.
    """
    if entry.state == EntryState.TO_SIGN:
        past = late_warning(due_on, timezone.localdate())
        return " ".join(filter(None, [_("已送负责人签批；签批后才算报送。"), past])), bool(past)
    late = late_text(entry.first_submitted_at, due_on)
    if not late or due_on is None:
        return _("已提交，等待审核。"), False
    return _("已提交，等待审核。时限为%(day)s，本次按%(late)s登记。") % {
        "day": due_on.strftime("%Y-%m-%d"),
        "late": late,
    }, True


def locked_text(entry: Progress | Duty) -> str:
    """Why the entry cannot be written now; empty where its state admits it."""
    match entry.state:
        case EntryState.TO_SIGN:
            return _("已送本单位负责人签批，签批后自动报送反拐办；签批前可以撤回修改。")
        case EntryState.SUBMITTED:
            return _("已提交，等待反拐办审核；审核前可以撤回修改。")
        case EntryState.ACCEPTED:
            return _("反拐办已审核通过，不能再修改。")
        case EntryState.CLOSED:
            return _("计划的新版本不再要求这一条，已终止；已填写的内容保留备查。")
    return ""


def sign_url(entry: Progress | Duty, user: User) -> str:
    """Where the head finds what waits for the signature; empty for others, and where nothing waits."""
    if entry.state != EntryState.TO_SIGN or entry.department is None or not heads(user, entry):
        return ""
    page = reverse("reporting:to_sign", args=[entry.year, entry.department.code])
    return f"{page}#{entry._meta.model_name}-{entry.pk}"


def _has_left(entry: Progress | Duty) -> bool:
    """Nothing is to be done by a deadline any more."""
    return entry.state in (*EntryState.shared(), EntryState.CLOSED)


def _withdraw_url(entry: Progress | Duty, user: User) -> str:
    if entry.state not in (EntryState.SUBMITTED, EntryState.TO_SIGN) or not can_write(user, entry):
        return ""
    return reverse(f"reporting:{entry._meta.model_name}_withdraw", args=[entry.pk])


def _trail(entry: Progress | Duty) -> list[dict[str, str]]:
    trail = [{"label": _("我的工作"), "url": reverse("reporting:work_year", args=[entry.year])}]
    if isinstance(entry, Progress):
        clause = entry.clause
        url = f"{reverse('reporting:plan', args=[clause.version_id])}#{anchor_of(clause)}"
        trail.append({"label": clause.version.plan.title, "url": url})
    return trail
