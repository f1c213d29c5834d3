"""Documents as JSON, to be kept: what was filed can be printed again years later, word for word.

``to_json`` and ``from_json`` are exact inverses. Everything that a document has is written, also what is empty, so
that one document has one form and one SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from .characters import clean
from .content import Annex, Block, Column, ColumnKind, Document, Form, Heading, Labelled, Paragraph, Table

SCHEMA = "official-document"
VERSION = 1

T = TypeVar("T")


class MalformedDocument(ValueError):
    """The JSON is not that of a document; ``place`` says where, as 「blocks[3].text」."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place or 'document'}: {problem}")
        self.place = place
        self.problem = problem


def to_json(document: Document) -> dict[str, Any]:
    """The document as values that JSON knows."""
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "title": document.title,
        "addressee": document.addressee,
        "blocks": [_block_to_json(block) for block in document.blocks],
        "signatory": document.signatory,
        "signed_on": _date_to_json(document.signed_on),
        "number": document.number,
        "masthead": document.masthead,
        "closing": document.closing,
        "annexes": [
            {"title": annex.title, "blocks": [_block_to_json(block) for block in annex.blocks]}
            for annex in document.annexes
        ],
        "attachments": list(document.attachments),
        "copies_to": list(document.copies_to),
        "issued_by": document.issued_by,
        "issued_on": _date_to_json(document.issued_on),
        "note": document.note,
        "form": document.form.value,
        "is_sealed": document.is_sealed,
        "is_draft": document.is_draft,
    }


def from_json(value: Any) -> Document:
    """The document that ``to_json`` gave. Raises MalformedDocument for anything else, other versions included."""
    reader = _Reader(value, "")
    if reader.text("schema") != SCHEMA:
        raise MalformedDocument("schema", f"not {SCHEMA!r}")
    if reader.whole_number("version") != VERSION:
        raise MalformedDocument("version", f"only version {VERSION} is known")
    document = Document(
        title=reader.text("title"),
        addressee=reader.text("addressee"),
        blocks=reader.each("blocks", _block_from_json),
        signatory=reader.text("signatory"),
        signed_on=reader.day("signed_on"),
        number=reader.text("number"),
        masthead=reader.text("masthead"),
        closing=reader.text("closing"),
        annexes=reader.each("annexes", _annex_from_json),
        attachments=reader.texts("attachments"),
        copies_to=reader.texts("copies_to"),
        issued_by=reader.text("issued_by"),
        issued_on=reader.day("issued_on"),
        note=reader.text("note"),
        form=reader.choice("form", Form),
        is_sealed=reader.truth("is_sealed"),
        is_draft=reader.truth("is_draft"),
    )
    reader.end()
    return document


def canonical(document: Document) -> bytes:
    """The document's JSON in its one form: keys sorted, UTF-8, no white space."""
    return canonical_json(to_json(document))


def canonical_json(value: Any) -> bytes:
    """Any JSON in that form, as for what is stored already."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(document: Document) -> str:
    """SHA-256 of ``canonical(document)``, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(document)).hexdigest()


def digest_json(value: Any) -> str:
    """SHA-256 of ``canonical_json(value)``."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _date_to_json(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _block_to_json(block: Block) -> dict[str, Any]:
    match block:
        case Heading(level, text, run_on):
            return {"kind": "heading", "level": level, "text": text, "run_on": run_on}
        case Paragraph(text):
            return {"kind": "paragraph", "text": text}
        case Labelled(label, text):
            return {"kind": "labelled", "label": label, "text": text}
        case Table():
            return {
                "kind": "table",
                "caption": block.caption,
                "columns": [
                    {"title": column.title, "width": column.width, "kind": column.kind.value}
                    for column in block.columns
                ],
                "rows": [list(row) for row in block.rows],
                "landscape": block.landscape,
                "note": block.note,
            }


def _block_from_json(reader: _Reader) -> Block:
    match reader.text("kind"):
        case "heading":
            level, text, run_on = reader.whole_number("level"), reader.text("text"), reader.text("run_on")
            return reader.make(lambda: Heading(level, text, run_on))
        case "paragraph":
            return Paragraph(reader.text("text"))
        case "labelled":
            return Labelled(reader.text("label"), reader.text("text"))
        case "table":
            caption, note, landscape = reader.text("caption"), reader.text("note"), reader.truth("landscape")
            columns = reader.each("columns", _column_from_json)
            rows = tuple(_texts(row, f"{reader.place}.rows[{place}]") for place, row in enumerate(reader.items("rows")))
            return reader.make(lambda: Table(caption, columns, rows, landscape, note))
        case kind:
            raise MalformedDocument(f"{reader.place}.kind", f"unknown: {kind!r}")


def _annex_from_json(reader: _Reader) -> Annex:
    return Annex(reader.text("title"), reader.each("blocks", _block_from_json))


def _column_from_json(reader: _Reader) -> Column:
    title, width, kind = reader.text("title"), reader.whole_number("width"), reader.choice("kind", ColumnKind)
    return reader.make(lambda: Column(title, width, kind))


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise MalformedDocument(place, "no text")
    # A document would be made with another text than the one that was hashed.
    if clean(value) != value:
        raise MalformedDocument(place, "has characters that no document can hold")
    return value


def _texts(value: Any, place: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise MalformedDocument(place, "no list")
    return tuple(_text(inner, f"{place}[{number}]") for number, inner in enumerate(value))


class _Reader:
    """Takes the keys of a JSON object one by one, each of its kind; what is left over at the end is an error."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, Mapping):
            raise MalformedDocument(place, "no object")
        self.left = dict(value)
        self.place = place

    def _take(self, key: str) -> tuple[Any, str]:
        place = f"{self.place}.{key}" if self.place else key
        if key not in self.left:
            raise MalformedDocument(place, "missing")
        return self.left.pop(key), place

    def text(self, key: str) -> str:
        return _text(*self._take(key))

    def texts(self, key: str) -> tuple[str, ...]:
        return _texts(*self._take(key))

    def whole_number(self, key: str) -> int:
        value, place = self._take(key)
        if type(value) is not int:
            raise MalformedDocument(place, "no whole number")
        return value

    def truth(self, key: str) -> bool:
        value, place = self._take(key)
        if type(value) is not bool:
            raise MalformedDocument(place, "neither true nor false")
        return value

    def day(self, key: str) -> date | None:
        value, place = self._take(key)
        if value is None:
            return None
        try:
            day = date.fromisoformat(value)
        except (TypeError, ValueError):
            raise MalformedDocument(place, "no date") from None
        if day.isoformat() != value:
            raise MalformedDocument(place, "no date of the form 2026-12-05")
        return day

    def choice(self, key: str, kind: Callable[[str], T]) -> T:
        value, place = self._take(key)
        try:
            return kind(value)
        except ValueError:
            raise MalformedDocument(place, f"unknown: {value!r}") from None

    def items(self, key: str) -> list[Any]:
        value, place = self._take(key)
        if not isinstance(value, list):
            raise MalformedDocument(place, "no list")
        return value

    def each(self, key: str, read: Callable[[_Reader], T]) -> tuple[T, ...]:
        place = f"{self.place}.{key}" if self.place else key
        found = []
        for number, value in enumerate(self.items(key)):
            reader = _Reader(value, f"{place}[{number}]")
            found.append(read(reader))
            reader.end()
        return tuple(found)

    def make(self, build: Callable[[], T]) -> T:
        """What is built, with the place added to the reason why it cannot be."""
        try:
            return build()
        except ValueError as error:
            raise MalformedDocument(self.place, str(error)) from error

    def end(self) -> None:
        if self.left:
            raise MalformedDocument(self.place, f"unknown keys: {', '.join(sorted(map(str, self.left)))}")
