"""Where a request came from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The address of the browser, or None where it cannot be known.

    Each of our own proxies appends to X-Forwarded-For whom it answered; what stands before that was sent by the
    browser and may be invented, so it is counted from the right.
    """
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if 0 < settings.PROXY_COUNT <= len(forwarded):
        address = forwarded[-settings.PROXY_COUNT]
    try:
        return str(ip_address(address))
    except ValueError:
        return None
