"""Addresses of the year, one module for each area of the pages."""

from reporting.urls import (
    assessments,
    cooperation,
    core,
    extensions,
    figures,
    handovers,
    ledgers,
    meetings,
    reports,
    years,
)

app_name = "reporting"

urlpatterns = [
    *core.urlpatterns,
    *cooperation.urlpatterns,
    *figures.urlpatterns,
    *reports.urlpatterns,
    *ledgers.urlpatterns,
    *extensions.urlpatterns,
    *meetings.urlpatterns,
    *assessments.urlpatterns,
    *years.urlpatterns,
    *handovers.urlpatterns,
]
