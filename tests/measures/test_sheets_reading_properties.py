"""Tables put together from known clauses read back to these clauses; whatever a sheet holds, reading ends well."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from measures.reading import UnreadablePlan
from measures.sheets import TableText, find_layouts, looks_like_table, read_due, read_table
from measures.sources.results import Sheet

CN = "一二三四五六七八九"
UNITS = [
    "市公安局", "市教委", "市民政局", "市妇联", "团市委", "市文化和旅游局", "市委宣传部", "市市场监管局", "市总工会",
    "各成员单位", "各区县", "市委统战部（市民宗局）",
]  # fmt: skip
TASKS = [
    "加强宣传教育，提高群众意识。",
    "完善发现机制。健全制度",
    "建设信息库（试行）",
    "规范村（居）委会管理",
    "排查重点人员",
]
HEADERS = {
    "chapter": ["章节", "所属章节", "任务类别"],
    "serial": ["序号", "序 号", "序\n号"],
    "task": ["工作任务", "重点任务", "任务内容", "目标任务", "工作\n内容"],
    "lead": ["牵头单位", "主办单位", "第一责任单位", "牵头\n单位", "负责部门"],
    "coop": ["配合单位", "责任单位", "协办单位", "参与部门", "配合单位（部门）"],
    "due": ["完成时限", "时间要求", "完成时间（年月）"],
    "note": ["备注", "进展情况", "责任领导"],
}
SEPARATORS = ["、", "，", "；", "\n", ",", ";", "、\n", " "]


@dataclass
class Built:
    sheet: Sheet
    # Path to (text, lead, cooperating).
    expected: dict[str, tuple[str, list[str], list[str]]] = field(default_factory=dict)


@st.composite
def tables(draw) -> Built:
    columns = ["chapter", *draw(st.permutations(["serial", "task", "lead", "coop", "due", "note"]))]
    chapter_rows = draw(st.booleans())
    if chapter_rows:
        columns.remove("chapter")
    title = draw(
        st.sampled_from([[], ["东湖市反拐工作责任分解表（2021—2030年）"], ["附件2", "东湖市反拐工作责任分解表"]])
    )
    header = [draw(st.sampled_from(HEADERS[column])) for column in columns]
    rows = [[words] for words in title] + [header]
    built = Built(Sheet("表", rows))
    restart = draw(st.booleans())
    own_numbers = draw(st.booleans())
    serial = 0
    for chapter in range(draw(st.integers(1, 3))):
        serial = 0 if restart else serial
        words = f"{CN[chapter]}、重点任务{CN[chapter]}"
        built.expected[CN[chapter]] = (words, [], [])
        count = draw(st.integers(1, 4))
        if chapter_rows:
            rows.append([words])
            built.sheet.merges.append((len(rows) - 1, 0, len(rows) - 1, len(columns) - 1))
        elif draw(st.booleans()):
            built.sheet.merges.append((len(rows), 0, len(rows) + count - 1, 0))
        for item in range(count):
            serial += 1
            number = item + 1 if own_numbers else serial
            units = draw(st.lists(st.sampled_from(UNITS), min_size=1, max_size=5, unique=True))
            split = draw(st.integers(1, len(units)))
            task = draw(st.sampled_from(TASKS))
            text = f"{number}．{task}" if own_numbers else task
            cells = {
                "chapter": words if item == 0 else "",
                "serial": str(serial),
                "task": text,
                "lead": draw(st.sampled_from(SEPARATORS)).join(units[:split]),
                "coop": draw(st.sampled_from(SEPARATORS)).join(units[split:]),
                "due": draw(st.sampled_from(["", "长期坚持", "每年6月底前"])),
                "note": draw(st.sampled_from(["", "无", "已完成宣传12场次"])),
            }
            rows.append([cells[column] for column in columns])
            own = text if own_numbers else f"{serial}{text}"
            built.expected[f"{CN[chapter]}/{number}"] = (own, units[:split], units[split:])
        if draw(st.booleans()):
            rows.append(draw(st.sampled_from([header, ["合计"], ["第1页"], [""] * len(columns)])))
    return built


def found(table: TableText) -> dict[str, tuple[str, list[str], list[str]]]:
    return {
        clause.path: (
            clause.label + clause.heading + clause.text,
            [party.as_written for party in clause.lead],
            [party.as_written for party in clause.cooperating],
        )
        for clause in table.plan.clauses
    }


def assert_sound(table: TableText) -> None:
    clauses = table.plan.clauses
    assert len({clause.path for clause in clauses}) == len(clauses)
    assert "\n".join(c.label + c.heading + c.text for c in clauses) == table.source_text
    assert all(table.source_text[c.start : c.end] == c.label + c.heading + c.text for c in clauses)
    assert {clause.path for clause in clauses} == set(table.places)
    assert all(len(clause.path) <= 200 and len(clause.label) <= 40 for clause in clauses) or table.faults


@settings(max_examples=150, deadline=None)
@given(tables())
def test_tables_read_back_to_their_clauses(built):
    table = read_table([built.sheet])

    assert found(table) == built.expected
    assert table.faults == []
    assert_sound(table)


WORDS = st.sampled_from(
    [
        "", " ", "序号", "工作任务", "具体措施", "牵头单位", "责任单位", "配合单位", "完成时限", "条款标识", "正文", "类别",
        "一、预防", "（一）宣传", "1.加强宣传", "1", "二", "第五条", "——开展活动", "市公安局", "市公安局、市教委", "同上", "同左",
        "合计", "注：说明", "市公安局（牵头）", "（（（", "#REF!", "2026年2月30日", "长期坚持", "章节", "一/1", "一/1#2", "项",
        "由市公安局牵头开展。", "11010519491231002X", "\x00\x08", "𠮷\ud800", "a" * 50, "1/2~3#4", "各成员单位", "/", "~", "#",
    ]
)  # fmt: skip
SPANS = st.tuples(*[st.integers(-1, 9)] * 4)
SHEETS = st.builds(
    Sheet,
    name=st.sampled_from(["表", "责任分解", "计划信息", "时限义务", "一、预防"]),
    rows=st.lists(st.lists(WORDS, max_size=7), max_size=9),
    merges=st.lists(SPANS, max_size=4),
    hidden_rows=st.lists(st.integers(0, 12), max_size=2),
    hidden_columns=st.lists(st.integers(0, 12), max_size=2),
    is_hidden=st.booleans(),
    uncomputed=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=2),
)
PROPER = st.sampled_from(
    [
        ["序号", "工作任务", "牵头单位", "配合单位", "完成时限"],
        ["章节", "工作任务", "具体措施", "责任单位", "完成时限"],
        ["条款标识", "类别", "编号", "标题", "正文", "牵头单位", "配合单位", "完成时限"],
    ]
)


def attempt(sheets: list[Sheet]) -> tuple[TableText | None, str]:
    try:
        return read_table(sheets), ""
    except UnreadablePlan as refused:
        return None, str(refused)


@settings(max_examples=300, deadline=None)
@given(st.lists(SHEETS, max_size=3), PROPER, st.booleans())
def test_any_sheets_are_read_or_refused_in_words(sheets, header, with_header):
    if with_header and sheets:
        sheets[0].rows.insert(0, list(header))
        sheets[0].is_hidden = False
    table, refusal = attempt(sheets)

    assert (table is None) == bool(refusal)
    if table is None:
        assert refusal.endswith("。")
        assert not looks_like_table(sheets)
    else:
        assert_sound(table)
        assert all(fault.message.endswith("。") for fault in table.faults)
        assert find_layouts(sheets)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="每年月日底前12二三0456.-/、，长期至到 季度半末号", max_size=24))
def test_any_words_of_a_deadline_are_read_or_not(words):
    due = read_due(words)

    assert due is None or due.type
