"""All addresses. /healthz and /readyz are answered before the URLs are read (HealthMiddleware)."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("departments.urls")),
    path("", include("reporting.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "antitrafficking.views.bad_request"
handler403 = "antitrafficking.views.permission_denied"
handler404 = "antitrafficking.views.page_not_found"
handler500 = "antitrafficking.views.server_error"
