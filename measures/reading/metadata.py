"""What a plan says of itself: title, number, issuing organ, date, years, and who sits in its conference."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .lines import Line, Paragraph
from .names import split_names
from .numerals import fold, number, squeeze
from .parts import DATE, DATE_LINE, ORGAN, SALUTATION, SIGNED_LINE, TITLE_WORD
from .responsibilities import outermost_brackets
from .results import Period
from .tables import read_header
from .units import is_group, looks_like_unit

_YEARS = re.compile(r"((?:19|20)\d{2})年?[—―–─~～至到-]{1,3}((?:19|20)\d{2})(?:年|\))")
_YEARS_ALONE = re.compile(
    r"\(?[\d一二三四五六七八九〇零]{4}年?[—―–─~～至到-]{1,3}[\d一二三四五六七八九〇零]{4}年?\)?\Z"
)
_STARTS = re.compile(r"(?:自|从)((?:19|20)\d{2})年\d{1,2}月(?:\d{1,2}日)?(?:起|开始)")
_LASTS = re.compile(r"(?:为期|期限为?|有效期为?|实施期为?|周期为?)(\d{1,2}|[一二三四五六七八九十]{1,2})年")
_VALID_UNTIL = re.compile(r"(?:有效期|有效|实施期|执行期|期限)(?:截止|截至|为)?(?:至|到)((?:19|20)\d{2})年")
_CN_YEAR = re.compile(r"[一二三四五六七八九〇零○]{4}(?=年|[—–―─~～至到-])")
_PROMULGATES = re.compile(r"印发给你们|同意|现将|现予")
_BARE_NUMBER = re.compile(r"[〔(（\[［【]\s*(?:19|20)\d{2}\s*[〕)）\]］】]\s*第?\s*\d{1,5}\s*号\Z")
_ONE_YEAR = re.compile(
    r"((?:19|20)\d{2})年(?:度)?[^年]*?(?:工作要点|重点工作|实施方案|工作方案|工作计划|行动方案|任务分工|任务清单)"
)
_DOCUMENT_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,14}(?:〔|\(|（|\[|［|【)\s*((?:19|20)\d{2})\s*(?:〕|\)|）|\]|］|】)\s*(?:第\s*)?\d{1,5}\s*号"
)
_FIELD = re.compile(
    r"[(\[【]?(?:索引号|发文字号|发布文号|文号|文件编号|主题分类|体裁分类|主题|发布机构|发文机关|发文机构|发布部门|发布单位|制发机关|有效性|时效性|"
    r"成文日期|发文日期|发布日期|印发日期|颁布日期|发布时间|更新时间|公开日期|公开时限|废止日期|生效日期|实施日期|失效日期|主题词|关键词|信息分类|组配分类|"
    r"文件类型|公开方式|公开形式|公开范围|生成日期|名称|标题|来源|信息来源|文章来源|浏览次数|浏览量|点击率|点击数|阅读|字体|字号|时间|日期|作者|编辑|"
    r"访问量|当前位置|您的位置|分享到|打印本页|关闭窗口|内容概述|登记号|统一编号)[)\]】]?[:)\]】]?"
)
_WEB_LINE = re.compile(
    r"(?:发布|更新|发文|成文)?(?:时间|日期)?:?(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}|.*(?:来源|浏览次数|字体|字号):"
)
_NAVIGATION = re.compile(
    r"首页|当前位置|您(?:现在)?的位置|>>?|打印|分享|浏览|字号|字体|登录|无障碍|目\s*录\Z|\(?此件|\(?公开"
)
_BRACKETS = frozenset({"", "(", ")", "（", "）"})
_ISSUED_ON = re.compile(
    r"(?:成\s*文|发\s*文|生\s*成|印\s*发|制\s*发|颁\s*布|签\s*发)\s*(?:日\s*期|时\s*间)[)\s]*:?|(?:印发|发文)日[)\s]*:"
)
_PUBLISHED_ON = re.compile(
    r"(?:发\s*布|公\s*开|更\s*新)?\s*(?:日\s*期|时\s*间)[)\s]*:|\A(?=(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2})"
)
_TITLE_END = re.compile(
    r"(?:计划|方案|细则|意见|办法|规划|通知|措施|规定|分工|要点|纲要|清单|决定|函|报告)(?:\([^()]*\))*[》\s]*\Z|(?:\([^()]*(?:\d{4}|试行|暂行|稿)[^()]*\))\Z"
)
_ISSUES = re.compile(r"(?:关于|印发|转发)")
_COMPOSED = re.compile(
    r"(?:成员(?:单位)?|联席会议|领导小组|委员会|小组|指挥部)(?:制度|机制)?[^。:]{0,12}?由(?!以下|下列)([^由。:]+?)(?:等[^。、]{0,24})?(?:、单位[^。]{0,12})?组成"
)
_COMPOSED_BELOW = re.compile(r"由(?:以下|下列)(?:\w{0,4}(?:部门|单位|成员)[和、]?(?:部门|单位)?)组成:([^。]+)")
_MEMBERS_ARE = re.compile(r"(?:成员单位|组成单位)(?:主要)?(?:包括|有|为|是|:|如下:)+([^。:]{6,})")
_AS_MEMBERS = re.compile(r"(?:。|^|,)由?([^。:]{8,}?)(?:等[^。、]{0,16})?(?:为|作为|是)(?:联席会议)?成员(?:单位)?")
_COUNTED = re.compile(
    r"(?:等|共计?|合计|总计|上述|以上)(\d{1,3}|[一二三四五六七八九十]{1,4})(?:个|家)(?:[^。,、]{0,8}(?:单位|部门|机构|组织|成员))"
)
_TAIL = re.compile(
    r"[(]?共(?:计)?(?:\d{1,3}|[一二三四五六七八九十]{1,4})(?:个|家).*\Z|等(?:\d{1,3}|[一二三四五六七八九十]{1,3})?(?:个|家)?[^、,]{0,10}(?:部门|单位|机构|组织|团体|负责|人员|同志|领导).*\Z|等\Z"
)
_LED_BY = re.compile(r"(?:牵头|为组长单位|为召集人单位|负责召集)[,;、]")


@dataclass(frozen=True, slots=True)
class Heading:
    """What the head and the foot of the document say."""

    title: str
    document_number: str | None
    issued_by: str | None
    issued_on: date | None
    printed_on: date | None
    period: Period
    period_conflict: Period | None = None
    # The date is that of the web page; the paper itself bears none.
    only_published: bool = False


def parse_date(text: str) -> date | None:
    """The first full date in a text, in Arabic or Chinese numerals; ``None`` if there is none that exists."""
    folded = squeeze(fold(text))
    if iso := re.search(r"((?:19|20)\d{2})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", folded):
        year, month, day = (int(part) for part in iso.groups())
    elif found := DATE.search(folded):
        year = int(found[1]) if found[1] else number(found[2]) or 0
        month = 1 if found[3] in {"元", "正"} else number(found[3]) or 0
        day = number(found[4].replace("廿", "二十").replace("卅", "三十")) or 0
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_heading(front: Sequence[Paragraph], back: Sequence[Paragraph], body: str) -> Heading:
    """Title, number, organ, date and years; ``body`` is the text of the plan, for years that its title leaves out."""
    lines = [
        line
        for paragraph in front
        for line in paragraph.lines
        if not (len(paragraph.lines) > 1 and paragraph.text.endswith("。"))
    ]
    tail = [line for paragraph in back for line in paragraph.lines]
    blocks = _title_blocks(lines)
    title = _own_title(blocks)
    notice = "".join(line.text for line in blocks[0]) if blocks else ""
    organ, issued_on = _signature(lines)
    foot_organ, foot_date = _signature(tail)
    published_on = _field_date(lines, _PUBLISHED_ON)
    printed_on = next((parse_date(line.text) for line in tail if squeeze(line.text).endswith("印发")), None)
    titles = [title, *("".join(line.text for line in block) for block in blocks)]
    issued_by = organ or next(filter(None, map(_organ_of_title, titles)), None) or foot_organ
    issued_by = issued_by or _field_organ(lines)
    issued_on = issued_on or _field_date(lines, _ISSUED_ON) or foot_date or printed_on
    only_published = issued_on is None and published_on is not None
    issued_on = issued_on or published_on
    promulgated = "".join(paragraph.text for paragraph in front if _PROMULGATES.search(paragraph.text))
    # 「二〇二一至二〇三〇年」 on a line below the title.
    years = [line.text for line in lines if len(line.text) <= 24 and _YEARS_ALONE.match(squeeze(fold(line.text)))]
    period, conflict = _read_period([title, notice, *titles, *years, promulgated, body[:1500]], body, issued_on)
    number = _document_number(lines) or _document_number(tail)
    return Heading(title, number, issued_by, issued_on, printed_on, period, conflict, only_published)


def _is_title_line(line: Line) -> bool:
    text = fold(line.text).strip()
    joined = squeeze(text)
    if line.label is not None or len(joined) > 70 or joined.endswith(("。", ";", "!", "?")) or "," in joined:
        return False
    if DATE_LINE.match(joined) or SALUTATION.match(joined) or _DOCUMENT_NUMBER.fullmatch(joined):
        return False
    if "\t" in line.text and read_header(line.text):
        return False
    if SIGNED_LINE.match(joined) or _WEB_LINE.match(joined) or _BARE_NUMBER.match(joined):
        return False
    if re.match(r"附件?\d*:?\Z", joined) or joined in {"通知", "文件"}:
        return joined == "通知"
    is_field = _FIELD.match(joined) and (":" in joined[:12] or not _TITLE_END.search(joined))
    return not is_field and not _NAVIGATION.search(joined[:16])


def _title_blocks(lines: list[Line]) -> list[list[Line]]:
    """Runs of lines that may be titles. A complete title ends its run; a signature is no title."""
    blocks: list[list[Line]] = [[]]
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else None
        signs = ORGAN.match(squeeze(line.text)) and following and DATE_LINE.match(squeeze(fold(following.text)))
        if signs or not _is_title_line(line):
            blocks.append([])
            continue
        previous = fold(blocks[-1][-1].text) if blocks[-1] else ""
        goes_on = re.match(r"\(", fold(line.text)) or not _ISSUES.search(line.text[:24])
        if previous and re.search(r"通知\Z", previous.strip()) and goes_on and not re.match(r"\(", fold(line.text)):
            blocks.append([])
        blocks[-1].append(line)
    return [block for block in blocks if block and TITLE_WORD.search("".join(line.text for line in block))]


def _own_title(blocks: list[list[Line]]) -> str:
    if not blocks:
        return ""
    block = blocks[-1]
    # A title runs over four lines at most; what stands above that is something else.
    text = "".join(line.text for line in block[-4:])
    return re.sub(r"\A[#>\s*_]+|[\s*_]+\Z|\*{2}", "", text).strip()


def _document_number(lines: list[Line]) -> str | None:
    for line in lines:
        text = line.text.strip(" \u3000*")
        if _BARE_NUMBER.match(text):
            return squeeze(text)
        if len(text) <= 40 and _DOCUMENT_NUMBER.fullmatch(squeeze(text)):
            # Also with its letters spaced out.
            return squeeze(text)
        found = _DOCUMENT_NUMBER.search(text)
        if not found:
            continue
        before, after = text[: found.start()], text[found.end() :]
        is_field = bool(re.search(r"(?:文号|字号|编号)[\])】）:：]*\Z", squeeze(before)))
        if is_field or (not after.strip() and (not before.strip() or before.endswith((" ", "\u3000", "通知")))):
            own = found[0]
            return squeeze(own.split("通知")[-1] if "通知" in own else own)
        if squeeze(before) in _BRACKETS and squeeze(after) in _BRACKETS:
            return squeeze(found[0])
    return None


def _signature(lines: list[Line]) -> tuple[str | None, date | None]:
    """The organ that signs and the date under it, from the last date line that stands below an organ, or any."""
    organ: str | None = None
    signed_on: date | None = None
    for index, line in enumerate(lines):
        joined = squeeze(fold(line.text))
        signed = SIGNED_LINE.match(joined)
        if not signed and not DATE_LINE.match(joined):
            continue
        is_print = joined.rstrip(")").endswith("印发")
        organs: list[str] = [signed["organ"]] if signed and not is_print else []
        above = index - 1
        while above >= 0 and not signed and len(organs) < 8 and (named := organs_of(lines[above].text)):
            organs[:0] = named
            above -= 1
        if organs:
            organ = "、".join(organs)
        if not is_print and (organs or signed_on is None):
            signed_on = parse_date(joined)
    if organ is None:
        for line in lines:
            joined = squeeze(fold(line.text))
            found = re.match(
                r"(?P<organ>[\u4e00-\u9fff]{4,30}?(?:办公厅|办公室|委员会|人民政府))(?=(?:19|20)\d\d年)", joined
            )
            if found and "印发" in joined:
                organ = found["organ"]
    return organ, signed_on


def organs_of(text: str) -> list[str]:
    """The organs that a line of a signature, or the head of a title, names: one or several, or none."""
    plain = re.sub(r"[(（](?:代章|盖章|印章|章)[)）]", "", text).strip(" \u3000*")
    parts = [part for part in re.split(r"[\s、*]+|(?<=办公厅)(?=.)|(?<=办公室)(?=.)", plain) if part]
    if len(parts) > 1 and all(len(part) >= 4 and ORGAN.match(part) for part in parts):
        return parts
    # 「重 庆 市 人 民 政 府」 is spaced out to fill the line.
    return [squeeze(plain)] if ORGAN.match(squeeze(plain)) else []


def _organ_of_title(title: str) -> str | None:
    found = _ISSUES.search(title)
    organs = organs_of(title[: found.start()]) if found else []
    return "、".join(organs) if organs and len(organs[0]) >= 4 else None


def _field_date(lines: list[Line], fields: re.Pattern[str]) -> date | None:
    for index, line in enumerate(lines):
        if not (found := fields.search(fold(line.text))):
            continue
        following = lines[index + 1].text if index + 1 < len(lines) and not squeeze(line.text[found.end() :]) else ""
        if day := parse_date(line.text[found.end() :] or following) or parse_date(following):
            return day
    return None


def _field_organ(lines: list[Line]) -> str | None:
    """「发文机关：」 of the web page; 「发布机构」 may be whoever copied the paper."""
    for line in lines:
        found = re.search(r"(?:发文机关|发文机构|制发机关|印发机关)[)\s:]*([\u4e00-\u9fff、]{4,40})", fold(line.text))
        if found and organs_of(found[1]):
            return "、".join(organs_of(found[1]))
    return None


def _read_period(texts: Sequence[str], body: str, issued_on: date | None) -> tuple[Period, Period | None]:
    """First and last year: from the first of the texts that says both, else from what the body says of its force."""
    stated: Period | None = None
    folded = _arabic_years(squeeze(fold(body)))
    starts = _STARTS.search(folded)
    if starts and (lasts := _LASTS.search(folded, starts.end(), starts.end() + 40)) and (years := number(lasts[1])):
        stated = Period(int(starts[1]), int(starts[1]) + years - 1)
    elif until := _VALID_UNTIL.search(folded):
        since = int(starts[1]) if starts else issued_on.year if issued_on else None
        stated = Period(since, int(until[1]))
    elif issued_on and (lasts := _LASTS.search(folded)) and (years := number(lasts[1])):
        stated = Period(issued_on.year, issued_on.year + years - 1)
    for text in texts:
        if found := _YEARS.search(_arabic_years(squeeze(fold(text)))):
            start, end = int(found[1]), int(found[2])
            if start <= end <= start + 30:
                period = Period(start, end)
                # Being in force from its date on, to the same last year, is no contradiction.
                agrees = stated is None or stated == period or (not starts and stated.end == end)
                return period, None if agrees else stated
    if stated:
        return stated, None
    if found := _ONE_YEAR.search(_arabic_years(squeeze(fold(texts[0])))):
        return Period(int(found[1]), int(found[1])), None
    return Period(), None


def _arabic_years(folded: str) -> str:
    """「二〇二一—二〇三〇年」 in Arabic figures."""
    return _CN_YEAR.sub(lambda found: str(number(found[0])), folded)


@dataclass(frozen=True, slots=True)
class MemberList:
    """The members that one clause lists, as (name as written, begins a comma group), and how many it says they are."""

    names: list[tuple[str, bool]]
    stated: int | None
    source: int


def read_members(texts: Sequence[str]) -> list[MemberList]:
    """Each list of members found in clause texts; ``source`` is the position of its text.

    Takes 「由…组成」「由以下部门组成：…」「成员单位包括…」 with at least three names.
    """
    lists = []
    for at, text in enumerate(texts):
        if "组成" not in text and "成员" not in text:
            continue
        joined = squeeze(_one_line(text))
        folded = fold(joined)
        masked = list(folded)
        for opened, closed in outermost_brackets(folded)[0]:
            masked[opened : closed + 1] = "\0" * (closed + 1 - opened)
        plain = "".join(masked)
        for sentence in re.finditer(r"[^。]+", plain):
            if sentence.end() - sentence.start() > 3000:
                continue
            names = _members_of(joined, plain, sentence.start(), sentence.end())
            if len(names) >= 3:
                counted = _COUNTED.search(folded, sentence.start())
                lists.append(MemberList(names, number(counted[1]) if counted else None, at))
                break
    return lists


def _one_line(text: str) -> str:
    """A list with one unit to a line, as a list with commas."""
    lines = [line.strip(" \u3000。；;、，,") for line in text.split("\n")]
    units = [1 < len(line) <= 30 and looks_like_unit(line) and "，" not in line for line in lines]
    if sum(units) < 3:
        return re.sub(r"\n\W*\d{1,3}\W*\n", "", text).replace("\n", "。")
    pieces = [lines[0]]
    for before, here, line in zip(units, units[1:], lines[1:], strict=False):
        pieces += ["、" if before and here else "" if here else "。", line]
    return "".join(pieces)


def _members_of(written: str, plain: str, begin: int, end: int) -> list[tuple[str, bool]]:
    sentence = plain[begin:end]
    for pattern in (_COMPOSED_BELOW, _COMPOSED, _MEMBERS_ARE, _AS_MEMBERS):
        if not (found := pattern.search(sentence)):
            continue
        start, stop = begin + found.start(1), begin + found.end(1)
        if tail := _TAIL.search(plain[start:stop]):
            stop = start + tail.start()
        listed = plain[start:stop]
        if led := _LED_BY.search(listed):
            # 「由市公安局牵头，市委宣传部、…组成」
            listed = listed[: led.start()] + "、" + " " * (led.end() - led.start() - 1) + listed[led.end() :]
        names = []
        for a, b, starts_group in split_names(listed):
            lead = len(listed[a:b]) - len(listed[a:b].lstrip())
            if name := written[start + a + lead : start + b].strip():
                names.append((name, starts_group))
        if len(names) >= 3 and all(len(name) <= 30 for name, _ in names):
            units = sum(looks_like_unit(name) or is_group(name) for name, _ in names)
            if units * 2 >= len(names):
                return names
    return []
