"""A new plan in a real browser: hand in a file, answer, look at what changes, publish, undo."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from departments.enums import Role
from departments.models import Department, User
from measures.enums import ImportState, VersionState
from measures.importing import staging
from measures.models import PlanImport, PlanVersion, RememberedAnswer
from reporting.models import Duty, Progress, Year
from reporting.services.clockwork import run_imports
from tests.journeys.conftest import City
from tests.journeys.tables import ROWS, comments, mended, table
from tests.journeys.test_pages import LATIN_ON_CHINESE_PAGES

pytestmark = pytest.mark.browser

TEXT = (Path(settings.BASE_DIR) / "fixtures/documents/001_chongqing_2021_pdf.txt").read_bytes()
REWORDED = {
    "二（五）1": ([], ["设"]),
    "四（三）4": (["政府"], []),
    "四（三）5": (["治"], ["医"]),
    "五（二）1": (["活动"], []),
    "七（三）": (["纪"], ["规"]),
}
# Words of files that stand on these pages.
FILE_WORDS = {"csv", "txt", "xls"}
SCHOOLS = "五/(二)/1"


@pytest.fixture
def admin(city: City) -> User:
    return User.objects.get(postings__role=Role.ADMINISTRATOR)


def test_the_pdf_text_becomes_a_new_version_of_the_plan_in_force(
    city: City, admin: User, page: Any, log_in: Any
) -> None:
    entry = Progress.objects.get(clause__path=SCHOOLS, department__code="500000-jiaowei", year=city.year)
    log_in(city.liaison)
    write(page, entry, "组织防性侵教育进校园。")

    log_in(admin)
    page.goto("/plans/")
    page.get_by_role("link", name="导入计划").click()
    hand_in(page, "渝府办发〔2021〕152号.txt", TEXT)
    answer_one_question(page)
    page.get_by_role("link", name="逐条查看变化").click()
    assert {
        change.locator("h3 > span[lang]").inner_text(): (
            change.locator(".change-text del").all_inner_texts(),
            change.locator(".change-text ins").all_inner_texts(),
        )
        for change in page.locator(".change").all()
    } == REWORDED
    assert totals(page) == {"改写": 5, "移动": 0, "拆分": 0, "合并": 0, "新增": 0, "删去": 0, "不变": 71}

    correct(page, "五（二）1", "")
    assert totals(page) == {"改写": 4, "移动": 0, "拆分": 0, "合并": 0, "新增": 1, "删去": 1, "不变": 71}
    correct(page, "五（二）1", SCHOOLS)
    assert totals(page) == {"改写": 5, "移动": 0, "拆分": 0, "合并": 0, "新增": 0, "删去": 0, "不变": 71}
    page.locator(".crumbs a").last.click()
    publish(page)
    assert "改写待再看 1 条" in page.inner_text(".messages")

    log_in(city.liaison)
    page.goto("/work/")
    section = page.get_by_role("region", name="条款有改动，请再看一遍")
    section.get_by_role("link", name="五（二）1").click()
    assert page.locator(".note-warning del").all_inner_texts() == ["活动"]
    assert page.input_value("[name=work_done]") == "组织防性侵教育进校园。"
    page.get_by_role("button", name="已填内容仍然适用").click()
    page.get_by_text("已确认仍然适用。").wait_for()
    assert page.input_value("[name=work_done]") == "组织防性侵教育进校园。"
    page.goto("/work/")
    assert section.count() == 0

    log_in(city.office)
    page.goto("/inbox/")
    page.get_by_role("link", name="计划有新版本").click()
    page.wait_for_url("**/changes/")
    assert totals(page)["改写"] == 5
    entry.refresh_from_db()
    assert (entry.clause.version.state, entry.work_done) == (VersionState.PUBLISHED, "组织防性侵教育进校园。")
    assert Year.objects.get(conference=city.conference, year=city.year).version_id == entry.clause.version_id


def test_a_publication_is_undone_until_somebody_has_answered(
    city: City, admin: User, page: Any, log_in: Any, sign_in: Any, browser_context: Any, live_server: Any
) -> None:
    before = state_of(city)
    log_in(admin)
    hand_in(page, "001.txt", TEXT)
    publish(page)
    assert state_of(city) != before

    undo(page, "文号有误")
    page.get_by_text("已撤销发布，各年度恢复到发布前的版本。").wait_for()
    assert state_of(city) == before
    assert page.locator(".tag").first.inner_text() == "可发布"

    publish(page)
    entry = Progress.objects.get(clause__path=SCHOOLS, department__code="500000-jiaowei", year=city.year)
    liaison = browser_context.browser.new_context(base_url=live_server.url, locale="zh-CN").new_page()
    sign_in(liaison, city.liaison)
    write(liaison, entry, "在新版本上写的。")
    liaison.context.close()
    undo(page, "")
    page.get_by_text("已有单位在这个版本上填报，不能撤销").first.wait_for()
    assert page.get_by_role("button", name="确认撤销").count() == 0
    entry.refresh_from_db()
    assert (entry.work_done, entry.clause.version.state) == ("在新版本上写的。", VersionState.PUBLISHED)


def test_a_responsibility_table_becomes_a_new_plan(
    city: City, admin: User, page: Any, log_in: Any, problems: Any
) -> None:
    problems.expect("422")
    log_in(admin)
    hand_in(page, "分工.xlsx", table())
    assert columns(page)["说明"] == "备注（不读入）"
    page.get_by_text("更改栏目对应").click()
    page.get_by_label("说明").select_option(label="完成时限")
    page.get_by_role("button", name="按这样重新读取，并记住").click()
    page.get_by_text("已按新的栏目对应重新读取").wait_for()
    assert columns(page)["说明"] == "完成时限"

    question(page, "「市人社局」没有登记").get_by_label("即其他单位").check()
    question(page, "「市人社局」没有登记").get_by_label("单位名称").fill("市人社")
    save_answers(page)
    wrong = question(page, "「市人社局」没有登记")
    assert wrong.locator(".errorlist").inner_text() == "请选择要对应的单位。"
    assert wrong.get_by_label("单位名称").input_value() == "市人社"
    assert wrong.get_by_label("即其他单位").is_checked()

    wrong.get_by_label("即「市人力社保局」").check()
    question(page, "「市数据资源管理中心」没有登记").get_by_label("新单位，是联席会议成员").check()
    question(page, "「市重点企业」没有登记").get_by_label("是集合名称").check()
    volunteers = question(page, "「6推动志愿服务进社区。」没有填写责任单位")
    volunteers.get_by_label("改为").check()
    volunteers.get_by_label("负责").fill("市民政局、团市委")
    volunteers.get_by_label("配合").fill("市妇联")
    page.get_by_role("button", name="其余「请核对」的都已核对").click()
    page.get_by_text("个答复。").wait_for()
    assert page.locator("#questions").count() == 0

    publish(page)
    version = PlanVersion.objects.get(plan__starts_year=2031)
    page.goto(f"/plans/{version.pk}/")
    assert margins(page) == [
        ("市公安局", "市教委、市妇联、团市委、市民政局、市司法局"),
        ("市人社局", "市公安局、市市场监管局"),
        ("市人社局", "市公安局、市市场监管局"),
        ("市数据资源管理中心", "市公安局"),
        ("市民政局", "市公安局、重点企业"),
        ("市民政局、团市委", "市妇联"),
    ]
    assert Department.objects.filter(name="市数据资源管理中心").get().memberships.exists()

    page.goto(f"/plans/{version.pk}/changes/")
    undo(page, "")
    page.get_by_text("已撤销发布").wait_for()
    version.refresh_from_db()
    assert version.state == VersionState.WITHDRAWN
    hand_in(page, "分工（二）.xlsx", table(rows=ROWS[:2]))
    assert columns(page)["说明"] == "完成时限"


def test_a_faulty_workbook_comes_back_marked_and_is_mended(city: City, admin: User, page: Any, log_in: Any) -> None:
    faulty = mended(table(), {"D5": "同上", "C6": "#REF!", "E7": "#N/A"})
    log_in(admin)
    hand_in(page, "分工.xlsx", faulty)
    assert faults(page) == [
        ("责任分解表", "D5", "同上", "写作「同上」，但上面一行没有内容，请填写完整。"),
        ("责任分解表", "C6", "#REF!", "单元格是错误值（#REF!），请改正公式，或直接填写内容。"),
        ("责任分解表", "E7", "#N/A", "单元格是错误值（#N/A），请改正公式，或直接填写内容。"),
    ]
    assert page.locator("#questions, #publish").count() == 0

    with page.expect_download() as download:
        page.get_by_role("link", name="下载标出错误的副本").click()
    assert download.value.suggested_filename == "分工（已标注错误）.xlsx"
    marked = Path(download.value.path()).read_bytes()
    assert comments(marked) == {cell: message for _sheet, cell, _value, message in faults(page)}

    page.get_by_role("link", name="导入改好的文件").click()
    hand_in(page, "分工.xlsx", mended(marked, {"D5": "市公安局", "C6": ROWS[1][2], "E7": "〃"}))
    assert page.locator("#questions .question").count() == 8
    assert PlanImport.objects.filter(state=ImportState.QUESTIONS).count() == 1


def test_a_large_file_is_read_in_the_background_and_can_be_cancelled(
    city: City, admin: User, page: Any, log_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "READ_AT_ONCE", 0)
    log_in(admin)
    hand_in(page, "001.txt", TEXT)
    assert page.get_by_role("progressbar").get_attribute("value") == "0"
    page.locator("summary", has_text="撤回这次导入").click()
    page.get_by_role("button", name="确认撤回").click()
    page.get_by_text("已撤回这次导入，没有改动任何计划。").wait_for()
    assert run_imports() == 0

    hand_in(page, "001.txt", TEXT)
    page.get_by_text("正在读取").wait_for()
    assert run_imports() == 1
    page.get_by_role("link", name="答复问题（1）").wait_for()

    states = PlanImport.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [ImportState.WITHDRAWN, ImportState.READY]


@pytest.mark.worker
def test_a_worker_reads_what_is_waiting(
    city: City, admin: User, page: Any, log_in: Any, celery_worker_process: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "READ_AT_ONCE", 0)
    log_in(admin)
    hand_in(page, "分工.xlsx", table())

    page.get_by_role("link", name="答复问题（8）").wait_for()

    assert PlanImport.objects.get().attempts == 1


def test_pages_of_imports_fit_and_speak_one_language(
    city: City, admin: User, page: Any, browser_context: Any, live_server: Any, log_in: Any
) -> None:
    rows = [
        staging.receive(data, name=name, conference=city.conference, by=admin)[0]
        for name, data in {
            "渝府办发〔2021〕152号.txt": TEXT,
            "分工.xlsx": table(),
            "有错误.xlsx": mended(table(), {"D5": "同上"}),
        }.items()
    ]
    addresses = [
        "/plans/imports/",
        f"/plans/{rows[0].based_on_id}/changes/",
        *[f"/plans/imports/{row.pk}/" for row in rows],
    ]
    addresses += [f"/plans/imports/{row.pk}/{part}/" for row in rows[:2] for part in ("preview", "changes")]
    log_in(admin)
    for language in ("zh-hans", "en"):
        browser_context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        for path in addresses:
            opens_well(page, path, language, admin)


def test_questions_are_answered_by_keyboard_alone(city: City, admin: User, page: Any, log_in: Any) -> None:
    log_in(admin)
    hand_in(page, "分工.xlsx", table())

    press_until(page, "Tab", "[type='radio']")
    press_until(page, "ArrowDown", "[value='other']")
    press_until(page, "Tab", "[name$='-unit']")
    page.keyboard.type("市教委")
    press_until(page, "Tab", "button[value='answer']")
    page.keyboard.press("Enter")
    page.get_by_text("已保存 1 个答复。").wait_for()

    remembered = RememberedAnswer.objects.get()
    assert remembered.decision == {"do": "alias", "unit": "500000-jiaowei"}


def opens_well(page: Any, path: str, language: str, user: User) -> None:
    response = page.goto(path)
    assert response.status == 200, path
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    assert page.get_attribute("html", "lang") == language, path
    if language == "zh-hans":
        text = page.inner_text("body").replace(user.email, "").replace(user.username, "")
        assert set(re.findall(r"[A-Za-z]{2,}", text)) - LATIN_ON_CHINESE_PAGES - FILE_WORDS == set(), path
    else:
        frame = page.inner_text("header") + page.inner_text("footer") + page.inner_text("h1")
        assert "反拐工作台账" not in frame, path


# --- What people do, in words -------------------------------------------------------------------------------------


def hand_in(page: Any, name: str, data: bytes) -> None:
    """Upload a file and open its import."""
    page.goto("/plans/imports/")
    page.get_by_label("联席会议").select_option(label="市反拐联席会议")
    page.set_input_files("[name=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": data})
    page.get_by_role("button", name="导入", exact=True).click()
    page.wait_for_url(re.compile(r"/plans/imports/\d+/$"))


def write(page: Any, entry: Progress, words: str) -> None:
    page.goto(f"/progress/{entry.pk}/")
    page.fill("[name=work_done]", words)
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已保存。").wait_for()


def question(page: Any, words: str) -> Any:
    return page.locator(".question", has_text=words)


def save_answers(page: Any) -> None:
    page.get_by_role("button", name="保存答复").click()
    page.wait_for_load_state()


def answer_one_question(page: Any) -> None:
    """The only one of that text: a deadline that the document does not give."""
    asked = question(page, "「制定本部门、本单位实施方案」是应办事项")
    assert asked.locator("mark").inner_text() == "制定本部门、本单位实施方案"
    asked.get_by_label("已核对，按读出的").check()
    save_answers(page)
    page.get_by_text("已保存 1 个答复。").wait_for()


def totals(page: Any) -> dict[str, int]:
    """How many clauses became what, as the page says."""
    found = (line.split() for line in page.locator(".change-totals li:has(strong)").all_inner_texts())
    return {word: int(number) for word, number in found}


def correct(page: Any, clause: str, before: str) -> None:
    """Say by hand which clause of the version before ``clause`` comes from."""
    change = page.get_by_role("article", name=re.compile(f"^(改写|新增) {clause}"))
    change.get_by_text("更正对应关系").click()
    change.get_by_label("来自原版本的").fill(before)
    change.get_by_role("button", name="更正").click()
    page.get_by_text("对应关系已更正。").wait_for()


def publish(page: Any) -> None:
    page.locator("details.confirm > summary", has_text="发布").click()
    page.get_by_role("button", name="确认发布").click()
    page.wait_for_url("**/changes/")
    page.get_by_text("已发布").first.wait_for()


def undo(page: Any, reason: str) -> None:
    page.locator("details.confirm > summary", has_text="撤销发布").click()
    page.get_by_label("事由").fill(reason)
    page.get_by_role("button", name="确认撤销").click()
    page.wait_for_load_state()


def columns(page: Any) -> dict[str, str]:
    """Each column's header and what it was taken for."""
    found = (line.split("→") for line in page.locator(".taken li").all_inner_texts())
    return {left.split()[-1]: right.split()[-1] for left, right in found}


def faults(page: Any) -> list[tuple[str, ...]]:
    """Sheet, cell, value and message of each fault that the page lists."""
    rows = page.get_by_role("region", name=re.compile("处错误")).locator("tbody tr").all()
    return [tuple(row.locator("td").all_inner_texts()) for row in rows]


def margins(page: Any) -> list[tuple[str, str]]:
    """Who leads and who cooperates, of each measure of a plan's page."""
    return [tuple(parties.locator("dd").all_inner_texts()) for parties in page.locator(".parties").all()]


def state_of(city: City) -> list[Any]:
    """Everything about the year that a version decides."""
    progress = Progress.objects.filter(conference=city.conference, year=city.year).order_by("pk")
    duties = Duty.objects.filter(conference=city.conference, year=city.year).order_by("pk")
    return [
        list(progress.values("pk", "clause", "responsibility", "state", "needs_second_look", "role", "work_done")),
        list(duties.values("pk", "obligation", "title", "due_on", "planned_on", "state")),
        Year.objects.get(conference=city.conference, year=city.year).version_id,
    ]


def press_until(page: Any, key: str, selector: str) -> None:
    """Press ``key`` until the focus is on ``selector``."""
    for _press in range(60):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")
