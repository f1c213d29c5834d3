"""What stands above the text: 发文机关标志, 发文字号, the title and the addressee."""

from __future__ import annotations

from reporting.documents.characters import width
from reporting.documents.content import Document, Form
from reporting.documents.paper import LINE, UPRIGHT, millimetres
from reporting.documents.placing import DRAFT_MARK, addressee_of, date_text
from reporting.documents.titles import masthead_lines, title_lines

from . import styles
from .xml import Element, child, paragraph, properties, run

# The type of the name at the head, in points; a long name takes a smaller one, or two lines.
_LARGEST, _SMALLEST = 42, 22


def add_head(body: Element, document: Document) -> None:
    """Masthead and number over the red line, the title two lines below it, the addressee."""
    has_rule = bool(document.masthead) or document.form is Form.MINUTES
    has_issue_line = document.form is Form.MINUTES
    if document.masthead.strip():
        _add_masthead(body, document, ruled=has_rule and not has_issue_line and not document.number)
    if document.number:
        style = styles.NUMBER_RULED if has_rule and not has_issue_line else styles.NUMBER
        run(paragraph(body, style), document.number)
    if has_issue_line:
        line = paragraph(body, styles.ISSUE)
        run(line, f"　{document.signatory}\t{date_text(document.signed_on)}")
    title = paragraph(body, styles.TITLE)
    if len(body) > 1:
        styles.spacing(properties(title), before=2, after=1)
    run(title, "\n".join(title_lines(document.title)))
    if document.is_draft:
        run(title, f"\n{DRAFT_MARK}", styles.DRAFT)
    if document.addressee:
        run(paragraph(body, styles.ADDRESSEE), addressee_of(document))


def _add_masthead(body: Element, document: Document, *, ruled: bool) -> None:
    """The name begins 35 mm below the upper edge of the text; what follows, two lines below it."""
    line = paragraph(body, styles.MASTHEAD_RULED if ruled else styles.MASTHEAD)
    child(properties(line), "spacing", before=millimetres(35), after=0 if ruled else 2 * LINE)
    lines = masthead_lines(document.masthead)
    fitting = 0.97 * UPRIGHT.text_width / 20 / max(map(width, lines))
    run(line, "\n".join(lines), points=max(_SMALLEST, min(_LARGEST, int(fitting))))
