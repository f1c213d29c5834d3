"""Reports as Word files: every entry, every unit, and whatever people typed, read back from the file."""

import pytest

from reporting.documents.reports import document_of, document_of_filing
from reporting.enums import EntryState
from reporting.models import Filing, ReportSection
from reporting.services.compiling import begin_report
from reporting.services.report_handing_in import hand_in_report
from tests.factories import PostingFactory, YearFactory
from tests.report_rows import YEAR, district_duty, district_of, printed_words, texted, town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-10 09:30")


@pytest.fixture
def city():
    return town()


@pytest.fixture
def report(city):
    """The first unit's, with a text."""
    return texted(city.report())


def test_word_file_holds_every_entry_and_every_unit(city):
    for path, unit in city.entries:
        city.entry(path, unit, work_done=f"{path}第{unit}家做了。", state=EntryState.ACCEPTED, status="done")

    lines = printed_words(document_of(begin_report(None, city.conference, YEAR, by=city.staff)))

    for path, unit in city.entries:
        assert f"{city.units[unit]}：{path}第{unit}家做了。" in lines
    assert "（一）预防犯罪" in lines
    assert "1.宣传教育（二（一））" in lines
    assert {"市教委", "市妇联"} <= set(lines), "the table of measures names the units"


def test_the_annex_says_what_a_unit_only_has_to_know_of(city):
    """Neither of the unit nor of its conference is it called work that has not begun, or that was not reported."""
    city.entry("二/(二)", 0, acknowledged_at="2026-05-01T09:00+08:00")
    city.entry("二/(二)", 1, state=EntryState.ACCEPTED, status="done")

    (of_unit,) = document_of(texted(city.report())).annexes[-1].blocks
    (of_city,) = document_of(begin_report(None, city.conference, YEAR, by=city.staff)).annexes[-1].blocks

    assert [row[-3:] for row in of_unit.rows] == [
        ("负责", "未开展", "未启动"),
        ("配合", "已知悉", "不需填报"),
        ("负责", "未开展", "未启动"),
    ]
    assert [row[-3:] for row in of_city.rows] == [
        ("2", "0", "未报2"),
        ("1", "1", "本年度已完成1，已知悉1"),
        ("1", "0", "未报1"),
    ]


def test_parts_without_a_text_are_not_printed_and_take_no_number(city):
    report = city.report()
    ReportSection.objects.filter(report=report).update(body="")

    lines = printed_words(document_of(texted(report, "继续努力。", "next_steps")))

    assert "一、下一步工作打算" in lines
    assert not [line for line in lines if "存在的问题" in line or "主要工作" in line]


def test_a_draft_says_so_and_what_is_filed_does_not(city, report):
    assert document_of(report).is_draft

    filing = hand_in_report(report, by=city.liaisons[0])

    assert not document_of_filing(filing).is_draft


@pytest.mark.parametrize(
    "text",
    [
        "长" * 50_000,
        "👨\u200d👩\u200d👧 家庭 😀",
        "指标\t数值\n宣传\t12\n培训\t3",
        "1.开展宣传。\n（1）进校园\n（一）越级的标题\n一、更高的标题",
    ],
    ids=["50,000 characters", "emoji", "table", "headings"],
)
def test_whatever_was_typed_comes_out_again(city, report, text):
    filing = hand_in_report(texted(report, text), by=city.liaisons[0])

    printed = "".join(printed_words(document_of_filing(Filing.objects.get(pk=filing.pk))))
    assert all(piece in printed for piece in text.replace("\t", "\n").split("\n"))


def test_a_districts_report_prints_both_recipients(city):
    district = district_of(city)
    YearFactory(conference=district, year=YEAR)
    office = PostingFactory(office_staff=True, conference=district).user
    report = texted(begin_report(district_duty(city, district), district, YEAR, by=office))

    filing = hand_in_report(report, by=office)

    assert filing.recipient == city.conference
    assert f"{city.conference.office_name}、江岸区人民政府：" in printed_words(document_of_filing(filing))
