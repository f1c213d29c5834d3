"""Every way of writing a responsibility, in small plans of our own."""

from __future__ import annotations

import pytest

from measures.reading import Clause, PlanText, read_plan

HEAD = "东湖市反对拐卖人口行动实施方案（2022—2030年）\n一、总体要求\n坚持预防为主，落实工作责任。\n二、重点任务\n"


def read(body: str) -> PlanText:
    return read_plan(HEAD + body)


def only_measure(body: str) -> Clause:
    (measure,) = read(body).measures
    return measure


def parties(clause: Clause) -> tuple[list[str], list[str]]:
    return [party.name for party in clause.lead], [party.name for party in clause.cooperating]


@pytest.mark.parametrize(
    ("bracket", "lead", "cooperating"),
    [
        ("（市民政局负责，市公安局、市妇联配合）", ["市民政局"], ["市公安局", "市妇联"]),
        ("(市民政局负责,市公安局、市妇联配合)", ["市民政局"], ["市公安局", "市妇联"]),
        ("〔市民政局负责；市妇联配合〕", ["市民政局"], ["市妇联"]),
        ("[市民政局牵头，市妇联协助]", ["市民政局"], ["市妇联"]),
        ("【市民政局主办，市妇联协办】", ["市民政局"], ["市妇联"]),
        ("（市民政局负责，市妇联配合)", ["市民政局"], ["市妇联"]),
        ("（市公安局、市民政局负责）", ["市公安局", "市民政局"], []),
        ("（市公安局、市民政局分工负责）", ["市公安局", "市民政局"], []),
        ("（市公安局、市民政局按职责分工负责）", ["市公安局", "市民政局"], []),
        ("（市公安局、市民政局共同负责）", ["市公安局", "市民政局"], []),
        ("（市公安局负责、市法院、市检察院配合）", ["市公安局"], ["市法院", "市检察院"]),
        ("（市公安局牵头，市民政局、市妇联参与）", ["市公安局"], ["市民政局", "市妇联"]),
        ("（由市公安局牵头，市民政局等部门配合）", ["市公安局"], ["市民政局"]),
        ("（市公安局牵头，市民政局、市妇联按职责分工负责）", ["市公安局"], ["市民政局", "市妇联"]),
        ("（责任单位：市公安局、市民政局）", ["市公安局", "市民政局"], []),
        ("（牵头单位：市公安局；配合单位：市民政局、市妇联）", ["市公安局"], ["市民政局", "市妇联"]),
        ("（牵头单位：市公安局；责任单位：市民政局）", ["市公安局"], ["市民政局"]),
        ("【责任部门：市公安局（牵头）、市民政局】", ["市公安局"], ["市民政局"]),
        ("（责任单位：市公安局牵头，市民政局配合）", ["市公安局"], ["市民政局"]),
        ("\n牵头单位：市公安局\n责任单位：市民政局，各街道", ["市公安局"], ["市民政局", "各街道"]),
        ("\n责任单位：市公安局、市民政局", ["市公安局", "市民政局"], []),
        ("\n（市公安局负责，市民政局配合）", ["市公安局"], ["市民政局"]),
        ("\n责任单位：市公安局、市民政局分别牵头", ["市公安局", "市民政局"], []),
        ("（市文化和旅游局负责，市公安局和市妇联配合）", ["市文化和旅游局"], ["市公安局", "市妇联"]),
        ("（市委统战部（市民宗局）负责，市委宣传部(市政府新闻办)配合）", ["市委统战部"], ["市委宣传部"]),
        ("（市公安局负责，各州、市人民政府配合）", ["市公安局"], ["各州、市人民政府"]),
        ("（市公安局负责，各区县、市教委配合）", ["市公安局"], ["各区县", "市教委"]),
        ("（各县（市、区）政府负责）", ["各县（市、区）政府"], []),
        ("（市民政局\n负责，市公安局、\n市妇联配合）", ["市民政局"], ["市公安局", "市妇联"]),
        ("(市民政局负责，市公\n— 12 —\n安局配合)", ["市民政局"], ["市公安局"]),
        ("（市民政局负责，市公\n第 3 页 共 12 页\n安局配合）", ["市民政局"], ["市公安局"]),
        ("（市民政局负责，市公\n3 / 12\n安局配合）", ["市民政局"], ["市公安局"]),
        ("（市公安局会同市民政局负责）", ["市公安局", "市民政局"], []),
        ("（市公安局统筹，市民政局、市妇联落实）", ["市公安局"], ["市民政局", "市妇联"]),
        ("（市公安局负责牵头，市民政局予以协同）", ["市公安局"], ["市民政局"]),
        ("（市公安局为牵头单位，市民政局为配合单位）", ["市公安局"], ["市民政局"]),
        ("（牵头单位为市公安局，配合单位为市民政局）", ["市公安局"], ["市民政局"]),
        ("（主办：市公安局；协办：市民政局）", ["市公安局"], ["市民政局"]),
        ("（第一责任单位：市公安局；责任单位：市民政局）", ["市公安局"], ["市民政局"]),
        ("（牵头部门：市公安局 责任部门：市民政局 市妇联）", ["市公安局"], ["市民政局", "市妇联"]),
        ("（牵头单位：市公安局）（配合单位：市民政局）", ["市公安局"], ["市民政局"]),
        ("【牵头单位：市公安局】【责任单位：市民政局】", ["市公安局"], ["市民政局"]),
        ("（市公安局（牵头），市民政局、市妇联）", ["市公安局"], ["市民政局", "市妇联"]),
        ("（责任单位：市公安局/市民政局）", ["市公安局", "市民政局"], []),
        ("「市公安局负责，市民政局配合」", ["市公安局"], ["市民政局"]),
        ("（市公安局负责，市民政局、市妇联等相关部门和单位配合）", ["市公安局"], ["市民政局", "市妇联"]),
        ("（市公安局负责，各乡镇人民政府、街道办事处配合）", ["市公安局"], ["各乡镇人民政府、街道办事处"]),
        ("（市公安局负责，各区、县级市政府配合）", ["市公安局"], ["各区、县级市政府"]),
        ("（市公安局负责，市民政局配合）进一步加强督促检查。", ["市公安局"], ["市民政局"]),
        ("责任单位：市公安局、市民政局（按职责分工负责）", ["市公安局", "市民政局"], []),
        ("负责单位：市公安局。协助单位：市民政局。", ["市公安局"], ["市民政局"]),
        ("\n牵头单位：市公安局  配合单位：市民政局、市妇联", ["市公安局"], ["市民政局", "市妇联"]),
        ("\n牵头单位：市公安局，配合单位：市民政局", ["市公安局"], ["市民政局"]),
        ("\n牵头单位：\n市公安局\n配合单位：\n市民政局、市妇联", ["市公安局"], ["市民政局", "市妇联"]),
        ("（责任单位：\n市公安局\n市民政局）", ["市公安局", "市民政局"], []),
        ("\n**牵头单位**：市公安局\n**配合单位**：市民政局", ["市公安局"], ["市民政局"]),
        (
            "\n牵头单位：市公安局\n责任单位：市文化广电和旅游局，各县（市、区）人民政府",
            ["市公安局"],
            ["市文化广电和旅游局", "各县（市、区）人民政府"],
        ),
        ("（市公\u200b安局负责，市民政局配合）", ["市公安局"], ["市民政局"]),
    ],
)
def test_responsibility_in_every_notation(bracket, lead, cooperating):
    measure = only_measure(f"1.健全机制，加强部门协作配合。{bracket}\n")

    assert parties(measure) == (lead, cooperating)


@pytest.mark.parametrize(
    ("bracket", "lead", "cooperating"),
    [
        ("（省公安厅、教育厅、妇联负责）", ["省公安厅", "省教育厅", "省妇联"], []),
        ("（市委宣传部、网信办、政法委负责）", ["市委宣传部", "市委网信办", "市委政法委"], []),
        ("（省公安厅负责，教育厅、团省委配合）", ["省公安厅"], ["省教育厅", "团省委"]),
        ("（市教委、团市委负责）", ["市教委", "团市委"], []),
        (
            "（市公安局、市教委、民航东湖监管局负责，东湖铁路办事处配合）",
            ["市公安局", "市教委", "民航东湖监管局"],
            ["东湖铁路办事处"],
        ),
        ("（公安局、教育局负责，市场监管局配合）", ["公安局", "教育局"], ["市场监管局"]),
        (
            "（市人社局、公安局、残联负责，市市场监管局、总工会、妇联配合）",
            ["市人社局", "市公安局", "市残联"],
            ["市市场监管局", "市总工会", "市妇联"],
        ),
        (
            "（市公安局、文化广电和旅游局、妇儿工委办公室负责）",
            ["市公安局", "市文化广电和旅游局", "市妇儿工委办公室"],
            [],
        ),
        (
            "（县委宣传部（网信办）、统战部（民宗局），县发改局、教育局，县总工会、团县委、妇联负责）",
            ["县委宣传部", "县委统战部", "县发改局", "县教育局", "县总工会", "团县委", "县妇联"],
            [],
        ),
        (
            "（师市党委宣传部、政法委，师市公安局、教育局负责）",
            ["师市党委宣传部", "师市党委政法委", "师市公安局", "师市教育局"],
            [],
        ),
    ],
)
def test_prefix_is_inherited_where_the_document_leaves_it_out(bracket, lead, cooperating):
    assert parties(only_measure(f"1.健全机制。{bracket}\n")) == (lead, cooperating)


@pytest.mark.parametrize(
    "name",
    [
        "东湖铁路办事处",
        "民航东湖监管局",
        "团市委",
        "共青团市委",
        "人民银行东湖分行",
        "东湖海关",
        "海关",
        "国网东湖供电公司",
        "东城区公安局",
        "东湖广电集团",
        "各区县",
        "省公安厅",
        "县妇联",
        "国家税务局",
        "铁路公安处",
    ],
)
def test_name_that_is_complete_takes_no_prefix(name):
    read_back = read(
        f"1.加强排查。（市公安局、市民政局负责）\n2.加强打击。（市公安局、市法院负责）\n3.健全机制。（市公安局、{name}负责）\n"
    )

    assert [party.name for party in read_back.measures[-1].lead] == ["市公安局", name]
    assert "prefix_uncertain" not in [question.code for question in read_back.questions]


def test_prefix_completed_on_little_evidence_is_asked_about_once():
    read_back = read(
        "1.加强排查。（市公安局、市民政局负责）\n2.加强打击。（市公安局、市法院负责）\n"
        "3.健全机制。（市公安局、残联负责）\n4.加强救助。（市民政局、残联负责）\n"
    )

    assert [party.name for party in read_back.measures[-1].lead] == ["市民政局", "市残联"]
    assert [q.path for q in read_back.questions if q.code == "prefix_uncertain"] == ["二/3"]


@pytest.mark.parametrize(
    "group",
    [
        "各成员单位",
        "联席会议各成员单位",
        "各区县",
        "有关部门",
        "各街道",
        "各乡镇",
        "市级有关部门",
        "各有关单位",
        "其他成员单位",
        "各镇街",
        "各师市",
        "市直各有关部门",
        "各级反拐办",
        "区县政府",
        "各县（市、区）",
    ],
)
def test_groups_are_marked(group):
    measure = only_measure(f"1.健全机制。（市公安局负责，{group}配合）\n")

    assert [(party.name, party.group) for party in measure.cooperating] == [(group, True)]
    assert not measure.lead[0].group


@pytest.mark.parametrize("unit", ["联席会议办公室", "市反拐办", "市直机关工委", "师市妇联", "区县公安局"])
def test_single_units_are_no_groups(unit):
    measure = only_measure(f"1.健全机制。（市公安局负责，{unit}配合）\n")

    assert [(party.name, party.group) for party in measure.cooperating] == [(unit, False)]


@pytest.mark.parametrize(
    "bracket",
    [
        "（脱氧核糖核酸）",
        "（此件公开发布）",
        "（以下简称反拐办）",
        "（由公安机关负责人担任）",
        "（2021—2030年）",
        "（赡养）",
        "（大）队负责采集（样本）",
    ],
)
def test_other_brackets_are_no_responsibility(bracket):
    read_back = read(f"1.健全机制{bracket}。（市公安局负责）\n2.采集样本{bracket}工作。\n")

    assert [clause.path for clause in read_back.measures] == ["二/1"]


@pytest.mark.parametrize(
    "words",
    [
        "市公安局负责，市妇联配合。",
        "——市公安局负责，市妇联配合",
        "《市公安局负责，市妇联配合》",
        "《（市公安局负责，市妇联配合）》",
    ],
)
def test_last_sentence_of_units_and_roles_needs_no_bracket(words):
    measure = only_measure(f"1.完善机制，务求实效。{words}\n")

    assert [party.name for party in measure.lead] == ["市公安局"]
    assert [party.name for party in measure.cooperating] == ["市妇联"]


@pytest.mark.parametrize(
    "words",
    ["由市公安局负责，市妇联配合。", "市公安局要牵头，市妇联配合。", "有关同志负责。", "市公安局等部门配合。"],
)
def test_narrated_last_sentence_is_no_responsibility(words):
    assert read(f"1.完善机制，务求实效。{words}\n2.加强宣传。（市妇联负责）\n").measures[0].path == "二/2"


def test_bracket_that_begins_a_line_and_is_broken_over_the_next():
    measure = only_measure("1.加强部门联动，发挥综合治理优势。\n（市公安局负责，市教育\n局、市民政局配合）\n")

    assert measure.path == "二/1"
    assert [party.name for party in measure.cooperating] == ["市教育局", "市民政局"]


def test_role_words_in_prose_are_asked_about_only():
    read_back = read("1.完善机制。由市公安局牵头，相关部门配合，定期会商。\n2.加强宣传。（市妇联负责）\n")

    assert [clause.path for clause in read_back.measures] == ["二/2"]
    assert [(q.code, q.path) for q in read_back.questions if q.path == "二/1"] == [("responsibility_in_prose", "二/1")]


def test_role_words_in_prose_beside_a_bracket_are_not_asked_about():
    read_back = read(
        "1.由刑侦部门牵头，由县级以上公安机关负责人担任组长。（市公安局负责）\n2.加强宣传。（市妇联负责）\n"
    )

    assert not [q for q in read_back.questions if q.path.startswith("二")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.健全机制。（市公安局负责，市妇联配合\n", "unbalanced_bracket"),
        ("1.健全机制。市公安局负责，市妇联配合）\n", "unbalanced_bracket"),
        ("1.健全机制。（市妇联配合）\n", "measure_without_lead"),
        ("1.健全机制。（市公安局、市民政局、市妇联）\n", "responsibility_without_role"),
        ("1.健全机制。（把全市各方面的力量统统都动员起来投入到这一项工作中去！负责）\n", "responsibility_unreadable"),
        ("1.健全机制。（市公安局、市民政局等部门负责）\n", "open_ended_list"),
        ("1.健全机制。（市公安局负责）\n1.加强宣传。（市妇联负责）\n", "number_repeated"),
        ("1.健全机制。（市公安局负责）\n3.加强宣传。（市妇联负责）\n", "numbering_gap"),
        ("1.健全机制。（市公安局负责，市民政局***！配合）\n", "responsibility_unreadable"),
        ("1.健全机制。（责任单位：市公安局、市民政局，列第一位的为牵头单位）\n", "responsibility_unreadable"),
        ("1.健全机制。（市公安局、市民政局，排在第一位的为牵头单位，下同）\n", "responsibility_unreadable"),
        ("1.健全机制。\n牵头单位：！！\n", "responsibility_unreadable"),
        ("1.健全机制。（市公安局会同市民政局负责）\n", "lead_and_responsible"),
        ("1.健全机制。（市公安局）\n", "responsibility_without_role"),
        ("1.宣传。\n2.培训。\n责任单位：市公安局\n", "responsibility_scope"),
        ("1.健全机制。（市公安局负责）\n三、分工\n序号\n任务\n牵头单位\n1\n宣传\n市公安局\n", "table_in_text"),
        ("1.健全机制。（市住房城乡建委负责）\n2.加强宣传。（市住房城乡建设委负责）\n", "unit_variant"),
    ],
)
def test_doubt_becomes_a_question(text, code):
    assert code in [question.code for question in read(text).questions]


def test_unclosed_bracket_is_read_nevertheless():
    assert parties(only_measure("1.健全机制。（市公安局负责，市妇联配合\n2.加强宣传。\n")) == (["市公安局"], ["市妇联"])


def test_duties_listed_by_department_belong_to_the_heading():
    read_back = read("（一）市公安局\n1.打击犯罪。\n2.建立信息库。\n（二）市教育局、市妇联。开展宣传。\n")

    found = [(clause.path, *parties(clause)) for clause in read_back.measures]
    assert found == [
        ("二/(一)/1", ["市公安局"], []),
        ("二/(一)/2", ["市公安局"], []),
        ("二/(二)", ["市教育局", "市妇联"], []),
    ]


def test_unit_outside_the_member_list_is_asked_about():
    read_back = read("1.联席会议由市公安局、市民政局、市妇联等部门组成。\n2.加强宣传。（市教育局负责）\n")

    assert read_back.members == ["市公安局", "市民政局", "市妇联"]
    assert "unit_not_in_member_list" in [question.code for question in read_back.questions]


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("（一）预防\n1.宣传。\n2.培训。\n\n责任单位：市公安局\n（二）打击\n", "二/(一)"),
        ("（一）预防\n　　1.宣传。\n　　2.培训。\n责任单位：市公安局\n（二）打击\n", "二/(一)"),
        ("（一）预防\n1.宣传。\n2.培训。\n（以上工作由市公安局牵头）\n（二）打击\n", "二/(一)"),
        ("（一）预防\n1.宣传。\n2.培训。\n责任单位：市公安局\n（二）打击\n", "二/(一)/2"),
        ("（一）预防\n1.宣传。（市妇联负责）\n2.培训。\n\n责任单位：市公安局\n（二）打击\n", "二/(一)/2"),
    ],
)
def test_responsibility_below_several_items_is_of_all_of_them_if_it_stands_apart(text, owner):
    (measure,) = [c for c in read(text).measures if parties(c)[0] == ["市公安局"]]

    assert measure.path == owner


def test_heading_with_a_responsibility_keeps_it_above_a_text():
    read_back = read(
        "（一）加强预防（责任单位：市公安局、市民政局、市教育局、市妇联、市总工会）\n落实网格化管理，做到早发现。\n（二）打击\n"
    )

    assert len(read_back.measures[0].lead) == 5


def test_each_of_一是_with_a_bracket_is_a_measure():
    read_back = read("（一）预防\n一是宣传。（市妇联负责）\n二是排查。（市公安局负责）\n（二）打击\n")

    assert [(c.path, *parties(c)) for c in read_back.measures] == [
        ("二/(一)", ["市妇联"], []),
        ("二/(一)#2", ["市公安局"], []),
    ]


def test_line_printed_on_every_page_is_in_nobody_s_name():
    page = "{}\n东湖市人民政府公报\n"
    text = "".join(f"{n}.加强工作。（市公安局负责，市民\n{page.format(f'— {n} —')}政局配合）\n" for n in range(1, 5))

    assert all(parties(measure) == (["市公安局"], ["市民政局"]) for measure in read(text).measures)


POSITIONS = ["。（{}）", "。【{}】", "。〔{}〕", "。\n（{}）", "。\n{}", "。「{}」"]
ODD = [
    "牵头单位：{}",
    "责任单位：{}",
    "配合单位：{}",
    "{}负责",
    "市公安局牵头，{}配合",
    "市公安局负责；{}协助",
    "主办：{}；协办：{}",
]
NO_NAMES = ["？？", "ＸＸ※※", "市公安局%%市民政局", "（略）", "…………"]


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", NO_NAMES)
def test_responsibility_that_cannot_be_read_is_never_lost_in_silence(position, odd, name):
    read_back = read(f"1.健全机制{position.format(odd.replace('{}', name))}\n2.加强宣传。（市妇联负责）\n")

    asked = {question.code for question in read_back.questions if question.path.startswith("二/1")}
    assert asked & {
        "responsibility_unreadable",
        "responsibility_without_role",
        "responsibility_in_prose",
        "unit_name_unusual",
        "measure_without_lead",
    }
