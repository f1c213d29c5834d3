"""The lineage of the real documents, measured against what a person finds who reads both."""

from pathlib import Path

import pytest

from measures.comparing import ChangeKind, Comparison, compare, sides_of
from measures.reading import load, read_plan
from tests.measures import comparing_gold as gold

DOCUMENTS = Path(__file__).resolve().parents[2] / "fixtures" / "documents"
CITY, COPY, CORPS, YUNYANG, OLD_CITY = (
    "000_chongqing_2021_web.txt",
    "001_chongqing_2021_pdf.txt",
    "002_corps_2021.txt",
    "003_yunyang_2013.txt",
    "004_chongqing_2008.txt",
)
PAIRS = {
    "yunyang": (YUNYANG, CITY, gold.YUNYANG_LINKS, gold.YUNYANG_ALSO, gold.YUNYANG_DROPPED, gold.YUNYANG_NEW),
    "city": (OLD_CITY, CITY, gold.CHONGQING_LINKS, gold.CHONGQING_ALSO, gold.CHONGQING_DROPPED, gold.CHONGQING_NEW),
    "corps": (CITY, CORPS, gold.CORPS_LINKS, gold.CORPS_ALSO, gold.CORPS_DROPPED, gold.CORPS_NEW),
}


def compared(before: str, after: str) -> Comparison:
    return compare(*(sides_of(read_plan(load(DOCUMENTS / name))) for name in (before, after)))


def links(comparison: Comparison) -> set[tuple[str, str]]:
    return {(change.before.path, change.after.path) for change in comparison.changes if change.before and change.after}


def test_two_copies_of_one_document_differ_in_exactly_five_places():
    comparison = compared(CITY, COPY)

    changed = [change for change in comparison.changes if change.kind != ChangeKind.SAME]
    assert [
        (change.kind, change.before.path, change.after.path, change.cooperating_gained, change.cooperating_lost)
        for change in changed
    ] == [
        (ChangeKind.REWORDED, "二/(五)/1", "二/(五)/1", ("市住房城乡建设委",), ("市住房城乡建委",)),
        (ChangeKind.REWORDED, "四/(三)/4", "四/(三)/4", (), ()),
        (ChangeKind.REWORDED, "四/(三)/5", "四/(三)/5", (), ()),
        (ChangeKind.REWORDED, "五/(二)/1", "五/(二)/1", (), ()),
        (ChangeKind.REWORDED, "七/(三)", "七/(三)", (), ()),
    ]
    assert comparison.counts == {
        "same": 71,
        "reworded": 5,
        "moved": 0,
        "split": 0,
        "merged": 0,
        "new": 0,
        "dropped": 0,
    }


# The links that bigrams cannot see, so that a loss of any other one is noticed: 扶贫 became 乡村振兴, and the like.
MISSED = {
    "yunyang": {("三/(一)/2/(2)/——#5", "二/(四)/1")},
    "city": {("四/(六)", "五/(五)"), ("六/(二)", "七/(一)")},
    "corps": {
        ("三/(一)", "第四章/第二十一条"),
        ("五/(一)", "第六章/第四十一条"),
        ("五/(二)/1", "第六章/第四十三条"),
        ("七/(二)", "第二章/第四条"),
    },
}


@pytest.mark.parametrize("pair", PAIRS)
def test_lineage_is_what_a_reader_finds(pair):
    before, after, wanted, also, _, _ = PAIRS[pair]

    found = links(compared(before, after))

    assert set(wanted) - found <= MISSED[pair]
    assert found - set(wanted) - set(also) == set()


@pytest.mark.parametrize("pair", PAIRS)
def test_what_has_no_counterpart_gets_none(pair):
    before, after, _, _, dropped, new = PAIRS[pair]

    changes = compared(before, after).changes

    assert set(dropped) <= {change.before.path for change in changes if change.kind == ChangeKind.DROPPED}
    assert set(new) <= {change.after.path for change in changes if change.kind == ChangeKind.NEW}


def test_three_items_joined_into_one_are_a_merger():
    changes = compared(YUNYANG, CITY).changes

    joined = [change for change in changes if change.after and change.after.path == "三/(六)/1"]
    assert [(change.kind, change.before.path) for change in joined] == [
        (ChangeKind.MERGED, "三/(二)/2/(2)/——"),
        (ChangeKind.MERGED, "三/(二)/2/(2)/——#2"),
        (ChangeKind.MERGED, "三/(二)/2/(2)/——#4"),
    ]


def test_one_item_whose_halves_became_articles_is_a_split():
    changes = compared(CITY, CORPS).changes

    parts = [change for change in changes if change.before and change.before.path == "四/(四)/4"]
    assert [(change.kind, change.after.path) for change in parts] == [
        (ChangeKind.SPLIT, "第五章/第三十八条"),
        (ChangeKind.SPLIT, "第五章/第三十九条"),
    ]
