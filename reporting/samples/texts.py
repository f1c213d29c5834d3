"""Invented sentences for the demo's entries and reports: by the kind of work that a chapter of a plan is about."""

from __future__ import annotations

import random
from dataclasses import dataclass

NOTE = "（演示数据，虚构）"

_PREVENT = (
    "修订本系统预防拐卖工作清单，逐项明确责任处室、完成时限和联系人。",
    "会同有关部门开展联合排查{n}次，发现的管理漏洞均已督促整改。",
    "建立线索登记、移送和反馈台账，每季度核对一次。",
    "组织基层工作人员培训{n}期，重点讲解发现和报告疑似情形的流程。",
    "对重点场所开展走访，宣传政策并登记需求。",
    "完善部门信息通报办法，明确联络人，节假日保持联系畅通。",
)
_STRIKE = (
    "落实专项行动部署，完善协作和信息核查流程。",
    "配备专门力量接收、核查线索，按规定时限反馈办理结果。",
    "规范办理环节的未成年人保护要求，配备专用场所。",
    "召开会商会{n}次，统一工作标准和文书格式。",
    "组织业务培训{n}期，编发办理指引。",
)
_HELP = (
    "梳理救助安置流程，与有关单位签订协作约定，明确交接手续。",
    "落实定点机构和专人负责，衔接心理疏导、医疗和法律服务。",
    "分类建立帮扶清单，定期回访，注意保护隐私。",
    "组织社会工作者和志愿者培训{n}期。",
    "安排专项经费，用于临时照料和康复服务。",
)
_TEACH = (
    "在主要媒体和政务新媒体发布宣传内容{n}条，覆盖城乡。",
    "结合开学季、春运等节点开展主题宣传{n}场。",
    "编印通俗读本和折页，发放到村（社区）、学校和车站。",
    "把反拐知识纳入干部职工和志愿者培训。",
    "公布举报渠道，落实举报奖励办法。",
)
_ABROAD = (
    "开展出国（境）人员行前安全培训{n}期。",
    "完善境外求助信息的接收、核实和转办流程。",
    "与口岸和外事单位建立会商机制，明确联系人。",
)
_ENSURE = (
    "把反拐工作列入年度工作要点和考核内容。",
    "专题研究反拐工作{n}次，协调解决经费、人员等问题。",
    "开展督导检查{n}次，印发整改清单并跟踪落实。",
    "把反拐经费列入部门预算，专款专用。",
)
# By the first part of a clause's path, as the plans of the city and of the corps number their chapters.
_OF_CHAPTER = {
    **{"二": _PREVENT, "三": _STRIKE, "四": _HELP, "五": _TEACH, "六": _ABROAD, "七": _ENSURE},
    **{"第二章": _ENSURE, "第三章": _PREVENT, "第四章": _STRIKE, "第五章": _HELP, "第六章": _TEACH},
    **{"第七章": _ABROAD, "第八章": _ENSURE},
}
_PROBLEMS = (
    "基层人员变动较多，业务培训需要持续开展。",
    "部门之间的信息仍需人工核对，时效不高。",
    "偏远乡镇宣传覆盖不足。",
    "专项经费有限，部分项目进度偏慢。",
)
_NEXT_STEPS = (
    "每季度通报一次进展，按期完成清单内全部事项。",
    "推动信息共享接口上线，减少重复填报。",
    "面向偏远乡镇增加宣传场次。",
    "组织一次业务考核，以查促改。",
)
# This share of entries tells of problems.
_TROUBLED = 0.3


@dataclass(frozen=True, slots=True)
class Texts:
    """What a unit writes about one measure."""

    work_done: str
    problems: str = ""
    next_steps: str = ""


def texts_of_entry(path: str, draw: random.Random) -> Texts:
    """An entry's texts for the clause ``path``."""
    pool = _OF_CHAPTER.get(path.partition("/")[0], _ENSURE)
    return Texts(
        f"{NOTE}{_two(pool, draw)}",
        draw.choice(_PROBLEMS) if draw.random() < _TROUBLED else "",
        draw.choice(_NEXT_STEPS),
    )


def texts_of_report(owner: str, year: int, draw: random.Random) -> dict[str, str]:
    """The four parts of a report, by their keys (reporting.report_structure), for who has no entries to compile."""
    return {
        "overview": f"{NOTE}{year}年，{owner}按照计划要求，明确分管负责人和联络员，{_two(_ENSURE, draw)}",
        "work": f"{NOTE}{_two(_PREVENT, draw)}{_two(_TEACH, draw)}{_two(_HELP, draw)}",
        "problems": draw.choice(_PROBLEMS),
        "next_steps": draw.choice(_NEXT_STEPS),
    }


def _two(pool: tuple[str, ...], draw: random.Random) -> str:
    return "".join(sentence.format(n=draw.randint(2, 9)) for sentence in draw.sample(pool, 2))
