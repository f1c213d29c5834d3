"""What may be attached: told by its content, harmless to unpack, without people's numbers."""

import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reporting.forms.attachments import UploadForm
from reporting.uploads import CheckedUpload, UploadRefused, check_upload, safe_name

WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
IDENTITY = "110101199003070011"


def archive(parts, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def content_types(main_part):
    return f'<?xml version="1.0"?><Types><Override PartName="/main.xml" ContentType="{main_part}"/></Types>'


def docx(body="<w:p><w:r><w:t>全年工作总结</w:t></w:r></w:p>", main=WORD_MAIN, document=None, **parts):
    document = document or f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{body}</w:body></w:document>'
    return archive({"[Content_Types].xml": content_types(main), "word/document.xml": document, **parts})


def xlsx(cells="<c><v>120</v></c>", strings="", **parts):
    return archive(
        {
            "[Content_Types].xml": content_types(SHEET_MAIN),
            "xl/workbook.xml": "<workbook/>",
            "xl/worksheets/sheet1.xml": f"<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>",
            "xl/sharedStrings.xml": f"<sst>{strings}</sst>",
            **parts,
        }
    )


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0\0\0")) + chunk(b"IEND", b"")
    )


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
GOOD = {"pdf": PDF, "docx": docx(), "xlsx": xlsx(), "png": png(), "jpg": JPG, "jpeg": JPG}
TYPES = {
    "pdf": "application/pdf",
    "docx": DOCX,
    "xlsx": XLSX,
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}


def check(name, content):
    return check_upload(SimpleUploadedFile(name, content, content_type="text/html"))


def refusal(name, content):
    with pytest.raises(UploadRefused) as refused:
        check(name, content)
    return str(refused.value)


ENDING = "只能上传 PDF、Word(docx)、Excel(xlsx)、PNG、JPG、纯文本(txt)文件。"
BOMB = "压缩内容异常（疑似压缩炸弹），已拒绝。"
MACRO = "文件含有宏或程序，已拒绝；请另存为不含宏的格式。"
LARGE = "文件内容过大，请拆分后再上传。"
BROKEN = "文件已损坏或加密，无法读取。"
INSIDE = "文件内部结构异常，已拒绝。"


def mismatch(extension):
    return f"文件内容与扩展名“.{extension}”不符，请用原来的软件另存后再上传。"


# --- Kinds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("extension", list(GOOD))
def test_five_kinds_are_taken_for_what_they_are(extension):
    content = GOOD[extension]

    checked = check(f"总结.{extension}", content)

    assert checked == CheckedUpload(f"总结.{extension}", TYPES[extension], len(content), sha256(content).hexdigest())


def test_the_ending_may_be_written_large():
    assert check("总结.PDF", PDF).content_type == "application/pdf"


def test_the_file_can_be_read_from_its_beginning_afterwards():
    upload = SimpleUploadedFile("总结.docx", GOOD["docx"])

    check_upload(upload)

    assert upload.read() == GOOD["docx"]


@pytest.mark.parametrize(
    "name",
    [
        *("页面.html", "图.svg", "程序.exe", "脚本.php", "宏.docm", "宏.xlsm", "旧.doc", "旧.xls", "包.zip", "无后缀"),
        *(
            ".pdf",
            "总结.pdf.exe",
            "总结.pdf.html",
            "总结.pdf\u202e.exe",
            "pdf",
            "总结.",
            "总结.pdf\u200bx",
        ),
    ],
)
def test_other_endings_are_refused_whatever_they_hold(name):
    assert refusal(name, PDF) == ENDING


@pytest.mark.parametrize("extension", list(GOOD))
@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"MZ\x90\x00" + b"\0" * 200,
        b"<?php system($_GET[1]);",
        b"#!/bin/sh\n",
        b"\x7fELF" + b"\0" * 60,
        b" %PDF-1.7",
        b"x",
    ],
)
def test_content_that_is_none_of_them_is_refused_under_every_ending(extension, content):
    assert refusal(f"总结.{extension}", content) == mismatch(extension)


@pytest.mark.parametrize(
    ("extension", "content"),
    [("docx", "xlsx"), ("xlsx", "docx"), ("pdf", "png"), ("png", "jpg"), ("jpg", "pdf"), ("docx", "pdf")],
)
def test_one_kind_under_the_name_of_another_is_refused(extension, content):
    assert refusal(f"总结.{extension}", GOOD[content]) == mismatch(extension)


@pytest.mark.parametrize("name", ["11010519491231002X.txt", "13812345678.txt", "卡6222021001116245702.txt"])
def test_a_name_with_a_number_of_somebody_is_refused(name):
    assert refusal(name, "全年工作。".encode()).startswith("文件名疑似含有")


def test_an_empty_file_is_refused():
    assert refusal("总结.pdf", b"") == "文件是空的。"


def test_the_size_limit_is_exact(settings):
    settings.ATTACHMENT_MAX_BYTES = 1024 * 1024
    room = settings.ATTACHMENT_MAX_BYTES - len(PDF)

    assert check("总结.pdf", PDF + b" " * room).size == 1024 * 1024
    assert refusal("总结.pdf", PDF + b" " * (room + 1)) == "文件超过1 MB,请压缩或拆分后再上传。"


def test_a_plain_archive_is_no_document():
    assert refusal("总结.docx", archive({"a.txt": "x"})) == mismatch("docx")
    assert refusal("总结.docx", archive({"[Content_Types].xml": "<Types/>", "a.xml": "<a/>"})) == mismatch("docx")


def test_a_document_whose_main_part_has_another_name_is_taken():
    """Some programs write word/document2.xml."""
    content = archive({"[Content_Types].xml": content_types(WORD_MAIN), "word/document2.xml": "<w/>"})

    assert check("总结.docx", content).content_type == DOCX


# --- Names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("总结.pdf", "总结.pdf"),
        ("../../etc/总结.pdf", "总结.pdf"),
        ("C:\\用户\\总结.pdf", "总结.pdf"),
        ("总结\r\nSet-Cookie: a=b.pdf", "总结Set-Cookie: a=b.pdf"),
        ("总结\u202efdp.pdf", "总结fdp.pdf"),
        ("总\u200b结\ufeff\u2028\x85.pdf", "总结.pdf"),
        ("总\x00结.pdf", "总结.pdf"),
        ("  总结.pdf . ", "总结.pdf"),
        ("...", "附件"),
        ("", "附件"),
        ("汉" * 255 + ".pdf", "汉" * 110 + ".pdf"),
        ("汉" * 255, "汉" * 120),
        ("a" * 300 + "." + "b" * 300, "a" * 110 + "." + "b" * 9),
        ("e\u0301.pdf", "\u00e9.pdf"),
        ("=cmd|' /C calc'!A0.xlsx", "C calc'!A0.xlsx"),
    ],
)
def test_names_are_safe_to_show_and_to_send(name, safe):
    assert safe_name(name) == safe


# --- Archives -----------------------------------------------------------------------------------------------------


def test_a_zip_bomb_is_refused_at_once_and_without_unpacking():
    content = docx(**{"word/media/image1.png": b"\0" * 30_000_000})
    tracemalloc.start()
    began = time.perf_counter()

    said = refusal("总结.docx", content)

    seconds, (_now, most) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said == BOMB
    assert seconds < 1
    assert most < 20_000_000


def with_declared_size(content, name, size):
    """The archive, lying in its directory about how large ``name`` is."""
    data = bytearray(content)
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode(), 0))
    struct.pack_into("<I", data, place + 24, size)
    return bytes(data)


def test_an_archive_that_lies_about_its_sizes_is_read_no_further_than_the_limit():
    content = archive(
        {"[Content_Types].xml": content_types(WORD_MAIN), "word/document.xml": b"<a>" + b" " * 60_000_000}
    )
    content = with_declared_size(content, "word/document.xml", 1000)
    tracemalloc.start()

    said = refusal("总结.docx", content)

    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said in (LARGE, BROKEN)
    assert most < 100_000_000


def test_many_small_parts_are_refused():
    assert refusal("总结.docx", docx(**{f"word/p{number}.xml": "<a/>" for number in range(2001)})) == BOMB


def test_more_text_than_can_be_searched_is_refused_and_not_skipped(settings):
    settings.ATTACHMENT_MAX_BYTES = 50_000_000
    parts = {f"word/part{number}.xml": b" " * 4_000_000 for number in range(6)}
    parts = {"[Content_Types].xml": content_types(WORD_MAIN), **parts, "word/z.xml": runs(IDENTITY)}

    assert refusal("总结.docx", archive(parts, zipfile.ZIP_STORED)) == LARGE


def test_an_encrypted_archive_is_refused():
    data = bytearray(docx())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(signature, place + 1)

    assert refusal("总结.docx", bytes(data)) == "文件已加密，请去掉密码后再上传。"


@pytest.mark.parametrize("extension", ["docx", "xlsx"])
def test_a_document_with_a_password_or_of_the_old_format_says_what_to_do(extension):
    assert refusal(f"总结.{extension}", OLE) == "文件已加密或是旧格式，请去掉密码、另存为 docx 或 xlsx 后再上传。"


@pytest.mark.parametrize("cut", [5, 30, 200, -1, -30])
def test_a_broken_archive_is_refused(cut):
    assert refusal("总结.docx", docx()[:cut]) in (BROKEN, mismatch("docx"))


def test_a_part_with_a_wrong_checksum_is_refused():
    data = docx().replace(b"\x00", b"\x00")
    place = data.index(b"word/document.xml") + len("word/document.xml") + 5
    data = data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]

    assert refusal("总结.docx", data) == BROKEN


@pytest.mark.parametrize(
    "part", ["word/vbaProject.bin", "word/VBAPROJECT.BIN", "word/embeddings/oleObject1.bin", "word/a.exe", "x.js"]
)
def test_programs_within_are_refused(part):
    assert refusal("总结.docx", docx(**{part: b"x"})) == MACRO


def test_a_document_with_macros_under_a_harmless_name_is_refused():
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"

    assert refusal("总结.docx", docx(main=macro)) == MACRO


def test_what_every_workbook_has_is_taken():
    assert check("表.xlsx", xlsx(**{"xl/printerSettings/printerSettings1.bin": b"x"})).content_type == XLSX


@pytest.mark.parametrize("part", ["../../etc/passwd", "/etc/passwd", "word/../../x.xml"])
def test_paths_that_lead_out_are_refused(part):
    assert refusal("总结.docx", docx(**{part: "<a/>"})) == "文件内部路径异常，已拒绝。"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused():
    file = io.BytesIO(docx())
    with zipfile.ZipFile(file, "a") as made:
        made.writestr("word/document.xml", "<a/>")

    assert refusal("总结.docx", file.getvalue()) == "文件内部路径异常，已拒绝。"


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">'
    + "".join(f'<!ENTITY b{n} "{"&b;" * 10}">' for n in range(9))
    + "]><a>&b9;</a>"
)
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize("document", [BILLION_LAUGHS, EXTERNAL])
def test_entities_are_refused_and_never_expanded(document):
    began = time.perf_counter()

    assert refusal("总结.docx", docx(document=document)) == INSIDE
    assert refusal("表.xlsx", xlsx(**{"xl/comments1.xml": document})) == INSIDE
    assert time.perf_counter() - began < 1


# --- Numbers of people --------------------------------------------------------------------------------------------


def runs(*texts):
    made = "".join(f"<w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r>" for text in texts)
    return f"<w:p>{made}</w:p>"


FOUND = "疑似含有身份证号(110…11)。本系统不得录入个案和个人信息，请删去后再保存。"
IN_WORD = {
    "in one run": docx(runs(f"身份证号{IDENTITY}，女")),
    "split over runs": docx(runs("110101", "19900307", "0011")),
    "one run for each digit": docx(runs(*IDENTITY)),
    "between marks of proof-reading": docx(
        '<w:p><w:r><w:t>110101</w:t></w:r><w:proofErr w:type="x"/><w:ins w:id="1"><w:r><w:t>199003070011</w:t></w:r></w:ins></w:p>'
    ),
    "in a table": docx(f"<w:tbl><w:tr><w:tc>{runs('5')}</w:tc><w:tc>{runs(IDENTITY)}</w:tc></w:tr></w:tbl>"),
    "after a tab": docx(f"<w:p><w:r><w:t>13</w:t><w:tab/><w:t>{IDENTITY}</w:t></w:r></w:p>"),
    "after a line break": docx(f"<w:p><w:r><w:t>13</w:t><w:br/><w:t>{IDENTITY}</w:t></w:r></w:p>"),
    "after a drawing": docx(f"<w:p><wp:posOffset>914400</wp:posOffset><w:r><w:t>{IDENTITY}</w:t></w:r></w:p>"),
    "deleted but still there": docx(f"<w:p><w:del><w:r><w:delText>{IDENTITY}</w:delText></w:r></w:del></w:p>"),
    "in a header": docx(**{"word/header1.xml": runs(IDENTITY)}),
    "in a comment": docx(**{"word/comments.xml": runs(IDENTITY)}),
    "in a footnote": docx(**{"word/footnotes.xml": runs(IDENTITY)}),
    "in the properties": docx(**{"docProps/core.xml": f"<dc:title>{IDENTITY}</dc:title>"}),
    "written as characters": docx(runs("".join(f"&#{ord(digit)};" for digit in IDENTITY))),
    "in another prefix": docx(document=f"<a:p><a:r><a:t>110101</a:t></a:r><a:r><a:t>{IDENTITY[6:]}</a:t></a:r></a:p>"),
    "in UTF-16": docx(document=runs(IDENTITY).encode("utf-16")),
    "in UTF-16 without a mark": docx(document=runs(IDENTITY).encode("utf-16-le")),
    "in the workbook of a chart": docx(**{"word/embeddings/sheet.xlsx": xlsx(f"<c><v>{IDENTITY}</v></c>")}),
}


@pytest.mark.parametrize("where", list(IN_WORD))
def test_an_identity_number_in_a_document_is_found(where):
    assert refusal("总结.docx", IN_WORD[where]) == FOUND


IN_EXCEL = {
    "as a string": xlsx('<c t="s"><v>0</v></c>', strings=f"<si><t>{IDENTITY}</t></si>"),
    "as a formatted string": xlsx(strings=f"<si><r><t>110101</t></r><r><rPr><b/></rPr><t>{IDENTITY[6:]}</t></r></si>"),
    "in the cell": xlsx(f'<c t="inlineStr"><is><t>{IDENTITY}</t></is></c>'),
    "as a number": xlsx(f"<c><v>{IDENTITY}</v></c>"),
    "between numbers": xlsx(f"<c><v>12</v></c><c><v>{IDENTITY}</v></c><c><v>34</v></c>"),
    "in a comment": xlsx(**{"xl/comments1.xml": f"<comment><text><t>{IDENTITY}</t></text></comment>"}),
}


@pytest.mark.parametrize("where", list(IN_EXCEL))
def test_an_identity_number_in_a_workbook_is_found(where):
    assert refusal("表.xlsx", IN_EXCEL[where]) == FOUND


@pytest.mark.parametrize("written", ["1.1010119900307E+17", "1.10101199003070E+17", "1.1010119900307e17"])
def test_an_identity_number_that_the_workbook_has_rounded_is_found(written):
    assert refusal("表.xlsx", xlsx(f"<c><v>{written}</v></c>")).startswith("疑似含有身份证号(110…")


def test_a_mobile_number_that_is_a_number_is_found():
    assert "手机号(138…78)" in refusal("表.xlsx", xlsx("<c><v>1.3812345678E+10</v></c>"))


def test_ordinary_sums_dates_and_averages_are_taken():
    cells = "".join(
        f"<c><v>{value}</v></c>"
        for value in (
            *("120", "46371", "46371.5", "45.333333333333336", "3.1415926535897931", "4.5678901234567893"),
            *("5123.15384615385", "1.2E-3", "1.5E+17", "0.1", "13", "81", "2345678", "4111", "1111", "1111", "1111"),
        )
    )

    assert check("表.xlsx", xlsx(cells)).content_type == XLSX


def test_two_digits_in_neighbouring_cells_and_paragraphs_are_not_one_number():
    table = "".join(f"<w:tc>{runs(part)}</w:tc>" for part in ("110101", "199003", "070011"))

    assert check("总结.docx", docx(f"<w:tbl><w:tr>{table}</w:tr></w:tbl>")).content_type == DOCX


def test_a_large_ordinary_workbook_is_searched_in_time():
    cells = "".join(f'<c r="A{number}"><v>{number * 1.37}</v></c>' for number in range(200_000))
    began = time.perf_counter()

    check("表.xlsx", xlsx(cells))

    assert time.perf_counter() - began < 5


def test_the_form_says_why_beside_the_field():
    form = UploadForm({}, {"file": SimpleUploadedFile("总结.exe", b"MZ")})

    assert form.errors == {"file": [ENDING]}
    assert UploadForm({}, {"file": SimpleUploadedFile("a.pdf", b"")}).errors == {"file": ["文件是空的。"]}
    assert UploadForm({}, {}).errors == {"file": ["请先选择文件。"]}


def test_the_form_hands_on_what_was_checked():
    form = UploadForm({}, {"file": SimpleUploadedFile("../总结.pdf", PDF)})

    assert form.is_valid()
    assert form.checked == CheckedUpload("总结.pdf", "application/pdf", len(PDF), sha256(PDF).hexdigest())


# --- The text of a PDF --------------------------------------------------------------------------------------------


def pdf(words):
    """A page that prints ``words``, as small as a PDF gets."""
    content = f"BT /F 12 Tf 72 720 Td ({words}) Tj ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    file, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(file))
        file += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(parts) + 1, len(file))
    return file + b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table + end


def test_a_pdf_with_an_identity_number_in_its_text_is_refused():
    with pytest.raises(UploadRefused, match="身份证号"):
        check_upload(SimpleUploadedFile("总结.pdf", pdf(f"Zhang {IDENTITY}")))


def test_a_pdf_without_such_numbers_and_a_scan_are_accepted():
    for words in ("2026", ""):
        assert check_upload(SimpleUploadedFile("总结.pdf", pdf(words))).content_type == "application/pdf"


def test_a_pdf_that_nobody_can_look_into_is_refused():
    locked = (Path(__file__).parents[1] / "measures/samples/locked.pdf").read_bytes()

    with pytest.raises(UploadRefused, match="加密"):
        check_upload(SimpleUploadedFile("总结.pdf", locked))
