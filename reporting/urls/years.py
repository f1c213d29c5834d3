"""Opening, closing and archiving a year."""

from django.urls import URLPattern, path

from reporting.views import years

urlpatterns: list[URLPattern] = [
    path("board/<slug:code>/<int:year>/year/", years.year, name="year"),
    path("board/<slug:code>/<int:year>/open/", years.year_open, name="year_open"),
    path("board/<slug:code>/<int:year>/close/", years.year_close, name="year_close"),
    path("board/<slug:code>/<int:year>/reopen/", years.year_reopen, name="year_reopen"),
    path("board/<slug:code>/<int:year>/archive/", years.year_archive, name="year_archive"),
]
