"""From a document to a Word file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from reporting.documents.characters import width
from reporting.documents.content import Annex, Block, Document, Form, Heading, Labelled, Paragraph, Table
from reporting.documents.paper import ACROSS, UPRIGHT, Sheet
from reporting.documents.placing import annex_label
from reporting.documents.titles import title_lines
from reporting.documents.wording import in_brackets

from . import styles
from .foot import add_copies, add_enclosures, add_signing
from .head import add_head
from .package import add_section, write_package
from .tables import add_table
from .xml import Element, child, keep_with_next, new_document, paragraph, properties, run, tag

Progress = Callable[[int, int], None]
_REPORTED_EVERY = 50


def to_docx(document: Document, *, progress: Progress | None = None) -> bytes:
    """The document as a Word file by GB/T 9704-2012. The same document always gives the same bytes.

    ``progress(done, total)`` is called now and then with how many of the blocks and rows are written.
    """
    has_landscape = any(isinstance(block, Table) and block.landscape for block in _blocks(document))
    # python-docx opens it when it is complete: in its own tree it looks for a class of its own for every new element.
    text = new_document()
    _Writer(child(text, "body"), document, progress).write()
    return write_package(document, text, has_landscape=has_landscape)


def _blocks(document: Document) -> Iterator[Block]:
    return chain(document.blocks, *(annex.blocks for annex in document.annexes))


class _Writer:
    """Writes one document into a ``w:body``, from section to section."""

    def __init__(self, body: Element, document: Document, progress: Progress | None) -> None:
        self.body = body
        self.document = document
        self.sheet = UPRIGHT
        self.progress = progress
        self.total = sum(len(block.rows) + 1 if isinstance(block, Table) else 1 for block in _blocks(document))
        self.done = 0

    def write(self) -> None:
        document = self.document
        add_head(self.body, document)
        self.add_blocks(document.blocks)
        if document.closing:
            self.turn(UPRIGHT)
            run(paragraph(self.body, styles.BODY), document.closing)
        self.add_end_of_text()
        for place, annex in enumerate(document.annexes, start=1):
            self.add_annex(place, annex)
        if document.copies_to or document.issued_by:
            self.turn(UPRIGHT)
            add_copies(self.body, document)
        add_section(self.body, self.sheet, is_draft=document.is_draft)
        if self.progress:
            self.progress(self.total, self.total)

    def add_end_of_text(self) -> None:
        document = self.document
        is_signed = document.form is Form.LETTER and bool(document.signatory or document.signed_on)
        if document.enclosures or is_signed or document.note:
            self.turn(UPRIGHT)
        if (document.enclosures or is_signed) and self.body[-1].tag == tag("p"):
            # Signatory and date never stand alone on a page.
            keep_with_next(self.body[-1])
        add_enclosures(self.body, document)
        if is_signed:
            add_signing(self.body, document)
        if document.note:
            run(paragraph(self.body, styles.NOTE), in_brackets(document.note))

    def add_annex(self, place: int, annex: Annex) -> None:
        """「附件2」 at the upper left corner of a new page, the title two lines below."""
        self.turn(ACROSS if annex.is_landscape else UPRIGHT)
        run(paragraph(self.body, styles.ANNEX), annex_label(self.document, place))
        run(paragraph(self.body, styles.ANNEX_TITLE), "\n".join(title_lines(annex.title)))
        self.add_blocks(annex.blocks, keep_sheet=annex.is_landscape)

    def add_blocks(self, blocks: tuple[Block, ...], *, keep_sheet: bool = False) -> None:
        before: Block | None = None
        for block in blocks:
            if not keep_sheet:
                self.turn(ACROSS if isinstance(block, Table) and block.landscape else UPRIGHT)
            self.add_block(block, before)
            self.step()
            before = block

    def add_block(self, block: Block, before: Block | None) -> None:
        match block:
            case Paragraph(text):
                run(paragraph(self.body, styles.BODY), text)
            case Heading(level, text, ""):
                run(paragraph(self.body, styles.HEADINGS[level]), text)
            case Heading(level, text, run_on):
                line = paragraph(self.body, styles.BODY)
                run(line, text, styles.LEADS[level])
                run(line, run_on)
            case Labelled(label, text):
                line = paragraph(self.body, styles.LABELLED)
                if not isinstance(before, Labelled):
                    styles.spacing(properties(line), before=1)
                wide = width(label) + 1
                styles.indent(properties(line), left=2 + wide, hanging=wide)
                run(line, f"{label}：", styles.LABEL)
                run(line, text)
            case Table():
                is_below_text = isinstance(before, Heading | Paragraph) and len(properties(self.body[-1])) == 1
                if is_below_text and not block.caption:
                    styles.spacing(properties(self.body[-1]), after=0.3)
                add_table(self.body, block, self.sheet, step=self.step)

    def turn(self, sheet: Sheet) -> None:
        """What follows goes on a sheet that lies so; ends the section where it lay otherwise."""
        if sheet is self.sheet:
            return
        last = self.body[-1]
        if last.tag != tag("p"):
            last = paragraph(self.body, styles.BREAK)
        add_section(properties(last), self.sheet, is_draft=self.document.is_draft)
        self.sheet = sheet

    def step(self) -> None:
        self.done += 1
        if self.progress and self.done % _REPORTED_EVERY == 0:
            self.progress(self.done, self.total)
