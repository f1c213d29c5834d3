"""The pages of extensions: what is typed is never lost, and who comes too late hears it in a sentence."""

from datetime import date

import pytest
from django.urls import reverse

from reporting.models import Duty, Extension
from reporting.services.extensions import ask_extension, grant_extension
from tests.factories import DutyFactory, ExtensionFactory, ObligationFactory, PostingFactory, YearFactory

pytestmark = pytest.mark.django_db

DUE, WANTED = date(2026, 12, 15), date(2026, 12, 25)


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-08 09:30")


@pytest.fixture
def liaison():
    return PostingFactory().user


@pytest.fixture
def duty(liaison):
    unit = liaison.postings.get().department
    YearFactory(conference=unit.conference, year=2026)
    obligation = ObligationFactory(clause__version__conference=unit.conference, kind="other", title="实施方案")
    return DutyFactory(obligation=obligation, department=unit, year=2026, due_on=DUE)


@pytest.fixture
def head(duty):
    return PostingFactory(office_head=True, conference=duty.conference).user


def page(name, *arguments):
    return reverse(f"reporting:{name}", args=arguments)


def of_year(duty, name):
    return page(name, duty.conference.code, 2026)


TYPED = {"reason": "数据还在汇总", "wanted_until": "2026-12-25"}


# --- Asking -------------------------------------------------------------------------------------------------------


def test_a_duty_that_is_owed_leads_to_asking(client, duty, liaison):
    client.force_login(liaison)

    assert page("duty_extend", duty.pk) in client.get(page("duty", duty.pk)).text


def test_asking_answers_with_the_pending_request(client, duty, liaison):
    client.force_login(liaison)

    response = client.post(page("duty_extend", duty.pk), TYPED, follow=True)

    assert response.redirect_chain == [(page("duty_extend", duty.pk), 302)]
    assert response.context["form"] is None
    assert [row["wanted_until"] for row in response.context["requests"]] == [WANTED]
    assert "已申请延至2026年12月25日，待批" in client.get(page("duty", duty.pk)).text


def test_a_double_click_asks_once_and_says_nothing_of_it(client, duty, liaison):
    client.force_login(liaison)

    statuses = [client.post(page("duty_extend", duty.pk), TYPED).status_code for _click in range(2)]

    assert statuses == [302, 302]
    assert Extension.objects.count() == 1


def test_another_request_beside_a_pending_one_is_kept_on_the_page(client, duty, liaison):
    ExtensionFactory(duty=duty)
    client.force_login(liaison)

    response = client.post(page("duty_extend", duty.pk), TYPED)

    assert response.status_code == 409
    assert "这一事项已有一项延期申请待批" in response.text
    assert [field["text"] for field in response.context["kept"]] == ["数据还在汇总", "2026-12-25"]


def test_a_deadline_that_passes_while_the_form_is_open_loses_nothing(client, duty, liaison, clock):
    client.force_login(liaison)
    client.get(page("duty_extend", duty.pk))
    clock("2026-12-16 00:00:01")
    client.force_login(liaison)

    response = client.post(page("duty_extend", duty.pk), TYPED)

    assert response.status_code == 422
    assert "时限2026-12-15已过，不能再申请延期" in response.text
    assert "数据还在汇总" in response.text
    assert Extension.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"reason": " \r\n "}, "reason"),
        ({"reason": "联系13812345678"}, "reason"),
        ({"reason": "长" * 50_000}, "reason"),
        ({"wanted_until": ""}, "wanted_until"),
        ({"wanted_until": "下周"}, "wanted_until"),
        ({"wanted_until": "2026-12-15"}, "wanted_until"),
        ({"wanted_until": "2028-01-01"}, "wanted_until"),
        ({"wanted_until": "99999-01-01"}, "wanted_until"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_kept(client, duty, liaison, typed, field):
    client.force_login(liaison)

    response = client.post(page("duty_extend", duty.pk), TYPED | typed)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert response.context["form"].data[field] == (TYPED | typed)[field]
    assert Extension.objects.count() == 0


def test_what_is_late_offers_no_form(client, duty, liaison, clock):
    clock("2026-12-16 08:00")
    client.force_login(liaison)

    response = client.get(page("duty_extend", duty.pk))

    assert (response.status_code, response.context["form"]) == (200, None)
    assert "延期须在到期前提出" in response.text
    assert page("duty_extend", duty.pk) not in client.get(page("duty", duty.pk)).text


def test_taking_back(client, duty, liaison):
    extension = ExtensionFactory(duty=duty, asked_by=liaison)
    client.force_login(liaison)

    client.post(page("extension_withdraw", extension.pk))
    response = client.post(page("extension_withdraw", extension.pk), follow=True)

    assert Extension.objects.get().state == "withdrawn"
    assert "这项申请已经有人批复，或者已经撤回" in response.text


# --- Deciding -----------------------------------------------------------------------------------------------------


def test_the_decision_begins_with_the_day_that_was_asked_for(client, duty, head):
    extension = ExtensionFactory(duty=duty, wanted_until=WANTED)
    client.force_login(head)

    form = client.get(page("extension_decide", extension.pk)).context["form"]

    assert form.initial == {"granted_until": WANTED}


def test_granting_leads_back_to_the_list_which_counts_it(client, duty, head):
    extension = ExtensionFactory(duty=duty, wanted_until=WANTED)
    client.force_login(head)

    response = client.post(
        page("extension_decide", extension.pk), {"action": "grant", "granted_until": "2026-12-20"}, follow=True
    )

    assert response.redirect_chain == [(of_year(duty, "extensions"), 302)]
    assert response.context["pending"] == []
    assert response.context["counts"] == [{"owner": str(duty.owner), "asked": 0, "granted": 1, "refused": 0}]
    assert "延期1次，原时限12月15日" in client.get(of_year(duty, "duties")).text
    assert Duty.objects.get().due_on == date(2026, 12, 20)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"action": "grant"}, "granted_until"),
        ({"action": "grant", "granted_until": "2026-12-15"}, "granted_until"),
        ({"action": "grant", "granted_until": "2028-01-01"}, "granted_until"),
        ({"action": "refuse", "granted_until": "2026-12-20"}, "decision"),
        ({"action": "refuse", "decision": "  "}, "decision"),
        ({"action": "refuse", "decision": "身份证11010519491231002X"}, "decision"),
        ({"decision": ""}, "decision"),
    ],
)
def test_a_decision_that_lacks_something_decides_nothing(client, duty, head, typed, field):
    extension = ExtensionFactory(duty=duty)
    client.force_login(head)

    response = client.post(page("extension_decide", extension.pk), typed)

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert Extension.objects.get().state == "asked"


def test_a_day_in_the_past_is_not_granted(client, duty, head, clock):
    extension = ExtensionFactory(duty=duty)
    clock("2026-12-20 09:00")
    client.force_login(head)

    response = client.post(page("extension_decide", extension.pk), {"action": "grant", "granted_until": "2026-12-19"})

    assert response.context["form"].errors == {"granted_until": ["新的时限不能早于今天。"]}


def test_the_second_of_two_who_decide_reads_what_the_first_did(client, duty, head):
    extension = ExtensionFactory(duty=duty, wanted_until=WANTED)
    grant_extension(extension, by=PostingFactory(office_head=True, conference=duty.conference).user, until=WANTED)
    client.force_login(head)

    response = client.post(page("extension_decide", extension.pk), {"action": "refuse", "decision": "不行，请按时"})

    assert response.status_code == 409
    assert "这项申请已经有人批复" in response.text
    assert "不行，请按时" in response.text
    assert Extension.objects.get().state == "granted"


def test_staff_read_who_decides(client, duty, head):
    extension = ExtensionFactory(duty=duty)
    client.force_login(PostingFactory(office_staff=True, conference=duty.conference).user)

    response = client.get(page("extension_decide", extension.pk))

    assert response.context["form"] is None
    assert response.context["locked"] == f"由{head}批复。"


def test_what_was_handed_in_meanwhile_waits_for_nobody(client, duty, head):
    ExtensionFactory(duty=duty)
    Duty.objects.update(state="submitted")
    client.force_login(head)

    assert client.get(page("extension_decide", Extension.objects.get().pk)).context["form"] is None
    assert client.get(of_year(duty, "duties")).context["pending"] == 0
    assert "已报送，不用批复" in client.get(of_year(duty, "extensions")).text


@pytest.mark.parametrize("name", ["board", "duties", "urge_many"])
def test_both_dates_are_on_every_list_of_the_office(client, duty, head, name):
    Duty.objects.update(kind="annual_report")
    extension = ExtensionFactory(duty=duty, wanted_until=WANTED)
    grant_extension(extension, by=head, until=WANTED)
    client.force_login(head)

    assert "延期1次，原时限12月15日" in client.get(of_year(duty, name)).text


def test_both_dates_are_on_the_pages_of_the_duty_and_the_unit(client, duty, liaison, head):
    extension = ask_extension(duty, by=liaison, reason="理由", until=WANTED)
    grant_extension(extension, by=head, until=WANTED)
    client.force_login(head)
    office = [page("duty_review", duty.pk), page("unit", duty.conference.code, 2026, duty.department.code)]
    texts = [client.get(path).text for path in office]
    client.force_login(liaison)
    texts += [client.get(path).text for path in (page("duty", duty.pk), page("work_year", 2026))]

    assert ["延期1次，原时限12月15日" in text for text in texts] == [True] * 4


# --- Too late, and wrong besides ----------------------------------------------------------------------------------

IDENTITY = "11010519491231002X"


def test_a_request_that_is_wrong_beside_a_pending_one_is_given_back(client, duty, liaison):
    ask_extension(duty, by=liaison, reason="数据还在汇总", until=WANTED)
    client.force_login(liaison)

    response = client.post(page("duty_extend", duty.pk), {"reason": f"联系{IDENTITY}", "wanted_until": ""})

    assert response.status_code == 409
    assert [field["text"] for field in response.context["kept"]] == [f"联系{IDENTITY}"]
    assert "已有一项延期申请待批" in response.text


def test_a_decision_that_is_wrong_and_comes_second_is_given_back(client, duty, head, liaison):
    extension = ask_extension(duty, by=liaison, reason="数据还在汇总", until=WANTED)
    grant_extension(extension, by=head, until=WANTED)
    client.force_login(head)

    response = client.post(page("extension_decide", extension.pk), {"action": "refuse", "decision": f"联系{IDENTITY}"})

    assert response.status_code == 409
    assert [field["text"] for field in response.context["kept"]] == [f"联系{IDENTITY}"]
    assert "这项申请已经有人批复，或者已经撤回" in response.text


@pytest.mark.parametrize("action", [{}, {"action": "xx"}])
def test_only_what_the_buttons_say_is_decided(client, duty, head, liaison, action):
    extension = ask_extension(duty, by=liaison, reason="数据还在汇总", until=WANTED)
    client.force_login(head)

    response = client.post(page("extension_decide", extension.pk), {"decision": "请按时"} | action)

    assert response.status_code == 422
    assert "请选择批准或不同意。" in response.text
    assert response.context["form"]["decision"].value() == "请按时"
    assert Extension.objects.get().state == "asked"
