"""A document as a page to read and to print: what ``reporting/documents/official.html`` shows."""

from __future__ import annotations

from typing import Any

from .characters import width
from .content import Annex, Block, Document, Form, Heading, Labelled, Paragraph, Table
from .placing import DRAFT_MARK, Signing, addressee_of, annex_label, copies_of, date_text, enclosures_of, signing_of
from .titles import masthead_lines, title_lines
from .wording import chinese_date, in_brackets

# Below the headings of the page that the document is shown on.
_TITLE_LEVEL = 2
# What fits in a line of the largest type.
_SHORT_MASTHEAD = 10
# Widths of columns that the style sheet knows, in percent.
_SHARES = (3, 4, 5, 6, 8, 10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100)


def page_of(document: Document) -> dict[str, Any]:
    """The document for the template, every line as it is printed; empty texts where the document has none."""
    masthead = masthead_lines(document.masthead)
    is_minutes = document.form is Form.MINUTES
    is_signed = not is_minutes and bool(document.signatory or document.signed_on)
    return {
        "masthead": masthead,
        "has_long_masthead": any(width(line) > _SHORT_MASTHEAD for line in masthead),
        "number": document.number,
        "issue": {"by": document.signatory, "on": date_text(document.signed_on)} if is_minutes else None,
        "has_rule": is_minutes or bool(document.masthead),
        "has_head": is_minutes or bool(document.masthead or document.number),
        "title": title_lines(document.title),
        "title_level": _TITLE_LEVEL,
        "draft_mark": DRAFT_MARK if document.is_draft else "",
        "addressee": addressee_of(document) if document.addressee else "",
        "blocks": _blocks(document.blocks),
        "closing": document.closing,
        "enclosures": enclosures_of(document),
        "signing": _signing(document, signing_of(document)) if is_signed else None,
        "note": in_brackets(document.note) if document.note else "",
        "annexes": [_annex(document, place, annex) for place, annex in enumerate(document.annexes, start=1)],
        "copies_label": "抄送：",
        "copies": copies_of(document),
        "issued_by": document.issued_by,
        "issued_on": f"{chinese_date(document.issued_on)}印发" if document.issued_on else "",
    }


def _signing(document: Document, signing: Signing) -> dict[str, Any]:
    placing = "plain" if not document.is_sealed else "long" if signing.is_long else "sealed"
    return {"signatory": signing.signatory, "date": signing.date, "placing": placing}


def _annex(document: Document, place: int, annex: Annex) -> dict[str, Any]:
    return {
        "label": annex_label(document, place),
        "title": title_lines(annex.title),
        "title_level": _TITLE_LEVEL,
        "is_landscape": annex.is_landscape,
        "blocks": _blocks(annex.blocks, turned=annex.is_landscape),
    }


def _blocks(blocks: tuple[Block, ...], *, turned: bool = False) -> list[dict[str, Any]]:
    return [_block(block, turned) for block in blocks]


def _block(block: Block, turned: bool) -> dict[str, Any]:
    match block:
        case Heading(level, text, run_on):
            kind = "lead" if run_on else "heading"
            return {"kind": kind, "level": level, "depth": level + _TITLE_LEVEL, "text": text, "run_on": run_on}
        case Paragraph(text):
            return {"kind": "paragraph", "text": text}
        case Labelled(label, text):
            return {"kind": "labelled", "label": label, "text": text}
        case Table():
            return _table(block, turned)


def _table(table: Table, turned: bool) -> dict[str, Any]:
    total = sum(column.width for column in table.columns)
    columns = [
        {
            "title": column.title,
            "kind": column.kind.value,
            "share": min(_SHARES, key=lambda share: abs(share - 100 * column.width / total)),
        }
        for column in table.columns
    ]
    return {
        "kind": "table",
        "caption": table.caption,
        "columns": columns,
        "rows": [
            [{"kind": column.kind.value, "text": text} for column, text in zip(table.columns, row, strict=True)]
            for row in table.rows
        ],
        "note": table.note,
        # In an annex that lies across as a whole, its tables need no sheet of their own.
        "is_landscape": table.landscape and not turned,
        "is_small": table.is_small,
    }
