"""Responsibility tables in the shape that offices make them, as workbooks."""

from __future__ import annotations

import io

from openpyxl import Workbook, load_workbook

TITLE = "重庆市反对拐卖人口行动计划（2031—2035年）责任分解表"
HEADER = (
    ("序号", "章节", "事项", "责任分工", "", "说明", "备注"),
    ("", "", "", "牵头单位", "配合单位", "", ""),
)
# Chapters merged down, several units in a cell, 「同上」; a unit under another name, one that nobody knows, a group
# under no known name, and a task that nobody is named for. What stands under 「说明」 are deadlines.
ROWS = (
    ("1", "一、健全预防机制", "加强宣传教育，提升全民反拐意识。", "市公安局", "市教委、市妇联，团市委；市民政局\n市司法局", "每年6月底前", ""),
    ("2", "", "加强重点行业管理，规范用工秩序。", "市人社局", "市公安局、市市场监管局", "2032年12月底前", ""),
    ("3", "", "加强重点场所巡查，消除管理漏洞。", "同上", "〃", "长期坚持", ""),
    ("4", "二、强化打击和安置", "建设信息比对平台，及时发现线索。", "市数据资源管理中心", "市公安局", "2033年年底前", "分期建设"),
    ("5", "", "完善救助安置机制，做好回访。", "市民政局", "市公安局，重点企业", "长期坚持", ""),
    ("6", "", "推动志愿服务进社区。", "", "", "", "待定"),
)  # fmt: skip
MERGED = ("A2:G2", "D3:E3", "A3:A4", "B3:B4", "C3:C4", "F3:F4", "G3:G4", "B5:B7", "B8:B10")


def table(title: str = TITLE, rows: tuple[tuple[str, ...], ...] = ROWS) -> bytes:
    """A title row, a header of two levels in rows 3 and 4, merged cells."""
    book = Workbook()
    sheet = book.active
    sheet.title = "责任分解表"
    sheet.append(["附件2"])
    sheet.append([title])
    for row in (*HEADER, *rows):
        sheet.append(row)
    for area in MERGED:
        sheet.merge_cells(area)
    return _bytes(book)


def _bytes(book: Workbook) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def mended(data: bytes, cells: dict[str, str]) -> bytes:
    """The workbook with the given cells of its first sheet filled anew, as a person would in a spreadsheet program."""
    book = load_workbook(io.BytesIO(data))
    for cell, words in cells.items():
        book.worksheets[0][cell] = words
    return _bytes(book)


def comments(data: bytes) -> dict[str, str]:
    """The comments on the cells of the first sheet, by cell."""
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
