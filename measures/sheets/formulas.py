"""Cells of CSV exports that a spreadsheet program would take for formulas.

Only CSV needs this: in a workbook every cell says that it is text.
"""

from __future__ import annotations

import re

# White space and characters that show nothing, which a program may skip before it looks for a formula.
_BLANK = r"\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff"
# Apostrophes come first so that a value that was escaped already, or looks so, can be told from one that was not.
_DANGEROUS = re.compile(rf"'*(?:[\t\r\n]|[{_BLANK}]*[=+\-@＝＋－＠﹦﹢﹣﹫])")


def escape_csv(value: str) -> str:
    """The value with an apostrophe before it if a spreadsheet program could take it for a formula.

    ``unescape_csv`` takes off what this puts on: ``unescape_csv(escape_csv(value)) == value`` for every value.
    """
    return f"'{value}" if _DANGEROUS.match(value) else value


def unescape_csv(value: str) -> str:
    """The value as it was before ``escape_csv``; any other value as it is."""
    return value[1:] if value.startswith("'") and _DANGEROUS.match(value[1:]) else value
