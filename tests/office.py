"""LibreOffice for tests: Word files as PDF, and what stands where on their pages."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pypdfium2


def office_program() -> str | None:
    """The path of the installed LibreOffice, or None."""
    candidates = [os.environ.get("SOFFICE"), "soffice", "libreoffice"]
    return next((found for name in candidates if name and (found := shutil.which(name))), None)


def to_pdf(folder: Path, files: dict[str, bytes]) -> dict[str, Path]:
    """Word files by their names, converted in one go."""
    for name, content in files.items():
        (folder / f"{name}.docx").write_bytes(content)
    subprocess.run(
        [
            *[str(office_program()), "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}"],
            *["--convert-to", "pdf", "--outdir", str(folder), *(str(folder / f"{name}.docx") for name in files)],
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return {name: folder / f"{name}.pdf" for name in files}


@dataclass(frozen=True)
class Letter:
    """A character and its box in millimetres from the upper left corner of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Page:
    """A page of a PDF, sizes in millimetres."""

    width: float
    height: float
    letters: tuple[Letter, ...]

    @property
    def lines(self) -> list[list[Letter]]:
        """The characters by lines, from above, each from the left; without the page number below the text."""
        lines: dict[int, list[Letter]] = {}
        for letter in self.letters:
            if letter.bottom < self.height - 35:
                place = next((top for top in lines if abs(top - letter.bottom * 100) < 200), None)
                lines.setdefault(round(letter.bottom * 100) if place is None else place, []).append(letter)
        return [sorted(lines[top], key=lambda letter: letter.left) for top in sorted(lines)]

    @property
    def number(self) -> list[Letter]:
        """The characters of the page number."""
        return [letter for letter in self.letters if letter.top > self.height - 35]


def pages_of(path: Path) -> list[Page]:
    """The pages of a PDF with their visible characters."""
    pages = []
    document = pypdfium2.PdfDocument(path)
    for page in document:
        width, height = page.get_size()
        text = page.get_textpage()
        letters = []
        for place in range(text.count_chars()):
            character = text.get_text_range(place, 1)
            if character.strip():
                left, bottom, right, top = text.get_charbox(place, loose=True)
                letters.append(
                    Letter(character, *(_millimetres(value) for value in (left, height - top, right, height - bottom)))
                )
        pages.append(Page(_millimetres(width), _millimetres(height), tuple(letters)))
        text.close()
        page.close()
    document.close()
    return pages


def _millimetres(points: float) -> float:
    return points / 72 * 25.4
