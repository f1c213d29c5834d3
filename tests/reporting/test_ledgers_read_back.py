"""A ledger that an import reads back: the plan as it was, and the sheet of progress as it stands."""

from io import BytesIO

import openpyxl
import pytest

from departments.enums import Role
from departments.models import Posting
from measures.importing.plans import plan_of_version
from measures.models import PlanVersion
from measures.sheets import read_table
from measures.sources import read_source
from measures.sources.workbook import read_workbook
from reporting.enums import EntryState, ImplementationStatus
from reporting.ledgers.making import ledger_file
from reporting.ledgers.parts import Part, as_office
from reporting.ledgers.workbook import ROWS_SHEET
from reporting.models import Duty, Progress, Year
from reporting.services.years import open_year
from tests.admin_pages import logged_in
from tests.exchange import counts, exported, preview, rows_of
from tests.factories import PostingFactory, UserFactory

DOCUMENTS = ("000_", "001_", "002_", "003_", "004_")
TEXT = "=开展宣传，第\n二行；-1+1"


def as_data(plan):
    """All of a plan but what belongs to the file that it was read from."""
    data = plan.as_dict()
    del data["questions"]
    for clause in data["clauses"]:
        del clause["start"], clause["end"]
    return data


def ledger_of(version):
    year = Year.objects.create(conference=version.conference, year=version.plan.starts_year + 1, version=version)
    return ledger_file(year, Part(), as_office(version.conference)).content


@pytest.mark.parametrize("document", DOCUMENTS)
def test_an_import_reads_a_ledger_back_as_the_same_plan(document, documents):
    version = PlanVersion.objects.select_related("plan", "conference").get(source_name__startswith=document)

    table = read_table(read_workbook(ledger_of(version)).sheets)

    assert table.faults == []
    assert as_data(table.plan) == as_data(plan_of_version(version))
    # One of them was printed without its number, and whoever imports it is asked for that, as of any file.
    without_number = [] if version.document_number else ["no_document_number"]
    assert [question.code for question in table.plan.questions] == without_number


def test_the_reader_of_uploads_takes_it(documents):
    version = PlanVersion.objects.select_related("plan", "conference").get(source_name__startswith="002_")

    source = read_source(ledger_of(version), name="台账.xlsx")

    assert read_table(source.sheets).faults == []


@pytest.fixture
def year(city):
    year = open_year(city, 2026).year
    author = UserFactory()
    for number, entry in enumerate(Progress.objects.order_by("pk")):
        if state := ("submitted", "accepted", "draft", "")[number % 4]:
            entry.state, entry.updated_by = EntryState(state), author
            entry.work_done, entry.problems, entry.next_steps = f"{TEXT}{number}", "人手不足。", "增加人手。"
            entry.status = ImplementationStatus.DIFFICULT
            entry.save()
    return year


def sheet_of_units(year):
    """The second sheet of the ledger in a workbook of its own, as somebody keeps it to hand it in."""
    book = openpyxl.load_workbook(BytesIO(ledger_file(year, Part(), as_office(year.conference)).content))
    for name in book.sheetnames:
        if name != ROWS_SHEET:
            del book[name]
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_the_sheet_of_units_is_what_the_administration_exports(year):
    auditor = logged_in(PostingFactory(auditor=True, conference=year.conference).user)

    ours, theirs = rows_of(sheet_of_units(year)), rows_of(exported(auditor, Year, "xlsx"))

    assert ours[0] == theirs[0]
    assert sorted(ours) == sorted(theirs)
    assert len(ours) == 1 + Progress.objects.count()


def test_the_sheet_of_units_changes_nothing_when_it_is_imported(year):
    person = PostingFactory(administrator=True, conference=year.conference).user
    Posting.objects.create(user=person, conference=year.conference, role=Role.OFFICE_STAFF)

    found = preview(logged_in(person), Year, sheet_of_units(year), "台账.xlsx")

    assert (found.get("faults"), counts(found)) == ([], (0, 0, Progress.objects.count()))
    assert Duty.objects.exists()
