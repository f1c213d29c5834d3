"""Checking an archive: whatever was changed, added, taken away or made up is found, and named."""

import hashlib
import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from departments.chain import FIRST, digest_of, seal_of
from reporting.archives import verifying
from reporting.archives.container import ArchiveWriter, line_of
from reporting.archives.layout import COMMENT_PREFIX, EVENTS, MANIFEST, MANIFEST_DIGEST, Names, safe_name
from reporting.archives.verifying import verify
from tests.conftest import ROOT

MOMENT = datetime(2027, 1, 10, 9, 30)
ABOUT = {
    "conference": {"code": "500000", "name": "东湖市反拐工作联席会议"},
    "year": 2026,
    "closed_at": "2027-01-10T09:30:00+08:00",
    "missing": [],
}
REPORT = "单位/市公安局/年度报告/第1次报送.json"


def an_event(number, **changes):
    event = {
        "id": number,
        "conference": 1,
        "department": None,
        "at": "2026-12-01T01:00:00.000000+00:00",
        "actor": 2,
        "address": "10.0.0.1",
        "action": "submit",
        "object_type": "reporting.progress",
        "object_id": number,
        "title": f"第{number}条",
        "before": "draft",
        "after": "submitted",
        "reason": "",
        "detail_sha256": digest_of({"n": number}),
        "detail": {"n": number},
    }
    return event | changes


def write(path, *, about=None, files=(), events=()):
    with ArchiveWriter(path, moment=MOMENT) as writer:
        writer.add(REPORT, b'{"title": "' + "年度报告".encode() * 40 + b'"}')
        writer.add("单位/市公安局/附件/总结.pdf", [b"%PDF-1.7\n", os.urandom(3000)])
        for name, data in files:
            writer.add(name, data)
        if events:
            writer.add_lines(EVENTS, events)
        writer.finish({**ABOUT, **(about or {})}, "目录\n")
    return path


@pytest.fixture
def archive(tmp_path):
    return write(tmp_path / "档案.zip")


def problems(path):
    return verify(path).problems


def rewritten(path, change):
    """The archive with its files changed by ``change`` and packed anew, sealed as our writer seals."""
    with zipfile.ZipFile(path) as old:
        contents = [(name, old.read(name)) for name in old.namelist()]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in change(contents):
            new.writestr(name, data)
        new.comment = COMMENT_PREFIX + b"0" * 64
    return sealed(path, stream.getvalue())


def sealed(path, data):
    body = data[: -len(COMMENT_PREFIX) - 64 - 22]
    path.write_bytes(data[:-64] + hashlib.sha256(body).hexdigest().encode())
    return path


# --- Sound --------------------------------------------------------------------------------------------------------


def test_an_archive_is_sound(archive):
    verdict = verify(archive)

    assert (verdict.problems, verdict.notes, verdict.files) == ([], [], 3)
    assert verdict.title == "东湖市反拐工作联席会议 2026 年度"
    assert verdict.sha256 == hashlib.sha256(archive.read_bytes()).hexdigest()


def test_an_archive_is_an_ordinary_zip(archive):
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        assert [info.filename for info in opened.infolist()] == [
            *(REPORT, "单位/市公安局/附件/总结.pdf", "目录.txt", MANIFEST, MANIFEST_DIGEST)
        ]
        assert {info.date_time for info in opened.infolist()} == {(2027, 1, 10, 9, 30, 0)}
        assert all(info.flag_bits & 0x800 for info in opened.infolist())
        assert opened.getinfo("单位/市公安局/附件/总结.pdf").compress_type == zipfile.ZIP_STORED
        assert opened.getinfo(REPORT).compress_type == zipfile.ZIP_DEFLATED
        digest = hashlib.sha256(opened.read(MANIFEST)).hexdigest()
        assert opened.read(MANIFEST_DIGEST).decode() == f"{digest}  {MANIFEST}\n"


def test_the_same_contents_make_the_same_file(tmp_path):
    first, second = (
        write(tmp_path / name, files=[("计划/计划.txt", b"x" * 5000)], events=[an_event(1)]) for name in ("a", "b")
    )

    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as other:
        assert one.namelist() == other.namelist()
        assert one.read("计划/计划.txt") == other.read("计划/计划.txt")


def test_what_was_missing_when_it_was_made_is_told_and_is_no_fault(tmp_path):
    path = write(tmp_path / "a.zip", about={"missing": [{"path": "单位/甲/附件/乙.pdf", "reason": "在磁盘上找不到"}]})

    verdict = verify(path)

    assert (verdict.problems, verdict.notes) == ([], ["单位/甲/附件/乙.pdf：在磁盘上找不到"])


# --- One byte -----------------------------------------------------------------------------------------------------


def with_flipped(data, position, mask):
    return data[:position] + bytes([data[position] ^ mask]) + data[position + 1 :]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = write(tmp_path_factory.mktemp("archive") / "a.zip", events=[an_event(1), an_event(2)])
    return path, path.read_bytes()


@settings(max_examples=300)
@given(st.data())
def test_a_flipped_byte_anywhere_is_found(small, data):
    path, whole = small
    position = data.draw(st.integers(0, len(whole) - 1))
    changed = path.with_name("changed.zip")
    changed.write_bytes(with_flipped(whole, position, data.draw(st.integers(1, 255))))

    assert problems(changed) != []


def test_a_flipped_bit_in_each_of_the_last_bytes_is_found(small):
    path, whole = small
    changed = path.with_name("changed.zip")

    for position in range(len(whole) - 200, len(whole)):
        for mask in (1, 0x20, 0x80):
            changed.write_bytes(with_flipped(whole, position, mask))
            assert problems(changed) != [], (position, mask)


def test_the_file_that_was_changed_is_named(archive):
    with zipfile.ZipFile(archive) as opened:
        info = opened.getinfo("单位/市公安局/附件/总结.pdf")
    position = info.header_offset + 30 + len(info.filename.encode()) + 100
    archive.write_bytes(with_flipped(archive.read_bytes(), position, 0xFF))

    assert problems(archive) == ["文件「单位/市公安局/附件/总结.pdf」被改动或已损坏：不能解压。"]


def test_a_byte_that_no_file_owns_is_found(archive):
    """The time in a local header: whoever unpacks does not look at it."""
    archive.write_bytes(with_flipped(archive.read_bytes(), 10, 1))

    assert problems(archive) == ["压缩包的目录、文件头或填充部分被改动；各文件的内容与清单一致。"]


# --- Cut, or something else ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", [0, 1, 3, 4, 20, 92, 93, 500, 0.5, 0.9, -1, -64, -93])
def test_a_file_that_was_cut_is_found(left, archive):
    data = archive.read_bytes()
    archive.write_bytes(data[: int(left * len(data))] if isinstance(left, float) else data[:left])

    (problem,) = problems(archive)
    assert any(words in problem for words in ("截断", "太小", "不是 zip"))


@pytest.mark.parametrize("data", [b"%PDF-1.7\n" * 50, "不是压缩包".encode() * 100, b"\x00" * 5000, b"PK\x03\x04" * 100])
def test_a_file_that_is_no_archive_is_refused(data, tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(data)

    assert len(problems(path)) == 1


def test_a_zip_of_something_else_is_refused(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("总结.txt", "总结" * 100)

    assert problems(path) == ["文件被截断，或结尾被改动，或不是本系统的年度档案。"]


@pytest.mark.parametrize("extra", [b"x", b"PK\x05\x06" + b"\x00" * 18])
def test_something_put_behind_or_before_it_is_found(extra, archive):
    data = archive.read_bytes()

    archive.write_bytes(data + extra)
    assert problems(archive) != []
    archive.write_bytes(extra + data)
    assert problems(archive) != []


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    assert problems(tmp_path / "没有.zip") == ["读不出文件：No such file or directory。"]


# --- Packed anew by somebody who knows how ------------------------------------------------------------------------


def test_a_changed_file_is_found_and_named(archive):
    rewritten(archive, lambda files: [(n, d + b" " if n == REPORT else d) for n, d in files])

    assert problems(archive) == [f"文件「{REPORT}」被改动：比清单所列的 493 字节长。"]


def test_a_file_of_the_same_length_is_found_and_named(archive):
    rewritten(archive, lambda files: [(n, b"x" * len(d) if n == REPORT else d) for n, d in files])

    assert problems(archive) == [f"文件「{REPORT}」被改动：内容与清单的摘要不符。"]


def test_a_file_that_was_taken_away_is_found_and_named(archive):
    rewritten(archive, lambda files: [(n, d) for n, d in files if n != REPORT])

    assert problems(archive) == [f"缺少文件「{REPORT}」。"]


def test_a_file_that_was_added_is_found_and_named(archive):
    rewritten(archive, lambda files: [*files, ("单位/市公安局/补充.txt", b"x")])

    assert problems(archive) == ["多出文件「单位/市公安局/补充.txt」：清单里没有。"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", [REPORT, "单位/市公安局/附件/总结.PDF"])
def test_a_name_that_is_there_twice_is_found(name, archive):
    rewritten(archive, lambda files: [*files, (name, b"x")])

    assert any("出现了 2 次" in problem for problem in problems(archive))


@pytest.mark.parametrize(
    "name", ["../外面.txt", "单位/../../外面.txt", "/etc/passwd", "C:/x.txt", "单位\\外面.txt", "单位//x"]
)
def test_a_name_that_leads_elsewhere_is_found(name, archive):
    rewritten(archive, lambda files: [*files, (name, b"x")])

    assert any(problem.startswith("文件名「") for problem in problems(archive))


def test_a_link_is_found(archive):
    link = zipfile.ZipInfo("单位/链接")
    link.external_attr = 0o120777 << 16
    rewritten(archive, lambda files: [*files, (link, b"/etc/passwd")])

    assert "「单位/链接」不是普通文件。" in problems(archive)


def test_a_changed_list_is_found(archive):
    rewritten(archive, lambda files: [(n, d.replace(b"2026", b"2025") if n == MANIFEST else d) for n, d in files])

    assert problems(archive) == [f"「{MANIFEST}」与「{MANIFEST_DIGEST}」不符，清单被改动。"]


def with_list(files, change):
    """The files with another list, and the digest that belongs to it."""
    contents = dict(files)
    data = change(json.loads(contents[MANIFEST]))
    data = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    contents[MANIFEST] = data
    contents[MANIFEST_DIGEST] = f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode()
    return list(contents.items())


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest | {"schema": "something/9"},
        lambda manifest: {"schema": manifest["schema"]},
        lambda manifest: manifest | {"files": [{"path": 1, "size": "x", "sha256": None}]},
        lambda manifest: manifest | {"files": {"a": 1}},
        lambda manifest: [manifest],
        lambda manifest: b"{",
        lambda manifest: b"[" * 100_000,
        lambda manifest: manifest | {"conference": "东湖"},
    ],
)
def test_a_list_of_another_kind_is_refused(change, archive):
    rewritten(archive, lambda files: with_list(files, change))

    assert len(problems(archive)) == 1


def test_a_file_that_is_listed_twice_is_found(archive):
    rewritten(archive, lambda files: with_list(files, lambda m: m | {"files": [*m["files"], m["files"][0]]}))

    assert f"清单里「{REPORT}」列了 2 次。" in problems(archive)


# --- Bombs --------------------------------------------------------------------------------------------------------


def test_a_bomb_is_not_unpacked(archive, monkeypatch):
    monkeypatch.setattr(verifying, "MOST_UNPACKED", 100_000)
    rewritten(archive, lambda files: [*files, ("零.txt", b"\0" * 30_000_000)])

    assert problems(archive) == ["解压后过大（疑似压缩炸弹），不再检查。"]


def test_more_files_than_any_year_has_are_not_read(archive, monkeypatch):
    monkeypatch.setattr(verifying, "MOST_FILES", 4)

    assert problems(archive) == ["压缩包里有 5 个文件，超过上限，不再检查。"]


def test_files_that_lie_in_one_another_are_found(archive):
    """The second entry of the directory points into the first file."""
    data = bytearray(archive.read_bytes())
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = struct.pack("<L", 40)
    sealed(archive, bytes(data))

    assert any("重叠" in problem for problem in problems(archive))


# --- The trail ----------------------------------------------------------------------------------------------------


def chained(*events):
    previous = FIRST
    for event in events:
        event["seal"] = {"previous": previous, "digest": seal_of(previous, event)}
        previous = event["seal"]["digest"]
    return list(events)


def test_sealed_events_are_checked(tmp_path):
    assert problems(write(tmp_path / "a.zip", events=chained(an_event(1), an_event(2), an_event(5)))) == []


@pytest.mark.parametrize("name", ["title", "reason", "actor", "at", "after"])
def test_an_event_that_was_changed_is_found_though_the_list_was_made_anew(name, tmp_path):
    events = chained(an_event(1), an_event(2))
    events[1][name] = "别的"

    assert problems(write(tmp_path / "a.zip", events=events)) == [
        f"「{EVENTS}」第 2 行与封存的摘要不符：这一条记录被改动。"
    ]


def test_a_detail_that_was_changed_is_found(tmp_path):
    events = chained(an_event(1, detail={"n": 2}))

    assert problems(write(tmp_path / "a.zip", events=events)) == [f"「{EVENTS}」第 1 行的内容与其摘要不符。"]


def test_a_detail_that_was_left_out_leaves_the_seal_sound(tmp_path):
    events = chained(an_event(1))
    del events[0]["detail"]

    assert problems(write(tmp_path / "a.zip", events=events)) == []


def test_a_line_that_is_no_event_is_found(tmp_path):
    path = write(tmp_path / "a.zip", files=[(EVENTS, b"[1]\n{\n" + line_of(an_event(1)))])

    assert problems(path) == [f"「{EVENTS}」第 {number} 行不是完整的记录。" for number in (1, 2)]


# --- Names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("总结.pdf", "总结.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ('a/b\\c:d*e?f"g<h>i|j.docx', "a_b_c_d_e_f_g_h_i_j.docx"),
        ("CON.txt", "_CON.txt"),
        ("  .隐藏. ", "隐藏"),
        ("反\u202eGPJ.exe", "反GPJ.exe"),
        ("行\n列\x00.pdf", "行列.pdf"),
        ("...", "未命名"),
        ("长" * 200 + ".pdf", "长" * 75 + "….pdf"),
    ],
)
def test_a_name_is_made_safe(name, safe):
    assert safe_name(name) == safe


def test_names_are_given_once():
    names = Names()

    assert [names.path("附件", name) for name in ("a.pdf", "A.PDF", "a.pdf", "a（2）.pdf")] == [
        *("附件/a.pdf", "附件/A（2）.PDF", "附件/a（3）.pdf", "附件/a（2）（2）.pdf")
    ]
    assert names.folder("单位", "市公安局", "1") == names.folder("单位", "市公安局", "1") == "单位/市公安局"
    assert names.folder("单位", "市公安局", "2") == "单位/市公安局（2）"


# --- The command --------------------------------------------------------------------------------------------------


def test_the_command_says_that_all_is_well(archive, capsys):
    call_command("verify_archive", archive)

    said = capsys.readouterr().out
    assert said.startswith("档案完整：东湖市反拐工作联席会议 2026 年度，3 个文件，")
    assert hashlib.sha256(archive.read_bytes()).hexdigest() in said


def test_the_command_fails_with_a_sentence_for_each_fault(archive, capsys):
    rewritten(archive, lambda files: [(n, d) for n, d in files if n != REPORT])

    with pytest.raises(CommandError, match="档案有问题：1 处。") as failed:
        call_command("verify_archive", archive)

    assert failed.value.returncode == 1
    assert capsys.readouterr().err == f"缺少文件「{REPORT}」。\n"


def test_the_command_needs_no_database(archive):
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "HTTPS": "0"}
    command = [sys.executable, "manage.py", "verify_archive", str(archive)]

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("档案完整")
