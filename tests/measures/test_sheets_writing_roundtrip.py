"""A plan that is exported, imported and exported again is the same."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from measures.reading import Obligation, PlanText, Recurrence, load, read_plan
from measures.sheets import read_table, words
from measures.sheets.results import TableText
from measures.sheets.writing import write_plan, write_template
from measures.sources import Sheet, read_source
from measures.sources.workbook import read_workbook
from tests.measures.sheets_reading_back import opened, texts
from tests.measures.test_reading_properties import documents

DOCUMENTS = sorted((Path(__file__).parents[2] / "fixtures" / "documents").glob("*.txt"))
UNITS = ["市公安局", "市教委"]


def read_back(data: bytes) -> TableText:
    # In this process: the child process that read_source starts for each file takes longer than all the rest.
    return read_table(read_workbook(data).sheets)


def parts(data: bytes) -> dict[str, bytes]:
    """What a workbook consists of, but for the time at which it was written."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "docProps/core.xml"}


def assert_all_is_text(data: bytes) -> None:
    book = opened(data)
    for name in (words.PLAN, words.ABOUT, words.OBLIGATIONS, words.UNITS):
        texts(book[name])


def as_data(plan: PlanText) -> dict[str, object]:
    """All of a plan but what belongs to the file that it was read from: offsets, and questions about it."""
    data = plan.as_dict()
    del data["questions"]
    for clause in data["clauses"]:
        del clause["start"], clause["end"]
    return data


def assert_comes_back(plan: PlanText) -> None:
    exported = write_plan(plan, units=UNITS)

    imported = read_back(exported)

    assert imported.faults == []
    assert as_data(imported.plan) == as_data(plan)
    assert parts(write_plan(imported.plan, units=UNITS, dues=imported.dues)) == parts(exported)
    assert_all_is_text(exported)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_comes_back_as_it_was(path):
    plan = read_plan(load(path))

    assert read_table(read_source(write_plan(plan, units=UNITS)).sheets).faults == []
    assert_comes_back(plan)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(documents())
def test_any_plan_comes_back_as_it_was(document):
    assert_comes_back(read_plan(document[0]))


# The ends of a cell are not kept, nor are characters that nobody can see: a document's reader gives neither.
WORDS = (
    st.lists(
        st.one_of(
            st.text(st.characters(exclude_categories=["Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"]), max_size=6),
            st.sampled_from(
                ["=", "+1", "-", "@", "\n", "，", "_x0041_", "_x005F_", "😀", "𠮷", "宣传教育。", "1.10", "TRUE"]
            ),
        ),
        max_size=6,
    )
    .map("".join)
    .map(str.strip)
)
OBLIGATIONS = st.builds(
    Obligation,
    kind=st.sampled_from(sorted(words.OBLIGATION_KINDS)),
    title=st.sampled_from(["报送年度反拐工作情况", "=召开会议"]),
    obliged=st.sampled_from(["各成员单位", ""]),
    recipients=st.sampled_from([(), ("市反拐联席会议", "同级人民政府")]),
    recurrence=st.one_of(
        st.builds(Recurrence, st.just("annual"), st.integers(1, 12), st.integers(1, 28), includes_day=st.booleans()),
        st.builds(Recurrence, st.just("at_least"), times=st.integers(1, 12)),
        st.builds(Recurrence, st.just("once"), st.just(12), st.just(31), st.integers(2020, 2040)),
        st.sampled_from([Recurrence("event"), Recurrence("continuing"), Recurrence("quarterly"), Recurrence("once")]),
    ),
    basis=st.just(""),
    text=st.sampled_from(["每年12月15日前报送。", "-长期坚持"]),
)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(documents(), st.data())
def test_a_plan_of_any_words_comes_back_as_it_was(document, data):
    plan = read_plan(document[0])
    clauses = [
        replace(clause, heading=data.draw(WORDS), text=data.draw(WORDS)) if clause.kind == "item" else clause
        for clause in plan.clauses
    ]
    assume(all(clause.label or clause.heading or clause.text for clause in clauses))
    basis = plan.clauses[-1].path
    obligations = [replace(owed, basis=basis) for owed in data.draw(st.lists(OBLIGATIONS, max_size=3))]

    assert_comes_back(replace(plan, clauses=clauses, obligations=obligations))


def test_a_table_from_elsewhere_comes_back_with_its_deadlines():
    table = read_table(
        [
            Sheet(
                "任务分解",
                [
                    ["东湖市2026年反拐工作任务分解表", "", "", "", ""],
                    ["序号", "工作任务", "牵头单位", "配合单位", "完成时限"],
                    ["1", "加强宣传教育。", "市公安局", "市教委、市妇联", "2026年12月底前"],
                    ["2", "=开展督查。", "市妇联", "", "每年12月15日前"],
                    ["3", "完善机制。", "各成员单位", "", "长期坚持"],
                ],
            )
        ]
    )
    exported = write_plan(table.plan, units=UNITS, dues=table.dues)

    imported = read_back(exported)

    assert imported.faults == []
    assert imported.dues == table.dues
    assert as_data(imported.plan) == as_data(table.plan)
    assert parts(write_plan(imported.plan, units=UNITS, dues=imported.dues)) == parts(exported)
    assert_all_is_text(exported)


def test_one_changed_cell_is_one_changed_clause():
    plan = read_plan(load(DOCUMENTS[0]))
    changed = [
        replace(clause, text=clause.text + "新的一句。") if clause.path == "二/(一)/1" else clause
        for clause in plan.clauses
    ]

    imported = read_back(write_plan(replace(plan, clauses=changed), units=UNITS)).plan

    assert [
        after.path for before, after in zip(plan.clauses, imported.clauses, strict=True) if before.text != after.text
    ] == ["二/(一)/1"]


def test_the_empty_template_is_no_plan_but_no_error_either():
    imported = read_back(write_template(units=UNITS, title="东湖市分解表"))

    assert (imported.plan.title, imported.plan.clauses, imported.faults) == ("东湖市分解表", [], [])
