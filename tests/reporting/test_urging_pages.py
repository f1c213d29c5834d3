"""Urging many: choosing, the preview of whom it reaches, the list of what was urged, and the letters."""

import io
import zipfile
from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from reporting.enums import YearState
from reporting.models import Duty, Urge, Year
from reporting.services.entries import submit_entry
from reporting.services.urging import urge, urge_many
from tests.factories import (
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    ObligationFactory,
    PostingFactory,
    YearFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-08 09:30")


@pytest.fixture
def city():
    conference = ConferenceFactory(office_name="市反拐联席会议办公室")
    YearFactory(conference=conference, year=2026)
    return conference


@pytest.fixture
def obligation(city):
    return ObligationFactory(
        clause__version__conference=city, clause__version__plan__title="反拐行动实施方案", title="年度报告"
    )


@pytest.fixture
def officer(city):
    return PostingFactory(office_staff=True, conference=city, user__name="李办事员").user


@pytest.fixture
def office(client, officer):
    client.force_login(officer)
    return client


@pytest.fixture
def owed(obligation):
    """``owed("市公安局")``: its report of the year; a liaison with an address, without one (``email=""``), or none."""

    def make(name, email="a@example.test", **fields):
        unit = DepartmentFactory(conference=obligation.conference, name=name)
        if email is not None:
            PostingFactory(department=unit, user__email=email, user__name=f"{name}联络员")
        return DutyFactory(obligation=obligation, department=unit, year=2026, **fields)

    return make


def page(name, city, query=""):
    return reverse(f"reporting:{name}", args=[city.code, 2026]) + query


def letter(urged, query="", name="urge_letter"):
    return reverse(f"reporting:{name}", args=[urged.batch]) + query


# --- Choosing -----------------------------------------------------------------------------------------------------


def test_the_preview_says_whom_it_reaches_and_how(office, city, owed):
    owed("市公安局")
    owed("市民政局", email="")
    owed("市妇联", email=None)

    rows = office.get(page("urge_many", city)).context["rows"]

    assert [(row["owner"], row["people"], row["needs_letter"]) for row in rows] == [
        ("市公安局", [{"name": "市公安局联络员", "has_mail": True}], False),
        ("市民政局", [{"name": "市民政局联络员", "has_mail": False}], False),
        ("市妇联", [], True),
    ]


def test_those_that_were_ticked_are_previewed_and_no_others(office, city, owed):
    first, _second, third = owed("甲局"), owed("乙局"), owed("丙局")

    rows = office.get(page("urge_many", city, f"?duty={first.pk}&duty={third.pk}&duty=x&duty={10**30}")).context["rows"]

    assert [row["owner"] for row in rows] == ["甲局", "丙局"]


def test_urging_all_keeps_to_what_the_list_was_narrowed_to(office, city, owed):
    owed("甲局")
    owed("乙局", due_on=date(2026, 12, 1))
    owed("丙局", submitted=True)

    link = office.get(page("duties", city, "?state=overdue")).context["urge_all_url"]

    assert [row["owner"] for row in office.get(link).context["rows"]] == ["乙局"]


def test_the_board_urges_about_all_reports_that_are_owed(office, city, owed):
    owed("甲局")
    owed("乙局", submitted=True)

    link = office.get(page("board", city)).context["urge_all_url"]

    assert [row["owner"] for row in office.get(link).context["rows"]] == ["甲局"]


def test_those_urged_today_and_those_handed_in_are_named_beside_the_list(office, officer, city, owed):
    done, handed_in = owed("甲局"), owed("乙局", submitted=True)
    urge(done, by=officer)

    context = office.get(page("urge_many", city, f"?duty={done.pk}&duty={handed_in.pk}")).context

    assert (context["rows"], context["urged_today"], context["not_owed"]) == ([], "甲局", "乙局")


# --- Sending ------------------------------------------------------------------------------------------------------


def test_sending_urges_each_once_and_shows_that_act(office, city, owed):
    duties = [owed("甲局"), owed("乙局", email=None), owed("丙局")]

    response = office.post(
        page("urge_many", city), {"duty": [duties[0].pk, duties[1].pk], "message": "请报"}, follow=True
    )

    assert set(Urge.objects.values_list("duty", "message")) == {(duties[0].pk, "请报"), (duties[1].pk, "请报")}
    assert "没有能在系统内收到的人，须送达书面催办函：乙局。" in response.text
    assert {row["owner"] for row in response.context["page"].object_list} == {"甲局", "乙局"}
    assert response.context["batch_letter_url"] == letter(Urge.objects.first())


def test_a_double_click_sends_once(office, city, owed):
    data = {"duty": [owed("甲局").pk], "message": ""}

    responses = [office.post(page("urge_many", city), data, follow=True) for _click in range(2)]

    assert Urge.objects.count() == 1
    assert "今天已经催办过，没有重复：甲局。" in responses[1].text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"duty": []}, "duty"),
        ({"duty": ["x"]}, "duty"),
        ({"duty": ["999999999"]}, "duty"),
        ({"message": "联系13812345678"}, "message"),
        ({"message": "催" * 50_000}, "message"),
    ],
)
def test_what_is_wrong_is_said_and_kept(office, city, owed, typed, field):
    data = {"duty": [str(owed("甲局").pk)], "message": "请报"} | typed

    response = office.post(page("urge_many", city), data)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert response.context["form"]["message"].value() == data["message"]
    assert Urge.objects.count() == 0


def test_a_duty_of_another_conference_is_not_urged(office, city):
    foreign = DutyFactory(year=2026)

    response = office.post(page("urge_many", city), {"duty": [foreign.pk], "message": ""})

    assert response.status_code == 422
    assert Urge.objects.count() == 0


def test_what_was_unticked_stays_unticked_when_the_form_comes_back(office, city, owed):
    kept, dropped = owed("甲局"), owed("乙局")

    response = office.post(page("urge_many", city), {"duty": [kept.pk], "message": "身份证11010519491231002X"})

    assert [(row["pk"], row["is_picked"]) for row in response.context["rows"]] == [(kept.pk, True)]
    assert dropped.pk not in {row["pk"] for row in response.context["rows"]}


def test_a_year_closed_meanwhile_is_said_and_what_was_typed_kept(office, city, owed):
    duty = owed("甲局")
    Year.objects.update(state=YearState.CLOSED)

    response = office.post(page("urge_many", city), {"duty": [duty.pk], "message": "请尽快"})

    assert response.status_code == 409
    assert "2026年度已经关闭归档" in response.text
    assert "请尽快" in response.text
    assert office.get(page("duties", city)).context["urge_many_url"] == ""


def test_one_urge_that_nobody_receives_says_that_a_letter_is_needed(office, owed):
    duty = owed("甲局", email=None)

    response = office.post(reverse("reporting:duty_urge", args=[duty.pk]), {"message": ""}, follow=True)

    assert "须送达书面催办函" in response.text


# --- What was urged -----------------------------------------------------------------------------------------------


def test_the_list_says_whether_a_filing_followed(office, officer, city, owed, clock):
    first, second = owed("甲局"), owed("乙局", email=None)
    urge_many([first, second], by=officer, message="请报")
    clock("2026-12-09 10:00")
    submit_entry(first, by=officer)
    office.force_login(officer)

    rows = {row["owner"]: row for row in office.get(page("urges", city)).context["page"].object_list}

    assert rows["甲局"]["followed_text"] == "12-09 10:00 报送"
    assert (rows["乙局"]["followed_text"], rows["乙局"]["needs_letter"]) == ("", True)
    assert {row["by"] for row in rows.values()} == {"李办事员"}


@pytest.mark.parametrize("batch", ["", "x", "0" * 40, "甲" * 36])
def test_a_batch_that_is_none_narrows_nothing(office, officer, city, owed, batch):
    urge(owed("甲局"), by=officer)

    assert office.get(page("urges", city), {"batch": batch}).context["page"].paginator.count == 1


def test_one_act_is_shown_alone(office, officer, city, owed):
    urge(owed("甲局"), by=officer)
    urged = urge_many([owed("乙局")], by=officer)

    rows = office.get(page("urges", city, f"?batch={urged.batch}")).context["page"].object_list

    assert [row["owner"] for row in rows] == ["乙局"]


# --- Letters ------------------------------------------------------------------------------------------------------


@pytest.fixture
def urged(officer, owed):
    return urge_many([owed("市公安局"), owed("市民政局", email=None)], by=officer, message="请尽快报送")


def test_a_letter_goes_to_all_that_were_urged(office, urged):
    response = office.get(letter(urged))

    (document,) = response.context["letters"]
    assert document["addressee"] == "市公安局、市民政局："
    assert document["signing"]["date"] == "2026年12月8日"
    for words in ("关于催办2026年度反拐工作有关事项的函", "《反拐行动实施方案》", "2026年12月15日", "请尽快报送"):
        assert words in response.text.replace("\n", "")


def test_a_letter_to_each(office, urged):
    documents = office.get(letter(urged, "?each=on")).context["letters"]

    assert [document["addressee"] for document in documents] == ["市公安局：", "市民政局："]


def test_a_letter_to_one_alone(office, urged):
    one = Urge.objects.get(duty__department__name="市民政局")

    documents = office.get(letter(urged, f"?urge={one.pk}")).context["letters"]

    assert [document["addressee"] for document in documents] == ["市民政局："]


def test_the_office_gives_the_letter_its_number_and_day(office, urged):
    response = office.get(letter(urged, "?number=渝反拐办函〔2026〕5号&reply_by=2026-12-20"))

    assert response.context["letters"][0]["number"] == "渝反拐办函〔2026〕5号"
    assert "请于2026年12月20日前办理完毕" in response.text


def test_what_is_late_is_to_be_done_within_days_of_the_letter(office, officer, urged):
    Duty.objects.filter(department__name="市民政局").update(due_on=date(2026, 12, 1))

    response = office.get(letter(urged))

    assert "请于2026年12月13日前办理完毕" in response.text
    assert "已逾期7日" in response.text


@pytest.mark.parametrize("query", ["?reply_by=x&number=%01", "?number=" + "长" * 100, "?each=", "?urge=x"])
def test_a_letter_ignores_what_it_does_not_know(office, urged, query):
    assert len(office.get(letter(urged, query)).context["letters"]) == 1


def test_a_letter_of_another_act_or_conference_is_not_there(office, client, urged):
    assert office.get(letter(urged, "?urge=999999")).status_code == 404
    assert office.get(reverse("reporting:urge_letter", args=[uuid4()])).status_code == 404
    client.force_login(PostingFactory(office_head=True).user)
    assert client.get(letter(urged)).status_code == 404


def test_the_word_file_is_a_letter_and_for_each_a_zip_of_letters(office, urged):
    one = office.get(letter(urged, name="urge_letter_word"))
    each = office.get(letter(urged, "?each=on", name="urge_letter_word"))

    with zipfile.ZipFile(io.BytesIO(one.content)) as word:
        assert "市公安局、市民政局" in word.read("word/document.xml").decode()
    with zipfile.ZipFile(io.BytesIO(each.content)) as files:
        assert files.namelist() == ["01_催办函（市公安局）.docx", "02_催办函（市民政局）.docx"]
    assert "attachment" in one["Content-Disposition"]


# --- Nothing is lost ----------------------------------------------------------------------------------------------


def test_with_nothing_ticked_the_list_and_the_words_stay(office, city, owed):
    first, second = owed("市公安局"), owed("市民政局")
    owed("市教委")
    listed = office.get(page("urge_many", city, f"?duty={first.pk}&duty={second.pk}"))
    assert f'name="listed" value="{first.pk} {second.pk} "' in listed.text

    response = office.post(page("urge_many", city), {"listed": f"{first.pk} {second.pk} ", "message": "请尽快报送"})

    assert response.status_code == 422
    assert "请至少选择一项。" in response.text
    assert [(row["pk"], row["is_picked"]) for row in response.context["rows"]] == [
        (first.pk, False),
        (second.pk, False),
    ]
    assert response.context["form"]["message"].value() == "请尽快报送"
    assert not Urge.objects.exists()


@pytest.mark.parametrize("message", ["请尽快报送", "联系13812345678"])
def test_words_for_those_whom_a_colleague_has_urged_already_are_given_back(office, officer, city, owed, message):
    duty = owed("市公安局")
    urge(duty, by=officer, message="")

    response = office.post(page("urge_many", city), {"duty": [duty.pk], "message": message}, follow=True)

    assert "今天已经催办过" in response.text
    assert message in response.text
    assert Urge.objects.get().message == ""
