"""Marks in a rewording: what stayed, what was gained, what was lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.comparing import marks
from measures.comparing.folding import fold


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("", "新增", [("gained", "新增")]),
        ("取消", "", [("lost", "取消")]),
        ("(市公安局负责,市妇联\n配合)", "（市公安局负责，市妇联配合）", [("same", "（市公安局负责，市妇联配合）")]),
        (
            "心理疏导和治疗服务",
            "心理疏导和医疗服务",
            [("same", "心理疏导和"), ("lost", "治"), ("gained", "医"), ("same", "疗服务")],
        ),
        ("12月15日前", "12月30日前", [("same", "12月"), ("lost", "15"), ("gained", "30"), ("same", "日前")]),
        (
            "(2013—2020年)",
            "（2021—2030年）",
            [
                ("same", "（"),
                ("lost", "2013—2020"),
                ("gained", "2021—2030"),
                ("same", "年）"),
            ],
        ),
        (
            "由区县政府负责统筹",
            "由区县\n负责，统筹",
            [
                ("same", "由区县\n"),
                ("lost", "政府"),
                ("same", "负责"),
                ("gained", "，"),
                ("same", "统筹"),
            ],
        ),
        ("㈠检查", "(二)检查", [("same", "("), ("lost", "一"), ("gained", "二"), ("same", ")检查")]),
    ],
)
def test_marks(before, after, expected):
    assert marks(before, after) == expected


texts = st.text(alphabet="加强反拐工作机制,，。（）() \n12０１aA㈠⒈…½①\u200b\ue000\U00100000", max_size=60)


@given(texts, texts)
def test_pieces_join_to_both_texts(before, after):
    pieces = marks(before, after)

    assert fold("".join(text for op, text in pieces if op != "lost")) == fold(after)
    assert fold("".join(text for op, text in pieces if op != "gained")) == fold(before)
    assert all(text for _, text in pieces)


@given(plain := st.text(alphabet="加强反拐工作,，。（）() \n12０１aA", max_size=60), plain)
def test_text_after_is_shown_as_written(before, after):
    shown = "".join(text for op, text in marks(before, after) if op != "lost")

    assert shown == (after if fold(after) else shown)


@given(texts, texts)
def test_nothing_is_marked_exactly_where_the_texts_are_the_same(before, after):
    assert ({op for op, _ in marks(before, after)} <= {"same"}) == (fold(before) == fold(after))


def test_long_texts_are_marked_by_sentences():
    sentences = [f"第{number}项任务由成员单位按照职责分工落实到位。" for number in range(400)]
    changed = list(sentences)
    changed[200] = "全新的一句。"

    pieces = marks("".join(sentences), "".join(changed))

    assert pieces == [
        ("same", "".join(sentences[:200])),
        ("lost", sentences[200]),
        ("gained", "全新的一句。"),
        ("same", "".join(sentences[201:])),
    ]
