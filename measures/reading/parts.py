"""Where the notice ends and the plan begins, where the plan ends and its annexes begin."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .lines import Paragraph
from .numerals import fold, squeeze
from .responsibilities import SITE_FOOTER

DATE = re.compile(
    r"(?:(\d{4})|([一二三四五六七八九零〇O○]{4}))年(\d{1,2}|[一二三四五六七八九十元正]{1,3})月(\d{1,2}|[一二三四五六七八九十廿卅]{1,4})日"
)
_ORGAN = (
    r"[\u4e00-\u9fff]{2,36}?(?:办公厅|办公室|人民政府|政府|委员会|联席会议|领导小组|党委|工委|局|厅|部|委|院|会|兵团|委办|府办|反拐办|"
    r"打拐办|妇联|残联)"
)
ORGAN = re.compile(rf"{_ORGAN}\Z")
DATE_LINE = re.compile(rf"\(?{DATE.pattern}(?:印发|发布|公布|通过)?\)?\Z")
# 「第九师办公室 2022年5月6日」: signed on one line.
SIGNED_LINE = re.compile(rf"(?P<organ>{_ORGAN})\(?{DATE.pattern}(?:印发|发布)?\)?\Z")
_SEAL = re.compile(r"\((?:代章|盖章|印章|章)\)")
TITLE_WORD = re.compile(r"计划|方案|细则|意见|办法|规划|通知|措施|规定|分工|要点|纲要|清单|决定|行动|职责|任务")
_TITLE = re.compile(
    r"[^。,;:!?]{6,60}(?:计划|方案|细则|意见|办法|规划|分工|要点|清单|分工表|任务表)(?:\([^()]{1,20}\))?\Z"
)
_ANNEX = re.compile(r"附(?:件|表|录)?\s*([0-9]{1,2}|[一二三四五六七八九十]{1,2})?\s*[:.、]?\s*(.{0,60})\Z")
_ANNEX_ALONE = re.compile(r"附(?:件|表|录)\s*([0-9]{1,2}|[一二三四五六七八九十]{1,2})?\s*:?\Z")
_ANNEX_LIST = re.compile(r"附\s*(?:件|表|录)?\s*:|附(?:件|表)\s*\d{1,2}\s*[:.、]?\s*\S")
_CONTENTS = re.compile(r"目\s*[录次]\Z")
_LEADER = re.compile(r"(?:\.{3,}|…{1,}|·{3,}|\t| {3,})\s*[-—]?\s*\d{1,3}\s*[-—]?\s*\Z")
_FOOTER = re.compile(
    r"\(?(?:抄送|抄报|主送|扫一扫|扫码|用?微信|打印|关闭|责任编辑|编辑:|责编|审核:|来源:|信息来源|此件|分享|收藏|纠错|版权|"
    r"备案|ICP|上一篇|下一篇|上一条|下一条|字号|字体|浏览|点击|主题词|邮编|网站|二维码|公开属性|信息公开|"
    r"公开(?:形式|方式)|返回|技术支持|联系我们|附件下载|文件下载|相关(?:链接|解读|附件|文件|稿件)|政策解读|解读:|图解|联系人|联系电话)|.*印发\Z|"
    r"\(?主动公开|\(?公开发布|.{1,60}\.(?:docx?|xlsx?|pdf|wps|ofd|et|zip|rar)\)?\Z"
)
# From the first of these on, nothing of the plan follows.
_WEB_END = re.compile(
    r"\(?(?:责任编辑|责编|扫一扫|打印本页|(?:【)?打印|关闭窗口|相关(?:附件|链接|解读|文件)|附件下载|政策解读|上一篇|下一篇|分享到|抄送|版权所有)"
)
SALUTATION = re.compile(r"[^。]{2,200}:\Z")
_INTRODUCES = re.compile(r"如下|包括|通知|要求|职责")


@dataclass(slots=True)
class Part:
    """A stretch of the document with a numbering of its own. ``prefix`` is empty for the plan itself."""

    prefix: str = ""
    is_annex: bool = False
    front: list[Paragraph] = field(default_factory=list)
    preamble: list[Paragraph] = field(default_factory=list)
    body: list[Paragraph] = field(default_factory=list)
    back: list[Paragraph] = field(default_factory=list)

    @property
    def everything(self) -> list[Paragraph]:
        return self.front + self.preamble + self.body + self.back


def plain(paragraph: Paragraph) -> str:
    return squeeze(fold(paragraph.text))


def is_date_line(paragraph: Paragraph) -> bool:
    if len(paragraph.text) > 60:
        return False
    text = plain(paragraph)
    return bool(DATE_LINE.match(text) or SIGNED_LINE.match(text))


def is_organ_line(paragraph: Paragraph) -> bool:
    text = _SEAL.sub("", plain(paragraph))
    return len(text) <= 40 and bool(ORGAN.match(text))


def split_parts(paragraphs: list[Paragraph]) -> list[Part]:
    """Cut the document into parts, in printed order; exactly one of them is the plan and has no prefix."""
    _unlabel_contents(paragraphs)
    _unlabel_annex_lists(paragraphs)
    blocks = _cut(paragraphs)
    numbered = [sum(paragraph.label is not None for paragraph in block) for block in blocks]
    main = numbered.index(max(numbered))
    # The notice goes before the plan: with no numbers of its own it is simply the plan's front.
    parts: list[Part] = []
    pending: list[Paragraph] = []
    annexes = others = 0
    for index, block in enumerate(blocks):
        if index < main and not numbered[index]:
            pending += block
            continue
        part = _divide(pending + block)
        pending = []
        if index < main:
            part.prefix = "题首" if not parts else f"题首~{len(parts) + 1}"
            # What follows the notice's numbers, down to the plan's title, is front matter as well.
        elif index > main:
            found = _ANNEX.match(fold(block[0].lines[0].text))
            part.is_annex = True
            if found:
                annexes += 1
                part.prefix = f"附件{found[1]}" if found[1] else f"附件{annexes}" if annexes > 1 else "附件"
            else:
                # A second plan in the same file.
                others += 1
                part.prefix = f"附{others}"
        parts.append(part)
    return parts


def _cut(paragraphs: list[Paragraph]) -> list[list[Paragraph]]:
    """Split before an annex marker and after a signature that a new numbering follows."""
    cuts = [0]
    first = next((i for i, paragraph in enumerate(paragraphs) if paragraph.label is not None), len(paragraphs))
    for index, paragraph in enumerate(paragraphs):
        if paragraph.label is not None:
            continue
        if _ANNEX_ALONE.match(fold(paragraph.lines[0].text.strip())) and index:
            cuts.append(index)
        elif index > first and is_date_line(paragraph) and _restarts(paragraphs, index + 1):
            cuts.append(index + 1)
        elif index > first and _begins_another(paragraphs, first, index, cuts[-1]):
            cuts.append(index)
    return [paragraphs[begin:end] for begin, end in zip(cuts, [*cuts[1:], len(paragraphs)], strict=True) if begin < end]


def _begins_another(paragraphs: list[Paragraph], first: int, index: int, cut: int) -> bool:
    """Whether a second plan begins: a title, and below it the outermost numbers from one again."""
    outermost = paragraphs[first].label
    if outermost is None or not _TITLE.match(plain(paragraphs[index])):
        return False
    if all(paragraph.label is None for paragraph in paragraphs[cut:index]):
        # The title of the annex that has just begun.
        return False
    for paragraph in paragraphs[index + 1 : index + 6]:
        if (label := paragraph.label) is not None:
            return label.family == outermost.family and label.value == 1
    return False


def _restarts(paragraphs: list[Paragraph], begin: int) -> bool:
    """Whether a title and a first number come next."""
    title = False
    for paragraph in paragraphs[begin : begin + 12]:
        if paragraph.label is not None:
            return title and paragraph.label.value == 1
        if _ANNEX_ALONE.match(fold(paragraph.lines[0].text)):
            return False
        title = title or (len(paragraph.text) <= 90 and bool(TITLE_WORD.search(paragraph.text)))
    return False


def _divide(paragraphs: list[Paragraph]) -> Part:
    part = Part()
    first = next((i for i, paragraph in enumerate(paragraphs) if paragraph.label is not None), len(paragraphs))
    begin = first
    while begin and _is_prose(paragraphs[begin - 1]):
        begin -= 1
    if begin == 0 and first < len(paragraphs) and not paragraphs[0].text.endswith(("。", "：", ":")):
        begin = min(1, first)
    part.front, part.preamble = paragraphs[:begin], paragraphs[begin:first]
    end = _back_begins(paragraphs, first)
    part.body, part.back = paragraphs[first:end], paragraphs[end:]
    if first == len(paragraphs):
        part.front, part.preamble, part.body, part.back = paragraphs, [], [], []
    return part


def _is_prose(paragraph: Paragraph) -> bool:
    text = fold(paragraph.text)
    if paragraph.label is not None or is_date_line(paragraph) or _FOOTER.match(text):
        return False
    if text.endswith(("。", "！", "!")):
        return len(text) > 8
    if text.endswith((":",)):
        return ("。" in text and bool(_INTRODUCES.search(text[-40:]))) or (
            len(text) > 60 and not SALUTATION.match(text)
        )
    return len(text) >= 90


def _back_begins(paragraphs: list[Paragraph], first: int) -> int:
    last_numbered = max((i for i, paragraph in enumerate(paragraphs) if paragraph.label is not None), default=first - 1)
    for index in range(last_numbered + 1, len(paragraphs)):
        if is_date_line(paragraphs[index]) or (is_organ_line(paragraphs[index]) and index + 1 < len(paragraphs)):
            return _with_annex_list(paragraphs, index, last_numbered + 1)
        text = fold(paragraphs[index].text)
        if len(text) <= 120 and (_WEB_END.match(text) or _ANNEX_LIST.match(text)):
            return index
    end = len(paragraphs)
    while end > last_numbered + 1 and _is_footer(paragraphs[end - 1]):
        end -= 1
    return end


def _with_annex_list(paragraphs: list[Paragraph], index: int, lowest: int) -> int:
    while index > lowest and is_organ_line(paragraphs[index - 1]):
        index -= 1
    listed = (at for at in range(lowest, index) if _ANNEX_LIST.match(fold(paragraphs[at].text)))
    return next(listed, index)


def _is_footer(paragraph: Paragraph) -> bool:
    text = fold(paragraph.text)
    return is_organ_line(paragraph) or (
        len(text) <= 120 and bool(_FOOTER.match(text) or SITE_FOOTER.match(text) or _ANNEX_LIST.match(text))
    )


def _unlabel_contents(paragraphs: list[Paragraph]) -> None:
    """Lines of a table of contents carry numbers but open no clause."""
    for paragraph in paragraphs:
        if paragraph.label is not None and len(paragraph.text) <= 80 and _LEADER.search(paragraph.text):
            paragraph.lines[0].label = None
    at = next((i for i, paragraph in enumerate(paragraphs[:60]) if _CONTENTS.match(paragraph.text)), None)
    if at is None:
        return
    begin = next((i for i in range(at + 1, len(paragraphs)) if paragraphs[i].label is not None), None)
    if begin is None:
        return
    heading = plain(paragraphs[begin])
    again = next((i for i in range(begin + 1, len(paragraphs)) if plain(paragraphs[i]).startswith(heading)), None)
    for paragraph in paragraphs[begin : again or begin]:
        paragraph.lines[0].label = None


def _unlabel_annex_lists(paragraphs: list[Paragraph]) -> None:
    """「附件：1.分工表⏎2.名单」 lists the annexes; its numbers open no clause."""
    for index, paragraph in enumerate(paragraphs):
        if paragraph.label is not None or not re.match(r"附\s?件\s?:", fold(paragraph.text)):
            continue
        for listed in paragraphs[index + 1 : index + 20]:
            if (
                listed.label is None
                or listed.label.family != "n"
                or len(listed.text) > 60
                or listed.text.endswith("。")
            ):
                break
            listed.lines[0].label = None
