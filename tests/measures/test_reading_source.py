"""What is refused, and what a refusal says."""

from __future__ import annotations

import json
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from measures.reading import MAX_BYTES, UnreadablePlan, decode, load, read_plan

DOCUMENT = Path(__file__).parents[2] / "fixtures" / "documents" / "003_yunyang_2013.txt"
PLAN = DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_decode_takes_the_encodings_in_use(encoding):
    text = "一、加强宣传工作。（市公安局负责，市妇联配合）"

    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "空"),
        ("　\n \ufeff".encode(), "空"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04....word/document.xml", "docx"),
        (b"PK\x03\x04....xl/workbook.xml", "xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "doc"),
        (b"\x89PNG\r\n", "图片"),
        (b"abc\0def", "二进制"),
        (PLAN.encode().decode("latin-1").encode(), "乱码"),
        (PLAN.encode().decode("gb18030", "replace").encode(), "乱码"),
        ("這是一個計劃，加強反對拐賣人口工作，保障婦女兒童權益。".encode("big5") * 4, "乱码"),
        (b"\xff\xff\xff\xfe\xfd" * 50, "编码"),
        (b"a" * (MAX_BYTES + 1), "太大"),
    ],
)
def test_decode_refuses_what_is_no_text(data, word):
    with pytest.raises(UnreadablePlan, match=word):
        decode(data)


@pytest.mark.parametrize(
    "text",
    [
        "越狱计划\n第一章 初见\n那是一个下雨的夜晚，他独自走在街上。\n第二章 别离\n她说：“我不会再回来了。”\n",
        "红烧肉的做法\n一、准备食材\n1.五花肉500克，切块。\n二、步骤\n1.炒糖色（小火慢炒）。\n",
        "租赁合同\n甲方：张三\n乙方：李四\n第一条 甲方负责交房。\n第二条 乙方应当于每月5日前支付租金。\n",
        "<!DOCTYPE html><html><body><p>一、总体要求</p><p>（市公安局负责）</p></body></html>",
        "序号,任务,牵头单位\n1,加强宣传,市公安局\n2,加强救助,市民政局\n",
        "def read():\n    # 一、说明\n    return 1\n" * 5,
        "会议通知\n各单位：\n定于明天开会。\n一、时间：下午三点\n二、地点：会议室\n",
        "今天天气很好。我们去公园玩。\n大家都很开心。\n",
    ],
)
def test_read_plan_refuses_other_papers(text):
    with pytest.raises(UnreadablePlan):
        read_plan(text)


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_load_refuses_what_is_no_file(tmp_path, name):
    with pytest.raises(UnreadablePlan):
        load(tmp_path / name)


def test_load_refuses_a_huge_file_unread(tmp_path):
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as stream:
        stream.truncate(20_000_000_000)

    with pytest.raises(UnreadablePlan, match="太大"):
        load(huge)


@pytest.mark.parametrize(
    "tail",
    [
        "八、" + "一、" * 400_000,
        "八、甲" + "（甲" * 300_000,
        "八、" + " " * 500_000 + "乙",
        "八、（" + "市公安局、" * 100_000 + "负责）",
        "八、" + "牵头单位：" * 100_000,
        "八、" + "成员单位包括" * 80_000 + "组成。",
        "\n" + "".join(f"{style}甲乙\n" for style in ("（一）", "1.", "（1）", "①", "——") * 1_500),
    ],
    ids=["numbers", "brackets", "spaces", "names", "labels", "members", "nesting"],
)
def test_read_plan_takes_linear_time(tail):
    started = time.perf_counter()

    read_plan(f"{PLAN}\n{tail}\n")

    assert time.perf_counter() - started < 15


def test_parse_plan_prints_json():
    out = StringIO()

    call_command("parse_plan", str(DOCUMENT), "--json", stdout=out)

    printed = json.loads(out.getvalue())
    assert list(printed) == [
        "title",
        "document_number",
        "issued_by",
        "issued_on",
        "period",
        "members",
        "clauses",
        "obligations",
        "questions",
    ]
    assert list(printed["clauses"][0]) == [
        "path",
        "label",
        "kind",
        "heading",
        "text",
        "start",
        "end",
        "lead",
        "cooperating",
    ]
    assert printed["period"] == {"start": 2013, "end": 2020}


def test_parse_plan_prints_a_summary():
    out = StringIO()

    call_command("parse_plan", str(DOCUMENT), stdout=out)

    assert "其中措施 54 条；负责 85 项，配合 145 项" in out.getvalue()


def test_parse_plan_refuses_with_a_message_and_code_1(tmp_path):
    empty = tmp_path / "empty.txt"
    empty.touch()
    err = StringIO()

    with pytest.raises(SystemExit) as exit_:
        call_command("parse_plan", str(empty), stderr=err)

    assert exit_.value.code == 1
    assert "文件是空的" in err.getvalue()
