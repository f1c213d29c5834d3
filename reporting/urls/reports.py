"""Annual and consolidated reports: writing, filing, receipts, Word files; the districts' reports."""

from django.urls import URLPattern, path

from reporting.views import districts, filings, report_acts, reports

urlpatterns: list[URLPattern] = [
    path("board/<slug:code>/<int:year>/report/", reports.conference_report, name="conference_report"),
    path("board/<slug:code>/<int:year>/districts/", districts.districts, name="districts"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/autosave/", reports.report_autosave, name="report_autosave"),
    path("reports/<int:pk>/sections/<int:section>/", reports.report_section, name="report_section"),
    path(
        "reports/<int:pk>/sections/<int:section>/autosave/",
        reports.report_section_autosave,
        name="report_section_autosave",
    ),
    path("reports/<int:pk>/compile/", report_acts.report_compile, name="report_compile"),
    path("reports/<int:pk>/restore/", report_acts.report_restore, name="report_restore"),
    path("reports/<int:pk>/preview/", report_acts.report_preview, name="report_preview"),
    path("reports/<int:pk>/word/", report_acts.report_word, name="report_word"),
    path("reports/<int:pk>/job/", report_acts.report_job, name="report_job"),
    path("reports/<int:pk>/file/", report_acts.report_file, name="report_file"),
    path("reports/<int:pk>/reopen/", report_acts.report_reopen, name="report_reopen"),
    path("filings/<int:pk>/", filings.filing, name="filing"),
    path("filings/<int:pk>/word/", filings.filing_word, name="filing_word"),
    path("filings/<int:pk>/receipt/", filings.filing_receipt, name="filing_receipt"),
]
