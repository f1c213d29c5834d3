"""The archive of a closed year: what is in it, what is not, and what becomes of what is missing."""

import hashlib
import json
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.core.files.base import ContentFile

from departments.models import Event, EventSeal
from measures.enums import ObligationKind
from reporting.archives.verifying import verify
from reporting.enums import EntryState, JobKind, JobState, MeetingState
from reporting.models import Attachment, Figure, Filing, Job, Meeting, Urge, Year
from reporting.services.closing import close_year, reopen_year
from reporting.services.entries import accept_entry, return_entry, save_entry, submit_entry, withdraw_entry
from reporting.services.jobs import ask, run_waiting
from tests.factories import (
    ConferenceFactory,
    DutyFactory,
    ObligationFactory,
    PostingFactory,
    UserFactory,
)
from tests.year_rows import Town

pytestmark = pytest.mark.django_db

HANDED_IN, DRAFT, TAKEN_BACK = "已经报的正文", "还没有报的正文", "报了又撤回的正文"


def attach(entry, name, content=b"%PDF-1.7\n%%EOF", **fields):
    kind = entry._meta.model_name
    row = Attachment(
        conference=entry.conference,
        name=name,
        content_type="application/pdf",
        size=len(content),
        uploaded_by=UserFactory(),
        **{kind: entry, "sha256": hashlib.sha256(content).hexdigest(), **fields},
    )
    row.file.save("", ContentFile(content), save=False)
    row.save()
    return row


@pytest.fixture
def town(files):
    """Police handed in and were accepted; schools have drafts, and one that they took back."""
    town = Town()
    town.writer, town.officer = UserFactory(username="liaison"), UserFactory(username="officer", name="王主任")
    police, schools, alone = town.entries
    hand_in(town, police, HANDED_IN)
    accept_entry(police, by=town.officer)
    save_entry(schools, by=town.writer, lock_version=0, values={"work_done": DRAFT})
    hand_in(town, alone, TAKEN_BACK)
    withdraw_entry(alone, by=town.writer)
    attach(police, "总结.pdf")
    attach(police, "总结.pdf")
    attach(schools, "草稿附件.pdf")
    Figure.objects.create(conference=town.city, progress=schools, position=0, name="草稿指标", as_written="7")
    return town


def hand_in(town, entry, text):
    entry.refresh_from_db()
    save_entry(entry, by=town.writer, lock_version=entry.lock_version, values={"work_done": text})
    submit_entry(entry, by=town.writer)


def file_report(town, unit, **duty):
    clause = town.entries[0].clause
    obligation = ObligationFactory(clause=clause, kind=ObligationKind.ANNUAL_REPORT)
    row = DutyFactory(obligation=obligation, department=unit, year=town.year.year, **duty)
    submit_entry(row, by=town.writer)
    return row


def close(town):
    close_year(town.year, by=town.officer, reason="归档。")


def archive_of(town):
    """The path of the archive that a worker makes of the closed year."""
    close(town)
    return Path(made(town).file.path)


def made(town):
    job = ask(JobKind.ARCHIVE, conference=town.city, year=town.year.year, by=town.officer)
    run_waiting()
    job.refresh_from_db()
    assert (job.state, job.error if job.state == JobState.FAILED else "") == (JobState.DONE, "")
    return job


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lines(data):
    return [json.loads(line) for line in data.splitlines()]


# --- What is in it ------------------------------------------------------------------------------------------------


def test_an_archive_verifies(town):
    verdict = verify(archive_of(town))

    assert (verdict.problems, verdict.notes) == ([], [])
    assert verdict.title == f"东湖市反拐工作联席会议 {town.year.year} 年度"


def test_it_says_what_it_is(town):
    files = contents(archive_of(town))

    manifest = json.loads(files["清单.json"])
    town.year.refresh_from_db()
    assert (manifest["schema"], manifest["year"], manifest["missing"]) == ("fanguai-archive/1", town.year.year, [])
    assert manifest["closed_by"] == "王主任"
    assert [one["path"] for one in manifest["files"]] == list(files)[:-2]
    assert files["目录.txt"].decode().startswith(f"东湖市反拐工作联席会议 {town.year.year} 年度档案\n关闭时间：")


def test_attachments_lie_with_their_units_under_names_of_their_own(town):
    files = contents(archive_of(town))

    assert [name for name in files if "/附件/" in name] == [
        "单位/市公安局/附件/二（一） 总结.pdf",
        "单位/市公安局/附件/二（一） 总结（2）.pdf",
    ]
    assert files["单位/市公安局/附件/二（一） 总结.pdf"] == b"%PDF-1.7\n%%EOF"


def test_a_filed_report_is_there_as_word_and_as_it_was_frozen(town):
    file_report(town, town.police)

    files = contents(archive_of(town))

    filing = Filing.objects.get()
    names = [name for name in files if "/年度报告/" in name]
    assert names == [f"单位/市公安局/年度报告/第1次报送（{filing.receipt_number}）.{kind}" for kind in ("docx", "json")]
    assert hashlib.sha256(files[names[1]]).hexdigest() == filing.sha256
    assert zipfile.ZipFile(BytesIO(files[names[0]])).testzip() is None


def test_every_round_of_a_report_is_there_but_what_was_taken_back(town):
    duty = file_report(town, town.police)
    return_entry(duty, by=town.officer, reason="补充数据。")
    submit_entry(duty, by=town.writer)
    other = file_report(town, town.schools)
    withdraw_entry(other, by=town.writer)

    names = [name for name in contents(archive_of(town)) if "/年度报告/" in name]

    assert [name.split("/")[1] + name.split("/")[3][:5] for name in names] == [
        *("市公安局第1次报送", "市公安局第1次报送", "市公安局第2次报送", "市公安局第2次报送")
    ]


def test_a_districts_report_lies_with_the_districts(town):
    district = ConferenceFactory(upper=town.city, short_name="西山区反拐联席会议")
    file_report(town, None, obliged_conference=district)

    name = next(name for name in contents(archive_of(town)) if name.startswith("区县/"))
    assert name.startswith("区县/西山区反拐联席会议/年度报告/第1次报送")


def test_the_ledger_and_the_plan_are_there(town):
    files = contents(archive_of(town))

    assert files["计划/东湖市反拐行动实施方案.txt"].decode() == town.version.source_text
    book = openpyxl.load_workbook(BytesIO(files["台账/责任分解台账.xlsx"]))
    assert "责任分解台账" in book.sheetnames
    assert "数据/数据汇总表.xlsx" in files


def test_minutes_and_letters_are_there(town):
    duty = DutyFactory(conference=town.city, department=town.police)
    Urge.objects.create(conference=town.city, duty=duty, created_by=town.officer)
    Meeting.objects.create(
        conference=town.city,
        year=town.year.year,
        title="反拐专题会议",
        held_on=f"{town.year.year}-06-01",
        state=MeetingState.FILED,
        minutes="研判形势。",
    )

    names = list(contents(archive_of(town)))

    assert f"会议/{town.year.year}0601 反拐专题会议.docx" in names
    assert any(name.startswith("催办/") and "市公安局" in name for name in names)


def test_rows_are_there_for_machines(town):
    files = contents(archive_of(town))

    entries = {row["id"]: row for row in lines(files["机读/进展.jsonl"])}
    police = entries[town.entries[0].pk]
    assert (police["work_done"], police["state"], police["lock_version"]) == (HANDED_IN, "accepted", 4)
    assert lines(files["机读/人员.jsonl"]) == [
        {"id": one.pk, "username": one.username, "name": one.name}
        for one in sorted(
            {town.writer, town.officer, *(row.uploaded_by for row in Attachment.objects.filter(progress=police["id"]))},
            key=lambda person: person.pk,
        )
    ]


def test_events_are_there_to_the_closing(town):
    stranger = Event.objects.create(action="login", object_type="departments.user", object_id=1)
    events = lines(contents(archive_of(town))["记录/事件.jsonl"])

    assert [event["action"] for event in events] == [
        *("start", "submit", "accept", "start", "start", "submit", "withdraw", "close_year")
    ]
    assert stranger.pk not in {event["id"] for event in events}


def test_every_event_carries_its_seal(town):
    events = lines(contents(archive_of(town))["记录/事件.jsonl"])

    assert {event["id"]: event["seal"]["digest"] for event in events} == dict(
        EventSeal.objects.filter(event_id__in=[event["id"] for event in events]).values_list("event_id", "digest")
    )
    assert len({event["seal"]["previous"] for event in events}) == len(events)


# --- What is not in it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [DRAFT, TAKEN_BACK, "草稿附件", "草稿指标"])
def test_what_was_not_handed_in_is_not_in_it(secret, town):
    attach(town.entries[2], f"{TAKEN_BACK}.pdf")

    files = contents(archive_of(town))

    assert {name for name in files if secret in name} == set()
    for name, data in files.items():
        inside = contents(BytesIO(data)).values() if name.endswith((".docx", ".xlsx")) else [data]
        assert not any(secret.encode() in part for part in inside), name


def test_a_detail_that_is_left_out_is_told_by_its_digest(town):
    events = lines(contents(archive_of(town))["记录/事件.jsonl"])

    told = {(event["action"], event["object_id"]): "detail" in event for event in events}
    assert told[("submit", town.entries[0].pk)]
    assert not told[("submit", town.entries[2].pk)]
    assert all(len(event["detail_sha256"]) == 64 for event in events)


def test_what_was_taken_back_before_it_was_handed_in_again_is_left_out(town):
    hand_in(town, town.entries[2], HANDED_IN)

    events = lines(contents(archive_of(town))["记录/事件.jsonl"])

    submits = [event for event in events if event["action"] == "submit" and event["object_id"] == town.entries[2].pk]
    assert [event.get("detail", {}).get("work_done") for event in submits] == [None, HANDED_IN]


def test_another_conferences_rows_are_not_in_it(town):
    other = Town("west-")
    other.city.name = other.police.name = "别的市"
    other.city.save()
    other.police.save()
    other.write(0, "别的市的正文", EntryState.ACCEPTED)

    for name, data in contents(archive_of(town)).items():
        assert "别的市".encode() not in data, name


# --- What is missing ----------------------------------------------------------------------------------------------


def test_an_attachment_that_is_gone_is_listed_and_the_rest_is_made(town):
    row = attach(town.entries[0], "丢失.pdf")
    row.file.storage.delete(row.file.name)
    close(town)

    job = made(town)

    assert job.error == "有 1 个文件缺失或与登记不符，已在清单中注明。"
    verdict = verify(Path(job.file.path))
    assert (verdict.problems, verdict.notes) == (
        [],
        ["单位/市公安局/附件/二（一） 丢失.pdf：附件的文件在磁盘上找不到"],
    )
    assert "丢失.pdf：附件的文件在磁盘上找不到" in contents(job.file.path)["目录.txt"].decode()


def test_an_attachment_that_was_changed_on_disk_is_listed(town):
    attach(town.entries[0], "被改.pdf", sha256="0" * 64)

    verdict = verify(archive_of(town))

    assert verdict.notes == ["单位/市公安局/附件/二（一） 被改.pdf：附件的内容与登记的摘要不符，按现有文件收入"]


def test_a_report_that_cannot_be_read_is_listed(town):
    file_report(town, town.police)
    Filing.objects.update(snapshot={"schema": "?"})

    verdict = verify(archive_of(town))

    assert verdict.problems == []
    assert len(verdict.notes) == 1
    assert "按登记的内容不能生成" in verdict.notes[0]


# --- When it is made ----------------------------------------------------------------------------------------------


def failed(town):
    job = ask(JobKind.ARCHIVE, conference=town.city, year=town.year.year, by=town.officer)
    run_waiting()
    job.refresh_from_db()
    return job.state, job.error


def test_an_open_year_has_no_archive(town, files):
    before = files()

    assert failed(town) == (JobState.FAILED, "年度没有关闭，不能生成年度档案；请先关闭年度。")
    assert files() == before


def test_a_year_that_is_opened_and_closed_again_meanwhile_is_not_archived_half(town, files, monkeypatch):
    close(town)
    before = files()
    from reporting.archives import making

    original = making._contents

    def reopened(year, missing):
        Year.objects.filter(pk=year.pk).update(closed_at=None)
        reopen_year(Year.objects.get(pk=year.pk), by=town.officer, reason="漏报。")
        Job.objects.update(state=JobState.RUNNING)
        close_year(Year.objects.get(pk=year.pk), by=town.officer, reason="归档。")
        return original(year, missing)

    monkeypatch.setattr(making, "_contents", reopened)

    assert failed(town) == (JobState.FAILED, "生成期间年度曾重新打开，请重新生成年度档案。")
    assert files() == before


def test_nothing_is_left_of_a_worker_that_died(town, files, settings):
    close(town)
    job = ask(JobKind.ARCHIVE, conference=town.city, year=town.year.year, by=town.officer)
    folder = Path(settings.MEDIA_ROOT) / "jobs" / "making"
    folder.mkdir(parents=True)
    (folder / f"{job.key.hex}-1").write_bytes(b"half")
    Job.objects.update(state=JobState.RUNNING, attempts=1, leased_until="2000-01-01T00:00Z")

    run_waiting()

    assert [name for name in files() if "making" in name] == []
    assert Job.objects.get().state == JobState.DONE


def test_an_empty_year_has_an_archive(files):
    town = Town()
    town.officer = UserFactory()

    assert verify(archive_of(town)).problems == []


def test_a_year_without_a_plan_has_an_archive(files):
    year = PostingFactory(office_head=True).conference
    opened = Year.objects.create(conference=year, year=2026)
    officer = UserFactory()
    close_year(opened, by=officer, reason="归档。")
    job = ask(JobKind.ARCHIVE, conference=year, year=2026, by=officer)

    run_waiting()

    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.DONE, "")
