"""The template and a plan as a workbook: every cell as it was, and what makes it easy to fill in."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from measures.reading import Clause, Obligation, Party, Period, PlanText, Recurrence, load, read_plan
from measures.sheets import words
from measures.sheets.writing import NotWritable, write_plan, write_template
from tests.measures.sheets_reading_back import opened, texts, validations

DOCUMENTS = sorted((Path(__file__).parents[2] / "fixtures" / "documents").glob("*.txt"))
UNITS = ["市公安局", "市教委", "市妇联"]


def a_plan(*clauses: Clause, **changes) -> PlanText:
    values = {
        "title": "东湖市反拐实施细则",
        "document_number": None,
        "issued_by": None,
        "issued_on": None,
        "period": Period(),
        "members": [],
        "clauses": list(clauses),
        "obligations": [],
        "questions": [],
    }
    return PlanText(**{**values, **changes})


def a_clause(path: str = "一", text: str = "", **changes) -> Clause:
    return Clause(
        **{"path": path, "label": "", "kind": "item", "heading": "", "start": 0, "end": 0, **changes}, text=text
    )


def expected_clauses(plan: PlanText) -> list[list[str]]:
    return [
        [
            clause.path,
            words.CLAUSE_KINDS[clause.kind],
            clause.label,
            clause.heading,
            clause.text,
            words.join_names([party.as_written for party in clause.lead]),
            words.join_names([party.as_written for party in clause.cooperating]),
            "",
        ]
        for clause in plan.clauses
    ]


def number(value: int | None) -> str:
    return "" if value is None else str(value)


def expected_obligations(plan: PlanText) -> list[list[str]]:
    return [
        [
            owed.basis,
            owed.title,
            words.OBLIGATION_KINDS[owed.kind],
            owed.obliged,
            words.join_names(owed.recipients),
            words.RECURRENCES[owed.recurrence.type],
            number(owed.recurrence.year),
            number(owed.recurrence.month),
            number(owed.recurrence.day),
            number(owed.recurrence.times),
            words.YES_NO[owed.recurrence.includes_day],
            owed.text,
        ]
        for owed in plan.obligations
    ]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_stands_in_the_workbook_cell_for_cell(path):
    plan = read_plan(load(path))

    book = opened(write_plan(plan, units=UNITS))

    assert book.sheetnames == ["责任分解", "计划信息", "时限义务", "填写说明", "单位"]
    assert book["责任分解"]["A1"].value == plan.title
    assert texts(book["责任分解"], 3) == [list(words.PLAN_HEADER), *expected_clauses(plan)]
    assert texts(book["时限义务"]) == [list(words.OBLIGATIONS_HEADER), *expected_obligations(plan)]
    assert texts(book["计划信息"]) == [
        ["项目", "内容"],
        ["题名", plan.title],
        ["文号", plan.document_number or ""],
        ["发文机关", plan.issued_by or ""],
        ["成文日期", plan.issued_on or ""],
        ["起始年", number(plan.period.start)],
        ["终止年", number(plan.period.end)],
        ["成员单位", "、".join(plan.members)],
    ]
    assert texts(book["单位"]) == [[unit] for unit in UNITS]


def test_the_template_is_empty_and_says_how_to_fill_it_in():
    book = opened(write_template(units=UNITS, title="东湖市分解表", year=2026))

    plan, about = book["责任分解"], book["计划信息"]
    assert plan["A1"].value == "东湖市分解表"
    assert "条款标识" in plan["A2"].value
    assert [row for row in texts(plan, 4) if any(row)] == []
    assert [row for row in texts(about) if row[1]] == [["项目", "内容"], ["题名", "东湖市分解表"], ["起始年", "2026"]]
    assert {str(merged) for merged in plan.merged_cells.ranges} == {"A1:H1", "A2:H2"}
    assert {row[0] for row in texts(book["填写说明"])} >= {*words.PLAN_HEADER, "个人信息"}


def test_a_template_without_a_title_has_the_usual_one():
    book = opened(write_template(units=[]))

    assert book["责任分解"]["A1"].value == "反拐工作责任分解表"
    assert texts(book["计划信息"])[1] == ["题名", ""]


def test_drop_downs_suggest_units_and_hold_to_closed_sets():
    book = opened(write_template(units=UNITS))

    suggestion = ("'单位'!$A$1:$A$3", "information", False)
    assert validations(book["责任分解"]) == {
        "B": (f'"{",".join(words.CLAUSE_KINDS.values())}"', None, True),
        "F": suggestion,
        "G": suggestion,
    }
    assert validations(book["时限义务"]) == {
        "C": (f'"{",".join(words.OBLIGATION_KINDS.values())}"', None, True),
        "F": (f'"{",".join(words.RECURRENCES.values())}"', None, True),
        "K": ('"是,否"', None, True),
    }
    assert book["单位"].sheet_state == "hidden"


def test_without_units_there_are_hints_and_no_drop_down_of_units():
    book = opened(write_template(units=[]))

    plan = book["责任分解"]
    assert set(validations(plan)) == {"B"}
    hinted = {str(found.sqref)[0] for found in plan.data_validations.dataValidation if found.prompt}
    assert hinted == {"A", "B", "C", "F", "G", "H"}


def test_page_and_view_are_set_up():
    sheet = opened(write_plan(a_plan(a_clause()), units=UNITS))["责任分解"]

    assert sheet.freeze_panes == "A4"
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.print_area == "'责任分解'!$A$1:$H$4"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert sheet.auto_filter.ref == "A3:H4"


def test_what_is_added_below_stays_text():
    sheet = opened(write_template(units=UNITS))["责任分解"]

    # Neighbouring columns of one width and look are one entry.
    columns = sheet.column_dimensions
    assert {(columns[letter].alignment.wrap_text, columns[letter].number_format) for letter in columns} == {(True, "@")}
    assert (columns["A"].min, columns["H"].max) == (1, 8)


def test_a_row_is_as_high_as_its_text_and_may_still_grow():
    data = write_plan(a_plan(a_clause(text="短。"), a_clause("二", "加强宣传教育，提高群众意识。" * 12)), units=UNITS)

    sheet = opened(data)["责任分解"]

    assert sheet.row_dimensions[4].height < 25 < 80 < sheet.row_dimensions[5].height
    # Only heights without this mark are fitted again when somebody edits the row; openpyxl does not tell.
    with ZipFile(BytesIO(data)) as archive:
        rows = re.findall(r"<row [^>]*>", archive.read("xl/worksheets/sheet1.xml").decode())
    assert ["customHeight" in row for row in rows] == [True, True, True, False, False]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@甲", "{=1}", "http://a.b", "1.10", "\t=1", "_x000D_", "_x005F_", "a\rb"]
)
def test_a_cell_is_text_whatever_it_begins_with(text):
    clause = a_clause(text, text, label=text, heading=text, lead=[Party(text, text)])
    owed = Obligation("task", text, text, (), Recurrence("once"), text, text)

    book = opened(write_plan(a_plan(clause, title=text, obligations=[owed]), units=[text]))

    assert texts(book["责任分解"], 1)[0][0] == text
    assert texts(book["责任分解"], 4)[0][:5] == [text, "项", text, text, text]
    assert texts(book["时限义务"], 2)[0][:4] == [text, text, "任务", text]
    assert texts(book["单位"]) == [[text]]


def test_a_deadline_of_a_table_stands_in_its_column():
    book = opened(write_plan(a_plan(a_clause("一"), a_clause("二")), units=[], dues={"二": "2026年12月底前"}))

    assert [row[-1] for row in texts(book["责任分解"], 4)] == ["", "2026年12月底前"]


@pytest.mark.parametrize(("text", "fits"), [("宣" * 32_767, True), ("宣" * 32_768, False), ("😀" * 16_384, False)])
def test_text_that_no_cell_can_hold_is_refused_by_its_clause(text, fits):
    plan = a_plan(a_clause("三/(二)", text))

    if fits:
        assert texts(opened(write_plan(plan, units=[]))["责任分解"], 4)[0][4] == text
    else:
        with pytest.raises(NotWritable, match=r"条款「三/\(二\)」的正文有 32,768 个字"):
            write_plan(plan, units=[])


def test_half_a_character_is_refused_by_its_clause():
    with pytest.raises(NotWritable, match=r"条款「一」的标题第 2 个字符（U\+D83D）"):
        write_plan(a_plan(a_clause(heading="宣\ud83d")), units=[])


@pytest.mark.parametrize(
    ("names", "cell"),
    [
        ([], ""),
        (["市公安局", "市教委"], "市公安局、市教委"),
        (["宣传部、网信办", "市教委"], "宣传部、网信办\n市教委"),
        (["市委统战部（市民宗局、市侨办）", "市教委"], "市委统战部（市民宗局、市侨办）、市教委"),
        (["甲（乙", "丙）丁"], "甲（乙\n丙）丁"),
        (["市人力\n社保局"], "市人力社保局"),
    ],
)
def test_names_are_joined_so_that_they_can_be_told_apart(names, cell):
    assert words.join_names(names) == cell
    assert words.split_names(cell) == ["".join(name.splitlines()) for name in names]


@pytest.mark.parametrize("table", [words.CLAUSE_KINDS, words.OBLIGATION_KINDS, words.RECURRENCES, words.YES_NO])
def test_no_two_codes_have_one_word(table):
    assert len(set(table.values())) == len(table)


# Whatever text may hold: line breaks, escapes, formulas, characters beyond the basic plane, controls.
TEXT = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.sampled_from(["=", "+1", "\n", "\r\n", " ", "\t", "_x000D_", "_x005F_", "😀", "𠮷", "、", "宣传教育"]),
    ),
    max_size=5,
).map("".join)
NAME = TEXT.filter(lambda name: bool("".join(name.splitlines())))
NUMBER = st.none() | st.integers(1, 3000)
PARTIES = st.lists(NAME.map(lambda name: Party(name, name)), max_size=4)
CLAUSES = st.builds(
    Clause,
    path=TEXT,
    label=TEXT,
    kind=st.sampled_from(sorted(words.CLAUSE_KINDS)),
    heading=TEXT,
    text=TEXT,
    start=st.just(0),
    end=st.just(0),
    lead=PARTIES,
    cooperating=PARTIES,
)
RECURRENCES = st.builds(
    Recurrence,
    type=st.sampled_from(sorted(words.RECURRENCES)),
    month=NUMBER,
    day=NUMBER,
    year=NUMBER,
    times=NUMBER,
    includes_day=st.none() | st.booleans(),
)
OBLIGATIONS = st.builds(
    Obligation,
    kind=st.sampled_from(sorted(words.OBLIGATION_KINDS)),
    title=TEXT,
    obliged=TEXT,
    recipients=st.lists(NAME, max_size=3).map(tuple),
    recurrence=RECURRENCES,
    basis=TEXT,
    text=TEXT,
)
PLANS = st.builds(
    PlanText,
    title=TEXT,
    document_number=st.none() | TEXT,
    issued_by=st.none() | TEXT,
    issued_on=st.none() | TEXT,
    period=st.builds(Period, NUMBER, NUMBER),
    members=st.lists(NAME, max_size=4),
    clauses=st.lists(CLAUSES, min_size=1, max_size=5),
    obligations=st.lists(OBLIGATIONS, max_size=3),
    questions=st.just([]),
)


@settings(max_examples=100, deadline=None)
@given(PLANS, st.lists(NAME, max_size=3))
def test_any_plan_stands_in_the_workbook_cell_for_cell(plan, units):
    book = opened(write_plan(plan, units=units))

    about = dict(texts(book["计划信息"], 2))
    assert texts(book["责任分解"], 4) == expected_clauses(plan)
    assert texts(book["时限义务"], 2) == expected_obligations(plan)
    assert (about["题名"], about["成员单位"]) == (plan.title, words.join_names(plan.members))


@given(st.lists(NAME, max_size=5))
def test_names_joined_and_split_are_the_same(names):
    whole = ["".join(name.splitlines()) for name in names]

    split = words.split_names(words.join_names(names))

    # A single name has no second line that would tell its own 「、」 from one between two names.
    assert split == whole or len(whole) == 1
