"""Who owes what by when: reading deadlines and duties from the sentences of a plan.

A sentence counts when it says both what is owed and either when, or by one of the bodies that run the plan.
Bracketed text, titles in 《》 and quotations are not looked into.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .deadlines import Deadline, find_deadline, read_due
from .numerals import fold, squeeze
from .outline import Node
from .results import Clause, Obligation, Recurrence

_MODAL = r"(?:应当|应该|应|要|须|必须|需要|需|得|将|负责)"
_VERBS = (
    "向|于|在|每|按|根据|结合|依据|参照|对|统筹|组织|协调|开展|召开|制定|制订|研究|编制|完善|建立|加强|定期|及时|适时|"
    "进行|报送|报告|上报|提交|汇报|把|积极|认真|具体|切实|会同|牵头|纳入|列入|负总责|书面|分别|"
    "汇总|明确|落实|抓好|做好|确保|承担|分解|细化|总结|通报"
)
_BOUNDARY = re.compile(rf"(?={_MODAL}|{_VERBS})")
_GOVERNING = re.compile(
    r"(?:联席会议|成员单位|反拐办|领导小组|协调小组|委员会|指挥部|工作组|专班|反拐工作机制)(?:办公室|成员单位|各成员单位)?(?:\0*)\Z|"
    r"(?:人民政府|政府|政府办公室)(?:\0*)\Z|(?:各|有关|相关|责任|牵头|配合|成员|职能|本级).{0,14}(?:单位|部门|区县|县区|乡镇|街道|地区|机关|师市|市州|办事处)(?:\0*)\Z|"
    r"\A(?:各.{1,12}|我[市县区省州]|全[市县区省州]|兵团)(?:\0*)\Z|(?:公安|民政|财政|教育).{0,4}(?:局|厅|委|部门)\Z|(?:联席会议|领导小组|联席会|\A)办公室\Z"
)
_BUDGET_SUBJECT = re.compile(r"(?P<name>[^,]{2,40}?)(?:开展|反拐|反对拐卖|打拐|所需|工作经费|应|将|要|把)")
_RECIPIENTS = re.compile(
    r"(?:向|至|给)(?P<to>[^,，。;；]{2,60}?)(?:书面)?(?:报送|上报|报告|提交|汇报|报备|备案|通报|反馈|述职|抄送)|"
    r"(?:报送?|上报|抄送|抄报|提交|反馈)(?:至|给|到)?(?P<after>[^,，。;；]{1,40}?(?:办公室|联席会议|反拐办|政府|领导小组|[^制举主承督]办|公安局|公安厅|局|厅))(?=备案|审[定核批]|汇总|[,，。;；]|并|\Z|\()"
)
_AND = re.compile(r"[和及与]|以及|、|并")

_KINDS: tuple[tuple[str, re.Pattern[str], bool], ...] = (
    # kind, what the sentence says, whether it is owed even where no date is given
    ("final_assessment", re.compile(r"终期评估|末期评估|总结评估|期满评估|终期总结"), True),
    ("stage_assessment", re.compile(r"阶段性评估|中期评估|阶段评估|年度评估"), True),
    (
        "report",
        re.compile(
            r"(?:报送|上报|报告|提交|汇报|报备|反馈)[^,，;；]{0,40}(?:情况|总结|报告|数据|信息|进展|材料|方案|计划|台账|报表|清单)|"
            r"(?:情况|总结|报告|报表|材料|数据|台账|方案|计划|名单)[^,，;；]{0,16}(?:报送|上报|报告|提交|报[^,，]{0,20}(?:办公室|联席会议|反拐办|备案|汇总|政府|局|厅|办))|"
            r"(?:上报|报送)[^,，;；]{2,40}(?:办公室|联席会议|政府|反拐办)|向[^,，;；]{2,40}(?:报送|报告|上报|汇报|提交)|"
            r"(?<=[前并内])报[^,，;；送告]{1,24}(?:办公室|联席会议|反拐办|政府|局|厅|办)(?:备案|汇总)?"
        ),
        False,
    ),
    ("meeting", re.compile(r"召开[^,，;；]{0,24}会议?|(?<!联席)会议[^,，;；]{0,8}召开"), False),
    ("supervision", re.compile(r"挂牌督办|挂牌整治|督办和警示|警示"), True),
    (
        "implementation_plan",
        re.compile(
            r"(?:制定|制订|编制|研究制定|出台)[^,，;；。]{0,30}(?:实施|工作|行动|具体)?(?:方案|计划|细则)(?!的)"
        ),
        True,
    ),
    ("budget", re.compile(r"(?:纳入|列入)[^,，;；]{0,20}(?:年度)?(?:财政)?(?:年度)?预算"), True),
    ("assessment", re.compile(r"(?:开展|进行|组织)[^,，;；]{0,16}(?:评估|考核|检查|督查|督导)"), False),
)
_NO_SUBJECT = frozenset("向于由对在以从为")
_AT_LEAST = re.compile(r"至少|不少于|不低于|不得少于")
_BRACKETS = re.compile(r"\([^()]*\)")
# Only a text with one of these can owe anything; most clauses have none.
_MAY_OBLIGE = re.compile(
    r"[年月日季]|长期|持续|常态|评估|报[送告备]|上报|督办|警示|整治|制[定订]|编制|出台|预算|会议|考核|督[查导]|检查|提交|汇报|反馈"
)
_ASSESSMENTS = frozenset({"stage_assessment", "final_assessment"})
_OWED_ANYHOW = frozenset({"budget", "task"}) | _ASSESSMENTS
_DATED = frozenset({"once", "annual", "at_least", "quarterly", "monthly", "half_yearly"})
_QUOTED = re.compile(r"《[^《》]{0,200}》|“[^“”]{0,120}”|〈[^〈〉]{0,120}〉")


@dataclass(slots=True)
class Duties:
    obligations: list[Obligation]
    unclear: list[tuple[str, str, str, str]]


def read_obligations(
    nodes: list[Node],
    responsibility_spans: dict[str, list[tuple[int, int]]],
    dues: dict[str, list[str]],
    year: int | None = None,
) -> Duties:
    """Obligations of the clauses in order, and (path, title, words, reason) of those whose date a person must give.

    ``responsibility_spans`` are the stretches of a clause's text that name who is responsible, ``dues`` what these
    say of time, ``year`` that of a plan for one year only.
    """
    duties = Duties([], [])
    for node in nodes:
        clause = node.clause
        if clause.kind in {"front", "back"} or not (clause.heading or clause.text):
            continue
        parties = "、".join(party.as_written for party in clause.lead)
        for text, spans in ((clause.heading, []), (clause.text, responsibility_spans.get(clause.path, []))):
            if not _MAY_OBLIGE.search(text):
                continue
            written, masked = _without_asides(text, spans)
            carried: tuple[int, int] | None = None
            for begin, end in _sentences(masked):
                if begin and masked[begin - 1] != ";":
                    carried = None
                reader = _Sentence(written, masked, begin, end, clause.path, parties, carried, year)
                for obligation, doubt in reader.read():
                    duties.obligations.append(obligation)
                    if doubt or _is_unclear(obligation):
                        duties.unclear.append((clause.path, obligation.title, obligation.text, doubt))
                carried = reader.subject
        for words in dues.get(clause.path, []):
            add_task(duties, clause, parties, words, year)
    return duties


def add_task(duties: Duties, clause: Clause, parties: str, words: str, year: int | None) -> None:
    """The deadline beside the units: what the clause says is to be done by then."""
    title = squeeze(_less_brackets(clause.heading)).rstrip("。.：:；;*")
    if not title:
        title = re.split(r"[。；;\n\t]|\s{2,}", _less_brackets(clause.text).strip())[0]
    title = squeeze(title)[:60] or squeeze(words)[:60]
    deadline = read_due(words, year)
    if deadline is None:
        duties.unclear.append((clause.path, title, words, f"时限写作「{words[:30]}」，不能确定日期"))
        return
    for recurrence in deadline.recurrences:
        obligation = Obligation("task", title, parties, (), recurrence, clause.path, words)
        duties.obligations.append(obligation)
        if deadline.doubt or _is_unclear(obligation):
            duties.unclear.append((clause.path, title, words, deadline.doubt))


def _less_brackets(text: str) -> str:
    pieces, position = [], 0
    for found in _BRACKETS.finditer(fold(text)):
        pieces.append(text[position : found.start()])
        position = found.end()
    return "".join([*pieces, text[position:]])


def _is_unclear(obligation: Obligation) -> bool:
    recurrence = obligation.recurrence
    if recurrence.type in {"event", "continuing"} or obligation.kind == "budget":
        return not obligation.obliged
    if recurrence.type == "once":
        return recurrence.year is None or not obligation.obliged
    return not obligation.obliged


def _without_asides(text: str, spans: list[tuple[int, int]]) -> tuple[str, str]:
    """The text without white space, and the same with brackets and quotations blanked out at equal length."""
    masked = list(fold(text))
    for begin, end in spans:
        masked[begin:end] = "\0" * (end - begin)
    depth = 0
    for position, character in enumerate(masked):
        depth += character == "("
        if depth and depth < 50:
            masked[position] = "\0"
        depth -= character == ")" and depth > 0
        if character == "。" and depth:
            # An opening bracket that is never closed must not hide the rest of the clause.
            depth = 0
    plain = "".join(masked)
    plain = _QUOTED.sub(lambda found: "\0" * len(found[0]), plain)
    kept = [position for position, character in enumerate(text) if not character.isspace()]
    return "".join(text[position] for position in kept), "".join(plain[position] for position in kept)


def _sentences(masked: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(r"[^。;!?]+", masked):
        if found.end() - found.start() <= 2000:
            yield found.start(), found.end()


@dataclass(slots=True)
class _Sentence:
    """One sentence of a clause, phrase by phrase. ``subject`` is who it speaks of, carried over from before a 「；」."""

    written: str
    masked: str
    begin: int
    end: int
    path: str
    leads: str
    subject: tuple[int, int] | None
    year: int | None

    def read(self) -> Iterator[tuple[Obligation, str]]:
        written, masked, begin, end = self.written, self.masked, self.begin, self.end
        pending: Deadline | None = None
        governs = self.subject is not None
        done: set[tuple[str, str, Recurrence]] = set()
        for found in re.finditer(r"[^,]+", masked[begin:end]):
            start, stop = begin + found.start(), begin + found.end()
            phrase = masked[start:stop]
            deadline = find_deadline(phrase, self.year)
            body = start + (deadline.end if deadline and deadline.start == 0 else 0)
            if named := _subject(masked, body, stop, start + deadline.start if deadline else 0):
                self.subject, governs = named, True
            if deadline and not masked[body:stop].strip("\0"):
                pending = deadline
                continue
            dated = deadline or pending
            kinds = _kinds(phrase, dated=dated is not None, governs=governs)
            if not kinds and dated and (governs or (self.leads and _is_definite(dated.first))):
                year_alone = dated.first.type == "once" and dated.first.year and not dated.first.month
                kinds = [("task", None)] if dated.first.type in _DATED and not year_alone else []
            for kind, at in kinds:
                obliged = self._obliged(kind, stop)
                if kind not in _OWED_ANYHOW and not (obliged or (dated and dated.first.type != "continuing")):
                    continue
                if kind in {"assessment", "meeting"} and not dated:
                    continue
                title = _title(kind, written, start, stop, at, masked)
                recipients = _recipients(written, masked, start, stop)
                for owed, recurrence in _owed(kind, phrase, dated):
                    if (owed, title, recurrence) not in done:
                        done.add((owed, title, recurrence))
                        text = written[begin : end + 1]
                        yield (
                            Obligation(owed, title, obliged, recipients, recurrence, self.path, text),
                            dated.doubt if dated else "",
                        )
            if kinds:
                pending = None

    def _obliged(self, kind: str, stop: int) -> str:
        named = self.subject
        if kind == "budget" and not named:
            named = _budget_subject(self.masked, self.begin, stop)
        return self.written[named[0] : named[1]] if named else self.leads


def _owed(kind: str, phrase: str, dated: Deadline | None) -> Iterator[tuple[str, Recurrence]]:
    """Kind and recurrence of each date of a phrase."""
    for own in dated.recurrences if dated else (_implied(kind, phrase),):
        owed = kind
        if kind == "report" and own.type == "annual" and (dated is None or len(dated.recurrences) == 1):
            owed = "annual_report"
        if kind == "budget" and own.type in {"once", "annual"} and own.month is None:
            own = Recurrence("annual")
        if kind == "meeting" and own.type == "annual" and own.times and _AT_LEAST.search(phrase):
            own = Recurrence("at_least", times=own.times)
        yield owed, own


def _kinds(phrase: str, *, dated: bool, governs: bool) -> list[tuple[str, re.Match[str] | None]]:
    """What a phrase owes, in its order. It may owe two things (阶段性评估和终期评估), but each only once."""
    found = {
        kind: at
        for kind, pattern, always in _KINDS
        if (dated or (always and (governs or kind in _ASSESSMENTS))) and (at := pattern.search(phrase))
    }
    if found.keys() & {"stage_assessment", "final_assessment"}:
        # 评估 is part of 阶段性评估.
        found.pop("assessment", None)
    if report := found.get("report"):
        # 「报告终期评估情况」 owes a report, and 「报送工作方案」 as well.
        found = {
            kind: at
            for kind, at in found.items()
            if kind == "report" or (kind not in {"implementation_plan", "assessment"} and at.start() > report.end())
        }
    return [(kind, at) for kind, at in sorted(found.items(), key=lambda pair: pair[1].start())]


def _is_definite(recurrence: Recurrence) -> bool:
    if recurrence.type == "once":
        return recurrence.year is None or recurrence.month is not None
    return recurrence.month is not None or recurrence.times is not None


def _implied(kind: str, phrase: str) -> Recurrence:
    if kind == "supervision":
        return Recurrence("event")
    if kind == "budget":
        return Recurrence("annual")
    if kind == "stage_assessment" and "年度评估" in phrase:
        return Recurrence("annual")
    return Recurrence("once")


def _subject(masked: str, start: int, stop: int, dated: int = 0) -> tuple[int, int] | None:
    """Who a phrase speaks of; ``dated`` is where its deadline stands, which may follow the name at once."""
    while start < stop and masked[start] in "\0、":
        start += 1
    if found := re.match(r"(?:同时|并|其中|对|请|从[^,]{1,10}起)", masked[start:stop]):
        start += found.end()
    # A verb may stand inside the name as well (反对拐卖…联席会议): go on until what stands before it is a body.
    for boundary in _BOUNDARY.finditer(masked, start + 2, min(stop, start + 60)):
        if masked[start] not in _NO_SUBJECT and _GOVERNING.search(masked[start : boundary.start()]):
            # 「经费由各级政府列入预算」
            return masked.rfind("由", start, boundary.start()) + 1 or start, boundary.start()
    if start + 2 < dated <= start + 60 and masked[start] not in _NO_SUBJECT and _GOVERNING.search(masked[start:dated]):
        return start, dated
    return None


def _budget_subject(masked: str, begin: int, stop: int) -> tuple[int, int] | None:
    found = _BUDGET_SUBJECT.match(masked, begin, stop)
    return found.span("name") if found else None


def _recipients(written: str, masked: str, start: int, stop: int) -> tuple[str, ...]:
    names: list[str] = []
    for found in _RECIPIENTS.finditer(masked, start, stop):
        begin, end = found.span("to") if found["to"] else found.span("after")
        cut = begin
        for conjunction in [*_AND.finditer(masked, begin, end), None]:
            until = conjunction.start() if conjunction else end
            left = masked[cut:until]
            if conjunction and not re.search(r"(?:会议|办公室|政府|办|局|厅|委|部|组)\0*\Z", left):
                continue
            name = written[cut:until].strip("、和及与并")
            if name:
                names.append(name)
            cut = conjunction.end() if conjunction else end
    return tuple(dict.fromkeys(names))


def _title(kind: str, written: str, start: int, stop: int, at: re.Match[str] | None, masked: str) -> str:
    if at is None:
        return written[start:stop][:60]
    begin, end = start + at.start(), start + at.end()
    if kind in {"stage_assessment", "final_assessment"}:
        return written[begin:end]
    if kind in {"report", "annual_report"}:
        verb = re.search(r"(?:报送|上报|报告|提交|汇报|报备|反馈)(?P<what>[^,]{2,40})\Z", masked[start:stop])
        if verb and not _RECIPIENTS.search(masked[start + verb.start() : stop]):
            return written[start + verb.start() : stop]
        moved = re.search(r"(?:将|把)(?=[^,]{2,40}\Z)", masked[start:begin])
        return written[start + moved.start() if moved else begin : stop][:60]
    if kind == "meeting":
        return written[begin:stop][:40]
    if kind == "supervision":
        return written[begin:stop][:40].rstrip("\0")
    if kind == "implementation_plan":
        return written[begin:end]
    if kind == "budget":
        objects = re.search(r"(?:将|把)(?=[^,]{2,40}(?:纳入|列入))", masked[start:stop])
        return written[start + objects.start() if objects else begin : end]
    return written[begin:end]
