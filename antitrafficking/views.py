"""Pages for what went wrong. Each says what to do next; none says anything about the inside.

All are rendered without the request: who is logged in is a question to the database, which may be the trouble, and
a wrong Host header would be asked for again and fail again.
"""

import secrets

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse(render_to_string("400.html"), status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse(render_to_string("403.html"), status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse(render_to_string("404.html"), status=404)


def method_not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A page for whoever opened the address of a button: the same answer, with words and a way back."""
    page = HttpResponse(render_to_string("405.html"), status=405)
    page["Allow"] = response["Allow"]
    return page


def server_error(request: HttpRequest) -> HttpResponse:
    """Show a number that the log has beside the traceback (antitrafficking.logs)."""
    incident = new_incident()
    request.incident = incident  # type: ignore[attr-defined]
    response = HttpResponse(render_to_string("500.html", {"incident": incident}), status=500)
    response["X-Incident"] = incident
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old or not ours. The page says how to send it again without typing it again."""
    response = HttpResponse(render_to_string("403_csrf.html"), status=403)
    response["X-Csrf-Failure"] = "1"
    return response


def new_incident() -> str:
    """Short enough to be read over the telephone: 3F2A-91C0."""
    number = secrets.token_hex(4).upper()
    return f"{number[:4]}-{number[4:]}"
