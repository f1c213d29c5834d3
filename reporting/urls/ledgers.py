"""The responsibility ledger and other files that a worker makes."""

from django.urls import URLPattern, path

from reporting.views import jobs, ledgers

urlpatterns: list[URLPattern] = [
    path("board/<slug:code>/<int:year>/ledger/", ledgers.ledger, name="ledger"),
    path("board/<slug:code>/<int:year>/ledger.xlsx", ledgers.ledger_xlsx, name="ledger_xlsx"),
    path("board/<slug:code>/<int:year>/ledger/job/", ledgers.ledger_job, name="ledger_job"),
    path("board/<slug:code>/<int:year>/ledger/print/", ledgers.ledger_print, name="ledger_print"),
    path("work/<int:year>/<str:unit_code>/ledger.xlsx", ledgers.unit_ledger, name="unit_ledger"),
    path("jobs/<uuid:key>/", jobs.job, name="job"),
    path("jobs/<uuid:key>/progress/", jobs.job_progress, name="job_progress"),
    path("jobs/<uuid:key>/file/", jobs.job_file, name="job_file"),
    path("jobs/<uuid:key>/cancel/", jobs.job_cancel, name="job_cancel"),
]
