"""Where somebody who has just signed in belongs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from departments.access import access_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The unit's people to their work, the office to its board, administrators and auditors to the admin."""
    access = access_of(request.user)
    if access.departments:
        return redirect("reporting:work")
    if access.office_of:
        return redirect("reporting:board_home")
    if access.auditor_of:
        return redirect("reporting:events")
    if access.may_enter_admin:
        return redirect("admin:index")
    return redirect("departments:account")
