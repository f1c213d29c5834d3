"""Every page in a real browser: in both languages, wide and narrow, without a complaint of the browser."""

from __future__ import annotations

import re
from typing import Any

import pytest

from departments.models import Department, User
from reporting.models import Duty
from tests.journeys.conftest import City

pytestmark = pytest.mark.browser

# Words in Latin letters that belong on a Chinese page: formats, and what the plan itself prints.
LATIN_ON_CHINESE_PAGES = {"English", "PDF", "Word", "docx", "Excel", "xlsx", "txt", "PNG", "JPG", "MB", "APP", "DNA"}


def addresses(city: City) -> dict[str, list[str]]:
    unit = Department.objects.get(code="500000-jiaowei")
    duty = Duty.objects.get(department=unit, year=city.year)
    entry = city.entry()
    version = entry.clause.version_id
    reading = [f"/plans/{version}/", f"/plans/{version}/clauses/{entry.clause.path}/", "/plans/", "/inbox/", "/events/"]
    board = f"/board/500000/{city.year}/"
    return {
        city.liaison.username: ["/work/", f"/progress/{entry.pk}/", f"/duty/{duty.pk}/", "/account/", *reading],
        "office": [
            board,
            f"{board}rows/?state=open",
            f"{board}duties/",
            f"{board}units/{unit.code}/",
            f"/review/progress/{entry.pk}/",
            f"/review/duty/{duty.pk}/",
            "/work/",
        ],
        "auditor": ["/events/", board],
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_fit_and_speak_one_language(
    city: City, browser_context: Any, page: Any, log_in: Any, live_server: Any, language: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for username, paths in addresses(city).items():
        user = User.objects.get(username=username)
        log_in(user)
        browser_context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        for path in paths:
            response = page.goto(path)
            assert response.status == 200, path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.get_attribute("html", "lang") == language, path
            if language == "zh-hans":
                # A person's own account name and address are what they are.
                text = page.inner_text("body").replace(user.email, "").replace(user.username, "")
                words = set(re.findall(r"[A-Za-z]{2,}", text))
                assert words - LATIN_ON_CHINESE_PAGES == set(), path
            else:
                frame = page.inner_text("header") + page.inner_text("footer") + page.inner_text("h1")
                assert "反拐工作台账" not in frame, path


def test_signing_in_works_by_keyboard_alone(city: City, page: Any) -> None:
    page.goto("/login/")
    page.focus("[name=username]")
    page.keyboard.type(city.liaison.username)
    page.keyboard.press("Tab")
    page.keyboard.type("灯火-阑珊-2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**/work/**")

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.className") == "skip"
