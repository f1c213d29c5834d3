"""The words by which plans say who leads and who cooperates: role words after names, labels before them."""

from __future__ import annotations

import re
from collections.abc import Iterator

LEAD, COOPERATING, NEUTRAL, ASIDE = "lead", "cooperating", "neutral", "aside"

_IS = "(?:责任)?(?:单位|部门)"
LEAD_WORDS = (
    f"为(?:总牵头|牵头|主要责任|第一责任|主要|责任|负责|主办|承办){_IS}|"
    "督促落实|督导落实|指导落实|各司其职|牵头抓总|牵头组织实施|牵头组织|牵头负责|牵头实施|牵头落实|牵头推进|牵头主办|牵头抓|牵头|分工负责|分级负责|共同负责|"
    "具体负责|主要负责|组织负责|负责牵头|负责落实|负责实施|负责组织实施|负责|主办|承办|主责|主抓|抓好落实|抓落实|组织实施|"
    "组织落实|推进落实|落实|实施|各负其责|负总责|为主|承担|统筹协调|统筹"
)
COOP_WORDS = (
    f"为(?:配合|协助|协办|协同|参与|参加|成员){_IS}|"
    "协同配合|共同配合|积极配合|密切配合|协助配合|参与配合|负责配合|配合负责|配合落实|配合实施|配合做好|配合|协助|协办|"
    "协同参与|协同|协作|共同参与|参与|参加|支持|联动"
)
ADVERB = (
    r"(?:[,、]?(?:按照|按|根据|依据|依照|依|在)(?:各自|本部门|本单位|部门|单位|本地区)?(?:的)?"
    r"(?:工作职责|职能职责|职责分工|职能分工|任务分工|职责任务|职责|职能|分工)(?:范围)?(?:内)?|"
    r"予以|给予|共同|分别|具体|主要|积极|密切|联合|统筹|各自|同时)"
)
CLOSER = re.compile(rf"(?P<adverb>{ADVERB}{{0,3}})(?:(?P<lead>{LEAD_WORDS})|(?P<coop>{COOP_WORDS}))(?=[,;、。.\s]|$)")
# The three words that may be followed by the next name at once: 「公安局负责法院、检察院配合」.
_RUN_ON = re.compile(
    rf"(?P<adverb>{ADVERB}{{0,3}})(?P<lead>牵头负责|负责|牵头|主办)(?!人|同志|单位|部门|的|制|领导|[,;、。.\s]|$)"
)
UNIT_WORD = r"(?:责任单位|责任部门|单位|部门|主体|处室|科室|机构)"
_DUE_LABEL = (
    r"(?:计划|拟)?(?:完成|办结|办理|时间|工作|落实|整改|实施)(?:时限|时间|期限|节点|进度)|(?:时间|进度|时限)(?:要求|安排|节点|进度)|"
    r"时限|期限"
)
ROLE_LABEL = re.compile(
    r"(?P<bracket>\()? ?(?:[省市县区州师]{0,2}(?:级|直|兵团)?(?:"
    rf"(?P<lead>(?:第一责任|第一|主要责任|主要牵头|主要|主责|牵头负责|牵头责任|牵头\(责任\)|责任牵头|牵头实施|牵头|主办|承办|主管|"
    rf"负责){UNIT_WORD}|牵头|主办|负责)|"
    r"(?P<coop>(?:主要)?(?:配合责任|责任配合|责任\(配合\)|配合\(责任\)|协同配合|参与配合|协助配合|配合实施|配合落实|配合|协办|协同|"
    rf"协助|协作|会办|参与|参加|参建|支持|指导){UNIT_WORD}|配合|协办|协同|协助|参与)|"
    rf"(?P<neutral>(?:责任落实|落实|实施|共同责任|责任){UNIT_WORD}?|(?:责任|任务|职责|工作)?分工)|"
    rf"(?P<aside>(?P<due>{_DUE_LABEL})|(?:责任|分管|牵头|市级|区级|县级|包抓|主管)领导|责任人|联系人|联系电话))"
    r")(?:\(\d{1,3}[个家]?\))?\s{0,4}(?(bracket)(?P<close>\))?\s?:?|:)"
)
# 「牵头单位为市公安局」: read as with a colon.
_LABEL_IS = re.compile(r"(?<=单位|部门)[为是]")
# 「责任单位：市公安局，列第一位的为牵头单位」.
FIRST_LEADS = re.compile(
    r"[列排](?:在|名)?(?:第一|首|前)位?(?:的|者)?(?:单位|部门)?(?:[为是])?(?:牵头|第一|主要|主办|负责|总牵头)"
)
NOT_ROLES = re.compile(r"以下简称|下同|下称|简称")
# What a piece of a list says of time; no unit's name begins or ends so.
DUE = re.compile(
    rf"(?:{_DUE_LABEL})[:为]|"
    r"(?:于|在|到|至|自|从|力争|原则上|每)?(?:\d{4}(?:年|[-./]\d)|\d{1,2}月|每[年月季半两度]|[年季月]底|年内|年末|长期|持续|"
    r"常年|全年|立即|即时|即日|适时|定期|常态|按时|按期|分年度|分阶段|限期|[一二三四]季度|[上下]半年)|"
    r".{0,14}(?:完成|底前|坚持|推进|[日月年]前)\Z"
)


def colons(masked: str) -> str:
    """「牵头单位为…」 with a colon for its verb, at equal length."""
    return _LABEL_IS.sub(":", masked) if "单位" in masked or "部门" in masked else masked


def role_of(label: re.Match[str]) -> str:
    """The role that a match of ``ROLE_LABEL`` gives."""
    if label["lead"]:
        return LEAD
    if label["coop"]:
        return COOPERATING
    return NEUTRAL if label["neutral"] else ASIDE


def closers(masked: str, begin: int, end: int) -> Iterator[re.Match[str]]:
    """The role words of a stretch that close a list of names, in order."""
    found = list(CLOSER.finditer(masked, begin, end))
    if not found:
        return
    taken = {match.start() for match in found}
    run_on = [match for match in _RUN_ON.finditer(masked, begin, found[-1].start()) if match.start() not in taken]
    yield from sorted(found + run_on, key=lambda match: match.start()) if run_on else found


def mentions_role(folded: str) -> bool:
    return CLOSER.search(folded) is not None or ROLE_LABEL.search(folded) is not None
