"""Typing numbers in a browser: kept while somebody types, questions asked at once, on the screen and on paper."""

import pytest
from django.urls import reverse

from reporting.models import Figure
from tests.factories import DepartmentFactory, PostingFactory, YearFactory, this_year
from tests.figure_rows import FigureFactory, FigureSheetFactory, IndicatorFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def indicator():
    return IndicatorFactory(name="宣传场次", unit="场")


@pytest.fixture
def sheet_page(page, log_in, indicator):
    """The sheet of a unit that reported 100 last year."""
    unit = DepartmentFactory(conference=indicator.conference, member=True)
    YearFactory(conference=indicator.conference)
    FigureFactory(sheet=FigureSheetFactory(department=unit, year=this_year() - 1), indicator=indicator, value=100)
    log_in(PostingFactory(department=unit).user)
    page.goto(reverse("reporting:figures", args=[this_year(), unit.code]))
    return page


def this_years():
    return Figure.objects.filter(sheet__year=this_year())


def test_a_number_is_kept_and_asked_about_while_somebody_types(sheet_page, indicator):
    question = sheet_page.locator(f"[data-question='{indicator.pk}']")
    assert question.is_hidden()

    sheet_page.get_by_label("宣传场次", exact=True).fill("约300")
    question.wait_for(state="visible")

    assert question.inner_text() == "比上年变动 +200%，请说明原因。"
    assert sheet_page.locator(f"[data-change='{indicator.pk}']").inner_text() == "+200%"
    assert this_years().get().as_written == "约300"

    sheet_page.get_by_label("宣传场次 说明").fill("专项行动")
    sheet_page.get_by_text("1 项指标均已填报。").wait_for()
    assert this_years().get().explanation == "专项行动"


def test_a_number_that_cannot_be_read_is_told_while_somebody_types(sheet_page, indicator, problems):
    problems.expect("422")
    sheet_page.get_by_label("宣传场次", exact=True).fill("很多")

    sheet_page.get_by_text("其余已保存；有误未保存：宣传场次。").wait_for()

    assert not this_years().exists()


def test_saving_by_the_button_and_coming_back(sheet_page, indicator):
    sheet_page.get_by_label("宣传场次", exact=True).fill("120")
    sheet_page.get_by_role("button", name="保存").click()

    sheet_page.get_by_text("已保存。1 项指标均已填报。").wait_for()
    assert sheet_page.get_by_label("宣传场次", exact=True).input_value() == "120"
