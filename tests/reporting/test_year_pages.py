"""The page of a year: opening, closing, opening again, its archive; and the pages of files."""

import html
import re

import pytest
from django.urls import reverse

from departments.models import Event
from departments.models.events import Action
from measures.enums import ObligationKind, Obliged
from reporting.enums import InputState, JobKind, JobState, YearState
from reporting.models import Duty, Job, Progress, Year
from reporting.services.closing import close_year
from reporting.services.remaining import in_one_line, remaining_in
from reporting.services.years import open_year
from tests.factories import (
    ConferenceFactory,
    DutyFactory,
    InputRequestFactory,
    ObligationFactory,
    PostingFactory,
    published,
    this_year,
)
from tests.year_rows import Town, job_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(files):
    town = Town()
    town.head = PostingFactory(office_head=True, conference=town.city).user
    town.staff = PostingFactory(office_staff=True, conference=town.city).user
    town.auditor = PostingFactory(auditor=True, conference=town.city).user
    return town


@pytest.fixture
def browser(client, town):
    client.force_login(town.head)
    return client


def address(town, name, year=None):
    return reverse(f"reporting:{name}", args=[town.city.code, year or town.year.year])


def words(response):
    return html.unescape(re.sub(r"<[^>]*>", "", response.content.decode()))


def form(town, **values):
    return {"seen": in_one_line(remaining_in(town.year)), "reason": "明年一并处理。", "known": "on"} | values


def state(town):
    return Year.objects.get(pk=town.year.pk).state


# --- The page -----------------------------------------------------------------------------------------------------


def test_the_page_lists_what_is_left_with_links(browser, town):
    DutyFactory(conference=town.city, department=town.police)

    page = browser.get(address(town, "year"))

    assert [(one["number"], str(one["label"])) for one in page.context["left"]] == [
        (1, "成员单位年度报告未报"),
        (3, "措施进展未报"),
        (1, "本联席会议年度报告没有定稿报送"),
    ]
    for one in page.context["left"]:
        assert browser.get(one["url"]).status_code == 200


def test_what_is_behind_a_number_is_no_more_than_what_it_counts(browser, town):
    DutyFactory(conference=town.city, department=town.police)
    DutyFactory(conference=town.city, department=town.police, kind=ObligationKind.MEETING)
    InputRequestFactory(progress=town.entries[0], asked=town.entries[1])
    InputRequestFactory(progress=town.entries[0], asked=town.entries[2], state=InputState.CANCELLED)

    left = {str(one["label"]): one for one in browser.get(address(town, "year")).context["left"]}

    for label in ("其他应报事项未办结", "材料请求待提供"):
        one = left[label]
        assert one["number"] == browser.get(one["url"]).context["page"].paginator.count == 1


@pytest.mark.parametrize("who", ["staff", "auditor"])
def test_who_may_only_read_gets_no_forms(who, client, town):
    client.force_login(getattr(town, who))

    page = client.get(address(town, "year"))

    assert (page.status_code, page.context["closing"], page.context["to_open"]) == (200, None, [])


def test_the_page_of_a_closed_year_says_so_and_offers_no_closing(browser, town):
    close_year(town.year, by=town.head, reason="归档。")

    page = browser.get(address(town, "year"))

    assert "已归档" in words(page)
    assert (page.context["closing"], page.context["reopening"] is not None) == (None, True)


# --- Closing ------------------------------------------------------------------------------------------------------


def test_closing_closes_and_asks_for_the_archive(browser, town):
    response = browser.post(address(town, "year_close"), form(town))

    assert (response.status_code, state(town)) == (302, YearState.CLOSED)
    assert Event.objects.get(action=Action.CLOSE_YEAR).reason == "明年一并处理。"
    job = Job.objects.get()
    assert (job.kind, job.requested_by) == (JobKind.ARCHIVE, town.head)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"known": ""}, "请先核对清单，再勾选确认。"),
        ({"reason": "  "}, "还有未了事项，请写明怎样处理、为什么现在关闭。"),
        ({"reason": "联系人110101199003070038"}, "身份证"),
    ],
)
def test_a_form_that_is_not_filled_in_comes_back_as_it_was(values, said, browser, town):
    response = browser.post(address(town, "year_close"), form(town, **values))

    assert (response.status_code, state(town)) == (422, YearState.OPEN)
    assert said in words(response)
    assert (values.get("reason") or "明年一并处理。") in response.content.decode()


def test_closing_what_has_changed_meanwhile_shows_the_new_list(browser, town):
    values = form(town)
    town.write(0, "开展宣传。", "submitted")

    response = browser.post(address(town, "year_close"), values)

    assert (response.status_code, state(town)) == (409, YearState.OPEN)
    assert "未了事项有变化" in words(response)
    assert "明年一并处理。" in response.content.decode()
    again = re.search(r'name="seen" value="([^"]*)"', response.content.decode())[1]
    assert browser.post(address(town, "year_close"), values | {"seen": again}).status_code == 302
    assert state(town) == YearState.CLOSED


def test_a_second_click_closes_once(browser, town):
    values = form(town)
    browser.post(address(town, "year_close"), values)

    response = browser.post(address(town, "year_close"), values, follow=True)

    assert response.status_code == 200
    assert Event.objects.filter(action=Action.CLOSE_YEAR).count() == 1
    assert Job.objects.count() == 1


@pytest.mark.parametrize("name", ["year_close", "year_reopen"])
def test_only_the_head_of_the_office_decides(name, client, town):
    for person in (town.staff, town.auditor):
        client.force_login(person)

        assert client.post(address(town, name), form(town)).status_code == 403
    assert state(town) == YearState.OPEN


# --- Opening it again ---------------------------------------------------------------------------------------------


def test_reopening_needs_its_reason(browser, town):
    close_year(town.year, by=town.head, reason="归档。")

    refused = browser.post(address(town, "year_reopen"), {"reason": ""})

    assert (refused.status_code, state(town)) == (422, YearState.CLOSED)
    assert "重新打开必须写明理由。" in words(refused)
    assert browser.post(address(town, "year_reopen"), {"reason": "漏报。"}).status_code == 302
    assert state(town) == YearState.OPEN


# --- Opening ------------------------------------------------------------------------------------------------------


def test_opening_shows_what_it_would_make_and_makes_it(browser, town):
    published(town.version)
    Progress.objects.all().delete()
    Year.objects.all().delete()
    year = this_year() + 1

    page = browser.get(address(town, "year_open", year))

    assert [(one["value"], one["new"]) for one in page.context["totals"]] == [(0, 0), (3, 3), (3, None), (0, None)]
    assert (Year.objects.count(), Progress.objects.count()) == (0, 0)
    assert browser.post(address(town, "year_open", year)).status_code == 302
    opened = Year.objects.get()
    assert (opened.year, opened.opened_by, Progress.objects.count()) == (year, town.head, 3)


def test_the_first_year_is_opened_from_the_empty_board(browser, town):
    Progress.objects.all().delete()
    Year.objects.all().delete()

    page = browser.get(reverse("reporting:board_home"))

    assert f'href="{address(town, "year_open", this_year())}"' in page.content.decode()


def test_what_is_there_already_is_not_made_again(browser, town):
    published(town.version)

    page = browser.get(address(town, "year_open"))

    assert page.context["is_nothing"]
    assert "所有事项都已经在了" in words(page)


def test_a_year_without_a_plan_cannot_be_opened(browser, town):
    refusal = f"{town.city}在{this_year() + 1}年没有生效的计划，也没有上级计划可依据，无法开启年度。"

    page = browser.get(address(town, "year_open", this_year() + 1))
    response = browser.post(address(town, "year_open", this_year() + 1))

    assert refusal in words(page)
    assert (response.status_code, refusal in words(response)) == (409, True)


@pytest.mark.parametrize("year", [this_year() - 1, this_year() + 2, 1])
def test_only_this_year_and_the_next_are_opened(year, browser, town):
    assert browser.get(address(town, "year_open", year)).status_code == 404
    assert browser.post(address(town, "year_open", year)).status_code == 404


def test_the_staff_sees_what_opening_would_make_and_does_not_open(client, town):
    published(town.version)
    client.force_login(town.staff)

    page = client.get(address(town, "year_open", this_year() + 1))

    assert (page.status_code, page.context["may_open"]) == (200, False)
    assert client.post(address(town, "year_open", this_year() + 1)).status_code == 403


def test_what_a_closed_city_is_owed_is_not_asked_of_a_district(town):
    ObligationFactory(
        clause=town.entries[0].clause, kind=ObligationKind.ANNUAL_REPORT, obliged=Obliged.LOWER_CONFERENCES
    )
    published(town.version)
    close_year(town.year, by=town.head, reason="归档。")

    open_year(ConferenceFactory(upper=town.city), town.year.year)

    assert Duty.objects.count() == 0


# --- Files --------------------------------------------------------------------------------------------------------


def test_the_archive_is_asked_for_once_the_year_is_closed(browser, town):
    browser.post(address(town, "year_archive"))
    assert Job.objects.count() == 0
    close_year(town.year, by=town.head, reason="归档。")

    response = browser.post(address(town, "year_archive"))

    assert response.url == reverse("reporting:job", args=[Job.objects.get().key])


def test_a_file_is_fetched_under_its_own_name(browser, town):
    job = job_of(town.city, content=b"PK", file_name="东湖市 年度档案.zip")

    response = browser.get(reverse("reporting:job_file", args=[job.key]))

    assert b"".join(response.streaming_content) == b"PK"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E4%B8%9C%E6%B9%96%E5%B8%82%20%E5%B9%B4%E5%BA%A6%E6%A1%A3%E6%A1%88.zip"
    )
    assert (response["X-Content-Type-Options"], response["Content-Security-Policy"]) == (
        "nosniff",
        "default-src 'none'; sandbox",
    )


@pytest.mark.parametrize("job_state", [state for state in JobState if state != JobState.DONE])
def test_a_file_that_is_not_made_is_not_there(job_state, browser, town):
    job = job_of(town.city, state=job_state)

    assert browser.get(reverse("reporting:job_file", args=[job.key])).status_code == 404
    assert browser.get(reverse("reporting:job", args=[job.key])).status_code == 200


def test_a_file_that_is_gone_is_not_there(browser, town):
    job = job_of(town.city, content=b"PK")
    job.file.storage.delete(job.file.name)

    assert browser.get(reverse("reporting:job_file", args=[job.key])).status_code == 404


def test_the_bar_moves_and_at_the_end_the_page_is_loaded_anew(browser, town):
    job = job_of(town.city, state=JobState.RUNNING, stage="复制附件", done=30, total=120)
    asked = reverse("reporting:job_progress", args=[job.key])

    piece = browser.get(asked)

    assert '<progress max="100" value="25">' in piece.content.decode()
    assert "复制附件" in words(piece)
    Job.objects.update(state=JobState.DONE)
    ended = browser.get(asked)
    assert (ended.status_code, ended["HX-Refresh"]) == (204, "true")


def test_the_page_of_a_job_works_without_scripts(browser, town):
    job = job_of(town.city, state=JobState.WAITING)

    page = browser.get(reverse("reporting:job", args=[job.key])).content.decode()

    assert f'<a class="button" href="{reverse("reporting:job", args=[job.key])}">刷新</a>' in page
    browser.post(reverse("reporting:job_cancel", args=[job.key]))
    assert Job.objects.get().state == JobState.CANCELLED


@pytest.mark.parametrize(("who", "status"), [("head", 302), ("staff", 302), ("auditor", 403)])
def test_a_job_is_given_up_by_the_office(who, status, client, town):
    job = job_of(town.city, state=JobState.WAITING)
    client.force_login(getattr(town, who))

    assert client.post(reverse("reporting:job_cancel", args=[job.key])).status_code == status


def test_an_archive_of_before_the_year_was_opened_again_says_so(browser, town):
    close_year(town.year, by=town.head, reason="归档。")
    old = job_of(town.city, kind=JobKind.ARCHIVE)
    browser.post(address(town, "year_reopen"), {"reason": "漏报。"})

    page = browser.get(address(town, "year"))

    assert "此后年度曾重新打开" in words(page)
    assert "不反映以后的修改" in words(browser.get(reverse("reporting:job", args=[old.key])))


def test_a_file_with_something_missing_says_so(browser, town):
    job = job_of(town.city, kind=JobKind.ARCHIVE, error="有 1 个文件缺失或与登记不符，已在清单中注明。")

    assert job.error in words(browser.get(reverse("reporting:job", args=[job.key])))
