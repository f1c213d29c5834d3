"""What the units of the demo's accounts have written, word for word: everybody else's words are drawn by lot."""

from __future__ import annotations

from reporting.enums import EntryState
from reporting.samples.entries import Outcome
from reporting.samples.texts import NOTE, Texts

_EDUCATION, _CIVIL_AFFAIRS, _JUSTICE = "500000-jiaowei", "500000-minzheng", "500000-sifa"

# By unit and clause; each was accepted.
LAST_YEAR: dict[tuple[str, str], Outcome] = {
    (_EDUCATION, "二/(二)/2"): Outcome(
        EntryState.ACCEPTED,
        Texts(
            f"{NOTE}督促各区县更新控辍保学台账，组织中小学校开展反拐主题班会和应急演练，教职工报告制度纳入校长培训。",
            "部分乡村学校安全课程教师为兼职，课时难以保证。",
            "编印统一的反拐安全课教案，年内覆盖全部寄宿制学校。",
        ),
        figures=(("主题班会", 120, "场"), ("培训教职工", 860, "人次")),
    ),
    (_EDUCATION, "四/(四)/1"): Outcome(
        EntryState.ACCEPTED,
        Texts(f"{NOTE}为需要复学的儿童联系就近学校，安排心理健康教师跟踪回访。", "", "完善异地就学的联系机制。"),
    ),
    (_EDUCATION, "二/(一)/1"): Outcome(
        EntryState.ACCEPTED,
        Texts(f"{NOTE}配合建立线索通报制度，明确学校报告流程和联系人。", "", "每学期核对一次联系人。"),
    ),
    (_CIVIL_AFFAIRS, "二/(二)/4"): Outcome(
        EntryState.ACCEPTED,
        Texts(
            f"{NOTE}开展婚姻登记员培训，完善登记信息核验流程。",
            "与出入境信息的共享仍需逐件查询。",
            "推动信息共享接口上线。",
        ),
        figures=(("培训登记员", 210, "人次"),),
    ),
}

WRITES_ALL = (_EDUCATION,)
# By unit and clause. What is not named here is drawn by lot; units of WRITES_ALL have not begun it.
THIS_YEAR: dict[tuple[str, str], Outcome] = {
    (_EDUCATION, "二/(一)/1"): Outcome(
        EntryState.ACCEPTED,
        Texts(
            f"{NOTE}核对全市学校报告联系人，更新线索报告流程图，随开学通知下发。",
            "",
            "每学期核对一次联系人。",
        ),
    ),
    (_EDUCATION, "二/(一)/2"): Outcome(
        EntryState.SUBMITTED,
        Texts(f"{NOTE}参加形势分析会，提交校园安全和控辍保学方面的情况分析。", "", "按季度提供情况分析。"),
    ),
    (_EDUCATION, "二/(二)/2"): Outcome(
        EntryState.RETURNED,
        Texts(
            f"{NOTE}各区县控辍保学台账已更新，统一的反拐安全课教案印发到全部寄宿制学校，教职工报告制度列入校长培训。",
            "民办托育机构的情况掌握不全。",
            "会同有关部门开展托育机构摸底。",
        ),
        figures=(("主题班会", 156, "场"), ("培训教职工", 1040, "人次")),
        reason=f"{NOTE}请补充教案覆盖的学校数量，并说明民办托育机构摸底的时间安排。",
    ),
    (_EDUCATION, "二/(二)/2#2"): Outcome(
        EntryState.DRAFT,
        Texts(f"{NOTE}上半年组织安全课和应急演练，会同公安机关检查校园周边警务室和护学岗。"),
    ),
    (_EDUCATION, "四/(四)/1"): Outcome(
        EntryState.ACCEPTED,
        Texts(
            f"{NOTE}完善异地就学联系机制，为需要复学的儿童联系就近学校，安排专业社会工作者和心理健康教师回访。",
            "个别学校心理健康教师力量不足。",
            "以区县为单位统筹心理健康教师。",
        ),
    ),
    (_EDUCATION, "五/(二)/1"): Outcome(
        EntryState.TO_SIGN,
        Texts(
            f"{NOTE}防性侵教育纳入中小学和中职学校课程计划，开展强制报告制度培训，秋季学期起每学期不少于两课时。",
            "",
            "组织一次课程实施情况检查。",
        ),
    ),
    (_EDUCATION, "五/(二)/2"): Outcome(
        EntryState.TO_SIGN,
        Texts(f"{NOTE}配合开展村（社区）家庭教育指导，发放告家长书。", "", "寒假前再发放一次告家长书。"),
    ),
    (_CIVIL_AFFAIRS, "二/(二)/4"): Outcome(
        EntryState.ACCEPTED,
        Texts(
            f"{NOTE}婚姻登记信息核验流程上线，登记员全员培训，发现疑似情形按流程报告。",
            "跨省登记信息的核验仍有时差。",
            "与有关部门商定核验时限。",
        ),
        figures=(("培训登记员", 236, "人次"),),
    ),
    # Asked for by the unit that leads (reporting.samples.situations).
    (_JUSTICE, "五/(二)/1"): Outcome(EntryState.DRAFT, Texts(f"{NOTE}选派法治副校长开展强制报告制度讲座。")),
}
