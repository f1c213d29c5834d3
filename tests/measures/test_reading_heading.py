"""What a plan says of itself: number, issuer, date, years and members, in every way of printing them."""

from __future__ import annotations

import pytest

from measures.reading import PlanText, read_plan

TITLE = "东川县反对拐卖人口行动实施方案"
BODY = "一、总体要求\n坚持预防为主。\n二、任务\n1.宣传。（县妇联负责）\n2.打击。（县公安局负责）\n"


def read(head: str, foot: str = "") -> PlanText:
    return read_plan(f"{head}\n{BODY}{foot}")


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("东政办发〔2022〕15号", "东政办发〔2022〕15号"),
        ("东政办发[2022]15号", "东政办发[2022]15号"),
        ("（2022）15号", "（2022）15号"),
        ("青政办〔2014〕7号", "青政办〔2014〕7号"),
        ("新兵办发〔2021〕66号", "新兵办发〔2021〕66号"),
        ("（东政办发〔2022〕15号）", "东政办发〔2022〕15号"),
        ("发文字号： 东政办函〔2022〕18号", "东政办函〔2022〕18号"),
        ("文　　号：	东政办发〔2022〕15号	发布日期：	2022年3月1日", "东政办发〔2022〕15号"),
        ("东 政 办 发〔2022〕15 号", "东政办发〔2022〕15号"),
        ("根据国办发〔2021〕13号文件精神，制定本方案。", None),
        ("为贯彻《通知》（国办发〔2021〕13号），结合我县实际，制定本方案。", None),
    ],
)
def test_own_document_number_is_told_from_a_cited_one(line, number):
    assert read(f"{TITLE}\n{line}").document_number == number


@pytest.mark.parametrize(
    ("head", "foot", "issuer"),
    [
        ("青岭省人民政府办公厅关于印发实施方案的通知", "", "青岭省人民政府办公厅"),
        (
            "中共东川县委办公室 东川县人民政府办公室关于印发实施方案的通知",
            "",
            "中共东川县委办公室、东川县人民政府办公室",
        ),
        ("东川县反拐工作联席会议办公室关于印发实施方案的通知", "", "东川县反拐工作联席会议办公室"),
        (TITLE, "东川县公安局\n2022年3月8日\n", "东川县公安局"),
        (TITLE, "东川县妇女儿童工作委员会（代章）\n2022年3月8日\n", "东川县妇女儿童工作委员会"),
        (TITLE, "东川县公安局　　东川县民政局\n2022年3月8日\n", "东川县公安局、东川县民政局"),
        (TITLE, "东川县公安局\n东川县妇联\n2022年3月8日\n", "东川县公安局、东川县妇联"),
        (f"{TITLE}\n第九师办公室 2022年5月6日", "", "第九师办公室"),
        (f"{TITLE}\n发文机关：东川县人民政府办公室", "", "东川县人民政府办公室"),
    ],
)
def test_issuing_organ_is_found(head, foot, issuer):
    assert read(head, foot).issued_by == issuer


@pytest.mark.parametrize(
    ("head", "foot", "day", "asked"),
    [
        ("东川县公安局\n2022年3月8日", "", "2022-03-08", False),
        ("东川县公安局\n二〇二二年三月八日", "", "2022-03-08", False),
        ("东川县公安局\n２０２２年３月８日", "", "2022-03-08", False),
        ("东川县公安局\n2022 年 3 月 8 日", "", "2022-03-08", False),
        ("", "东川县公安局\n2022年3月8日\n", "2022-03-08", False),
        ("成文日期：2022-03-08\n发布日期：2022-04-01", "", "2022-03-08", False),
        ("发文日期： 2022年03月08日", "", "2022-03-08", False),
        ("成 文 日 期 :\n2022-03-08", "", "2022-03-08", False),
        ("发布日期：2022-03-08", "", "2022-03-08", True),
        ("2022-03-08   来源：东川县政府办", "", "2022-03-08", True),
        ("", "", None, False),
    ],
)
def test_date_of_issue_is_found(head, foot, day, asked):
    plan = read(f"{TITLE}\n{head}", foot)

    assert plan.issued_on == day
    assert ("issue_date_from_web" in [question.code for question in plan.questions]) == asked


@pytest.mark.parametrize(
    ("title", "sentence", "years"),
    [
        (f"{TITLE}（2013-2020年）", "", (2013, 2020)),
        (f"{TITLE}(2021~2030年)", "", (2021, 2030)),
        (f"{TITLE}（2021至2030年）", "", (2021, 2030)),
        (f"{TITLE}（二〇二一—二〇三〇年）", "", (2021, 2030)),
        (f"{TITLE}\n二〇二一至二〇三〇年", "", (2021, 2030)),
        (f"{TITLE}（2021—2030）", "", (2021, 2030)),
        (TITLE, "自2022年1月1日起，为期五年。", (2022, 2026)),
        (TITLE, "本方案自2022年3月1日起施行，有效期至2030年12月31日。", (2022, 2030)),
        (TITLE, "本方案有效期至2030年12月31日。", (None, 2030)),
        ("东川县2023年反拐工作要点", "", (2023, 2023)),
    ],
)
def test_years_are_found(title, sentence, years):
    period = read(title, f"3.加强领导。{sentence}\n").period

    assert (period.start, period.end) == years


WEB = """首页 > 政务公开 > 规范性文件
索引号：	DCX00000/2022-00012	信息分类：	公安
发布机构：	东川县人民政府办公室	生成日期：	2022-04-01
名　　称：	东川县反对拐卖人口行动实施方案
有效性：	有效	关键词：	反拐
来源：县政府办 时间：2022-04-02 浏览次数：132
字体：【大 中 小】 打印本页 关闭窗口
分享到：
"""
WEB_FOOT = """相关附件：
附件下载：任务分工.doc
政策解读：一图读懂
责任编辑：张某
【打印本页】【关闭窗口】
扫一扫在手机打开当前页
主办：东川县人民政府 承办：东川县人民政府办公室
"""


def test_furniture_of_a_web_page_opens_no_clause():
    plan = read(f"{WEB}{TITLE}（2021—2030年）", WEB_FOOT)

    assert [clause.path for clause in plan.clauses] == ["题首", "一", "二", "二/1", "二/2", "落款"]
    assert plan.title == f"{TITLE}（2021—2030年）"
    assert plan.issued_on == "2022-04-01"


@pytest.mark.parametrize(
    ("text", "members", "stated"),
    [
        ("联席会议由县公安局、县民政局、县妇联等部门和单位组成。", ["县公安局", "县民政局", "县妇联"], None),
        ("成员单位：县公安局、县民政局、县妇联。", ["县公安局", "县民政局", "县妇联"], None),
        ("成员单位包括县公安局、民政局、妇联。", ["县公安局", "县民政局", "县妇联"], None),
        ("成员单位：\n县公安局\n县民政局\n县妇联", ["县公安局", "县民政局", "县妇联"], None),
        (
            "联席会议由县公安局牵头，县民政局、县妇联、县教育局组成。",
            ["县公安局", "县民政局", "县妇联", "县教育局"],
            None,
        ),
        ("联席会议由县公安局、县民政局、县妇联等28个单位组成。", ["县公安局", "县民政局", "县妇联"], 28),
        ("成员单位：县公安局、县民政局、县妇联（共3个单位）。", ["县公安局", "县民政局", "县妇联"], None),
    ],
)
def test_members_are_listed_and_counted(text, members, stated):
    plan = read(TITLE, f"三、组织机构\n{text}\n四、要求\n")

    assert plan.members == members
    asked = [question.message for question in plan.questions if question.code == "members_miscounted"]
    assert asked == ([] if stated is None else [f"原文说成员单位共 {stated} 家，列出的是 {len(members)} 家，请核对。"])


def test_leader_of_the_conference_is_a_member_and_no_measure():
    plan = read(TITLE, "三、组织机构\n（一）牵头单位：县公安局\n（二）成员单位：县民政局、县妇联、县教育局\n四、要求\n")

    assert plan.members == ["县公安局", "县民政局", "县妇联", "县教育局"]
    assert [measure.path for measure in plan.measures] == ["二/1", "二/2"]
