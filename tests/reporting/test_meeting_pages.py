"""The pages of meetings: who may write, what is refused and how, and that nothing typed is lost."""

from datetime import date

import pytest
from django.urls import reverse

from departments.models import Event
from measures.enums import ObligationKind
from reporting.enums import AttendanceKind, MeetingState, YearState
from reporting.models import Attendance, Meeting, Notice, Year
from reporting.paper_documents import minutes_document
from reporting.services.meetings import Particulars, cancel_meeting, file_minutes, write_minutes
from tests.factories import YearFactory
from tests.papers_rows import AttendanceFactory, MeetingFactory, Office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_a_day_in_june(clock):
    clock("2026-06-18 10:00")


@pytest.fixture
def office():
    return Office(2026)


@pytest.fixture
def meeting(office):
    row = MeetingFactory(conference=office.city, minutes="一、议定事项。")
    for unit in office.units:
        AttendanceFactory(meeting=row, department=unit, kind=AttendanceKind.PRESENT)
    return row


def address(name, meeting):
    return reverse(f"reporting:{name}", args=[meeting.pk])


def planned(**changes):
    given = {"kind": "special", "title": "专题会议", "held_on": "2026-07-01", "place": "", "chair": "", "agenda": ""}
    return given | changes


def attendance(meeting, **changes):
    data = {"lock_version": meeting.attendance_version}
    for row in meeting.attendances.all():
        data |= {f"seat-{row.pk}-kind": "excused", f"seat-{row.pk}-note": "另有会议"}
    return data | changes


# --- Planning -----------------------------------------------------------------------------------------------------


def test_office_plans_a_meeting(client, office):
    client.force_login(office.staff)

    response = client.post(reverse("reporting:meetings", args=[office.city.code, 2026]), planned())

    row = Meeting.objects.get()
    assert response.url == address("meeting", row)
    assert (row.title, row.held_on, row.updated_by) == ("专题会议", date(2026, 7, 1), office.staff)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"held_on": "2027-01-01"}, "held_on"),
        ({"held_on": "2026-02-30"}, "held_on"),
        ({"title": " "}, "title"),
        ({"title": "专" * 201}, "title"),
        ({"agenda": "联系13812345678"}, "agenda"),
        ({"kind": "party"}, "kind"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client, office, changes, field):
    client.force_login(office.staff)

    response = client.post(reverse("reporting:meetings", args=[office.city.code, 2026]), planned(**changes))

    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {field}
    assert not Meeting.objects.exists()


def test_a_line_stays_a_line(client, office):
    client.force_login(office.staff)

    client.post(reverse("reporting:meetings", args=[office.city.code, 2026]), planned(title="专题\r\n会议\t二"))

    assert Meeting.objects.get().title == "专题 会议 二"


def test_what_was_typed_into_a_closed_year_is_kept(client, office):
    Year.objects.filter(conference=office.city).update(state=YearState.CLOSED)
    client.force_login(office.staff)
    path = reverse("reporting:meetings", args=[office.city.code, 2026])

    response = client.post(path, planned(title="晚到的会议"))

    assert response.status_code == 409
    assert response.context["form"]["title"].value() == "晚到的会议"
    assert client.get(path).context["form"] is None


def test_another_arrangement_is_not_overwritten_unseen(client, office, meeting):
    client.force_login(office.staff)
    seen = Particulars.of(meeting).seal
    Meeting.objects.update(place="五楼", updated_by=office.head)
    data = planned(title=meeting.title, held_on="2026-06-18", place="七楼", seen=seen)

    response = client.post(address("meeting_edit", meeting), data)

    assert response.status_code == 409
    assert [field["label"] for field in response.context["conflict"]["fields"]] == ["地点"]
    assert response.context["conflict"]["by"] == office.head
    assert client.post(address("meeting_edit", meeting), response.context["form"].data).status_code == 302
    assert Meeting.objects.get().place == "七楼"


# --- Attendance ---------------------------------------------------------------------------------------------------


def test_attendance_is_one_form(client, office, meeting):
    client.force_login(office.staff)

    response = client.post(address("meeting_attendance", meeting), attendance(meeting))

    assert response.status_code == 302
    assert set(Attendance.objects.values_list("kind", "note")) == {("excused", "另有会议")}


def test_attendance_saves_itself(client, office, meeting):
    client.force_login(office.staff)
    by_itself = {"headers": {"hx-request": "true"}}

    first = client.post(address("meeting_attendance", meeting), attendance(meeting), **by_itself)
    stale = client.post(
        address("meeting_attendance", meeting), attendance(meeting, lock_version=0) | {"x": "y"}, **by_itself
    )
    wrong = client.post(address("meeting_attendance", meeting), {"lock_version": 1}, **by_itself)

    assert (first.status_code, first["X-Lock-Version"]) == (204, "1")
    assert stale.status_code == 409
    assert (wrong.status_code, wrong["Content-Type"]) == (422, "text/plain; charset=utf-8")


def test_two_who_register_see_both_and_choose(client, office, meeting):
    client.force_login(office.staff)
    mine = attendance(meeting)
    Attendance.objects.update(kind="absent")
    Meeting.objects.update(attendance_version=1)

    response = client.post(address("meeting_attendance", meeting), mine)

    assert response.status_code == 409
    assert [str(field["label"]) for field in response.context["conflict"]["fields"]] == [
        unit.name for unit in office.units
    ]
    assert (
        client.post(address("meeting_attendance", meeting), response.context["attendance_form"].data).status_code == 302
    )
    assert set(Attendance.objects.values_list("kind", flat=True)) == {"excused"}


def test_rows_of_another_meeting_are_not_written(client, office, meeting):
    other = AttendanceFactory(meeting__conference=office.city, department=office.units[0])
    client.force_login(office.staff)

    client.post(address("meeting_attendance", meeting), attendance(meeting) | {f"seat-{other.pk}-kind": "absent"})

    other.refresh_from_db()
    assert other.kind == AttendanceKind.UNKNOWN


# --- Minutes ------------------------------------------------------------------------------------------------------


def test_minutes_are_filed_with_the_last_words_typed(client, office, meeting):
    client.force_login(office.staff)

    response = client.post(
        address("meeting", meeting), {"lock_version": 0, "minutes": "一、最后写的。", "action": "file"}
    )

    row = Meeting.objects.get()
    assert response.status_code == 302
    assert (row.state, row.minutes) == (MeetingState.FILED, "一、最后写的。")


def test_a_refused_filing_keeps_the_minutes(client, office, meeting):
    Attendance.objects.update(kind=AttendanceKind.UNKNOWN)
    client.force_login(office.staff)

    response = client.post(address("meeting", meeting), {"lock_version": 0, "minutes": "写好的", "action": "file"})

    assert response.status_code == 422
    assert "2个单位没有登记出席情况" in response.text
    assert Meeting.objects.get().minutes == "写好的"
    again = client.post(address("meeting", meeting), response.context["minutes_form"].data)
    assert again.status_code == 422


def test_double_click_files_once(client, office, meeting):
    client.force_login(office.staff)
    data = {"lock_version": 0, "minutes": "一、议定事项。", "action": "file"}

    answers = [client.post(address("meeting", meeting), data).status_code for _click in range(2)]

    assert answers == [302, 409]
    assert Notice.objects.count() == 2
    assert Event.objects.filter(action="minutes").count() == 1


def test_overtaken_minutes_are_shown_beside_mine(client, office, meeting):
    write_minutes(meeting, minutes="甲乙丙", lock_version=0, by=office.head)
    client.force_login(office.staff)

    response = client.post(address("meeting", meeting), {"lock_version": 0, "minutes": "丁戊己", "action": "save"})

    assert response.status_code == 409
    assert "甲乙丙" in response.text
    assert response.context["minutes_form"]["minutes"].value() == "丁戊己"
    assert client.post(address("meeting", meeting), response.context["minutes_form"].data).status_code == 302
    assert Meeting.objects.get().minutes == "丁戊己"


def test_minutes_typed_after_the_filing_are_kept_to_be_copied(client, office, meeting):
    file_minutes(meeting, lock_version=0, by=office.head)
    client.force_login(office.staff)

    response = client.post(address("meeting", meeting), {"lock_version": 0, "minutes": "晚到的", "action": "save"})

    assert response.status_code == 409
    assert "晚到的" in response.text
    assert response.context["minutes_form"] is None


@pytest.mark.parametrize("minutes", ["身份证11010519491231002X", "a\x00b", "字" * 60_001])
def test_what_must_not_be_stored_is_refused(client, office, meeting, minutes):
    client.force_login(office.staff)
    data = {"lock_version": 0, "minutes": minutes}

    assert client.post(address("meeting", meeting), data).status_code == 422
    assert client.post(address("meeting_autosave", meeting), data).status_code == 422
    assert Meeting.objects.get().minutes == "一、议定事项。"


def test_control_characters_from_word_do_not_break_the_document(client, office, meeting):
    text = "一、议\x0b定\x07事项\n" + "落实责任。" * 10_000
    client.force_login(office.staff)

    client.post(address("meeting", meeting), {"lock_version": 0, "minutes": text})

    word = client.get(address("meeting_word", meeting))
    page = client.get(address("meeting_print", meeting))
    assert (word.status_code, page.status_code) == (200, 200)
    assert word.content.startswith(b"PK")


# --- Readers ------------------------------------------------------------------------------------------------------


def test_members_read_when_it_is_held_and_later_what_was_decided(client, office, meeting):
    client.force_login(office.liaisons[0])
    before = client.get(address("meeting", meeting))
    file_minutes(meeting, lock_version=0, by=office.staff)
    after = client.get(address("meeting", meeting))

    assert (before.context["minutes_text"], before.context["attendance"]) == ("", [])
    assert after.context["minutes_text"] == "一、议定事项。"
    assert len(after.context["attendance"]) == 2
    assert after.context["events"] == []


def test_members_read_why_it_is_not_held(client, office, meeting):
    cancel_meeting(meeting, reason="改为书面征求意见", by=office.staff)
    client.force_login(office.liaisons[0])

    assert client.get(address("meeting", meeting)).context["cancel_reason"] == "改为书面征求意见"


def test_the_years_page_of_a_member(client, office, meeting):
    client.force_login(office.liaisons[0])

    page = client.get(reverse("reporting:conference_year", args=[2026]))

    assert [row["title"] for row in page.context["meetings"]] == [meeting.title]
    work = client.get(reverse("reporting:work_year", args=[2026]))
    assert reverse("reporting:conference_year", args=[2026]) in work.text


def test_an_office_is_told_of_the_conference_above_and_not_of_its_meetings(client, office, meeting):
    client.force_login(office.district_staff)

    page = client.get(reverse("reporting:conference_year", args=[2026]))

    assert page.context["meetings"] == []
    assert office.city.short_name in page.context["names"]
    client.force_login(office.staff)
    assert client.get(reverse("reporting:conference_year", args=[2026])).status_code == 404


def test_a_year_that_was_not_opened_has_no_page(client, office):
    client.force_login(office.liaisons[0])

    assert client.get(reverse("reporting:conference_year", args=[2019])).status_code == 404


@pytest.mark.parametrize(
    ("kind", "name"),
    [(ObligationKind.MEETING, "meetings"), (ObligationKind.STAGE_ASSESSMENT, "assessments")],
)
def test_duty_leads_to_where_it_is_met(client, office, kind, name):
    duty = office.duty(kind, of=office.district)
    client.force_login(office.district_staff)

    page = client.get(reverse("reporting:duty", args=[duty.pk]))

    assert page.context["room"]["url"] == reverse(f"reporting:{name}", args=[office.district.code, 2026])


def test_duty_that_was_met_leads_to_the_meeting(client, office):
    duty = office.duty(ObligationKind.MEETING, of=office.district, text="专题会议")
    row = MeetingFactory(conference=office.district, minutes="一、议定事项。")
    file_minutes(row, lock_version=0, by=office.district_staff)
    client.force_login(office.district_staff)

    page = client.get(reverse("reporting:duty", args=[duty.pk]))

    assert page.context["room"]["url"] == address("meeting", row)
    assert row.title in page.text


def test_list_says_which_duty_is_met_here(client, office):
    YearFactory(conference=office.city, year=2025)
    duty = office.duty(ObligationKind.MEETING, of=office.district, title="专题会议")
    client.force_login(office.district_staff)

    page = client.get(reverse("reporting:meetings", args=[office.district.code, 2026]))

    assert [note["url"] for note in page.context["duties"]] == [reverse("reporting:duty", args=[duty.pk])]


# --- The document -------------------------------------------------------------------------------------------------


def test_minutes_say_when_where_who_and_what(office, meeting):
    Meeting.objects.update(
        title="专题会议",
        place="三楼会议室",
        chair="王主任",
        agenda="1.通报情况\n（2）研判形势；",
        minutes="一、加强排查\n年底前完成。",
    )
    first, second = meeting.attendances.select_related("department").order_by("pk")
    Attendance.objects.filter(pk=first.pk).update(kind="substitute", note="李科长")
    Attendance.objects.filter(pk=second.pk).update(kind="absent")
    row = Meeting.objects.select_related("conference").get()

    document = minutes_document(row, row.attendances.select_related("department"))

    said = [(getattr(block, "label", ""), getattr(block, "text", "")) for block in document.blocks]
    assert said == [
        (
            "",
            f"2026年6月18日，王主任在三楼会议室主持召开{office.city.name}专题会议。现将会议有关情况纪要如下：",
        ),
        ("", "会议议题：通报情况；研判形势。"),
        ("", "一、加强排查"),
        ("", "年底前完成。"),
        ("出席", f"{first.department}　李科长（代）"),
        ("缺席", f"{second.department}"),
    ]
    assert document.is_draft
    assert document.title == f"{office.city.name}专题会议纪要"


# --- Locked meanwhile, and wrong besides --------------------------------------------------------------------------

IDENTITY = "11010519491231002X"


@pytest.fixture(params=["filed", "cancelled", "closed"])
def lock(request, office, meeting):
    """Makes the meeting one that cannot be written any more; answers what is said then."""

    def locking():
        if request.param == "closed":
            Year.objects.filter(conference=office.city).update(state=YearState.CLOSED)
            return "2026年度已经关闭归档，不能再修改。"
        Meeting.objects.update(state=request.param)
        return {"filed": "纪要已经归档，不能再修改。", "cancelled": "会议已经取消，不能再修改。"}[request.param]

    return locking


def given_back(response, said):
    assert response.status_code == 409
    assert response.context["locked"] == said
    return [field["text"] for field in response.context["kept"]]


def test_minutes_that_are_wrong_and_too_late_are_given_back(client, office, meeting, lock):
    client.force_login(office.staff)
    said = lock()

    response = client.post(address("meeting", meeting), {"lock_version": "", "minutes": f"联系{IDENTITY}"})

    assert given_back(response, said) == [f"联系{IDENTITY}"]


def test_attendance_that_is_wrong_and_too_late_is_given_back(client, office, meeting, lock):
    client.force_login(office.staff)
    seat = meeting.attendances.first()
    data = attendance(meeting, **{f"seat-{seat.pk}-note": f"李某{IDENTITY}"})
    said = lock()

    texts = given_back(client.post(address("meeting_attendance", meeting), data), said)

    assert sorted(texts) == sorted([f"请假 李某{IDENTITY}", *["请假 另有会议"] * (len(texts) - 1)])
    assert len(texts) == meeting.attendances.count()


def test_a_reason_that_is_wrong_and_too_late_is_given_back(client, office, meeting, lock):
    client.force_login(office.staff)
    said = lock()

    response = client.post(address("meeting_cancel", meeting), {"reason": f"联系{IDENTITY}"})

    assert given_back(response, said) == [f"联系{IDENTITY}"]


@pytest.mark.parametrize("agenda", ["分析形势。", f"联系{IDENTITY}"])
def test_arrangements_that_come_too_late_are_given_back(client, office, meeting, lock, agenda):
    client.force_login(office.staff)
    data = planned(title="改名的会议", agenda=agenda, seen=Particulars.of(meeting).seal)
    said = lock()

    response = client.post(address("meeting_edit", meeting), data)
    texts = given_back(response, said)

    assert texts == ["专题会议", "改名的会议", "2026-07-01", agenda]
    assert "您刚才写的文字没有保存" in response.text
    assert Meeting.objects.get().title == meeting.title
