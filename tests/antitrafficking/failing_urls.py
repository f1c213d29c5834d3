"""The product's addresses and one that fails; for tests of what people see then."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path

from antitrafficking.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

SECRET = "the-inside-of-the-product"


@login_not_required
def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(SECRET)


@login_not_required
def refuse(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied(SECRET)


@login_not_required
def suspect(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation(SECRET)


urlpatterns = [path("fail/", fail), path("refuse/", refuse), path("suspect/", suspect), *urlpatterns]
