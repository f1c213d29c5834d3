"""The main job, in a real browser: a liaison writes, the office returns, the liaison mends, the office accepts."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command

from departments.models import Event
from reporting.enums import EntryState
from reporting.models import Duty, Notice, Reminder
from tests.journeys.conftest import City

pytestmark = pytest.mark.browser

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)


def test_a_liaison_and_the_office_bring_an_entry_through_the_year(
    city: City, page: Any, sign_in: Any, browser_context: Any, mailoutbox: Any
) -> None:
    entry = city.entry()
    sign_in(page, city.liaison)
    page.get_by_role("link", name="教育领域").first.click()
    page.wait_for_url(f"**/progress/{entry.pk}/")
    assert "保障适龄儿童、少年接受义务教育的权利" in page.inner_text("main")
    page.select_option("[name=status]", "in_progress")
    page.fill("[name=work_done]", "组织中小学校开展反拐主题班会。")
    page.fill("[name=figures-0-name]", "主题班会")
    page.fill("[name=figures-0-value]", "约120")
    page.fill("[name=figures-0-unit]", "场")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已保存。").wait_for()
    page.set_input_files("[name=file]", {"name": "班会照片.png", "mimeType": "image/png", "buffer": PNG})
    page.get_by_role("button", name="上传").click()
    page.get_by_role("link", name="班会照片.png").wait_for()
    submit(page)

    entry.refresh_from_db()
    assert entry.state == EntryState.SUBMITTED
    assert page.locator("textarea[name=work_done]").count() == 0

    office_page = browser_context.browser.new_context(
        base_url=page.url.split("/progress")[0], locale="zh-CN"
    ).new_page()
    sign_in(office_page, city.office)
    office_page.get_by_role("link", name="市教委 已报待审 1").click()
    office_page.get_by_role("link", name="审核").first.click()
    assert "组织中小学校开展反拐主题班会。" in office_page.inner_text("main")
    office_page.fill("[name=reason]", "请补充覆盖学校数。")
    office_page.get_by_role("button", name="退回", exact=True).click()
    office_page.get_by_text("已退回").first.wait_for()

    page.goto("/work/")
    page.get_by_text("请补充覆盖学校数。").wait_for()
    page.get_by_role("link", name="修改后重报").click()
    page.fill("[name=work_done]", "组织中小学校开展反拐主题班会，覆盖学校86所。")
    submit(page)

    office_page.goto(f"/review/progress/{entry.pk}/")
    assert "覆盖学校86所" in office_page.inner_text("main")
    office_page.get_by_role("button", name="审核通过").click()
    office_page.get_by_text("已审核通过").first.wait_for()
    office_page.context.close()
    page.reload()
    page.get_by_text("反拐办已审核通过，不能再修改。").wait_for()

    entry.refresh_from_db()
    assert (entry.state, entry.attachments.count(), entry.figures.get().as_written) == (EntryState.ACCEPTED, 1, "约120")
    moves = [(event.action, event.before, event.after) for event in Event.objects.of(entry).order_by("pk")]
    assert moves == [
        ("start", "open", "draft"),
        ("attach", "draft", "draft"),
        ("submit", "draft", "submitted"),
        ("return", "submitted", "returned"),
        ("submit", "returned", "submitted"),
        ("accept", "submitted", "accepted"),
    ]


def test_on_december_8_the_units_that_have_not_filed_are_reminded_once(city: City, page: Any, sign_in: Any) -> None:
    sign_in(page, city.liaison)
    page.get_by_role("link", name="填写报送").first.click()
    page.get_by_role("button", name="汇编初稿，开始编写").click()
    page.get_by_label("一、基本情况").fill("本年度反拐工作情况：机制健全，宣传到位。")
    page.get_by_role("button", name="预览并报送").click()
    page.get_by_role("button", name="确认报送").click()
    page.get_by_text("内容与报送时一致").wait_for()

    moment = f"{city.year}-12-08T09:00+08:00"
    first, second = reminders(moment), reminders(moment)

    unfiled = Duty.objects.filter(department__isnull=False, conference=city.conference).outstanding()
    of_units = Counter(row["unit"] for row in first["reminders"] if row["step"] == 7)
    assert of_units == Counter({duty.department.name: 1 for duty in unfiled.select_related("department")})
    assert len(of_units) == 33
    assert "市教委" not in of_units
    assert (second["sent"], second["reminders"], second["mails"]) == (0, [], {"sent": 0, "failed": 0})
    assert Reminder.objects.count() == Notice.objects.filter(reminder__isnull=False).count() == first["sent"]


def test_two_people_on_one_form_choose_between_both_texts(
    city: City, page: Any, sign_in: Any, browser_context: Any, problems: Any
) -> None:
    problems.expect("409")
    entry = city.entry()
    sign_in(page, city.liaison)
    page.goto(f"/progress/{entry.pk}/")
    other = browser_context.new_page()
    other.goto(f"/progress/{entry.pk}/")
    other.fill("[name=work_done]", "甲写的文字。")
    other.get_by_role("button", name="保存").click()
    other.get_by_text("已保存。").wait_for()

    page.fill("[name=work_done]", "乙写的文字。")
    page.get_by_role("button", name="保存").click()
    page.get_by_text("有两份不同的文字").wait_for()

    shown = page.inner_text(".conflict")
    assert "甲写的文字。" in shown
    assert "乙写的文字。" in shown
    assert page.input_value("[name=work_done]") == "乙写的文字。"
    entry.refresh_from_db()
    assert entry.work_done == "甲写的文字。"
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已保存。").wait_for()
    entry.refresh_from_db()
    assert entry.work_done == "乙写的文字。"


def test_typing_is_saved_by_itself(city: City, page: Any, sign_in: Any) -> None:
    entry = city.entry()
    sign_in(page, city.liaison)
    page.goto(f"/progress/{entry.pk}/")

    page.locator("[name=work_done]").press_sequentially("边写边存")
    page.get_by_text("已自动保存").wait_for()

    entry.refresh_from_db()
    assert (entry.work_done, entry.state) == ("边写边存", EntryState.DRAFT)


def test_uploading_a_file_first_saves_what_was_just_typed(city: City, page: Any, sign_in: Any) -> None:
    entry = city.entry()
    sign_in(page, city.liaison)
    page.goto(f"/progress/{entry.pk}/")

    page.set_input_files("[name=file]", {"name": "班会照片.png", "mimeType": "image/png", "buffer": PNG})
    page.fill("[name=work_done]", "还没来得及保存的文字")
    page.get_by_role("button", name="上传").click()
    page.get_by_role("link", name="班会照片.png").wait_for()

    assert page.input_value("[name=work_done]") == "还没来得及保存的文字"


def test_opening_next_year_leaves_this_years_work_in_front(city: City, page: Any, sign_in: Any) -> None:
    call_command("open_year", str(city.year + 1), conference="500000", verbosity=0)

    sign_in(page, city.liaison)
    page.wait_for_url(f"**/work/{city.year}/")
    page.get_by_role("link", name=str(city.year + 1)).click()
    page.wait_for_url(f"**/work/{city.year + 1}/")


def test_what_was_typed_survives_the_end_of_the_session(
    city: City, page: Any, sign_in: Any, browser_context: Any, problems: Any
) -> None:
    for status in ("401", "403"):
        problems.expect(status)
    entry = city.entry()
    sign_in(page, city.liaison)
    page.goto(f"/progress/{entry.pk}/")
    browser_context.clear_cookies()

    page.locator("[name=work_done]").press_sequentially("会话结束后写的")
    page.get_by_text("登录已失效").wait_for()
    other = browser_context.new_page()
    sign_in(other, city.liaison)
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.get_by_text("已自动保存").wait_for()

    entry.refresh_from_db()
    assert entry.work_done == "会话结束后写的"


def test_an_identity_number_is_refused_and_the_text_kept(city: City, page: Any, sign_in: Any, problems: Any) -> None:
    problems.expect("422")
    entry = city.entry()
    typed = "受助人身份证号11010519491231002X。"
    sign_in(page, city.liaison)
    page.goto(f"/progress/{entry.pk}/")
    page.fill("[name=work_done]", typed)
    page.get_by_role("button", name="保存").click()
    page.get_by_text("本系统不得录入个案和个人信息").first.wait_for()

    assert page.input_value("[name=work_done]") == typed
    entry.refresh_from_db()
    assert entry.work_done == ""


def submit(page: Any) -> None:
    page.locator("details.confirm > summary", has_text="提交审核").click()
    page.get_by_role("button", name="确认提交").click()
    page.get_by_text("等待反拐办审核").first.wait_for()


def reminders(moment: str) -> Any:
    out = io.StringIO()
    call_command("send_reminders", now=moment, json=True, stdout=out)
    return json.loads(out.getvalue())
