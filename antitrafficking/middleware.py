"""What happens to every request: health, headers, and how long a session lives."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from antitrafficking import health, sessions, views

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Pages read this header of a 401: it carries the login page's address, and what was typed stays where it is.
LOGIN_HEADER = "X-Login-Required"


class HeadersMiddleware:
    """Headers for every answer, files and errors included. What a view has set itself stays."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        # Static files say how long they last; everything else is somebody's data.
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class HealthMiddleware:
    """Answer /healthz and /readyz before anything that could fail: host check, session, redirect to HTTPS."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info in health.PATHS:
            return health.PATHS[request.path_info](request)
        return self.get_response(request)


class NulMiddleware:
    """Refuse addresses and cookies that hold a NUL, before anything asks the database for what they say.

    PostgreSQL stores no NUL, and its driver answers one with an error. Fields of forms refuse it themselves.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if any("\x00" in text for text in (request.path_info, query, *request.COOKIES.values())) or "%00" in query:
            raise BadRequest("NUL")
        return self.get_response(request)


class MethodNotAllowedMiddleware:
    """Words for a browser that opened the address of a button; the status stays 405."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET":
            return views.method_not_allowed(request, response)
        return response


class SessionLimitsMiddleware:
    """End sessions that were idle or have lasted too long. Stands after MessageMiddleware, to say why."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            if sessions.has_expired(request):
                logout(request)
                messages.info(request, _("登录已超时，请重新登录。未保存的内容仍保留在原页面中。"))
            elif sessions.is_activity(request):
                sessions.note_activity(request)
        return self.get_response(request)


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Django's, and two things more.

    A request made by a script gets 401 instead of the login page, so that the script does not put that page
    into the middle of a form. After a POST that came too late, people return to the page they were on, because
    the address of the POST itself cannot be opened.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> HttpResponse:
        if "HX-Request" in request.headers or request.headers.get("Sec-Fetch-Dest") == "empty":
            response = HttpResponse(_("请重新登录。"), status=401, content_type="text/plain; charset=utf-8")
            response[LOGIN_HEADER] = resolve_url(settings.LOGIN_URL)
            return response
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        return redirect_to_login(page_before(request), resolve_url(settings.LOGIN_URL))


def page_before(request: HttpRequest) -> str:
    """The path of the page that this request came from, or the start page where that is not ours."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    parts = urlsplit(referer)
    return parts.path + (f"?{parts.query}" if parts.query else "")
