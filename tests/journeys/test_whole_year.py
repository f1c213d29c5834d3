"""A city and two districts through a whole year, from its opening to an archive that verifies, on PostgreSQL.

The clock is moved from act to act; all that people do they do in a browser. What only the clock does (reminders,
files that a worker makes) is done by ``tick``, as where no Celery runs.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from docx import Document as read_docx

from measures.enums import ObligationKind
from reporting.enums import AssessmentState, EntryState, JobKind, JobState, MeetingState, YearState
from reporting.models import (
    Assessment,
    Circular,
    Duty,
    Extension,
    Filing,
    Job,
    Meeting,
    Notice,
    Progress,
    Reminder,
    Supervision,
    Urge,
    Year,
)
from tests.journeys.two_tiers import CITY, COUNTY, NEW_AREA, Building, Tiers, download, press, told, two_tiers

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.slow]

YEAR = 2026
CLAUSE = "二/(二)/2"


@pytest.fixture
def tiers(transactional_db: None, tmp_path: Path, clock: Any) -> Tiers:
    clock("2026-01-04 09:00:00", tick=True)
    return two_tiers(tmp_path)


@pytest.fixture
def building(browser: Any, live_server: Any) -> Building:
    return Building(browser, live_server.url)


def report_of(unit: str) -> Duty:
    return Duty.objects.get(kind=ObligationKind.ANNUAL_REPORT, department__code=unit, year=YEAR)


def report_of_conference(code: str) -> Duty:
    return Duty.objects.get(kind=ObligationKind.ANNUAL_REPORT, obliged_conference__code=code, year=YEAR)


def entry_of(unit: str, path: str = CLAUSE) -> Progress:
    return Progress.objects.get(department__code=unit, clause__path=path, year=YEAR)


def test_a_year_of_a_city_and_two_districts(tiers: Tiers, building: Building, clock: Any, tmp_path: Path) -> None:
    # --- January: the years are opened ------------------------------------------------------------------------------
    clock("2026-01-05 09:00:00", tick=True)
    for name, code in (("officehead", CITY), ("county", COUNTY), ("newarea", NEW_AREA)):
        with building.desk(tiers[name]) as page:
            page.goto(f"/board/{code}/{YEAR}/open/")
            page.get_by_role("button", name="确认开启").click()
            page.wait_for_url(f"**/board/{code}/{YEAR}/**")
    assert Year.objects.filter(year=YEAR, state=YearState.OPEN).count() == 3
    # The new area reports and the two districts that it replaced do not.
    reporting = Duty.objects.filter(kind=ObligationKind.ANNUAL_REPORT, obliged_conference__isnull=False, year=YEAR)
    codes = set(reporting.values_list("obliged_conference__code", flat=True))
    assert {COUNTY, NEW_AREA} <= codes
    assert codes.isdisjoint({"500105", "500112"})

    # --- March: a unit's head wants to sign, a meeting is planned and held -------------------------------------------
    clock("2026-03-10 09:30:00", tick=True)
    with building.desk(tiers["head"]) as page:
        page.goto("/units/500000-jiaowei/settings/")
        page.get_by_label("应报事项和进展都须签批").check()
        page.get_by_role("button", name="保存").click()
        told(page, "已更改")
    with building.desk(tiers["county"]) as page:
        page.goto(f"/board/{COUNTY}/{YEAR}/meetings/")
        page.locator("summary", has_text="登记会议").click()
        page.fill("[name=title]", "2026年反拐工作专题会议")
        page.fill("[name=held_on]", "2026-03-20")
        page.fill("[name=place]", "县公安局三楼会议室")
        page.fill("[name=agenda]", "一、分析研判形势\n二、部署年度工作")
        page.get_by_role("button", name="保存会议").click()
        page.wait_for_url("**/meetings/*/")
    with building.desk(tiers["countyliaison"]) as page:
        page.goto("/inbox/")
        page.get_by_text("专题会议").first.wait_for()
    clock("2026-03-23 10:00:00", tick=True)
    meeting = Meeting.objects.get()
    with building.desk(tiers["county"]) as page:
        page.goto(f"/meetings/{meeting.pk}/")
        for seat in page.locator("select[name$=-kind]").all():
            seat.select_option("present")
        page.get_by_role("button", name="保存出席情况").click()
        told(page, "已")
        page.fill("[name=minutes]", "会议听取了上年工作情况，议定：县教委牵头，6月底前完成校园反拐课。")
        press(page, "纪要归档", "确认归档")
        page.get_by_text("归档，不能再修改").first.wait_for()
        minutes = download(
            page, lambda: page.get_by_role("link", name="Word 文件").first.click(), tmp_path / "minutes.docx"
        )
    assert "县教委牵头" in "\n".join(line.text for line in read_docx(str(minutes)).paragraphs)
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.FILED
    held = Duty.objects.get(kind=ObligationKind.MEETING, obliged_conference__code=COUNTY, year=YEAR)
    assert held.state == EntryState.ACCEPTED

    # --- June: two leads and a cooperating unit work on one clause --------------------------------------------------
    clock("2026-06-15 14:00:00", tick=True)
    lead, helper = (entry_of(f"500000-{unit}") for unit in ("jiaowei", "minzheng"))
    with building.desk(tiers["liaison"]) as page:
        page.goto(f"/progress/{lead.pk}/")
        page.get_by_text("第一责任").first.wait_for()
        page.locator("summary", has_text="请配合单位提供材料").click()
        page.get_by_label("市民政局").check()
        page.fill("[name=message]", "请提供困境儿童摸排情况。")
        page.fill("[name=due_on]", "2026-06-30")
        page.get_by_role("button", name="发出请求").click()
        page.get_by_text("请提供困境儿童摸排情况。").first.wait_for()
    clock("2026-06-20 09:00:00", tick=True)
    with building.desk(tiers["civil"]) as page:
        page.goto(f"/work/{YEAR}/")
        page.get_by_text("请提供困境儿童摸排情况。").first.wait_for()
        page.goto(f"/progress/{helper.pk}/")
        page.select_option("[name=status]", "in_progress")
        page.fill("[name=work_done]", "摸排困境儿童，建立台账。")
        page.fill("[name=figures-0-name]", "摸排困境儿童")
        page.fill("[name=figures-0-value]", "约1.2万余")
        page.fill("[name=figures-0-unit]", "人")
        press(page, "提交审核", "确认提交")
        page.get_by_text("等待反拐办审核").first.wait_for()
    with building.desk(tiers["liaison"]) as page:
        page.goto(f"/progress/{lead.pk}/")
        page.select_option("[name=status]", "in_progress")
        page.fill("[name=work_done]", "组织中小学校开展反拐主题班会。")
        page.locator("button[name=quote]").first.click()
        page.get_by_text("摸排困境儿童，建立台账。").first.wait_for()
        assert "（市民政局）" in page.input_value("[name=work_done]")
        press(page, "送负责人签批", "确认送签")
        page.get_by_text("待签批").first.wait_for()
    lead.refresh_from_db()
    assert lead.state == EntryState.TO_SIGN
    with building.desk(tiers["head"]) as page:
        page.goto(f"/signing/{YEAR}/500000-jiaowei/")
        page.get_by_text("组织中小学校开展反拐主题班会。").first.wait_for()
        page.get_by_role("button", name="签批所选并报送").click()
        told(page, "签批")
    lead.refresh_from_db()
    assert (lead.state, lead.signed_by) == (EntryState.SUBMITTED, tiers["head"])
    with building.desk(tiers["office"]) as page:
        page.goto(f"/board/{CITY}/{YEAR}/queue/")
        for box in page.locator("input[name=entry]").all():
            box.check()
        page.get_by_role("button", name="通过所选").click()
        told(page, "通过")
    assert set(Progress.objects.filter(pk__in=(lead.pk, helper.pk)).values_list("state", flat=True)) == {"accepted"}
    assert entry_of("500000-gongan").state == EntryState.OPEN

    # --- The new area's own ledger: one login writes as liaison and reviews as office, but never its own -------------
    clock("2026-07-01 09:00:00", tick=True)
    with building.desk(tiers["newpolice"]) as page:
        page.goto(f"/progress/{entry_of('5001LJ-1', '一/(二)').pk}/")
        page.select_option("[name=status]", "continuing")
        page.fill("[name=work_done]", "对火车站、汽车站巡查４２次。")
        press(page, "提交审核", "确认提交")
        page.get_by_text("等待反拐办审核").first.wait_for()
    own = entry_of("5001LJ-0", "一/(一)")
    with building.desk(tiers["newstaff"]) as page:
        page.goto(f"/progress/{own.pk}/")
        page.select_option("[name=status]", "in_progress")
        page.fill("[name=work_done]", "开设反拐安全课。")
        press(page, "提交审核", "确认提交")
        page.get_by_text("等待反拐办审核").first.wait_for()
        page.goto(f"/board/{NEW_AREA}/{YEAR}/queue/")
        boxes = page.locator("input[name=entry]")
        assert boxes.count() == 1
        boxes.first.check()
        page.get_by_role("button", name="通过所选").click()
        told(page, "通过")
    with building.desk(tiers["newarea"]) as page:
        page.goto(f"/review/progress/{own.pk}/")
        page.get_by_role("button", name="审核通过").click()
        told(page, "已审核通过")

    # --- September: an area is put on the list and taken off again ---------------------------------------------------
    clock("2026-09-01 09:00:00", tick=True)
    with building.desk(tiers["officehead"]) as page:
        page.goto(f"/board/{CITY}/{YEAR}/supervisions/")
        page.locator("summary", has_text="挂牌督办或警示").click()
        page.fill("[name=area]", "某重点区域")
        page.fill("[name=reason]", "防控措施落实不到位。")
        page.fill("[name=demands]", "一个月内完成排查整改。")
        page.fill("[name=opened_on]", "2026-09-01")
        page.fill("[name=due_on]", "2026-10-01")
        page.get_by_role("button", name="挂牌", exact=True).click()
        page.wait_for_url("**/supervisions/*/")
    watched = Supervision.objects.get()
    clock("2026-09-28 09:00:00", tick=True)
    with building.desk(tiers["officehead"]) as page:
        page.goto(f"/supervisions/{watched.pk}/")
        page.fill("[name=text]", "已完成排查。")
        page.get_by_role("button", name="记录进展").click()
        page.get_by_text("已完成排查。").first.wait_for()
        page.locator("details.confirm > summary", has_text="解除").first.click()
        page.fill("[name=lift_reason]", "整改到位，经复核予以解除。")
        page.fill("[name=lifted_on]", "2026-09-28")
        page.get_by_role("button", name="确认解除").click()
        page.get_by_text("已解除").first.wait_for()

    # --- November and December: reminders, an extension, urging -------------------------------------------------------
    clock("2026-11-16 08:00:00", tick=True)
    call_command("tick", verbosity=0)
    first = Reminder.objects.count()
    assert first > 0
    call_command("tick", verbosity=0)
    assert Reminder.objects.count() == first
    clock("2026-12-09 09:00:00", tick=True)
    with building.desk(tiers["civil"]) as page:
        page.goto(f"/duty/{report_of('500000-minzheng').pk}/extend/")
        page.fill("[name=reason]", "年末数据12月18日才能汇总。")
        page.fill("[name=wanted_until]", "2026-12-22")
        page.get_by_role("button", name="提出申请").click()
        page.get_by_text("待批").first.wait_for()
    with building.desk(tiers["officehead"]) as page:
        page.goto(f"/extensions/{Extension.objects.get().pk}/decide/")
        page.fill("[name=granted_until]", "2026-12-20")
        page.get_by_role("button", name="批准延期").click()
        told(page, "已批准延期")
    extended = report_of("500000-minzheng")
    assert (str(extended.due_on), str(extended.planned_on)) == ("2026-12-20", "2026-12-15")
    with building.desk(tiers["office"]) as page:
        page.goto(f"/board/{CITY}/{YEAR}/urge/")
        for box in page.locator("input[name=duty]").all():
            box.uncheck()
        page.get_by_label("市公安局").first.check()
        page.get_by_label("市检察院").first.check()
        page.fill("[name=message]", "请抓紧报送年度反拐工作情况。")
        page.get_by_role("button", name="发送催办").click()
        told(page, "催办")
    assert Urge.objects.count() == 2
    # Nobody of 市检察院 has a login: the letter goes on paper.
    assert Urge.objects.get(needs_letter=True).duty.department.code == "500000-jianchayuan"
    letter = f"/urges/{Urge.objects.first().batch}/"
    with building.desk(tiers["office"]) as page:
        page.goto(f"{letter}letter/")
        assert "请抓紧报送年度反拐工作情况" in page.inner_text("main")

    # --- 12-14: the unit's report: compiled, figures, signed, filed, returned, filed again ----------------------------
    clock("2026-12-14 10:00:00", tick=True)
    file_report(building, tiers["liaison"], report_of("500000-jiaowei"), "全年工作平稳。", signed_by=tiers["head"])
    report = report_of("500000-jiaowei")
    assert report.state == EntryState.SUBMITTED
    with building.desk(tiers["office"]) as page:
        page.goto(f"/review/duty/{report.pk}/")
        page.get_by_text("组织中小学校开展反拐主题班会。").first.wait_for()
        page.fill("[name=reason]", "请补充下一步打算。")
        page.get_by_role("button", name="退回", exact=True).click()
        told(page, "已退回")
    report.refresh_from_db()
    assert str(report.due_on) == "2026-12-15"
    with building.desk(tiers["liaison"]) as page:
        page.goto(f"/duty/{report.pk}/")
        page.get_by_text("请补充下一步打算。").first.wait_for()
    clock("2026-12-16 10:00:00", tick=True)
    file_report(building, tiers["liaison"], report, "全年工作平稳，已补充。", signed_by=tiers["head"])
    with building.desk(tiers["office"]) as page:
        page.goto(f"/review/duty/{report.pk}/")
        page.get_by_role("button", name="审核通过").click()
        told(page, "已审核通过")
    filings = list(Filing.objects.filter(report__duty=report).order_by("round"))
    # Handed in for the first time in time: what was mended after the day is not late as a duty.
    assert [row.round for row in filings] == [1, 2]
    report.refresh_from_db()
    assert report.first_submitted_at.date().isoformat() == "2026-12-14"

    # --- Late and within an extension ---------------------------------------------------------------------------------
    clock("2026-12-17 10:00:00", tick=True)
    file_report(building, tiers["police"], report_of("500000-gongan"), "本年工作情况如下。")
    file_report(building, tiers["civil"], report_of("500000-minzheng"), "本年工作情况如下。")
    late = {row.report.department.code: row.is_late for row in Filing.objects.filter(round=1, recipient__code=CITY)}
    assert late == {"500000-jiaowei": False, "500000-gongan": True, "500000-minzheng": False}

    # --- The districts' units, then the districts ---------------------------------------------------------------------
    # A unit without clauses of its own tells its work in the report alone.
    file_report(building, tiers["countyliaison"], report_of("500235-jiaowei"), "概况。", work="校园反拐课全覆盖。")
    file_report(building, tiers["newpolice"], report_of("5001LJ-1"), "巡查常态化。")
    for name, duty in (("county", report_of("500235-jiaowei")), ("newarea", report_of("5001LJ-1"))):
        with building.desk(tiers[name]) as page:
            page.goto(f"/review/duty/{duty.pk}/")
            page.get_by_role("button", name="审核通过").click()
            told(page, "已审核通过")
    clock("2026-12-28 09:00:00", tick=True)
    for name, code, woven in (
        ("county", COUNTY, "校园反拐课全覆盖"),
        ("newarea", NEW_AREA, "对火车站、汽车站巡查４２次"),
    ):
        file_report(
            building,
            tiers[name],
            report_of_conference(code),
            "年度工作总体情况。",
            address=f"/board/{code}/{YEAR}/report/",
        )
        filing = Filing.objects.get(report__duty=report_of_conference(code))
        assert woven in str(filing.snapshot), code
        assert filing.recipient.code == CITY
        # Two recipients: the city's office and the government of the same level.
        assert len(report_of_conference(code).recipients) == 2
        with building.desk(tiers["office"]) as page:
            page.goto(f"/review/duty/{report_of_conference(code).pk}/")
            page.get_by_role("button", name="审核通过").click()
            told(page, "已审核通过")

    # --- The city's consolidated report, its Word file, the assessment, a circular ------------------------------------
    clock("2026-12-29 09:00:00", tick=True)
    with building.desk(tiers["office"]) as page:
        for duty in Duty.objects.filter(state=EntryState.SUBMITTED, conference__code=CITY):
            page.goto(f"/review/duty/{duty.pk}/")
            page.get_by_role("button", name="审核通过").click()
            told(page, "已审核通过")
    with building.desk(tiers["officehead"]) as page:
        page.goto(f"/board/{CITY}/{YEAR}/report/")
        page.get_by_role("button", name="汇编初稿").click()
        page.get_by_role("button", name="生成 Word 文件").click()
        page.wait_for_url("**/jobs/**")
        call_command("tick", verbosity=0)
        page.reload()
        word = download(
            page, lambda: page.get_by_role("link", name="下载").first.click(), tmp_path / "consolidated.docx"
        )
        page.goto(f"/board/{CITY}/{YEAR}/report/")
        page.get_by_role("button", name="预览并定稿").click()
        page.get_by_role("button", name="确认定稿").click()
        told(page, "定稿")
    text = "\n".join(line.text for line in read_docx(str(word)).paragraphs)
    assert "组织中小学校开展反拐主题班会" in text
    assert "摸排困境儿童，建立台账" in text
    with building.desk(tiers["officehead"]) as page:
        page.goto(f"/board/{CITY}/{YEAR}/assessments/")
        page.locator("summary", has_text="建立评估").click()
        page.get_by_role("button", name="建立并统计").click()
        page.wait_for_url("**/assessments/*/")
        press(page, "公布评估", "确认公布")
        page.get_by_text("公布，结果不再变动").first.wait_for()
        page.goto(f"/board/{CITY}/{YEAR}/circulars/")
        page.locator("summary", has_text="拟写通报").click()
        page.get_by_role("button", name="起草").click()
        page.wait_for_url("**/circulars/*/")
        page.fill("[name=body]", "市教委按时高质量报送，予以表扬。")
        press(page, "印发", "确认印发")
        page.get_by_text("印发，不能再修改").first.wait_for()
    assert Assessment.objects.get().state == AssessmentState.PUBLISHED
    assert Duty.objects.get(kind=ObligationKind.STAGE_ASSESSMENT, year=YEAR).state == EntryState.ACCEPTED
    assert Circular.objects.get().issued_on is not None

    # --- The end: closed, archived, verified; the next year opens with this one beside it -----------------------------
    clock("2026-12-31 17:00:00", tick=True)
    with building.desk(tiers["officehead"]) as page:
        page.goto(f"/board/{CITY}/{YEAR}/year/")
        page.locator("details.confirm > summary", has_text="关闭年度").click()
        page.fill("[name=reason]", "部分单位未报，已在评估中说明。")
        page.check("[name=known]")
        page.get_by_role("button", name="确认关闭").click()
        page.get_by_text("已关闭归档").first.wait_for()
        if not Job.objects.filter(kind=JobKind.ARCHIVE).exists():
            page.get_by_role("button", name="生成年度档案").click()
        call_command("tick", verbosity=0)
        job = Job.objects.get(kind=JobKind.ARCHIVE)
        assert (job.state, job.error) == (JobState.DONE, "")
        page.goto(f"/jobs/{job.key}/")
        archive = download(page, lambda: page.get_by_role("link", name="下载").first.click(), tmp_path / "archive.zip")
    out = io.StringIO()
    call_command("verify_archive", str(archive), stdout=out)
    assert "档案完整" in out.getvalue()
    names = zipfile.ZipFile(archive).namelist()
    assert any(name.endswith(".docx") for name in names)
    assert any(name.endswith(".xlsx") for name in names)
    with building.desk(tiers["liaison"]) as page:
        page.goto(f"/progress/{entry_of('500000-jiaowei', '二/(一)/1').pk}/")
        assert page.locator("textarea").count() == 0
        page.goto(f"/progress/{lead.pk}/")
        page.get_by_text("组织中小学校开展反拐主题班会。").first.wait_for()
    clock("2027-01-04 09:00:00", tick=True)
    with building.desk(tiers["officehead"]) as page:
        page.goto(f"/board/{CITY}/{YEAR + 1}/open/")
        page.get_by_role("button", name="确认开启").click()
        page.wait_for_url(f"**/board/{CITY}/{YEAR + 1}/**")
    following = Progress.objects.get(department__code="500000-jiaowei", clause__path=CLAUSE, year=YEAR + 1)
    with building.desk(tiers["liaison"]) as page:
        page.goto(f"/progress/{following.pk}/")
        page.get_by_text("组织中小学校开展反拐主题班会。").first.wait_for()
    assert Notice.objects.exclude(reminder=None).count() == Reminder.objects.count()


def file_report(
    building: Building,
    user: Any,
    duty: Duty,
    overview: str,
    *,
    signed_by: Any = None,
    address: str = "",
    work: str = "",
) -> None:
    """Compile it if nobody has, write its first section, look at the preview and hand it in."""
    with building.desk(user) as page:
        page.goto(address or f"/duty/{duty.pk}/")
        if page.get_by_role("button", name="汇编初稿").count():
            page.get_by_role("button", name="汇编初稿").click()
            page.get_by_text("重新汇编").first.wait_for()
        if address:
            page.locator("table.report-contents a").first.click()
            page.locator("textarea").first.fill(overview)
            page.get_by_role("button", name="保存", exact=True).click()
            told(page, "已保存")
            page.goto(address)
        else:
            page.locator("textarea").first.fill(overview)
            if work:
                page.locator("textarea").nth(1).fill(work)
        page.locator("button[value=preview]").click()
        page.wait_for_url("**/preview/**")
        page.get_by_role("button", name="确认送签" if signed_by else "确认报送").click()
        page.wait_for_url(lambda url: "/preview/" not in url)
    if signed_by:
        with building.desk(signed_by) as page:
            page.goto(f"/signing/{YEAR}/{duty.department.code}/")
            # A report is folded on this page and so not ticked.
            page.locator(f"#duty-{duty.pk}").get_by_role("button", name="签批并报送").click()
            told(page, "签批")
