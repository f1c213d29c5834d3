"""What is refused: each with a sentence that says what the file is and what to do, quickly and in a child process."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import zipfile

import pypdfium2
import pytest

from measures.sources import Kind, Unreadable, annotate, read_source, sandbox, sniff
from measures.sources.archive import DAMAGED
from tests.conftest import ROOT
from tests.measures.samples import (
    MAIN,
    SHEET_TYPES,
    WORD_TYPES,
    ole,
    paragraph,
    sample,
    unzipped,
    word,
    workbook,
    zipped,
)

MACRO_TYPES = '<Types><Override PartName="/{}" ContentType="application/vnd.ms-{}.macroEnabled.main+xml"/></Types>'
ROW = '<row r="{0}"><c r="A{0}"><v>1</v></c></row>'


def pdf_without_text() -> bytes:
    from io import BytesIO  # only here

    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 200)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def encrypted_zip() -> bytes:
    data = bytearray(zipped({"[Content_Types].xml": SHEET_TYPES, "xl/workbook.xml": "<workbook/>"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = data.find(mark)
        while position >= 0:
            data[position + offset] |= 1
            position = data.find(mark, position + 4)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "文件是空的"),
        (b"   \n \xef\xbb\xbf", "文件是空的"),
        (b"a" * (20 * 1024 * 1024 + 1), "文件太大（20.0 MB），上限是 20 MB"),
        (ole("EncryptedPackage"), "去掉密码"),
        (ole("WordDocument"), "另存为 .docx"),
        (sample("old.doc"), "旧版 Word 或 WPS 文字文件（doc、wps）"),
        (ole("PowerPoint Document"), "演示文稿（ppt）"),
        (ole("_VBA_PROJECT_CUR"), "含有宏，请另存为 .xlsx"),
        (ole("Something"), "格式不能读取"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "已损坏"),
        (b"{\\rtf1\\ansi text}", "RTF 文件"),
        (
            zipped({"[Content_Types].xml": MACRO_TYPES.format("word/document.xml", "word.document")}),
            "含有宏，请另存为 .docx",
        ),
        (
            zipped({"[Content_Types].xml": MACRO_TYPES.format("xl/workbook.xml", "excel.sheet")}),
            "含有宏，请另存为 .xlsx",
        ),
        (
            zipped({"[Content_Types].xml": MACRO_TYPES.format("xl/workbook.bin", "excel.sheet.binary")}),
            "二进制工作簿（xlsb）",
        ),
        (
            zipped({"[Content_Types].xml": WORD_TYPES, "word/document.xml": "<x/>", "word/vbaProject.bin": b"x"}),
            "含有宏，请另存为 .docx",
        ),
        (b"\x89PNG\r\n\x1a\n\0\0", "图片（PNG）"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "图片（JPEG）"),
        (b"GIF89a\1\0", "图片（GIF）"),
        (b"BM\x36\0\0\0\0\0\0\0", "图片（BMP）"),
        (b"II*\0\x08\0\0\0", "图片（TIFF）"),
        (b"MM\0*\0\0\0\x08", "图片（TIFF）"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "图片（HEIC）"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "图片（WebP）"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "视频或音频"),
        (zipped({"a.txt": "x"}), "请先解压"),
        (b"Rar!\x1a\x07\x01\0", "压缩包（rar）"),
        (b"7z\xbc\xaf\x27\x1c\0\4", "压缩包（7z）"),
        (b"\x1f\x8b\x08\0\0", "压缩包（gzip）"),
        (b"a.txt".ljust(257, b"\0") + b"ustar\0", "压缩包（tar）"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "另存为 .xlsx"),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "另存为 .docx"),
        (zipped({"OFD.xml": "<x/>"}), "版式文件（ofd）"),
        (zipped({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<x/>"}), "演示文稿（pptx）"),
        (zipped({"xl/workbook.xml": "<x/>"}), "已损坏"),
        (sample("table.xlsx")[:3000], "已损坏"),
        (sample("plan.docx")[:-300], "已损坏"),
        (encrypted_zip(), "密码"),
        (zipped({"[Content_Types].xml": SHEET_TYPES, "../x.xml": "x"}), "内部结构异常"),
        (zipped({"[Content_Types].xml": SHEET_TYPES, "a.xml": "x", "A.xml": "x"}), "内部结构异常"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=x\r\n", "仅 HTML"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "XML 格式的 Office"),
        (b'<?xml version="1.0"?><plan/>', "XML 文件"),
        (b"MZ\x90\0\3\0", "程序文件"),
        (b"\x7fELF\2\1\1", "程序文件"),
        ("一、加强\0宣传".encode(), "二进制内容"),
        (b"\0\1\2\3" * 100, "二进制内容"),
    ],
)
@pytest.mark.parametrize("name", ["", "计划.xlsx"])
def test_refusals_say_what_to_do(data, words, name):
    with pytest.raises(Unreadable) as refused:
        read_source(data, name=name)

    assert words in str(refused.value)
    assert str(refused.value).endswith("。")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (sample("locked.pdf"), "PDF 有密码"),
        (pdf_without_text(), "扫描件"),
        (sample("plan.pdf")[:200], DAMAGED),
        (sample("table.xls")[:-2560], "已损坏"),
        (word(""), "文件里没有文字"),
        (workbook("<sheetData/>"), "工作簿是空的"),
        (zipped({"[Content_Types].xml": WORD_TYPES, "word/document.xml": "<w:document"}), DAMAGED),
        (b"<html><frameset><frame src='a.htm'></frameset></html>", "只是框架"),
        (b"<html><body><script>x</script></body></html>", "没有文字"),
        (
            workbook('<sheetData><row r="1"><c r="A1" t="s"><v>5</v></c></row></sheetData>'),
            "第 1 行第 1 列的内容已损坏",
        ),
        (
            workbook(
                '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row></sheetData>'
            ),
            "第 1 行出现两次",
        ),
    ],
)
def test_refusals_after_a_closer_look(data, words):
    with pytest.raises(Unreadable) as refused:
        read_source(data)

    assert words in str(refused.value)


# --- Attacks ------------------------------------------------------------------------------------------------------


def many_rows(count: int) -> bytes:
    return workbook(f"<sheetData>{''.join(ROW.format(row) for row in range(1, count + 1))}</sheetData>")


def with_liar(data: bytes) -> bytes:
    """The first part announces a smaller size than it has."""
    changed = bytearray(data)
    position = changed.find(b"PK\x01\x02")
    struct.pack_into("<I", changed, position + 24, 10)
    return bytes(changed)


BILLION_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(9))
    + "]>"
)
XXE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def with_strings(strings: str) -> bytes:
    cell = '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>'
    return zipped(unzipped(workbook(cell)) | {"xl/sharedStrings.xml": strings})


ATTACKS = {
    "bomb": zipped(unzipped(sample("table.xlsx")) | {"xl/media/a.xml": b"0" * 30_000_000}),
    "entries": zipped({"[Content_Types].xml": SHEET_TYPES} | {f"{number}.xml": "x" for number in range(2001)}),
    "liar": with_liar(sample("table.xlsx")),
    "far corner": workbook(
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    ),
    "no such corner": workbook('<sheetData><row r="99999999999"><c r="A1"><v>1</v></c></row></sheetData>'),
    "no such column": workbook('<sheetData><row r="1"><c r="ZZZZZZZZZ1"><v>1</v></c></row></sheetData>'),
    "columns": workbook(f'<sheetData><row r="1">{"".join("<c><v>1</v></c>" for _ in range(301))}</row></sheetData>'),
    "million rows": many_rows(1_000_000),
    "entities": with_strings(f'{BILLION_LAUGHS}<sst xmlns="{MAIN}"><si><t>&j;</t></si></sst>'),
    "outside": with_strings(f'{XXE}<sst xmlns="{MAIN}"><si><t>&a;</t></si></sst>'),
    "strings": with_strings(
        f'<sst xmlns="{MAIN}">{"".join(f"<si><t>{random.randbytes(15).hex() * 70}</t></si>" for _ in range(11_000))}</sst>'
    ),
    "outside in word": zipped(
        unzipped(word(paragraph("一")))
        | {"word/document.xml": f"{XXE}<w:document xmlns:w='x'><w:body>&a;</w:body></w:document>"}
    ),
    "wide letters": zipped(
        unzipped(word(paragraph("一")))
        | {"word/document.xml": f"<?xml version='1.0' encoding='utf-16'?>{XXE}<x>&a;</x>".encode("utf-16")}
    ),
    "deep": word("<w:sdt><w:sdtContent>" * 80 + paragraph("一") + "</w:sdtContent></w:sdt>" * 80),
    "pages": b"<table><tr><td>" * 20_000,
    "quotes": b'a,b\n"' + b"x\n" * 100_000,
    "long csv": b"a,b\n" * 100_001,
    "wide csv": b"a," * 300 + b"a\n" + b"b," * 300 + b"b\n",
}


WORDS_OF = {
    "bomb": "压缩炸弹",
    "entries": "压缩炸弹",
    "liar": DAMAGED,
    "far corner": "工作表「表」的行数超过 100000 行",
    "no such corner": "写错的行号",
    "no such column": "写错的单元格位置",
    "columns": "列数超过 300 列",
    "million rows": "行数超过 100000 行",
    "entities": "内部结构异常",
    "outside": "内部结构异常",
    "strings": "表格的内容太多",
    "outside in word": "内部结构异常",
    "wide letters": "内部结构异常",
    "deep": "嵌套太深",
    "pages": "网页里没有文字",
    "quotes": "引号没有成对",
    "long csv": "行数超过 100000 行",
    "wide csv": "列数超过 300 列",
}


@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_attacks_are_refused_and_nobody_is_harmed(attack):
    with pytest.raises(Unreadable) as refused:
        read_source(ATTACKS[attack], name="a.csv")

    assert WORDS_OF[attack] in str(refused.value)
    assert read_source(b"a,b\n1,2\n").kind == Kind.CSV


def test_a_sheet_formatted_to_the_last_column_is_read():
    cells = "".join('<c s="0"/>' for _ in range(16_384))
    data = workbook(
        f'<dimension ref="A1:XFD1048576"/><cols><col min="3" max="16384" hidden="1"/></cols>'
        f'<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="2">{cells}</row></sheetData>'
    )

    assert read_source(data).sheets[0].rows == [["1"]]


# --- The child process --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", ["nonsense", "annotate"])
def test_a_child_that_fails_is_a_refusal(task, caplog):
    with pytest.raises(Unreadable, match="无法读取"):
        sandbox.run_in_child(task, b"")

    assert caplog.records[0].name == "measures.sources.sandbox"


def test_a_child_that_takes_too_long_is_ended(monkeypatch, caplog):
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0.001)

    with pytest.raises(Unreadable, match="处理时间超过上限"):
        read_source(sample("plan.pdf"))

    assert "longer than" in caplog.text


def test_a_child_that_cannot_be_started_is_a_refusal(monkeypatch, caplog):
    monkeypatch.setattr(sandbox.sys, "executable", "/nowhere/python")

    with pytest.raises(Unreadable, match="请稍后再试"):
        read_source(sample("table.xls"))

    assert "could not be started" in caplog.text


def test_the_child_knows_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secret")

    assert "SECRET_KEY" not in sandbox._environment()


def test_only_tables_are_annotated():
    with pytest.raises(Unreadable, match="没有表格"):
        annotate(sample("plan.docx"), Kind.DOCX, [("表1", "A1", "缺少牵头单位。")])


def test_reading_needs_no_django():
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import measures.sources, measures.sources.child; "
    code += (
        "import measures.sources.annotating, measures.sources.document, measures.sources.pdf, measures.sources.webpage"
    )

    done = subprocess.run([sys.executable, "-c", f"{code}; print('django' in sys.modules)"], capture_output=True)

    assert done.stdout.decode().strip() == "False"


def test_sniffing_looks_into_the_container_only_once_it_is_safe():
    data = zipped({"[Content_Types].xml": b" " * 30_000_000}, zipfile.ZIP_DEFLATED)

    with pytest.raises(Unreadable, match="压缩炸弹"):
        sniff(data)
