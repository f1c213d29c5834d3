"""What the account of whoever asks means for the request."""

from collections.abc import Callable

from axes.helpers import get_client_ip_address
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import ResolverMatch, reverse

from departments.services import current_address

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# What somebody with an initial password may reach, by the names of urls.py.
OPEN_PAGES = {"departments:password", "departments:logout", "departments:set_language", "departments:token"}


class PasswordChangeMiddleware:
    """Until an initial password is replaced, every page leads to the page that replaces it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        reset = current_address.set(get_client_ip_address(request))
        try:
            return self.get_response(request)
        finally:
            current_address.reset(reset)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        match: ResolverMatch | None = request.resolver_match
        if not request.user.is_authenticated or not request.user.must_change_password:
            return None
        if match is not None and match.view_name in OPEN_PAGES:
            return None
        address = reverse("departments:password")
        if "HX-Request" in request.headers:
            # A redirect would put the page into the middle of the one that asked.
            response = HttpResponse(status=403)
            response["HX-Redirect"] = address
            return response
        return redirect(address)
