"""Writing a report in a browser."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.report_rows import at, town

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_time_of_saving_is_that_of_the_site_wherever_the_computer_is(log_in, browser_context, browser, live_server):
    city = town()
    report = city.report()
    log_in(city.liaisons[0])
    abroad = browser.new_context(
        base_url=live_server.url,
        locale="zh-CN",
        timezone_id="America/New_York",
        storage_state=browser_context.storage_state(),
    )
    page = abroad.new_page()
    page.goto(at("duty", report.duty_id))
    before = datetime.now(ZoneInfo("Asia/Shanghai"))

    page.locator("textarea").first.fill("全年工作总结。")
    page.get_by_text("已自动保存").wait_for()

    shown = page.locator("[data-autosave-status]").inner_text()
    # A minute may have passed meanwhile.
    assert shown in {f"已自动保存 {before + timedelta(minutes=later):%H:%M}" for later in (0, 1)}
    abroad.close()
