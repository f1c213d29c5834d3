"""Reports in a real browser: a unit writes and files, the office reads and accepts, and settles its own."""

from __future__ import annotations

from typing import Any

import pytest

from departments.enums import Role
from reporting.enums import EntryState
from reporting.models import AnnualReport, Duty, Filing, Progress
from tests.journeys.conftest import City, person

pytestmark = pytest.mark.browser


def test_a_report_is_written_section_by_section_filed_and_accepted(
    city: City, page: Any, sign_in: Any, browser_context: Any
) -> None:
    sign_in(page, city.liaison)
    page.get_by_role("link", name="填写报送").first.click()
    page.get_by_role("button", name="汇编初稿，开始编写").click()
    page.get_by_label("三、存在的问题和困难").press_sequentially("边写边存的问题")
    page.get_by_text("已自动保存").wait_for()
    page.get_by_label("四、下一步工作打算").press_sequentially("边写边存的打算")
    page.wait_for_timeout(2500)
    report = AnnualReport.objects.get()
    texts = dict(report.sections.values_list("key", "body"))
    assert (texts["problems"], texts["next_steps"]) == ("边写边存的问题", "边写边存的打算")

    page.get_by_role("button", name="预览并报送").click()
    page.get_by_text("核对无误后报送").wait_for()
    assert "边写边存的打算" in page.inner_text("main")
    page.get_by_role("button", name="确认报送").click()
    page.get_by_text("内容与报送时一致").wait_for()
    page.get_by_role("link", name="回执", exact=True).click()
    assert Filing.objects.get().receipt_number in page.inner_text("main")

    office = browser_context.browser.new_context(base_url=page.url.split("/filings")[0], locale="zh-CN").new_page()
    sign_in(office, city.office)
    office.goto(f"/review/duty/{report.duty_id}/")
    assert "边写边存的问题" in office.inner_text("main")
    office.get_by_role("button", name="审核通过").click()
    office.get_by_text("已审核通过").first.wait_for()
    office.context.close()
    assert Duty.objects.get(pk=report.duty_id).state == EntryState.ACCEPTED


def test_the_office_weaves_edits_and_settles_the_consolidated_report(city: City, page: Any, sign_in: Any) -> None:
    entry = city.entry()
    Progress.objects.filter(pk=entry.pk).update(state=EntryState.ACCEPTED, work_done="开展主题班会。", status="done")
    head = person("chief", "李主任", city.conference, Role.OFFICE_HEAD)
    sign_in(page, head)
    page.goto(f"/board/{city.conference.code}/{city.year}/")
    page.get_by_role("link", name="综合报告").click()
    page.get_by_role("button", name="汇编初稿，开始编写").click()
    page.get_by_role("link", name="教育领域").click()
    field = page.get_by_role("textbox").first
    assert field.input_value() == "市教委：开展主题班会。"
    field.fill("市教委：合写以后的文字。")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已人工修改，可恢复为汇编内容").click()
    page.get_by_text("恢复为汇编内容", exact=True).click()
    page.get_by_role("button", name="确认恢复").click()
    page.get_by_text("已恢复为汇编内容").wait_for()
    assert page.get_by_role("textbox").first.input_value() == "市教委：开展主题班会。"

    page.get_by_role("link", name="全部各节").click()
    page.get_by_role("button", name="预览并定稿").click()
    page.get_by_role("button", name="确认定稿").click()
    page.get_by_text("内容与报送时一致").wait_for()
    assert "市教委：开展主题班会。" in page.inner_text("main")
