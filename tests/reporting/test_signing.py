"""The unit's head: what must be signed, who signs what, one by one and all at once, and what goes back."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.models import Event
from departments.models.events import Action
from reporting.enums import EntryState, SignatureRule, YearState
from reporting.models import Duty, Notice, Progress, UnitSetting
from reporting.permissions import can_review, signable
from reporting.services.entries import ask_signature, save_entry, sign_entry
from reporting.services.refusals import WrongState
from reporting.services.signing import hand_in, set_signature_rule, signature_of
from tests.factories import (
    ClauseFactory,
    DepartmentFactory,
    DutyFactory,
    ObligationFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    UnitSettingFactory,
    UserFactory,
    YearFactory,
)
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db

TO_SIGN, DRAFT, SUBMITTED = EntryState.TO_SIGN, EntryState.DRAFT, EntryState.SUBMITTED


@pytest.fixture(autouse=True)
def _now(clock):
    clock("2026-12-08 09:30")


@pytest.fixture
def unit():
    return DepartmentFactory()


@pytest.fixture
def liaison(unit):
    return PostingFactory(department=unit).user


@pytest.fixture
def head(unit):
    return PostingFactory(department=unit, head=True).user


def measure(unit, **fields):
    clause = ClauseFactory(version__conference=unit.conference)
    return ProgressFactory(responsibility=ResponsibilityFactory(clause=clause, department=unit), **fields)


def plan_duty(unit, **fields):
    """A duty that a text of its own answers, not a report in sections."""
    obligation = ObligationFactory(clause__version__conference=unit.conference, kind="implementation_plan")
    return DutyFactory(obligation=obligation, department=unit, **fields)


def key_of(entry):
    return f"{entry._meta.model_name}-{entry.pk}-{entry.lock_version}"


def page_of(unit, year=2026):
    return reverse("reporting:to_sign", args=[year, unit.code])


# --- What must be signed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "makes", "state"),
    [
        (SignatureRule.NOTHING, measure, SUBMITTED),
        (SignatureRule.NOTHING, plan_duty, SUBMITTED),
        (SignatureRule.REPORTS, measure, SUBMITTED),
        (SignatureRule.REPORTS, plan_duty, TO_SIGN),
        (SignatureRule.EVERYTHING, measure, TO_SIGN),
        (SignatureRule.EVERYTHING, plan_duty, TO_SIGN),
    ],
)
def test_what_is_handed_in_goes_the_way_that_the_unit_wants(unit, liaison, head, rule, makes, state):
    UnitSettingFactory(department=unit, signature=rule)
    entry = makes(unit, draft=True)

    hand_in(entry, by=liaison)

    entry.refresh_from_db()
    assert entry.state == state
    assert Event.objects.of(entry).get().action == (Action.SUBMIT if state == SUBMITTED else Action.ASK_SIGNATURE)


def test_a_unit_that_has_said_nothing_signs_nothing(unit, head):
    assert not signature_of(measure(unit)).is_needed


@pytest.mark.parametrize("posting", [{}, {"ends_on": date(2026, 12, 7)}, {"starts_on": date(2026, 12, 9)}])
def test_a_unit_without_a_head_in_force_hands_in_directly(unit, liaison, posting):
    UnitSettingFactory(department=unit, signature=SignatureRule.EVERYTHING)
    if posting:
        PostingFactory(department=unit, head=True, **posting)
    entry = measure(unit, draft=True)

    hand_in(entry, by=liaison)

    entry.refresh_from_db()
    assert entry.state == SUBMITTED
    assert (signature_of(entry).is_asked, signature_of(entry).has_head) == (True, False)


def test_a_head_whose_account_is_closed_signs_nothing(unit, liaison, head):
    UnitSettingFactory(department=unit, signature=SignatureRule.EVERYTHING)
    type(head).objects.filter(pk=head.pk).update(is_active=False)

    assert not signature_of(measure(unit)).has_head


def test_what_a_conference_owes_is_no_units_to_sign():
    assert not signature_of(DutyFactory(of_conference=True)).is_asked


def test_the_head_is_told_once_of_all_that_waits(unit, liaison, head):
    UnitSettingFactory(department=unit, signature=SignatureRule.EVERYTHING)
    for _number in range(3):
        hand_in(measure(unit, draft=True), by=liaison)

    notice = Notice.objects.get()
    assert (notice.recipient, notice.path, notice.is_urgent) == (head, page_of(unit), True)

    Notice.objects.update(read_at=timezone.now())
    hand_in(measure(unit, draft=True), by=liaison)

    assert Notice.objects.unread().count() == 1


def test_a_head_who_is_the_liaison_is_not_told_of_the_own_act(unit, head):
    UnitSettingFactory(department=unit, signature=SignatureRule.EVERYTHING)
    PostingFactory(user=head, department=unit)

    hand_in(measure(unit, draft=True), by=head)

    assert not Notice.objects.exists()


# --- The rule -----------------------------------------------------------------------------------------------------


def test_changing_the_rule_is_one_event_and_saying_the_same_is_none(unit, head):
    assert set_signature_rule(unit, SignatureRule.REPORTS, by=head)
    assert not set_signature_rule(unit, SignatureRule.REPORTS, by=head)

    event = Event.objects.get()
    assert (event.action, event.before, event.after, event.reason, event.department, event.actor) == (
        Action.SET_RULE,
        "nothing",
        "reports",
        "不须签批 → 年度报告等应报事项须签批",
        unit,
        head,
    )


def test_the_head_sets_the_rule_and_the_liaison_reads_it(client, unit, liaison, head):
    page = reverse("reporting:unit_settings", args=[unit.code])

    client.force_login(head)
    response = client.post(page, {"signature": "everything"}, follow=True)
    client.force_login(liaison)

    assert "已更改" in response.text
    assert "应报事项和进展都须签批" in client.get(page).text
    assert client.post(page, {"signature": "nothing"}).status_code == 403
    assert UnitSetting.objects.get().signature == SignatureRule.EVERYTHING


def test_a_rule_of_no_list_is_refused_beside_the_field(client, unit, head):
    client.force_login(head)

    response = client.post(reverse("reporting:unit_settings", args=[unit.code]), {"signature": "all"})

    assert response.status_code == 422
    assert not UnitSetting.objects.exists()


def test_the_page_of_a_unit_without_a_head_says_so(client, unit, liaison):
    client.force_login(liaison)

    assert "目前没有登记在任的单位负责人" in client.get(reverse("reporting:unit_settings", args=[unit.code])).text


# --- What the liaison sees ----------------------------------------------------------------------------------------


def test_the_button_says_that_it_goes_to_the_head(client, unit, liaison, head):
    UnitSettingFactory(department=unit, signature=SignatureRule.EVERYTHING)
    entry = measure(unit)
    client.force_login(liaison)

    page = client.get(reverse("reporting:progress", args=[entry.pk])).text

    assert "送负责人签批" in page
    assert "提交审核" not in page


def test_without_a_head_the_page_says_why_it_goes_directly(client, unit, liaison):
    UnitSettingFactory(department=unit, signature=SignatureRule.EVERYTHING)
    entry = measure(unit)
    client.force_login(liaison)

    page = client.get(reverse("reporting:progress", args=[entry.pk])).text

    assert "提交审核" in page
    assert "目前没有登记负责人，直接提交" in page


def test_what_was_sent_to_the_head_can_be_taken_back(client, unit, liaison, head):
    UnitSettingFactory(department=unit, signature=SignatureRule.EVERYTHING)
    entry = measure(unit)
    client.force_login(liaison)
    address = reverse("reporting:progress", args=[entry.pk])
    sent = {"lock_version": 0, "status": "done", "work_done": "做了", "action": "submit"}

    answer = client.post(address, sent, follow=True).text
    entry.refresh_from_db()
    assert entry.state == TO_SIGN
    assert "已送负责人签批；签批后才算报送。" in answer
    assert "签批前可以撤回修改" in answer

    client.post(reverse("reporting:progress_withdraw", args=[entry.pk]))
    entry.refresh_from_db()
    assert (entry.state, entry.first_submitted_at) == (DRAFT, None)


# --- Who signs ----------------------------------------------------------------------------------------------------


def test_the_head_signs_what_the_liaison_wrote(unit, liaison, head):
    entry = measure(unit, state=TO_SIGN, updated_by=liaison)

    assert signable(head, [entry]) == {entry.pk}
    assert signable(liaison, [entry]) == set()


def test_another_units_head_signs_nothing(unit):
    assert signable(PostingFactory(head=True).user, [measure(unit, state=TO_SIGN)]) == set()


def test_in_a_small_unit_whose_only_head_is_the_liaison_the_same_person_signs(unit):
    both = PostingFactory(department=unit, head=True).user
    PostingFactory(user=both, department=unit)
    entry = measure(unit)
    save_entry(entry, by=both, lock_version=0, values={"work_done": "做了"})
    ask_signature(entry, by=both)

    assert signable(both, [entry]) == {entry.pk}


def test_whoever_wrote_it_leaves_it_to_the_other_head_where_there_is_one(unit, head):
    both = PostingFactory(department=unit, head=True).user
    PostingFactory(user=both, department=unit)
    entry = measure(unit)
    save_entry(entry, by=both, lock_version=0, values={"work_done": "做了"})
    ask_signature(entry, by=both)

    assert (signable(both, [entry]), signable(head, [entry])) == (set(), {entry.pk})


def test_who_signed_does_not_review(unit, liaison, head):
    entry = measure(unit, state=TO_SIGN, updated_by=liaison)
    PostingFactory(user=head, office_staff=True, conference=unit.conference)

    sign_entry(entry, by=head)

    assert not can_review(head, entry)


# --- The page -----------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(unit, liaison):
    """A duty and a measure that wait, and what does not."""
    written = {"updated_by": liaison, "state": TO_SIGN}
    measure(unit, draft=True, work_done="还在写")
    measure(DepartmentFactory(conference=unit.conference), state=TO_SIGN, work_done="别的单位")
    return plan_duty(unit, statement="实施方案", **written), measure(unit, work_done="培训三期", **written)


def test_the_page_shows_everything_that_waits_with_last_year_beside_it(client, unit, head, waiting):
    duty, progress = waiting
    ProgressFactory(responsibility=progress.responsibility, year=2025, accepted=True, work_done="去年培训两期")
    client.force_login(head)

    page = client.get(page_of(unit)).text

    for shown in ("实施方案", "培训三期", "去年培训两期", key_of(duty), key_of(progress)):
        assert shown in page
    assert "还在写" not in page
    assert "别的单位" not in page


def test_all_that_is_ticked_is_signed_and_handed_in_one_event_each(client, unit, head, waiting):
    client.force_login(head)

    response = client.post(
        page_of(unit), {"action": "sign", "entry": [key_of(entry) for entry in waiting]}, follow=True
    )

    assert "已签批并报送2项。" in response.text
    for entry in waiting:
        entry.refresh_from_db()
        assert (entry.state, entry.signed_by, entry.submitted_by, entry.signed_at) == (
            SUBMITTED,
            head,
            head,
            timezone.now(),
        )
        assert Event.objects.of(entry).get().action == Action.SIGN


def test_what_was_taken_back_and_written_anew_is_not_signed_unseen(client, unit, liaison, head, waiting):
    duty, progress = waiting
    seen = [key_of(duty), key_of(progress)]
    Progress.objects.filter(pk=progress.pk).update(lock_version=progress.lock_version + 2)
    client.force_login(head)

    response = client.post(page_of(unit), {"action": "sign", "entry": seen}, follow=True)

    progress.refresh_from_db()
    assert progress.state == TO_SIGN
    assert "已签批并报送1项。" in response.text
    assert "在您打开页面以后有了变化" in response.text


def test_a_second_click_says_that_it_is_done(client, unit, head, waiting):
    client.force_login(head)
    sent = {"action": "sign", "entry": key_of(waiting[0])}
    client.post(page_of(unit), sent)

    response = client.post(page_of(unit), sent, follow=True)

    assert "1项已不在待签批中。" in response.text
    assert Event.objects.filter(action=Action.SIGN).count() == 1


def test_sending_back_needs_a_reason_and_keeps_the_page(client, unit, head, waiting):
    client.force_login(head)
    before = rows()

    response = client.post(page_of(unit), {"action": "send_back", "entry": key_of(waiting[1]), "reason": " "})

    assert response.status_code == 422
    assert "请写明理由。" in response.text
    assert rows() == before


def test_a_reason_for_what_waits_no_more_is_given_back(client, unit, head, waiting):
    client.force_login(head)
    seen = key_of(waiting[1])
    sign_entry(waiting[1], by=PostingFactory(department=unit, head=True).user)

    response = client.post(page_of(unit), {"action": "send_back", "entry": seen, "reason": "请补数据"}, follow=True)

    assert "这一项已不在待签批中。" in response.text
    assert "您填写的内容没有保存：请补数据" in response.text


def test_a_reason_that_is_wrong_in_a_closed_year_is_given_back(client, unit, head, waiting):
    YearFactory(conference=unit.conference, year=2026, state=YearState.CLOSED)
    client.force_login(head)
    sent = {"action": "send_back", "entry": key_of(waiting[1]), "reason": "请联系13812345678"}

    response = client.post(page_of(unit), sent, follow=True)

    assert "2026年度已经关闭归档，不能再修改。" in response.text
    assert "您填写的内容没有保存：请联系13812345678" in response.text


@pytest.mark.parametrize("action", [{}, {"action": "xx"}])
def test_only_what_the_buttons_say_is_done(client, unit, head, waiting, action):
    client.force_login(head)
    before = rows()

    response = client.post(page_of(unit), {"entry": key_of(waiting[1]), "reason": "请补数据"} | action, follow=True)

    assert "请选择签批或退回。" in response.text
    assert "您填写的内容没有保存：请补数据" in response.text
    assert rows() == before


def test_sending_back_tells_the_liaison_why(client, unit, liaison, head, waiting):
    client.force_login(head)

    client.post(page_of(unit), {"action": "send_back", "entry": key_of(waiting[1]), "reason": "请补数据"})

    waiting[1].refresh_from_db()
    assert waiting[1].state == DRAFT
    notice = Notice.objects.get()
    assert (notice.recipient, notice.body, notice.is_urgent) == (liaison, "退回理由：请补数据", True)
    client.force_login(liaison)
    assert "请补数据" in client.get(reverse("reporting:progress", args=[waiting[1].pk])).text
    work = client.get(reverse("reporting:work_year", args=[2026])).text
    assert "负责人退回修改" in work
    assert "请补数据" in work


def test_what_the_head_said_is_not_the_offices_business(client, unit, head, waiting):
    client.force_login(head)
    client.post(page_of(unit), {"action": "send_back", "entry": key_of(waiting[1]), "reason": "请补数据"})
    client.force_login(PostingFactory(office_staff=True, conference=unit.conference).user)

    pages = [
        client.get(reverse("reporting:progress_review", args=[waiting[1].pk])).text,
        client.get(reverse("reporting:events")).text,
    ]

    assert [page for page in pages if "请补数据" in page] == []


def test_signing_after_the_deadline_is_said_before_and_counts_as_late(client, clock, unit, head, waiting):
    duty = waiting[0]
    Duty.objects.update(due_on=date(2026, 12, 6))
    client.force_login(head)

    assert "现在报送将按逾期2天登记" in client.get(page_of(unit)).text
    client.post(page_of(unit), {"action": "sign", "entry": key_of(duty)})

    assert "逾期2天报送" in client.get(reverse("reporting:duty", args=[duty.pk])).text


def test_what_waits_for_the_head_is_still_owed_on_the_board(client, unit, waiting):
    YearFactory(conference=unit.conference, year=2026)
    client.force_login(PostingFactory(office_staff=True, conference=unit.conference).user)

    board = client.get(reverse("reporting:board", args=[unit.conference.code, 2026])).context
    owed = reverse("reporting:rows", args=[unit.conference.code, 2026]) + "?state=outstanding"

    (row,) = [row for row in board["rows"] if row["key"] == unit.code]
    assert {cell["label"]: cell["count"] for cell in row["cells"]}["填报中"] == 2
    assert client.get(owed).context["page"].paginator.count == 3


def test_the_head_finds_what_waits_on_the_own_page(client, unit, head, waiting):
    client.force_login(head)

    work = client.get(reverse("reporting:work_year", args=[2026])).context

    assert [(unit_row["count"], unit_row["url"]) for unit_row in work["to_sign"]] == [(2, page_of(unit))]


def test_of_two_heads_the_second_hears_that_it_is_signed(unit, head, waiting, refused):
    other = PostingFactory(department=unit, head=True).user
    mine = Duty.objects.get(pk=waiting[0].pk)
    sign_entry(waiting[0], by=head)

    with refused(WrongState):
        sign_entry(mine, by=other)

    assert Event.objects.filter(action=Action.SIGN).count() == 1


def test_a_closed_year_is_not_signed_into(client, unit, head, waiting):
    YearFactory(conference=unit.conference, year=2026, state="closed")
    client.force_login(head)

    response = client.post(page_of(unit), {"action": "sign", "entry": key_of(waiting[0])}, follow=True)

    assert "2026年度已经关闭归档" in response.text
    assert not Event.objects.filter(action=Action.SIGN).exists()


def test_nobody_without_a_unit_finds_the_page(client, unit):
    client.force_login(UserFactory())

    assert client.get(page_of(unit)).status_code == 404


def test_a_report_is_read_in_full_before_it_is_signed(client, unit, liaison, head):
    from reporting.services.reports import report_for

    obligation = ObligationFactory(clause__version__conference=unit.conference)
    duty = DutyFactory(obligation=obligation, department=unit, year=2026, draft=True)
    report_for(duty).sections.filter(position=0).update(body="全年开展反拐宣传。")
    ask_signature(duty, by=liaison)
    client.force_login(head)

    assert "全年开展反拐宣传。" in client.get(page_of(unit)).text
