"""Import in a real browser: choosing a file, reading the preview, confirming; wide and narrow, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from departments.models import Department
from tests.exchange import csv_of
from tests.factories import ConferenceFactory, DepartmentFactory, PostingFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_units_are_imported_by_hand(
    page: Any, log_in: Any, browser_context: Any, live_server: Any, width: int, language: str
) -> None:
    city = ConferenceFactory(code="500000")
    DepartmentFactory(conference=city, code="jiaowei", name="市教委", note="原说明")
    log_in(PostingFactory(administrator=True, conference=city).user)
    browser_context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 900})
    submit = "#content-main input[type=submit]"

    def choose(*rows: list[str]) -> None:
        content = csv_of(["编码", "联席会议", "名称", "说明"], *rows)
        page.set_input_files("input[type=file]", {"name": "单位.csv", "mimeType": "text/csv", "buffer": content})
        with page.expect_navigation():
            page.click(submit)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto("/admin/departments/department/")
    page.click(".object-tools a[href$='/import/']")
    choose(["jiaowei", "999999", "市教委", ""])
    assert page.locator(".exchange-fault").count() == 1
    choose(["jiaowei", "500000", "市教委", "新说明" * 30], ["fulian", "500000", "市妇联", ""])
    assert page.locator(".exchange-counts dd").all_inner_texts() == ["1", "1", "0"]
    assert page.locator(".exchange-changes del").all_inner_texts() == ["原说明"]
    page.click(submit)
    page.wait_for_url("**/department/")

    assert list(Department.objects.order_by("code").values_list("code", "note")) == [
        ("fulian", ""),
        ("jiaowei", "新说明" * 30),
    ]


def test_list_is_exported_by_hand(page: Any, log_in: Any) -> None:
    city = ConferenceFactory()
    DepartmentFactory(conference=city)
    log_in(PostingFactory(auditor=True, conference=city).user)
    page.goto("/admin/departments/department/")
    page.click(".object-tools a[href*='/export/']")

    with page.expect_download() as download:
        page.click("#content-main input[type=submit]")

    assert download.value.suggested_filename.endswith(".xlsx")
    assert download.value.suggested_filename.startswith("单位-")
