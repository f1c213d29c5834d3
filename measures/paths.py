"""How a clause's path is read aloud: for headings and lists. The path itself stays the identity."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

_STEP = re.compile(r"(?P<number>[^#~]*)(?:~(?P<repeat>\d+))?(?:#(?P<paragraph>\d+))?")


def spoken(path: str) -> str:
    """「二/(二)/2#2」 as people say it: 「二（二）2 第2段」. Chapters and articles stay words: 「第三章 第五条」."""
    words = ""
    for step in path.split("/"):
        found = _STEP.fullmatch(step)
        number, repeat, paragraph = found.group("number", "repeat", "paragraph") if found else (step, None, None)
        number = number.replace("(", "（").replace(")", "）")
        if number in ("——", "--", ""):
            order = (_("第%(n)s项") if number else _("第%(n)s段")) % {"n": paragraph or 1}
            words += order if words.endswith("）") else f" {order}"
            continue
        # Two numbers of the same look would run together: 「1」「2」 must not read 「12」.
        words += (
            f" {number}" if words and (number[0] == "第" or (number[0].isalnum() and words[-1].isalnum())) else number
        )
        if repeat:
            words += _("（第%(n)s次出现）") % {"n": repeat}
        if paragraph:
            words += " " + _("第%(n)s段") % {"n": paragraph}
    return words.strip()
