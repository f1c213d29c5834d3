"""What stands below the text: 附件说明, signatory and date, 附注, and 版记 at the end of the last page."""

from __future__ import annotations

from reporting.documents.characters import width
from reporting.documents.content import Document
from reporting.documents.paper import UPRIGHT
from reporting.documents.placing import copies_of, enclosures_of, signing_of
from reporting.documents.wording import chinese_date

from . import styles
from .xml import Element, child, keep_with_next, paragraph, properties, run

_LABEL_LEFT, _LABEL_WIDTH = 2, 3
# With a seal, two lines stay free: its upper edge is to lie within one line of the text.
_LINES_BEFORE = {True: 2, False: 1}


def add_enclosures(body: Element, document: Document) -> None:
    """「附件：1.××」 a line below the text; what does not fit in a line goes on below the first character of the name."""
    for place, enclosure in enumerate(enclosures_of(document)):
        line = paragraph(body, styles.ENCLOSURES)
        keep_with_next(line)
        number = width(enclosure.number)
        if place == 0:
            styles.spacing(properties(line), before=1)
        hanging = number + (_LABEL_WIDTH if enclosure.label else 0)
        styles.indent(properties(line), left=_LABEL_LEFT + _LABEL_WIDTH + number, hanging=hanging)
        run(line, f"{enclosure.label}{enclosure.number}{enclosure.name}")


def add_signing(body: Element, document: Document) -> None:
    """Signatory and date, both placed in characters from the edges, so that they stay where they are in other type."""
    if not document.signatory and document.signed_on is None:
        return
    signing = signing_of(document)
    for place, signatory in enumerate(signing.signatory):
        line = paragraph(body, styles.SIGNATORY)
        if place == 0:
            styles.spacing(properties(line), before=_LINES_BEFORE[document.is_sealed])
        styles.indent(properties(line), left=signing.left, right=signing.right)
        if not document.is_sealed:
            child(properties(line), "jc", val="left")
        run(line, signatory)
    line = paragraph(body, styles.DATE)
    if not signing.signatory:
        styles.spacing(properties(line), before=_LINES_BEFORE[document.is_sealed])
    styles.indent(properties(line), left=signing.date_left, right=signing.date_right)
    if not document.is_sealed:
        child(properties(line), "jc", val="left")
    run(line, signing.date)


def add_copies(body: Element, document: Document) -> None:
    """版记: at the lower edge of the text of the last page, between lines as wide as the text."""
    copies, issuer = copies_of(document), document.issued_by
    if not copies and not issuer:
        return
    _framed(body, styles.RULE)
    if copies:
        run(_framed(body, styles.COPIES), f"抄送：{copies}")
    if copies and issuer:
        _framed(body, styles.THIN_RULE)
    if issuer:
        issued = f"{chinese_date(document.issued_on)}印发" if document.issued_on else ""
        run(_framed(body, styles.ISSUED), f"{issuer}\t{issued}")
    _framed(body, styles.RULE)
    # What the frame hangs on.
    paragraph(body, styles.BREAK)


def _framed(body: Element, style: str) -> Element:
    """A paragraph in the frame at the foot of the page; those that follow each other share it.

    A table that floats would be simpler, but LibreOffice lets one as wide as the text not float; and it takes
    paragraphs with borders out of the frame, so that the lines are filled paragraphs as high as a line is thick.
    """
    line = paragraph(body, style)
    place = {"vAnchor": "margin", "hAnchor": "margin", "xAlign": "left", "yAlign": "bottom"}
    child(properties(line), "framePr", w=UPRIGHT.text_width, wrap="notBeside", **place)
    return line
