"""Makes the files in ``tests/measures/samples/`` anew: ``.venv/bin/python scripts/make_samples.py``.

Needs LibreOffice (``soffice``) and Noto CJK fonts; the tests need only the files. They are made from the public
documents in ``fixtures/documents/`` and from the small plan and table below, and hold no other text.
"""

from __future__ import annotations

import html
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.table import Table
from openpyxl import Workbook
from openpyxl.styles import Alignment

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ROOT / "fixtures" / "documents"
SAMPLES = ROOT / "tests" / "measures" / "samples"
SOFFICE = shutil.which("soffice")

# (style or level, text): the levels are numbered by Word.
NUMBERED: list[tuple[int | None, str]] = [
    (None, "云山县反对拐卖人口工作实施方案（2026—2030年）"),
    (0, "总体要求"),
    (None, "健全反拐工作长效机制，维护公民合法权益。"),
    (0, "主要任务"),
    (1, "加强预防。"),
    (2, "开展宣传教育。（县委宣传部负责，县教育局、县妇联配合）"),
    (2, "加强重点场所管理。（县公安局负责，县文化旅游局配合）"),
    (1, "加强打击。"),
    (2, "侦办拐卖案件。（县公安局负责，县检察院、县法院配合）"),
    (1, "加强救助。"),
    (2, "做好安置。（县民政局负责，县卫生健康局、县妇联配合）"),
    (0, "保障措施"),
    (1, "加强领导。（县联席会议各成员单位负责）"),
]
_PASSWORD = json.dumps(
    {
        "EncryptFile": {"type": "boolean", "value": "true"},
        "DocumentOpenPassword": {"type": "string", "value": "secret"},
    }
)
_LEVELS = (("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3."))

TABLE: list[list[Any]] = [
    ["云山县反对拐卖人口工作责任分解表"],
    ["章节", "序号", "工作任务", "责任分工", None, "完成时限"],
    [None, None, None, "牵头单位", "配合单位", None],
    ["一、预防犯罪", 1, "开展宣传教育", "县委宣传部", "县教育局、县妇联", "长期坚持"],
    [None, 2, "加强重点场所管理", "县公安局", "县文化旅游局\n县市场监管局", "2026年12月底前"],
    [None, 3, "加强婚姻登记管理", "县民政局", "同上", "每年12月15日前"],
    ["二、打击犯罪", 4, "侦办拐卖案件", "县公安局", "县检察院，县法院", "长期坚持"],
    [None, 5, "清理网络信息", "县委网信办；县公安局", "", "2027年6月底前"],
]
_MERGES = ("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:E2", "F2:F3", "A4:A6", "A7:A8")


def main() -> int:
    if SOFFICE is None:
        print("LibreOffice (soffice) is not installed.", file=sys.stderr)
        return 1
    SAMPLES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_documents(folder)
        make_numbered(folder)
        make_tables(folder)
    for path in sorted(set(SAMPLES.iterdir()) - set(SAMPLES.glob("__*"))):
        print(f"{path.stat().st_size:8} {path.name}")
    return 0


def convert(source: Path, target: str, *, read_as: str = "") -> Path:
    """A file in another format; ``target`` is the ending, with LibreOffice's filter behind a colon if need be."""
    out = source.parent / "out"
    reading = [f"--infilter={read_as}"] if read_as else []
    subprocess.run(  # noqa: S603 - files of our own
        [str(SOFFICE), "--headless", *reading, "--convert-to", target, "--outdir", str(out), str(source)],
        check=True,
        capture_output=True,
    )
    return out / f"{source.stem}.{target.partition(':')[0]}"


def make_documents(folder: Path) -> None:
    text = folder / "plan.txt"
    text.write_bytes((DOCUMENTS / "000_chongqing_2021_web.txt").read_bytes())
    shutil.copy(convert(text, "docx:MS Word 2007 XML", read_as="Text (encoded):UTF8"), SAMPLES / "plan.docx")
    (SAMPLES / "plan.html").write_bytes(government_page(text.read_text(encoding="utf-8")).encode("gb18030"))
    # Half a plan: the fonts in a pdf grow with the number of different characters.
    lines = (DOCUMENTS / "003_yunyang_2013.txt").read_text(encoding="utf-8").splitlines()
    half = folder / "half.html"
    half.write_text(printed_page(lines[:72]), encoding="utf-8")
    shutil.copy(convert(half, "pdf", read_as="HTML (StarWriter)"), SAMPLES / "plan.pdf")
    short = folder / "short.html"
    short.write_text(printed_page(["一、加强宣传。"]), encoding="utf-8")
    shutil.copy(
        convert(short, f"pdf:writer_pdf_Export:{_PASSWORD}", read_as="HTML (StarWriter)"), SAMPLES / "locked.pdf"
    )
    shutil.copy(convert(short, "doc:MS Word 97", read_as="HTML (StarWriter)"), SAMPLES / "old.doc")


def printed_page(lines: list[str]) -> str:
    paragraphs = "\n".join(
        f"<p style='text-indent:32pt;margin:0'>{html.escape(line.strip())}</p>" for line in lines if line.strip()
    )
    return (
        "<html><head><meta charset='utf-8'><style>body{font-family:'Noto Serif CJK SC';font-size:16pt}</style></head>"
        f"<body>{paragraphs}</body></html>"
    )


def government_page(text: str) -> str:
    """A page as a government site has it: navigation, a table of metadata, font sizes, the text, a footer."""
    metadata = [line for line in text.splitlines()[:12] if line.startswith("[")]
    body = [line for line in text.splitlines() if line.strip() and line not in metadata]
    pairs = [line.removeprefix("[").partition("]") for line in metadata]
    table = "".join(f"<tr><th>{name.strip()}</th><td>{value.strip()}</td></tr>" for name, _, value in pairs)
    paragraphs = "\n".join(f"<p>　　{html.escape(line.strip())}</p>" for line in body)
    return f"""<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>政府信息公开</title>
<style>.nav {{color: red}}</style><script>var title = "一、不是正文（市公安局负责）";</script></head>
<body>
<div class="top"><a href="/">首页</a> | <a href="/zwgk">政务公开</a> | <a href="/bsfw">办事服务</a> | <a href="/hd">互动交流</a></div>
<ul id="nav"><li><a href="/a">领导之窗</a></li><li><a href="/b">机构职能</a></li><li><a href="/c">政策文件</a></li></ul>
<div class="breadcrumb">当前位置：<a href="/">首页</a> &gt; <a href="/x">政府信息公开目录</a></div>
<table class="metadata">{table}</table>
<div class="tools">【字体：<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>】 <a href="#">打印</a></div>
<div class="article">
{paragraphs}
</div>
<div style="display:none">（市公安局负责）</div>
<div class="footer"><p>主办单位：某某县人民政府　网站标识码：5000000000</p><p><a href="/map">网站地图</a></p></div>
</body></html>
"""


def make_numbered(folder: Path) -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{format}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
        for level, (format, text) in enumerate(_LEVELS)
    )
    first = next(iter(numbering.iterchildren()), None)
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>')
    if first is not None:
        first.addprevious(abstract)
    else:
        numbering.append(abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, words in NUMBERED:
        paragraph = document.add_paragraph(words)
        if level is not None:
            paragraph._p.get_or_add_pPr().append(
                parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>')
            )
    table = document.add_table(rows=len(TABLE), cols=6)
    fill_word_table(table)
    path = folder / "numbered.docx"
    document.save(str(path))
    shutil.copy(path, SAMPLES / "numbered.docx")
    shutil.copy(convert(path, "docx:MS Word 2007 XML"), SAMPLES / "numbered_libreoffice.docx")


def fill_word_table(table: Table) -> None:
    for row, values in enumerate(TABLE):
        for column, value in enumerate(values):
            if value is not None:
                table.cell(row, column).text = str(value)
    for merge in _MERGES:
        first, last = merge.split(":")
        table.cell(int(first[1:]) - 1, ord(first[0]) - 65).merge(table.cell(int(last[1:]) - 1, ord(last[0]) - 65))


def make_tables(folder: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("责任分解表")
    for values in TABLE:
        sheet.append(values)
    for merge in _MERGES:
        sheet.merge_cells(merge)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.row_dimensions[6].hidden = True
    sheet.column_dimensions["B"].hidden = True
    second = book.create_sheet("说明")
    second["A1"] = "牵头单位数"
    second["B1"] = "=COUNTA(责任分解表!D4:D8)"
    second.sheet_state = "hidden"
    path = folder / "table.xlsx"
    book.save(path)
    # LibreOffice computes the formula; openpyxl leaves it without a value.
    shutil.copy(convert(path, "xlsx:Calc MS Excel 2007 XML"), SAMPLES / "table.xlsx")
    shutil.copy(convert(path, "xls:MS Excel 97"), SAMPLES / "table.xls")


if __name__ == "__main__":
    sys.exit(main())
