"""The pages of assessments: criteria, marks, sorting, files, and who sees whose result."""

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from departments.enums import Role
from departments.models import Posting
from measures.enums import ObligationKind
from reporting.enums import AssessmentState, CriterionKind, Finding, YearState
from reporting.facts import Facts
from reporting.models import Assessment, AssessmentResult, Criterion, Year
from reporting.paper_documents import assessment_document
from reporting.services.assessment_results import seal_of
from reporting.services.assessments import mark
from tests.papers_rows import AssessmentFactory, AssessmentResultFactory, Office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_december(clock):
    clock("2026-12-20 10:00")


@pytest.fixture
def office():
    return Office(2026)


@pytest.fixture
def assessment(office):
    return AssessmentFactory(conference=office.city, year=2026, title="2026年度评估")


@pytest.fixture
def results(office, assessment):
    """Of both units and the district, with different facts."""
    first, second = (
        AssessmentResultFactory(assessment=assessment, department=unit, facts=facts.to_json())
        for unit, facts in zip(
            office.units, (Facts(duties_owed=2, duties_late=1, returns=3), Facts(duties_owed=4)), strict=True
        )
    )
    district = AssessmentResultFactory(
        assessment=assessment,
        of_district=True,
        assessed_conference=office.district,
        facts=Facts(duties_owed=2, meetings_owed=1).to_json(),
    )
    return first, second, district


def page_of(assessment):
    return reverse("reporting:assessment", args=[assessment.pk])


def result_page(result):
    return reverse("reporting:assessment_result", args=[result.pk])


def settings(assessment, *, points=None, **changes):
    """What the form of title, summary and criteria sends; with points only where they are shown."""
    data = {"lock_version": assessment.lock_version, "title": assessment.title, "summary": ""}
    for kind in CriterionKind.values:
        data[f"{kind}-is_used"] = "on"
        if points is not None:
            data |= {f"{kind}-points": points, f"{kind}-deduction": "1"}
    return data | changes


# --- Beginning ----------------------------------------------------------------------------------------------------


def begin(client, office, **data):
    return client.post(reverse("reporting:assessments", args=[office.city.code, 2026]), data)


def test_office_begins_the_years_assessment_once(client, office):
    client.force_login(office.staff)

    first, second = begin(client, office, kind="stage"), begin(client, office, kind="stage")

    assert (first.status_code, second.status_code) == (302, 409)
    row = Assessment.objects.get()
    assert row.title == f"{office.city.name}关于2026年度反拐工作阶段性评估情况的报告"
    assert row.results.count() == 2


def test_final_assessment_before_the_end_of_the_plan_asks_again(client, office):
    client.force_login(office.staff)

    first = begin(client, office, kind="final")
    assert first.status_code == 422
    assert first.context["form"].errors.keys() == {"is_certain"}
    assert begin(client, office, kind="final", is_certain="on").status_code == 302
    row = Assessment.objects.get()
    assert (row.starts_year, row.year) == (office.version.plan.starts_year, 2026)


def test_final_assessment_is_not_asked_about_where_the_plan_wants_it(client, office):
    office.duty(ObligationKind.FINAL_ASSESSMENT, of=office.city)
    client.force_login(office.staff)

    assert begin(client, office, kind="final").status_code == 302


# --- Criteria -----------------------------------------------------------------------------------------------------


def test_without_scoring_there_are_no_points_anywhere(client, office, assessment, results):
    client.force_login(office.head)
    for path in (page_of(assessment), result_page(results[0])):
        page = client.get(path)
        for words in ("得分", "评议分", "每次扣分"):
            assert words not in page.text, path
    sheet = openpyxl.load_workbook(
        BytesIO(client.get(reverse("reporting:assessment_xlsx", args=[assessment.pk])).content)
    )
    assert not {"得分", "评议分"} & {cell.value for cell in sheet["成员单位"][2]}


def test_points_are_asked_for_once_scoring_is_on(client, office, assessment, results):
    client.force_login(office.staff)

    client.post(page_of(assessment), settings(assessment, is_scored="on"))
    assessment.refresh_from_db()
    assert client.get(page_of(assessment)).context["shows_points"]
    missing = client.post(page_of(assessment), settings(assessment, points="0", is_scored="on"))
    assert missing.status_code == 422
    given = client.post(page_of(assessment), settings(assessment, points="20", is_scored="on"))

    assert given.status_code == 302
    assert set(Criterion.objects.values_list("points", flat=True)) == {Decimal(20)}
    assert Criterion.objects.get(kind=CriterionKind.MARKS).deduction == 0


@pytest.mark.parametrize("points", ["-1", "1e9", "1001", "zwei", "0.55"])
def test_points_are_numbers_of_a_size(client, office, assessment, points):
    client.force_login(office.staff)

    response = client.post(page_of(assessment), settings(assessment, points=points, is_scored="on"))

    assert response.status_code == 422


def test_a_criterion_that_is_not_used_is_not_shown(client, office, assessment, results):
    client.force_login(office.staff)
    data = settings(assessment)
    del data["returns-is_used"]

    client.post(page_of(assessment), data)

    columns = [column["label"] for column in client.get(page_of(assessment)).context["tables"][0]["columns"]]
    assert "退回" not in columns
    assert "延期" in columns


def test_overtaken_settings_are_shown_beside_mine(client, office, assessment):
    client.force_login(office.staff)
    mine = settings(assessment, summary="甲乙丙")
    client.post(page_of(assessment), settings(assessment, summary="丁戊己"))

    response = client.post(page_of(assessment), mine)

    assert response.status_code == 409
    assert [str(field["label"]) for field in response.context["conflict"]["fields"]] == ["总体评价"]
    assert client.post(page_of(assessment), response.context["form"].data).status_code == 302
    assert Assessment.objects.get().summary == "甲乙丙"


# --- The table ----------------------------------------------------------------------------------------------------


def shown(client, assessment, sort):
    tables = client.get(f"{page_of(assessment)}?sort={sort}").context["tables"]
    return [row["name"] for row in tables[0]["rows"]]


def test_columns_sort_both_ways_and_nonsense_sorts_nothing(client, office, assessment, results):
    client.force_login(office.staff)
    first, second = (unit.name for unit in office.units)

    assert shown(client, assessment, "") == [first, second]
    assert shown(client, assessment, "-duties_owed") == [second, first]
    assert shown(client, assessment, "duties_owed") == [first, second]
    assert shown(client, assessment, "-returns") == [first, second]
    assert shown(client, assessment, "'; DROP TABLE") == [first, second]


def test_findings_sort_the_commended_first(client, office, assessment, results):
    AssessmentResult.objects.filter(pk=results[1].pk).update(finding=Finding.COMMEND)
    client.force_login(office.staff)

    assert shown(client, assessment, "finding") == [office.units[1].name, office.units[0].name]


def test_districts_have_their_meetings_in_the_table(client, office, assessment, results):
    client.force_login(office.staff)

    units, districts = client.get(page_of(assessment)).context["tables"]

    assert "应开会议" in [column["label"] for column in districts["columns"]]
    assert "应开会议" not in [column["label"] for column in units["columns"]]


# --- Marks --------------------------------------------------------------------------------------------------------


def test_finding_without_grounds_is_refused(client, office, results):
    client.force_login(office.staff)

    response = client.post(result_page(results[0]), {"lock_version": 0, "finding": "commend", "grounds": " "})

    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"grounds"}


@pytest.mark.parametrize(("marks", "status"), [("15", 302), ("15.1", 422), ("-1", 422), ("", 302)])
def test_marks_have_a_most(client, office, assessment, results, marks, status):
    client.force_login(office.staff)
    Criterion.objects.update(points=15)
    Assessment.objects.update(is_scored=True)

    response = client.post(
        result_page(results[0]), {"lock_version": 0, "finding": "none", "grounds": "较好。", "marks": marks}
    )

    assert response.status_code == status


@pytest.mark.parametrize("role", [Role.LIAISON, Role.HEAD])
def test_nobody_marks_the_own_unit(client, office, results, role):
    Posting.objects.create(user=office.staff, department=office.units[0], conference=office.city, role=role)
    client.force_login(office.staff)
    data = {"lock_version": 0, "finding": "commend", "grounds": "很好。"}

    assert client.get(result_page(results[0])).context["form"] is None
    assert client.post(result_page(results[0]), data).status_code == 403
    assert client.post(result_page(results[1]), data).status_code == 302


def test_nobody_marks_the_own_district(client, office, results):
    Posting.objects.create(user=office.staff, conference=office.district, role=Role.OFFICE_STAFF)
    client.force_login(office.staff)

    response = client.post(result_page(results[2]), {"lock_version": 0, "finding": "commend", "grounds": "很好。"})

    assert response.status_code == 403


def test_overtaken_marks_are_shown_beside_mine(client, office, results):
    mark(results[0], by=office.head, lock_version=0, marks=None, grounds="甲乙丙", finding=Finding.COMMEND)
    client.force_login(office.staff)

    response = client.post(result_page(results[0]), {"lock_version": 0, "finding": "criticise", "grounds": "丁戊己"})

    assert response.status_code == 409
    assert "甲乙丙" in response.text
    assert client.post(result_page(results[0]), response.context["form"].data).status_code == 302
    row = AssessmentResult.objects.get(pk=results[0].pk)
    assert (row.grounds, row.finding) == ("丁戊己", Finding.CRITICISE)


# --- Publishing ---------------------------------------------------------------------------------------------------


def publish(client, assessment, seen=None):
    row = Assessment.objects.get(pk=assessment.pk)
    seen = seal_of(row, row.results.all()) if seen is None else seen
    return client.post(reverse("reporting:assessment_publish", args=[assessment.pk]), {"seen": seen})


def test_head_publishes_what_the_page_has_shown(client, office, assessment, results):
    client.force_login(office.head)
    seal = client.get(page_of(assessment)).context["seal"]

    publish(client, assessment, seal)

    assert Assessment.objects.get().state == AssessmentState.PUBLISHED


def test_staff_do_not_publish(client, office, assessment, results):
    client.force_login(office.staff)

    assert client.get(page_of(assessment)).context["seal"] == ""
    assert publish(client, assessment).status_code == 403


def test_double_click_publishes_once(client, office, assessment, results):
    client.force_login(office.head)
    row = Assessment.objects.get()
    seal = seal_of(row, row.results.all())

    for _click in range(2):
        assert publish(client, assessment, seal).status_code == 302

    assert Assessment.objects.get().published_by == office.head


def test_each_reads_the_own_published_result_and_no_other(client, office, assessment, results):
    client.force_login(office.head)
    publish(client, assessment)
    readers = (*office.liaisons, office.district_staff)

    for reader, own in zip(readers, results, strict=True):
        client.force_login(reader)
        assert [client.get(result_page(result)).status_code == 200 for result in results] == [
            result == own for result in results
        ]
        page = client.get(page_of(assessment))
        assert [row["url"] for row in page.context["own"]] == [result_page(own)]
        assert "tables" not in page.context
        assert client.get(reverse("reporting:assessment_xlsx", args=[assessment.pk])).status_code == 404
        told = client.get(reverse("reporting:conference_year", args=[2026]))
        assert [one["url"] for row in told.context["assessments"] for one in row["own"]] == [result_page(own)]


# --- Files --------------------------------------------------------------------------------------------------------


def test_workbook_has_everybody_and_no_formulas(client, office, assessment, results):
    AssessmentResult.objects.filter(pk=results[0].pk).update(grounds="=1+1", finding=Finding.CRITICISE)
    client.force_login(office.staff)

    book = openpyxl.load_workbook(
        BytesIO(client.get(reverse("reporting:assessment_xlsx", args=[assessment.pk])).content)
    )

    units, districts = book["成员单位"], book["区县"]
    header = [cell.value for cell in units[2]]
    assert (header[0], header[-2:]) == ("单位", ["结论", "评议依据"])
    first = dict(zip(header, (cell.value for cell in units[3]), strict=True))
    assert (first["单位"], first["应报事项"], first["逾期报送"], first["退回"]) == (office.units[0].name, 2, 1, 3)
    assert (first["结论"], first["评议依据"]) == ("拟通报批评", "=1+1")
    assert {cell.data_type for row in units.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert districts["A3"].value == office.district.jurisdiction.name
    assert (units.page_setup.orientation, units.freeze_panes) == ("landscape", "A3")
    assert units.print_title_rows == "$2:$2"


def test_document_has_the_tables_across_the_sheet(office, assessment, results):
    Assessment.objects.update(summary="总体较好。")
    AssessmentResult.objects.filter(pk=results[0].pk).update(grounds="两次逾期。", finding=Finding.CRITICISE)
    row = Assessment.objects.select_related("conference").get()

    document = assessment_document(row, row.results.select_related("department", "assessed_conference__jurisdiction"))

    assert [annex.title for annex in document.annexes] == ["成员单位评估结果", "区县评估结果"]
    assert all(annex.is_landscape for annex in document.annexes)
    table = document.annexes[0].blocks[0]
    assert [column.title for column in table.columns][:3] == ["单位", "应报事项", "按时"]
    assert table.rows[0][-2:] == ("拟通报批评", "两次逾期。")
    assert f"拟予通报批评：{office.units[0].name}。" in [getattr(block, "text", "") for block in document.blocks]
    assert document.is_draft


# --- Too late, and wrong besides ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", ["published", "closed"])
def test_what_is_wrong_and_comes_too_late_is_given_back(client, office, assessment, results, lock):
    text = "联系11010519491231002X"
    written = settings(assessment, points="60", title="", summary=text)
    marked = {"lock_version": 0, "finding": "commend", "grounds": text}
    if lock == "published":
        Assessment.objects.update(state=AssessmentState.PUBLISHED)
    else:
        Year.objects.filter(conference=office.city).update(state=YearState.CLOSED)
    client.force_login(office.staff)

    responses = [client.post(page_of(assessment), written), client.post(result_page(results[0]), marked)]

    said = {"published": "评估已经公布，不能再修改。", "closed": "2026年度已经关闭归档，不能再修改。"}[lock]
    for response in responses:
        assert response.status_code == 409
        assert response.context["locked"] == said
        assert text in [field["text"] for field in response.context["kept"]]
    assert "采用是 分值60 每次扣分1" in [field["text"] for field in responses[0].context["kept"]]
