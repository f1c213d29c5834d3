"""Every address that changes something says which event it leaves: here is none that nobody thought of."""

from __future__ import annotations

from pathlib import Path

import pytest

from departments.models.events import Action
from tests import site
from tests.world import ROLES

TESTS = Path(__file__).resolve().parent

# Whose events are counted where the act is tested, because it needs more than a form: address → (file, action).
TESTED_ELSEWHERE = {
    "account_export": ("departments/test_account_data.py", "EXPORT_ACCOUNT"),
    "login": ("departments/test_account.py", "LOGIN"),
    "password": ("departments/test_account.py", "CHANGE_PASSWORD"),
    "conference_report": ("reporting/test_report_writing.py", "WRITE_REPORT"),
    "duty": ("reporting/test_entries.py", "SUBMIT"),
    "duty_attach": ("reporting/test_attachments.py", "ATTACH"),
    "first_lead": ("reporting/test_cooperation.py", "FIRST_LEAD"),
    "indicators_suggested": ("reporting/test_indicator_pages.py", "INDICATOR"),
    "ledger_job": ("reporting/test_jobs.py", "MAKE_FILE"),
    "meeting_attendance": ("reporting/test_meetings.py", "ATTENDANCE"),
    "meeting_edit": ("reporting/test_meetings.py", "MEETING"),
    "progress_confirm": ("reporting/test_second_look.py", "CONFIRM"),
    "plan_imports": ("measures/test_importing_receiving.py", "IMPORT"),
    "plan_lineage": ("reporting/test_publication.py", "ANSWER"),
    "plan_undo": ("reporting/test_publication.py", "UNDO"),
    "import_answer": ("measures/test_importing_answers.py", "ANSWER"),
    "import_columns": ("measures/test_importing_answers.py", "ANSWER"),
    "import_heading": ("measures/test_importing_answers.py", "ANSWER"),
    "import_lineage": ("measures/test_importing_lineage.py", "ANSWER"),
    "import_publish": ("measures/test_importing_answers.py", "PUBLISH"),
    "import_reopen": ("measures/test_importing_answers.py", "ANSWER"),
    "report_job": ("reporting/test_jobs.py", "MAKE_FILE"),
    "report_reopen": ("reporting/test_report_filing.py", "REOPEN"),
    "report_section": ("reporting/test_report_writing.py", "WRITE_REPORT"),
    "year_archive": ("reporting/test_jobs.py", "MAKE_FILE"),
    "year_close": ("reporting/test_closing.py", "CLOSE_YEAR"),
    "year_open": ("reporting/test_years_of_documents.py", "OPEN_YEAR"),
}
# What is kept while somebody types is in the event of its first word, and of its handing in; the rest is no state of
# the ledger: what one has read, in which language, that one has gone.
NO_EVENT_OF_ITS_OWN = {
    *("progress_autosave", "duty_autosave", "report_autosave", "report_section_autosave"),
    *("meeting_autosave", "circular_autosave"),
    *("inbox_read", "notice_read", "set_language", "logout"),
}


def posted() -> set[str]:
    """Every address that the permission table lists with POST, without its namespace."""
    cells = site.cells_of("TABLE", ROLES)
    listed = {name for name, rows in cells.items() if any(method == "POST" for _thing, method, _cells in rows)}
    return {name.partition(":")[2] for name in listed}


def test_every_address_that_changes_something_declares_its_events() -> None:
    declared = {act.page for act in site.ACTS} | set(TESTED_ELSEWHERE) | NO_EVENT_OF_ITS_OWN

    assert posted() - declared == set()


def test_nothing_is_declared_that_is_not_there() -> None:
    assert (set(TESTED_ELSEWHERE) | NO_EVENT_OF_ITS_OWN) - posted() == set()


@pytest.mark.parametrize("address", TESTED_ELSEWHERE)
def test_what_is_tested_elsewhere_is_tested_there(address: str) -> None:
    file, action = TESTED_ELSEWHERE[address]

    text = (TESTS / file).read_text(encoding="utf-8")

    assert f"Action.{action}" in text or f'"{Action[action].value}"' in text


def test_acts_leave_actions_that_there_are() -> None:
    assert {action for act in site.ACTS for action in act.actions} <= set(Action.values)
