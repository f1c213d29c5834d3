"""Plans in the database: the five documents, storing, resolving, publishing, and that a published text stays."""

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from departments.loading import load_units
from departments.models import Conference, DepartmentName, Event
from departments.models.events import Action
from measures.enums import Obliged, VersionState
from measures.loading import counts, load_plans
from measures.models import Clause, Obligation, Plan, PlanVersion, Question, Responsibility
from measures.models.plans import PublishedIsImmutable
from measures.reading import read_plan
from measures.services import (
    AlreadyImported,
    NotADraft,
    OpenQuestions,
    PlanNotStorable,
    UnresolvedNames,
    obliged_by,
    publish,
    resolve_names,
    store_version,
)

FIXTURES = settings.BASE_DIR / "fixtures"

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db: None) -> Conference:
    load_units(FIXTURES / "units")
    return Conference.objects.get(code="500000")


@pytest.fixture
def plans(city: Conference) -> None:
    load_plans(FIXTURES / "documents")


def document(*measures: str, chapters: int = 1, number: int = 1) -> str:
    """A plan of the city with the given measures in every chapter."""
    numerals = "一二三四五六七八九十"
    lines = [
        f"渝府办发〔2031〕{number}号",
        "重庆市贯彻反对拐卖人口行动计划(2031—2040年)实施细则",
        "为有效预防、依法打击拐卖人口犯罪,积极救助、妥善安置被拐卖受害人,结合我市实际,制定本实施细则。",
    ]
    for chapter in range(chapters):
        lines.append(f"{numerals[chapter]}、预防犯罪")
        lines += [f"({numerals[i]})第{i + 1}项工作。做好这项工作,完善机制。{words}" for i, words in enumerate(measures)]
    return "\n".join([*lines, "重庆市人民政府办公厅", "2031年1月5日"]) + "\n"


def stored(city: Conference, text: str, **more: Any) -> PlanVersion:
    return store_version(read_plan(text), conference=city, source_text=text, **more)


# --- The five documents -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "code", "number", "state", "measures", "lead", "cooperating", "obligations"),
    [
        ("000_chongqing_2021_web.txt", "500000", 1, VersionState.PUBLISHED, 53, 116, 170, 8),
        ("001_chongqing_2021_pdf.txt", "500000", 2, VersionState.DRAFT, 53, 116, 170, 8),
        ("002_corps_2021.txt", "660000", 1, VersionState.PUBLISHED, 43, 83, 124, 0),
        ("003_yunyang_2013.txt", "500235", 1, VersionState.PUBLISHED, 54, 85, 145, 1),
        ("004_chongqing_2008.txt", "500000", 1, VersionState.PUBLISHED, 0, 0, 0, 4),
    ],
)
def test_document_in_the_database(plans, file, code, number, state, measures, lead, cooperating, obligations):
    version = PlanVersion.objects.get(source_name=file)

    assert (version.conference.code, version.number, version.state) == (code, number, state)
    found = counts(version)
    assert {name: found[name] for name in ("measures", "lead", "cooperating", "obligations")} == {
        "measures": measures,
        "lead": lead,
        "cooperating": cooperating,
        "obligations": obligations,
    }
    assert not version.responsibility_set.unresolved().exists()
    assert not version.questions.open().filter(is_blocking=True).exists()


def test_both_texts_of_one_document_are_versions_of_one_plan(plans):
    first, second = PlanVersion.objects.filter(document_number="渝府办发〔2021〕152号").order_by("number")

    assert first.plan == second.plan
    assert "不发布" in second.note
    assert Plan.objects.count() == 4


def test_plans_have_the_period_of_their_documents(plans):
    periods = Plan.objects.order_by("conference__code", "starts_year")

    assert [(plan.conference.code, plan.period) for plan in periods] == [
        ("500000", "2008—2012"),
        ("500000", "2021—2030"),
        ("500235", "2013—2020"),
        ("660000", "2021—2030"),
    ]


def test_clauses_give_the_source_back(plans):
    for version in PlanVersion.objects.all():
        clauses = version.clause_set.order_by("start")
        printed = "".join(clause.label + clause.heading + clause.text for clause in clauses)

        assert "".join(printed.split()) == "".join(version.source_text.split())
        for clause in clauses:
            words = version.source_text[clause.start : clause.end]
            assert "".join(words.split()) == "".join((clause.label + clause.heading + clause.text).split())


def test_every_clause_hangs_below_its_number(plans):
    for clause in Clause.objects.exclude(parent=None).select_related("parent"):
        assert clause.path.startswith(f"{clause.parent.path}/")
        assert clause.depth == clause.parent.depth + 1
        assert clause.parent.version_id == clause.version_id
    assert not Clause.objects.filter(parent=None, path__contains="/").exists()


def test_responsibilities_keep_the_order_of_the_document(plans):
    rows = Responsibility.objects.filter(version__source_name__startswith="000", clause__path="二/(一)/1")

    assert list(rows.order_by("position").values_list("role", "as_written")) == [
        ("lead", "市委政法委"),
        ("lead", "市公安局"),
        *(
            ("cooperating", name)
            for name in [
                "市委网信办",
                "市检察院",
                "市教委",
                "市民政局",
                "市司法局",
                "市卫生健康委",
                "市大数据发展局",
                "市妇联",
            ]
        ),
    ]


def test_inherited_prefixes_resolve_and_words_stay(plans):
    row = Responsibility.objects.get(
        version__conference__code="660000", clause__path__endswith="第四十一条", department__code="660000-wangxinban"
    )

    assert (row.name, row.as_written) == ("兵团党委网信办", "网信办")


def test_deadlines_of_2021(plans):
    reports = Obligation.objects.filter(version__source_name__startswith="000", kind="annual_report")

    assert [(row.obliged, row.recipients, row.periods(2026)) for row in reports] == [
        (Obliged.MEMBERS_EVERY_LEVEL, ["同级反拐联席会议办公室"], [("2026", date(2026, 12, 15))]),
        (Obliged.LOWER_CONFERENCES, ["市反拐联席会议", "同级人民政府"], [("2026", date(2026, 12, 30))]),
    ]


def test_unclear_obligations_are_questions(plans):
    unknown = Obligation.objects.filter(obliged=Obliged.UNKNOWN)
    questions = Question.objects.filter(code="obliged_unknown")

    assert {(row.version_id, row.clause.path) for row in unknown} == {(row.version_id, row.path) for row in questions}


def test_second_load_changes_nothing(plans):
    before = [list(model.objects.values()) for model in (PlanVersion, Clause, Responsibility, Obligation, Question)]

    loaded = load_plans(FIXTURES / "documents")

    assert not any(row.is_new for row in loaded)
    assert [row.refusal for row in loaded] == [""] * 5
    assert before == [
        list(model.objects.values()) for model in (PlanVersion, Clause, Responsibility, Obligation, Question)
    ]


def test_command_prints_the_counts(city, capsys):
    call_command("load_plans", verbosity=2)

    out = capsys.readouterr().out
    assert "措施 53，负责 116，配合 170，义务 8" in out
    assert "数据库查询" in out


def test_command_needs_the_units(db):
    with pytest.raises(CommandError, match="请先运行 load_units"):
        call_command("load_plans")


# --- Storing ------------------------------------------------------------------------------------------------------


def test_number_of_queries_does_not_depend_on_the_number_of_clauses(city):
    measures = [
        f"(市公安局、市教委负责,{other}、市妇联配合)" for other in ("市民政局", "市司法局", "市财政局", "市残联")
    ]
    small, large = document(*measures, chapters=3), document(*measures, chapters=9, number=2)

    plan = Plan.objects.create(conference=city, title="计划", starts_year=2031, ends_year=2040)

    with CaptureQueriesContext(connection) as once:
        first = stored(city, small, plan=plan)
    with CaptureQueriesContext(connection) as thrice:
        second = stored(city, large, plan=plan)

    assert (counts(first)["measures"], counts(second)["measures"]) == (12, 36)
    assert len(thrice) == len(once)


def test_same_file_twice_is_refused(city):
    text = document("(市公安局负责)")
    version = stored(city, text)

    with pytest.raises(AlreadyImported) as refusal:
        stored(city, text)

    assert refusal.value.version == version
    assert PlanVersion.objects.count() == 1


def test_same_number_is_the_next_version_of_the_same_plan(city):
    first = stored(city, document("(市公安局负责)"))
    second = stored(city, document("(市公安局、市教委负责)"))

    assert (second.plan, second.number) == (first.plan, 2)


def test_plan_without_a_period_is_refused(city):
    text = document("(市公安局负责)").replace("(2031—2040年)", "").replace("反对拐卖人口行动计划", "反拐工作")

    with pytest.raises(PlanNotStorable, match="起止年份"):
        stored(city, text)

    assert not Plan.objects.exists()


def test_unit_named_twice_in_one_clause_is_a_question(city):
    """团市委 and 共青团市委 are one unit: the clause keeps it once, and says so."""
    version = stored(city, document("(市公安局、团市委负责,共青团市委配合)"))

    assert list(version.responsibility_set.values_list("role", "name")) == [("lead", "市公安局"), ("lead", "团市委")]
    assert version.questions.filter(code="unit_twice", is_blocking=False).count() == 1


@pytest.mark.parametrize(
    ("words", "obliged"),
    [
        ("各级反拐联席会议成员单位", Obliged.MEMBERS_EVERY_LEVEL),
        ("市反拐联席会议成员单位", Obliged.MEMBERS),
        ("各成员单位", Obliged.MEMBERS),
        ("联席会议各成员单位", Obliged.MEMBERS),
        ("重庆市反对拐卖人口行动工作联席会议(以下简称市反拐联席会议)各成员单位", Obliged.MEMBERS),
        ("各区县反拐联席会议", Obliged.LOWER_CONFERENCES),
        ("各区县(自治县)反拐联席会议", Obliged.LOWER_CONFERENCES),
        ("市反拐联席会议", Obliged.CONFERENCE),
        ("联席会议办公室", Obliged.CONFERENCE),
        ("各区县政府", Obliged.LOWER_GOVERNMENTS),
        ("各区县(自治县)人民政府", Obliged.LOWER_GOVERNMENTS),
        ("各区县(自治县)、各成员单位", Obliged.UNKNOWN),
        ("各级反拐联席会议", Obliged.UNKNOWN),
        ("市公安局", Obliged.UNKNOWN),
        ("我县", Obliged.UNKNOWN),
        ("", Obliged.UNKNOWN),
    ],
)
def test_obliged_by(words, obliged):
    assert obliged_by(words) == obliged


# --- Names and publishing -----------------------------------------------------------------------------------------


def test_unknown_name_is_a_blocking_question_and_not_a_guess(city):
    version = stored(city, document("(市公安局、市不存在局负责)", "(市不存在局负责)"))

    unresolved = version.responsibility_set.unresolved()
    assert [row.as_written for row in unresolved] == ["市不存在局", "市不存在局"]
    question = version.questions.get(code="unit_unknown")
    assert question.is_blocking
    assert "市不存在局" in question.message


def test_publish_refuses_unresolved_names(city):
    version = stored(city, document("(市公安局、市不存在局负责)"))

    with pytest.raises(UnresolvedNames) as refusal:
        publish(version)

    assert refusal.value.names == ["市不存在局"]
    version.refresh_from_db()
    assert version.state == VersionState.DRAFT
    assert not Event.objects.filter(action=Action.PUBLISH).exists()


def test_publish_refuses_open_blocking_questions(city):
    version = stored(city, document("(市公安局配合)", "(市教委负责)"))

    with pytest.raises(OpenQuestions) as refusal:
        publish(version)

    assert [question.code for question in refusal.value.questions] == ["measure_without_lead"]
    version.refresh_from_db()
    assert version.state == VersionState.DRAFT


def test_registered_name_lets_the_draft_be_published(city):
    version = stored(city, document("(市公安局、市不存在局负责)"))
    DepartmentName.objects.create(
        department=city.departments.get(code="500000-jiaowei"), conference=city, name="市不存在局", kind="variant"
    )

    assert resolve_names(version) == 1
    publish(version)

    assert version.questions.get(code="unit_unknown").answered_at is not None
    assert version.responsibility_set.get(as_written="市不存在局").department.code == "500000-jiaowei"


def test_name_of_two_units_is_not_resolved(city):
    for code in ("500000-jiaowei", "500000-minzheng"):
        DepartmentName.objects.create(
            department=city.departments.get(code=code), conference=city, name="市两可局", kind="alias"
        )

    version = stored(city, document("(市公安局、市两可局负责)"))

    assert version.responsibility_set.unresolved().get().as_written == "市两可局"


def test_publish_records_one_event(city):
    version = publish(stored(city, document("(市公安局负责)")))

    event = Event.objects.of(version).get()
    assert (event.action, event.before, event.after, event.conference) == ("publish", "draft", "published", city)


def test_second_publish_is_refused(city):
    version = stored(city, document("(市公安局负责)"))
    same = PlanVersion.objects.get(pk=version.pk)
    publish(version)

    with pytest.raises(NotADraft):
        publish(same)

    assert Event.objects.of(version).count() == 1


@pytest.mark.parametrize("model", [PlanVersion, Clause, Responsibility, Obligation])
def test_published_text_cannot_be_changed(plans, model):
    published = (
        {"state": VersionState.PUBLISHED} if model is PlanVersion else {"version__state": VersionState.PUBLISHED}
    )
    rows = model.objects.filter(**published)
    before = list(model.objects.order_by("pk").values())

    for change in (
        rows.first().save,
        rows.first().delete,
        rows.delete,
        lambda: rows.update(conference_id=rows.first().conference_id),
        lambda: model.objects.bulk_update(rows[:2], ["conference"]),
    ):
        with pytest.raises(PublishedIsImmutable), transaction.atomic():
            change()

    assert list(model.objects.order_by("pk").values()) == before


def test_draft_can_be_changed_and_deleted(plans):
    draft = PlanVersion.objects.get(state=VersionState.DRAFT)

    draft.note = "改过"
    draft.save()
    draft.responsibility_set.all().delete()

    assert PlanVersion.objects.get(pk=draft.pk).note == "改过"
    assert not draft.responsibility_set.exists()
