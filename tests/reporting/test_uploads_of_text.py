"""Plain text as an attachment, what hides in the corners of other kinds, and how a file leaves again."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reporting.models import Attachment
from tests.factories import PostingFactory, ProgressFactory, ResponsibilityFactory
from tests.reporting.test_uploads import (
    DOCX,
    ENDING,
    FOUND,
    GOOD,
    IDENTITY,
    PDF,
    XLSX,
    archive,
    check,
    docx,
    mismatch,
    png,
    refusal,
    runs,
    xlsx,
)

NO_TEXT = "这不是纯文本，或编码无法辨认；请用记事本打开，另存为 UTF-8 编码的 txt 后再上传。"
REPORT = "二〇二六年反拐工作总结：开展宣传一百二十场次，受众三万余人。\r\n\t下步打算：继续推进。\r\n"


# --- Text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_text_is_taken_in_the_encodings_in_which_people_save_it(encoding):
    content = REPORT.encode(encoding)

    checked = check("总结.txt", content)

    assert (checked.name, checked.content_type, checked.size) == ("总结.txt", "text/plain", len(content))


@pytest.mark.parametrize("text", ["单位,场次,人次\n市教委,12,3000\n市妇联,8,900\n", "ok", "😀 好", "# 标题\n正文"])
def test_tables_short_notes_and_emoji_are_texts(text):
    assert check("说明.TXT", text.encode()).content_type == "text/plain"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("written", ["{0}", "身份证号：{0}，女", "1\t张某\t{0}", "{0[0]}{0[1]}\u3000{1}"])
def test_a_number_of_somebody_in_a_text_is_found(encoding, written):
    number = written.format(IDENTITY, IDENTITY[2:])

    assert refusal("总结.txt", f"{REPORT}{number}".encode(encoding)) == FOUND


@pytest.mark.parametrize(
    "content",
    [
        b"\x00",
        "总结\x00正文".encode(),
        "总结\x00正文".encode("utf-16"),
        REPORT.encode("utf-16-le"),
        bytes(range(256)) * 4,
        b"\x80\x81\xff\xfe\xfd" * 50,
        b"MZ\x90\x00" + b"\0" * 200,
        b"\x7fELF\x02\x01\x01" + b"\0" * 60,
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"<html><body onload=alert(1)>",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"From: a\nContent-Type: multipart/related; boundary=x\n\n--x",
        b"{\\rtf1\\ansi 110}",
        b"/*%PDF-1.7*/alert(1)//",
        b"   ",
        PDF,
        png(),
        GOOD["docx"],
    ],
)
def test_what_is_no_text_is_refused_under_its_ending(content):
    assert refusal("总结.txt", content) == NO_TEXT


def test_a_text_that_is_too_long_to_be_searched_is_refused():
    assert refusal("总结.txt", "总".encode() * 2_000_000) == "文件内容过大，请拆分后再上传。"


def test_a_text_under_another_ending_is_refused():
    assert refusal("总结.pdf", REPORT.encode()) == mismatch("pdf")


@pytest.mark.parametrize("name", ["总结.txt.exe", "总结.txt\u202e.exe", "总结.exe.html", "总结.txt.js", "txt"])
def test_two_endings_do_not_help(name):
    assert refusal(name, REPORT.encode()) == ENDING


# --- Two things at once -------------------------------------------------------------------------------------------


def test_a_script_that_is_a_pdf_as_well_is_only_ever_a_pdf():
    both = PDF + b"\n=1;alert(document.cookie)/*"

    assert check("总结.pdf", both).content_type == "application/pdf"
    assert refusal("总结.js", both) == ENDING
    assert refusal("总结.pdf", b"/*%PDF-1.7*/" + both) == mismatch("pdf")


def test_a_picture_with_an_archive_behind_it_is_only_ever_a_picture():
    both = png() + GOOD["docx"]

    assert check("图.png", both).content_type == "image/png"
    assert refusal("总结.docx", both) == mismatch("docx")


# --- Corners of Office files --------------------------------------------------------------------------------------

CORNERS = {
    "properties of a document": ("docx", docx(**{"docProps/core.xml": f"<dc:creator>{IDENTITY}</dc:creator>"})),
    "own properties": ("docx", docx(**{"docProps/custom.xml": f"<vt:lpwstr>{IDENTITY}</vt:lpwstr>"})),
    "company": ("xlsx", xlsx(**{"docProps/app.xml": f"<Company>{IDENTITY}</Company>"})),
    "a comment": ("docx", docx(**{"word/comments.xml": runs(IDENTITY)})),
    "a header": ("docx", docx(**{"word/header2.xml": runs(IDENTITY)})),
    "a footer": ("docx", docx(**{"word/footer1.xml": runs(IDENTITY)})),
    "a text box": ("docx", docx(**{"word/drawings/vmlDrawing1.vml": f"<v:textbox>{IDENTITY}</v:textbox>"})),
    "a hidden sheet": (
        "xlsx",
        xlsx(
            **{
                "xl/workbook.xml": '<workbook><sheets><sheet name="隐" state="veryHidden" r:id="x"/></sheets></workbook>',
                "xl/worksheets/sheet2.xml": f"<worksheet><c><v>{IDENTITY}</v></c></worksheet>",
            }
        ),
    ),
    "the name of a sheet": ("xlsx", xlsx(**{"xl/workbook.xml": f"<workbook><sheet>{IDENTITY}</sheet></workbook>"})),
    "a header of a sheet": (
        "xlsx",
        xlsx(**{"xl/worksheets/sheet3.xml": f"<worksheet><oddHeader>&amp;L{IDENTITY}</oddHeader></worksheet>"}),
    ),
    "a threaded comment": ("xlsx", xlsx(**{"xl/threadedComments/threadedComment1.xml": f"<text>{IDENTITY}</text>"})),
    "a cache of a pivot table": ("xlsx", xlsx(**{"xl/pivotCache/pivotCacheRecords1.xml": f"<r><s>{IDENTITY}</s></r>"})),
}


@pytest.mark.parametrize("where", list(CORNERS))
def test_an_identity_number_in_a_corner_is_found(where):
    extension, content = CORNERS[where]

    assert refusal(f"总结.{extension}", content) == FOUND


IN_ATTRIBUTES = {
    "the name of a sheet": xlsx(
        **{"xl/workbook.xml": f'<workbook><sheets><sheet name="{IDENTITY}"/></sheets></workbook>'}
    ),
    "a target of a link": docx(**{"word/_rels/document.xml.rels": f'<Relationship Target="http://x/{IDENTITY}"/>'}),
    "words instead of a picture": docx(f'<w:p><wp:docPr id="1" descr="{IDENTITY}"/></w:p>'),
}


@pytest.mark.parametrize("where", list(IN_ATTRIBUTES))
def test_an_identity_number_in_an_attribute_is_found(where):
    content = IN_ATTRIBUTES[where]
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        extension = "xlsx" if "xl/workbook.xml" in made.namelist() else "docx"

    assert refusal(f"总结.{extension}", content) == FOUND


def test_ordinary_files_with_all_those_corners_are_taken():
    parts = {
        "docProps/core.xml": "<dc:title>总结</dc:title>",
        "word/header1.xml": runs("内部"),
        "word/comments.xml": "<a/>",
    }

    assert check("总结.docx", docx(**parts)).content_type == DOCX
    assert check("表.xlsx", xlsx(**{"docProps/app.xml": "<Company>市教委</Company>"})).content_type == XLSX


def test_an_archive_in_an_archive_in_an_archive_is_refused():
    inner = archive({"[Content_Types].xml": "<Types/>", "a.docx": docx()})

    assert refusal("总结.docx", docx(**{"word/embeddings/a.docx": inner})) == "文件内部结构异常，已拒绝。"


# --- Out again ----------------------------------------------------------------------------------------------------


@pytest.fixture
def liaison():
    return PostingFactory().user


@pytest.fixture
def entry(liaison):
    unit = liaison.postings.get().department
    responsibility = ResponsibilityFactory(clause__version__conference=unit.conference, department=unit)
    return ProgressFactory(responsibility=responsibility, draft=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("总结.txt", REPORT.encode()),
        ("程序<script>.txt", b"<?php system($_GET[1]);"),
        ("../../总结 X: y.txt", REPORT.encode("gbk")),
        ("总\u202e结.pdf", PDF),
        ("汉" * 255 + ".txt", REPORT.encode()),
    ],
)
def test_a_file_leaves_as_a_download_and_is_never_shown(name, content, client, entry, liaison, files):
    client.force_login(liaison)
    upload = SimpleUploadedFile("x", content, content_type="text/html")
    upload.name = name

    client.post(reverse("reporting:progress_attach", args=[entry.pk]), {"file": upload})
    response = client.get(reverse("reporting:attachment", args=[Attachment.objects.get().key]))

    kind = "application/pdf" if name.endswith("pdf") else "text/plain"
    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"].partition(";")[0] == kind
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert not {"\r", "\n", "\u202e"} & set(response["Content-Disposition"])


@pytest.mark.django_db
def test_a_file_of_a_hundred_megabytes_is_refused_and_not_kept(client, entry, liaison, files):
    client.force_login(liaison)
    upload = SimpleUploadedFile("总结.txt", b"0123456789abcde\n" * (100 * 65_536))

    response = client.post(reverse("reporting:progress_attach", args=[entry.pk]), {"file": upload})

    assert (response.status_code, files()) == (422, [])
    assert Attachment.objects.count() == 0
