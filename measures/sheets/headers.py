"""What the words above a column say it holds, and by which words a table's layout is recognised again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from measures.reading.numerals import ZERO_WIDTH, fold
from measures.reading.roles import COOPERATING, LEAD, NEUTRAL, ROLE_LABEL, UNIT_WORD, role_of

from .results import Role

# The words looked for, as people are told when a file has none of them.
WANTED = "「工作任务」「重点任务」「具体措施」等任务列，以及「牵头单位」「责任单位」「配合单位」等单位列"
# Without these a table assigns nothing to nobody.
TASKS = frozenset({Role.TASK, Role.MEASURE})
UNITS = frozenset({Role.LEAD, Role.RESPONSIBLE, Role.COOPERATING})
# Longer than this no cell heads a column.
MAX_HEADER = 30

_UNSEEN = dict.fromkeys(map(ord, ZERO_WIDTH + "*＊★☆·•"))
_BRACKET = re.compile(r"\([^()]*\)")
_EDGES = ":,.、;。-—_/"
_WORK = r"(?:重点|主要|具体|工作|目标|年度|行动|督[办查]|交办|办理|承办|考核|建设|整治|反拐|打拐|任务|责任|重大|核心|承担|分解|推进|当年|本年度?|细化|实施|落实)"
_PATTERNS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    (Role.SERIAL, re.compile(r"(?:顺|总|分|行)?序号?|项号|行号|次序|N[oO0]\.?|#")),
    (
        Role.NUMBER,
        re.compile(r"(?:条款|条文|任务|措施|项目|事项|工作|条目)?(?:编号|编码|代码)|条款号?|条号|条次|条文|条|条款?项"),
    ),
    (
        Role.CHAPTER,
        re.compile(
            r"(?:所属|所在|计划)?(?:章节|篇章|部分|章|节|板块|领域|方面|类别|分类|大类|小类|类型|门类|项目类别|模块)(?:名称)?|"
            r"(?:任务|工作|重点|措施|行动|事项)(?:类别|分类|领域|板块|大类|方面|类型|模块)|[一二三]级(?:目录|指标|任务|目标|分类|标题|项目)"
        ),
    ),
    (
        Role.PROGRESS,
        re.compile(
            r"(?:目前|当前|最新|工作|任务|阶段性?|月度|季度|年度)?(?:进展|落实|完成|推进|执行|办理|开展|整改|实施)"
            r"(?:情况|动态|程度|状况|成效|结果|进度|率)(?:及成效|说明|和成效)?|工作(?:动态|成效|进度|进展)|(?:目前)?进展|"
            r"(?:任务|目标)?(?:完成|落实)进度|进度|成效"
        ),
    ),
    (Role.PROBLEMS, re.compile(r"(?:目前)?(?:存在|主要|面临)?的?(?:问题|困难|短板|不足)(?:[及和与、]\w{1,6})?")),
    (
        Role.NEXT,
        re.compile(r"(?:下一?步|下一?阶段|后续|今后)的?(?:工作)?(?:措施|计划|打算|安排|举措|思路|任务|重点|工作)?"),
    ),
    (
        Role.STATUS,
        re.compile(
            r"(?:是否|有无)?(?:销号|完成|办结)(?:状态|与否|标志)?|(?:任务|工作|办理|进度)?状态|销号情况|.{0,4}是否.{2,6}"
        ),
    ),
    (
        Role.EVIDENCE,
        re.compile(
            r"(?:佐证|印证|支撑|证明|附件|相关|档案|备查)?(?:材料|资料)(?:清单|目录)?|附件|成果(?:形式|材料)?|佐证"
        ),
    ),
    (Role.NOTE, re.compile(r"备注(?:说明)?|备考|附注|注|说明|其他")),
    (
        Role.CONTACT,
        re.compile(r"联[系络](?:人|员|电话|方式|手机)\S{0,8}|(?:办公|手机|固定|值班)?(?:电话|号码|手机)(?:号码)?"),
    ),
    (
        Role.LEADER,
        re.compile(
            r"(?:责任|分管|牵头|主管|市级|区级|县级|包抓|挂钩|包联|带班|主要|局|委)?领导(?:同志|干部)?|\w{0,6}分管\w{0,6}"
        ),
    ),
    (
        Role.PERSON,
        re.compile(
            r"(?:第一|直接|主要|具体|工作|牵头|主办|分管|单位|部门)?(?:责任人|负责人|经办人|承办人|办理人|填报人|负责同志)"
            r"(?:员)?(?:姓名|及职务|职务)?(?:[及和与、/]?(?:联系)?(?:电话|方式))?"
        ),
    ),
    (
        Role.DUE,
        re.compile(
            r"(?:计划|拟|预计|要求|规定|应)?(?:完成|办结|办理|落实|整改|实施|工作|任务|截止|截至|报送|推进)?的?"
            r"(?:时限|时间|期限|日期|时间节点|年限|节点|时点|时间表)(?:要求|安排|节点|进度)?|"
            r"(?:时间|进度|时限|完成)(?:要求|安排|节点|进度|时)|(?:推进|工作)?时间(?:进度|安排|节点|要求)"
        ),
    ),
    (
        Role.MEASURE,
        re.compile(
            r"(?:具体|工作|主要|落实|实施|推进|细化|重点|任务|保障|政策|策略|相关)*(?:措施|举措)(?:[及和与、]?(?:要求|内容|办法))?|"
            r"(?:工作|具体|任务|落实|目标|办理|督[办查]|完成)要求|(?:具体|细化|分解)(?:内容|任务|工作|事项|分工)|任务细化|(?:细化)?分解任务"
        ),
    ),
    (
        Role.TASK,
        re.compile(
            rf"{_WORK}{{0,3}}(?:任务|内容|事项|要点|项目|工作|目标|目标任务|任务目标|行动措施)"
            r"(?:分解|清单|内容|名称|描述|要求|目标|事项|措施|安排|项目)?(?:[及和与、](?:要求|措施|内容|目标|任务|举措|标准))?|"
            r"(?:条款|条文|计划|方案)(?:内容|正文|原文)|正文|重点工作(?:安排|部署)?|工作(?:安排|部署)"
        ),
    ),
)
# Words that domain usage gives to tasks though their form is that of measures.
_TASK_WORDS = frozenset({"行动措施", "任务措施", "政策措施", "任务分工"})
_OWN_LABELS = frozenset(
    {"单位", "部门", "单位名称", "部门名称", "承担单位", "承担部门", "涉及单位", "涉及部门", "落实主体"}
)
_DIVIDES = frozenset({"任务分工", "责任分工", "职责分工", "工作分工", "分工"})
_ROLES = {LEAD: Role.LEAD, COOPERATING: Role.COOPERATING, NEUTRAL: Role.RESPONSIBLE}
_STARTS = re.compile(r"(?:起始|开始|启动)(?:时间|日期)?|[起始]")
_LEADING = re.compile(r"牵头|主办|主责|负责|第一责任|主要责任")
_HELPING = re.compile(r"配合|协办|协同|协助|参与|参加|协作")
_UNIT_AND_PERSON = re.compile(
    rf"(?P<unit>.{{0,8}}?{UNIT_WORD})[及和与、/(]?(?:第一|直接|主要)?(?:责任人|负责人|联系人|责任领导|分管领导|领导)\S{{0,10}}|"
    rf"(?P<working>.{{0,8}}?{UNIT_WORD})[及和与、/(]?(?:任务|工作|职责|责任|主要|具体)*(?:分工|职责|名称|名单|排序)\)?"
)


def folded(header: str) -> str:
    """A header's words without white space, widths or ornament: what two equal headers have in common."""
    return "".join(fold(header).translate(_UNSEEN).split()).strip(_EDGES)


def signature(headers: Iterable[str]) -> str:
    """By which a layout is known again: equal for the same header words in the same order."""
    return hashlib.sha256("\x1f".join(map(folded, headers)).encode()).hexdigest()[:16]


@lru_cache(maxsize=2048)
def guess_role(header: str) -> Role | None:
    """What a column under these words holds, or ``None`` where they are not known.

    The words of a header of two levels are joined by ``/``: the lower ones decide, or else the upper ones.
    """
    levels = [level for level in (folded(part) for part in header.split("/")) if level]
    for words in [*reversed(levels), "".join(levels)]:
        if len(words) <= MAX_HEADER and (role := _role_of_words(words)) is not None:
            return role
    return None


def divides_work(header: str) -> bool:
    """Whether the words may head either tasks or units: 任务分工, 责任分工. The cells below must tell."""
    return folded(header.rpartition("/")[2]) in _DIVIDES


def settle_roles(guesses: Sequence[Role | None]) -> list[Role]:
    """One role to each column from what each header says alone; what is not known is left out.

    Of several task columns the last but one names the task, the last its measures, those before are chapters.
    """
    roles = [guess or Role.IGNORE for guess in guesses]
    for once in (Role.ID, Role.SERIAL, Role.NUMBER):
        for index in [index for index, role in enumerate(roles) if role == once][1:]:
            roles[index] = Role.IGNORE
    chapters = [index for index, role in enumerate(roles) if role == Role.CHAPTER]
    if len(chapters) > 1 and not TASKS & set(roles):
        # 「一级任务 | 二级任务 | 三级任务」: the innermost is what somebody does.
        roles[chapters[-1]] = Role.TASK
    tasks = [index for index, role in enumerate(roles) if role == Role.TASK]
    has_measures = Role.MEASURE in roles
    for position, index in enumerate(reversed(tasks)):
        depth = position + has_measures
        roles[index] = Role.MEASURE if depth == 0 and len(tasks) > 1 else Role.TASK if depth <= 1 else Role.CHAPTER
    return roles


def _role_of_words(words: str) -> Role | None:
    for bracketed in _BRACKET.findall(words):
        inner = bracketed[1:-1]
        if "单位" in words or "部门" in words:
            if _LEADING.fullmatch(inner):
                return Role.LEAD
            if _HELPING.fullmatch(inner):
                return Role.COOPERATING
    for candidate in dict.fromkeys((words, _BRACKET.sub("", words).strip(_EDGES))):
        if candidate and (role := _role_of_plain(candidate)) is not None:
            return role
    return None


def _role_of_plain(words: str) -> Role | None:
    if _STARTS.fullmatch(words):
        return Role.IGNORE
    if words in _TASK_WORDS:
        return Role.TASK
    if (found := _UNIT_AND_PERSON.fullmatch(words)) and (role := _role_of_units(found["unit"] or found["working"])):
        return role
    for role, pattern in _PATTERNS[:9]:
        if pattern.fullmatch(words):
            return role
    return _role_of_units(words) or next((role for role, pattern in _PATTERNS[9:] if pattern.fullmatch(words)), None)


def _role_of_units(words: str) -> Role | None:
    if words in _OWN_LABELS:
        return Role.RESPONSIBLE
    if _LEADING.search(words) and _HELPING.search(words):
        # 「牵头单位及配合单位」: the cells must say which is which.
        return Role.RESPONSIBLE if "单位" in words or "部门" in words else None
    if label := ROLE_LABEL.fullmatch(f"{words}:"):
        return _ROLES.get(role_of(label))
    if len(words) <= 12 and words.endswith(("单位", "部门")):
        # 「牵头市级部门」
        return Role.LEAD if _LEADING.search(words) else Role.COOPERATING if _HELPING.search(words) else None
    return None
