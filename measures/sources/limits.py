"""How much a file may hold. Beyond any real plan or responsibility table; what is larger is refused, never cut."""

from __future__ import annotations

from .results import Unreadable

MAX_BYTES = 20 * 1024 * 1024
# Zip containers (docx, xlsx).
MAX_ENTRIES = 2000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200
# Tables.
MAX_ROWS = 100_000
MAX_COLUMNS = 300
MAX_CELLS = 2_000_000
MAX_SHEETS = 200
# Characters of all cells, or of a text.
MAX_CHARACTERS = 20_000_000
MAX_PAGES = 2000


class Count:
    """Adds up what one file holds and refuses it as soon as it is too much."""

    def __init__(self) -> None:
        self.cells = 0
        self.characters = 0

    def row(self, sheet: str, row: int, cells: int, characters: int) -> None:
        """One more row of a sheet; ``row`` counts from 0, ``cells`` from its first column to its last with a text."""
        if row >= MAX_ROWS:
            raise Unreadable(too_many_rows(f"工作表「{sheet}」"))
        if cells > MAX_COLUMNS:
            raise Unreadable(f"工作表「{sheet}」的列数超过 {MAX_COLUMNS} 列。请删除多余的列后另存，再导入。")
        self.cells += cells
        self.characters += characters
        if self.cells > MAX_CELLS or self.characters > MAX_CHARACTERS:
            raise Unreadable("表格的内容太多。请只留下责任分解表所在的工作表，另存后再导入。")


def too_many_rows(sheet: str) -> str:
    return f"{sheet}的行数超过 {MAX_ROWS} 行。请删除多余的行（包括末尾的空行）后另存，再导入。"
