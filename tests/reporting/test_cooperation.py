"""Working on one clause together: quoting, asking for material, knowing of one's part, the first of several leads."""

from datetime import date

import pytest
from django.urls import reverse

from departments.models import Event
from departments.models.events import Action
from measures.enums import ResponsibilityRole
from reporting.enums import EntryState, InputState, Standing, YearState
from reporting.models import Figure, FirstLead, InputRequest, Notice, Progress
from reporting.pages.completeness import completeness_of
from reporting.services.cooperation import NotALead, choose_first_lead, first_leads, set_cooperating_rule
from reporting.services.entries import ask_signature, save_entry, sign_entry, submit_entry, withdraw_entry
from reporting.services.inputs import CannotAsk, ask_input, cancel_input
from reporting.services.knowing import acknowledge
from reporting.services.refusals import YearIsOver
from tests.factories import (
    ClauseFactory,
    ConferenceFactory,
    DepartmentFactory,
    DutyFactory,
    FirstLeadFactory,
    InputRequestFactory,
    ObligationFactory,
    PostingFactory,
    ProgressFactory,
    ResponsibilityFactory,
    UserFactory,
    YearFactory,
    published,
)
from tests.reporting.rows import rows

pytestmark = pytest.mark.django_db

LEAD, COOPERATING = ResponsibilityRole.LEAD, ResponsibilityRole.COOPERATING
SOON = date(2026, 12, 12)


@pytest.fixture(autouse=True)
def now(clock):
    clock("2026-12-08 09:30")
    return clock


@pytest.fixture
def city():
    return ConferenceFactory()


@pytest.fixture
def clause(city):
    return ClauseFactory(version__conference=city, path="一/(一)")


@pytest.fixture
def entry_of(city, clause):
    """``entry_of(name, role)``: a unit's entry on the clause, in the order of the calls."""

    def make(name, role=LEAD, **fields):
        unit = DepartmentFactory(conference=city, name=name)
        return ProgressFactory(
            responsibility=ResponsibilityFactory(clause=clause, department=unit, role=role), year=2026, **fields
        )

    return make


@pytest.fixture
def lead(entry_of):
    return entry_of("市公安局")


@pytest.fixture
def partner(entry_of):
    return entry_of("市教委", COOPERATING)


def person_of(entry, **posting):
    return PostingFactory(department=entry.department, **posting).user


def page_of(entry):
    return reverse("reporting:progress", args=[entry.pk])


def act(name, entry):
    return reverse(f"reporting:{name}", args=[entry.pk])


def typed(entry, **more):
    return {"lock_version": entry.lock_version, "status": "in_progress", "work_done": "本单位做了。", **more}


# --- Quoting ------------------------------------------------------------------------------------------------------


@pytest.fixture
def handed_in(entry_of):
    """What a cooperating unit has handed in."""
    entry = entry_of("市教委", COOPERATING, submitted=True, work_done="宣传进校园。", problems="师资不足。")
    Figure.objects.create(
        conference=entry.conference,
        progress=entry,
        position=0,
        name="宣传场次",
        value=120,
        unit="场",
        as_written="约120",
    )
    return entry


def test_a_contribution_is_quoted_in_one_click_with_what_was_typed(client, lead, handed_in):
    client.force_login(person_of(lead))

    response = client.post(page_of(lead), typed(lead, problems="", quote=handed_in.pk), follow=True)

    lead.refresh_from_db()
    assert (lead.work_done, lead.problems, lead.state, lead.lock_version) == (
        "本单位做了。\n（市教委）宣传进校园。\n数据：宣传场次约120场。",
        "（市教委）师资不足。",
        EntryState.DRAFT,
        1,
    )
    assert "已引用市教委的内容" in response.text
    assert not lead.figures.exists(), "each number is counted once, where its own unit reports it"
    assert [event.action for event in Event.objects.of(lead)] == [Action.START]


def test_quoting_twice_quotes_once(client, lead, handed_in):
    client.force_login(person_of(lead))
    client.post(page_of(lead), typed(lead, quote=handed_in.pk))
    lead.refresh_from_db()
    words = {"work_done": lead.work_done, "problems": lead.problems}

    again = client.post(page_of(lead), typed(lead, quote=handed_in.pk, **words), follow=True)
    double_click = client.post(page_of(lead), typed(lead, lock_version=0, quote=handed_in.pk), follow=True)

    lead.refresh_from_db()
    assert "已经引用过" in again.text
    assert double_click.status_code == 200
    assert lead.work_done.count("（市教委）") == 1


def test_a_quotation_into_an_entry_that_a_colleague_has_written_shows_both(client, lead, handed_in):
    save_entry(lead, by=person_of(lead), lock_version=0, values={"work_done": "同事写的。"})
    client.force_login(person_of(lead))

    response = client.post(page_of(lead), typed(lead, lock_version=0, quote=handed_in.pk))

    lead.refresh_from_db()
    assert response.status_code == 409
    assert lead.work_done == "同事写的。"
    assert "（市教委）宣传进校园。" in response.context["form"].data["work_done"]


def test_a_quotation_that_makes_the_text_too_long_stays_in_the_page(client, lead, handed_in):
    client.force_login(person_of(lead))

    response = client.post(page_of(lead), typed(lead, work_done="汉" * 19_995, quote=handed_in.pk))

    assert response.status_code == 422
    assert "（市教委）宣传进校园。" in response.text


def test_what_was_taken_back_is_not_quoted_and_what_was_typed_is_kept(client, lead, handed_in):
    withdraw_entry(handed_in, by=person_of(handed_in))
    client.force_login(person_of(lead))

    response = client.post(page_of(lead), typed(lead, quote=handed_in.pk), follow=True)

    lead.refresh_from_db()
    assert lead.work_done == "本单位做了。"
    assert "现在不能引用" in response.text


@pytest.mark.parametrize("other", ["", "x", "0", "9" * 30])
def test_nonsense_is_not_quoted(client, lead, other):
    client.force_login(person_of(lead))

    client.post(page_of(lead), typed(lead, quote=other))

    lead.refresh_from_db()
    assert lead.work_done == "本单位做了。"


def test_only_what_stands_on_the_same_clause_is_quoted(client, city, lead):
    elsewhere = ClauseFactory(version__conference=city)
    foreign = ProgressFactory(
        responsibility=ResponsibilityFactory(clause=elsewhere, department=DepartmentFactory(conference=city)),
        submitted=True,
        work_done="别的条款的话",
    )
    ProgressFactory(responsibility=ResponsibilityFactory(clause=elsewhere, department=lead.department))
    client.force_login(person_of(lead))

    client.post(page_of(lead), typed(lead, quote=foreign.pk))

    lead.refresh_from_db()
    assert lead.work_done == "本单位做了。"


def test_a_cooperating_unit_quotes_nobody(client, lead, handed_in, entry_of):
    other = entry_of("市妇联", COOPERATING)
    client.force_login(person_of(other))

    client.post(page_of(other), typed(other, quote=handed_in.pk))

    other.refresh_from_db()
    assert other.work_done == "本单位做了。"
    assert 'name="quote"' not in client.get(page_of(other)).text


def test_the_lead_sees_each_units_contribution_and_who_knows(client, lead, handed_in, entry_of):
    silent = entry_of("市妇联", COOPERATING)
    knows = entry_of("市民政局", COOPERATING)
    acknowledge(knows, by=person_of(knows))
    client.force_login(person_of(lead))

    response = client.get(page_of(lead))

    shown = {
        partner["unit"]: (partner["entry"] is not None, partner["knows_text"], partner["can_quote"])
        for partner in response.context["partners"]
    }
    assert shown == {
        "市教委": (True, "未确认知悉", True),
        "市妇联": (False, "未确认知悉", False),
        "市民政局": (False, "12月8日知悉", False),
    }
    assert response.context["partners_text"] == "配合单位3家，已报1，已知悉1"
    assert silent.work_done == ""


# --- Asking for material ------------------------------------------------------------------------------------------


def test_asking_tells_the_unit_and_is_one_event(client, lead, partner):
    asked = person_of(partner)
    client.force_login(person_of(lead))

    response = client.post(
        act("progress_ask", lead), {"asked": partner.pk, "message": "请给培训人数", "due_on": SOON}, follow=True
    )

    assert "已请市教委提供材料。" in response.text
    request = InputRequest.objects.get()
    assert (request.progress, request.asked, request.message, request.due_on, request.state) == (
        lead,
        partner,
        "请给培训人数",
        SOON,
        InputState.ASKED,
    )
    notice = Notice.objects.get()
    assert (notice.recipient, notice.path, notice.is_urgent) == (asked, page_of(partner), True)
    assert "请贵单位于2026-12-12前提供材料：请给培训人数" in notice.body
    event = Event.objects.get()
    assert (event.action, event.object_id, event.reason) == (Action.ASK_INPUT, lead.pk, "市教委：请给培训人数")


def test_several_units_are_asked_at_once(client, lead, entry_of):
    units = [entry_of(f"第{number}局", COOPERATING) for number in range(3)]
    client.force_login(person_of(lead))

    client.post(
        act("progress_ask", lead), {"asked": [unit.pk for unit in units], "message": "请给数据", "due_on": SOON}
    )

    assert set(InputRequest.objects.values_list("asked", flat=True)) == {unit.pk for unit in units}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"message": " "}, "请写明需要什么材料。"),
        ({"asked": []}, "请至少选一个单位。"),
        ({"asked": "999999"}, "选择一个有效的选项"),
        ({"due_on": "2026-12-07"}, "希望日期不能早于今天。"),
        ({"due_on": "9999-12-31"}, "最迟到2027-12-31。"),
        ({"due_on": ""}, "请选择希望日期。"),
        ({"due_on": "昨天"}, "输入一个有效的日期"),
        ({"message": "请联系13812345678"}, "疑似含有手机号"),
        ({"message": "汉" * 1001}, "最多1000字，现在有1001字"),
    ],
)
def test_a_refused_request_is_explained_and_kept(client, lead, partner, changes, said):
    client.force_login(person_of(lead))
    before = rows()
    sent = {"asked": partner.pk, "message": "请给培训人数", "due_on": SOON} | changes

    response = client.post(act("progress_ask", lead), sent)

    assert response.status_code == 422
    assert said in response.text
    assert sent["message"] in response.text
    assert rows() == before


def test_a_request_that_is_wrong_in_a_closed_year_is_given_back(client, lead, partner):
    YearFactory(conference=lead.conference, year=2026, state=YearState.CLOSED)
    client.force_login(person_of(lead))
    text = "请联系11010519491231002X"

    response = client.post(act("progress_ask", lead), {"asked": partner.pk, "message": text, "due_on": SOON})

    assert response.status_code == 409
    assert "本年度已关闭归档，只供查阅。" in response.text
    assert text in [field["text"] for field in response.context["kept"]]


def test_the_asked_unit_sees_it_on_its_entry_and_on_its_own_page(client, lead, partner):
    ask_input(lead, partner, by=person_of(lead), message="请给培训人数", due_on=SOON)
    client.force_login(person_of(partner))

    entry, work = client.get(page_of(partner)).text, client.get(reverse("reporting:work_year", args=[2026]))

    assert "市公安局请本单位于2026年12月12日前提供材料" in entry
    assert "请给培训人数" in entry
    (asked,) = work.context["asked"]
    assert (asked["who"], asked["days_left_text"], asked["light"].css) == ("市公安局", "还有4天", "yellow")


def test_handing_in_answers_and_tells_the_asker_without_an_event_of_its_own(lead, partner):
    asker = person_of(lead)
    request = ask_input(lead, partner, by=asker, message="请给培训人数", due_on=SOON)
    Notice.objects.all().delete()
    partner.refresh_from_db()

    submit_entry(partner, by=person_of(partner))

    request.refresh_from_db()
    assert (request.state, request.ended_at) == (InputState.GIVEN, partner.submitted_at)
    assert [event.action for event in Event.objects.of(partner)] == [Action.SUBMIT]
    assert list(Notice.objects.values_list("recipient", "path")) == [(asker.pk, page_of(lead))]


def test_the_heads_signature_answers_as_well(lead, partner):
    request = ask_input(lead, partner, by=person_of(lead), message="请给培训人数", due_on=SOON)
    partner.refresh_from_db()
    ask_signature(partner, by=person_of(partner))
    request.refresh_from_db()
    before = request.state

    sign_entry(partner, by=person_of(partner, head=True))

    request.refresh_from_db()
    assert (before, request.state) == (InputState.ASKED, InputState.GIVEN)


def test_taking_back_what_answered_asks_again(lead, partner):
    request = ask_input(lead, partner, by=person_of(lead), message="请给培训人数", due_on=SOON)
    partner.refresh_from_db()
    author = person_of(partner)
    submit_entry(partner, by=author)

    withdraw_entry(partner, by=author)

    request.refresh_from_db()
    assert (request.state, request.ended_at) == (InputState.ASKED, None)


@pytest.mark.parametrize("state", [EntryState.SUBMITTED, EntryState.ACCEPTED, EntryState.CLOSED])
def test_who_has_handed_in_is_not_asked(lead, entry_of, state):
    done = entry_of("市教委", COOPERATING, state=state)

    with pytest.raises(CannotAsk):
        ask_input(lead, done, by=UserFactory(), message="请给培训人数", due_on=SOON)


def test_nobody_is_asked_twice_at_the_same_time(lead, partner):
    ask_input(lead, partner, by=UserFactory(), message="一", due_on=SOON)

    with pytest.raises(CannotAsk, match="正在等待"):
        ask_input(lead, partner, by=UserFactory(), message="二", due_on=SOON)


def test_only_cooperating_units_of_the_same_clause_are_asked(lead, entry_of):
    other_lead = entry_of("市民政局")
    elsewhere = ProgressFactory(responsibility__cooperating=True, year=2026)

    for wrong in (other_lead, elsewhere, lead):
        with pytest.raises(CannotAsk):
            ask_input(lead, wrong, by=UserFactory(), message="请给培训人数", due_on=SOON)


def test_nobody_is_asked_in_a_closed_year(city, lead, partner):
    YearFactory(conference=city, year=2026, state="closed")

    with pytest.raises(CannotAsk, match="关闭归档"):
        ask_input(lead, partner, by=UserFactory(), message="请给培训人数", due_on=SOON)
    assert not InputRequest.objects.exists()


def test_the_asker_cancels_once(client, lead, partner):
    request = ask_input(lead, partner, by=person_of(lead), message="请给培训人数", due_on=SOON)
    told = person_of(partner)
    client.force_login(person_of(lead))

    first = client.post(act("input_cancel", request), follow=True)
    second = client.post(act("input_cancel", request), follow=True)

    request.refresh_from_db()
    assert request.state == InputState.CANCELLED
    assert "已取消，并告知了对方单位。" in first.text
    assert "已经答复或取消" in second.text
    assert Event.objects.filter(action=Action.CANCEL_INPUT).count() == 1
    assert Notice.objects.filter(recipient=told, subject__startswith="不再需要材料").count() == 1


def test_a_cancelled_request_may_be_made_anew(lead, partner):
    request = ask_input(lead, partner, by=UserFactory(), message="一", due_on=SOON)
    cancel_input(request, by=UserFactory())

    ask_input(lead, partner, by=UserFactory(), message="二", due_on=SOON)

    assert InputRequest.objects.open().count() == 1


def test_requests_to_what_is_no_longer_asked_for_disappear(client, lead, partner):
    InputRequestFactory(progress=lead, asked=partner)
    Progress.objects.filter(pk=partner.pk).update(state=EntryState.CLOSED, closed_from=EntryState.DRAFT)
    client.force_login(person_of(partner))

    assert client.get(reverse("reporting:work_year", args=[2026])).context["asked"] == []


def test_requests_of_a_closed_year_disappear(client, city, lead, partner):
    InputRequestFactory(progress=lead, asked=partner)
    YearFactory(conference=city, year=2026, state="closed")
    client.force_login(person_of(partner))

    assert client.get(reverse("reporting:work_year", args=[2026])).context["asked"] == []


# --- The first of several leads -----------------------------------------------------------------------------------


def test_the_first_named_of_several_is_first(lead, entry_of, clause):
    entry_of("市民政局")
    entry_of("市教委", COOPERATING)

    assert first_leads([clause.pk], 2026) == {clause.pk: lead.department_id}


def test_who_leads_alone_is_not_called_first(lead, partner, clause):
    assert first_leads([clause.pk], 2026) == {}


def test_a_group_has_no_first_until_the_office_says_so(city, clause):
    group = ResponsibilityFactory(clause=clause, department=None, group="各成员单位", name="各成员单位")
    units = [DepartmentFactory(conference=city) for _number in range(3)]
    for unit in units:
        ProgressFactory(responsibility=group, department=unit, year=2026)

    assert first_leads([clause.pk], 2026) == {}
    choose_first_lead(clause, 2026, units[1], conference_id=city.pk, by=UserFactory())
    assert first_leads([clause.pk], 2026) == {clause.pk: units[1].pk}


def test_the_office_chooses_another_and_tells_it(client, city, lead, entry_of, clause):
    other = entry_of("市民政局")
    told = person_of(other)
    YearFactory(conference=city, year=2026, version=published(clause.version))
    client.force_login(PostingFactory(office_staff=True, conference=city).user)
    address = reverse("reporting:first_lead", args=[clause.pk, 2026])

    first = client.post(address, {"department": other.department.code, "review": lead.pk}, follow=True)
    again = client.post(address, {"department": other.department.code}, follow=True)

    assert first.redirect_chain == [(reverse("reporting:progress_review", args=[lead.pk]), 302)]
    assert "市民政局为本条款的第一责任单位。" in first.text
    assert "已经是本条款的第一责任单位" in again.text
    assert first_leads([clause.pk], 2026) == {clause.pk: other.department_id}
    event = Event.objects.get()
    assert (event.action, event.reason) == (Action.FIRST_LEAD, "2026年第一责任单位：市公安局 → 市民政局")
    assert list(Notice.objects.values_list("recipient", flat=True)) == [told.pk]


def test_a_unit_that_does_not_lead_is_not_chosen(client, city, lead, partner, clause):
    YearFactory(conference=city, year=2026, version=published(clause.version))
    client.force_login(PostingFactory(office_staff=True, conference=city).user)
    address = reverse("reporting:first_lead", args=[clause.pk, 2026])

    answers = [client.post(address, {"department": code}, follow=True).text for code in (partner.department.code, "")]

    assert ["不是本条款的负责单位" in answers[0], "请选择一个负责单位" in answers[1]] == [True, True]
    assert not FirstLead.objects.exists()


def test_a_choice_of_who_no_longer_leads_does_not_count(lead, entry_of, clause, partner):
    entry_of("市民政局")
    FirstLeadFactory(clause=clause, year=2026, department=partner.department)

    assert first_leads([clause.pk], 2026) == {clause.pk: lead.department_id}


def test_nobody_chooses_in_a_closed_year(city, lead, clause):
    YearFactory(conference=city, year=2026, state="closed")

    with pytest.raises(YearIsOver):
        choose_first_lead(clause, 2026, lead.department, conference_id=city.pk, by=UserFactory())


def test_who_leads_alone_need_not_be_chosen(city, clause, lead):
    assert not choose_first_lead(clause, 2026, lead.department, conference_id=city.pk, by=UserFactory())
    assert not Event.objects.exists()


def test_choosing_wants_a_lead(city, clause, partner):
    with pytest.raises(NotALead):
        choose_first_lead(clause, 2026, partner.department, conference_id=city.pk, by=UserFactory())


def test_the_first_is_marked_wherever_units_are_listed(client, city, lead, entry_of, clause):
    other = entry_of("市民政局")
    YearFactory(conference=city, year=2026, version=clause.version)
    choose_first_lead(clause, 2026, other.department, conference_id=city.pk, by=UserFactory())
    client.force_login(person_of(other))

    page = client.get(page_of(other)).context
    roles = {party["unit"]: party["role_text"] for party in page["parties"]}
    work = client.get(reverse("reporting:work_year", args=[2026])).context["chapters"][0]["rows"][0]

    assert roles == {"市公安局": "负责", "市民政局": "第一责任"}
    assert (page["role_text"], work["role_text"]) == ("第一责任", "第一责任")
    assert page["partners_text"] == "其他负责单位1家，已报0"


# --- Knowing ------------------------------------------------------------------------------------------------------


def test_knowing_is_said_once_and_disturbs_nobody_who_types(client, partner):
    author = person_of(partner)
    client.force_login(author)

    first = client.post(act("progress_acknowledge", partner), {"clause": partner.clause_id}, follow=True)
    second = client.post(act("progress_acknowledge", partner), {"clause": partner.clause_id}, follow=True)

    partner.refresh_from_db()
    assert (partner.acknowledged_by, partner.state, partner.lock_version) == (author, EntryState.OPEN, 0)
    assert ["已确认知悉。" in first.text, "不需要再确认知悉" in second.text] == [True, True]
    assert [event.action for event in Event.objects.of(partner)] == [Action.ACKNOWLEDGE]


def test_what_was_reworded_since_the_page_was_opened_is_not_known_of(client, partner):
    client.force_login(person_of(partner))

    client.post(act("progress_acknowledge", partner), {"clause": partner.clause_id + 1})

    partner.refresh_from_db()
    assert partner.acknowledged_at is None


def test_many_are_said_to_be_known_at_once_one_event_each(client, city, partner):
    unit, author = partner.department, person_of(partner)
    others = [
        ProgressFactory(
            responsibility=ResponsibilityFactory(
                clause=ClauseFactory(version__conference=city), department=unit, cooperating=True
            ),
            year=2026,
        )
        for _number in range(3)
    ]
    foreign = ProgressFactory(responsibility__cooperating=True, year=2026)
    YearFactory(conference=city, year=2026)
    client.force_login(author)
    ticked = [partner, *others[:2], foreign]

    response = client.post(
        reverse("reporting:acknowledge_many", args=[2026]),
        {"entry": [f"{entry.pk}-{entry.clause_id}" for entry in ticked]},
        follow=True,
    )

    assert "已确认知悉3条。" in response.text
    assert set(Progress.objects.exclude(acknowledged_at=None)) == {partner, *others[:2]}
    assert Event.objects.filter(action=Action.ACKNOWLEDGE).count() == 3
    assert len(response.context["unknown"]) == 1


def test_writing_and_submitting_say_that_one_knows(partner, entry_of, now):
    author = person_of(partner)
    save_entry(partner, by=author, lock_version=0, values={"work_done": "做了"})
    submitted_unsaved = entry_of("市妇联", COOPERATING)
    submit_entry(submitted_unsaved, by=author)

    for entry in (partner, submitted_unsaved):
        stored = Progress.objects.get(pk=entry.pk)
        assert stored.acknowledged_by == entry.acknowledged_by == author
        assert stored.acknowledged_at == entry.acknowledged_at is not None
    assert not Event.objects.filter(action=Action.ACKNOWLEDGE).exists()


def test_who_knew_first_stays(partner):
    first, second = person_of(partner), person_of(partner)
    stale = Progress.objects.get(pk=partner.pk)
    acknowledge(partner, by=first)

    save_entry(stale, by=second, lock_version=0, values={"work_done": "做了"})

    assert Progress.objects.get(pk=partner.pk).acknowledged_by == first


@pytest.mark.parametrize("make", [lambda lead, partner: lead, lambda lead, partner: partner])
def test_a_lead_and_a_closed_year_know_nothing_more(city, lead, partner, make):
    YearFactory(conference=city, year=2026, state="closed")

    assert not acknowledge(make(lead, partner), by=UserFactory())
    assert not Event.objects.exists()


def test_a_head_reads_and_does_not_say_so(client, partner):
    client.force_login(person_of(partner, head=True))

    assert client.post(act("progress_acknowledge", partner), {"clause": partner.clause_id}).status_code == 403


# --- Whether cooperating units must report ------------------------------------------------------------------------


def must_report(clause, must):
    set_cooperating_rule(clause.version.plan, must_report=must, by=UserFactory())


def standings():
    return sorted(Progress.objects.with_standing().values_list("standing", flat=True))


@pytest.fixture
def year_of_four(lead, entry_of):
    """A lead that has not begun; cooperating units: silent, knowing, writing."""
    knows, writes = entry_of("市妇联", COOPERATING), entry_of("市民政局", COOPERATING)
    entry_of("市教委", COOPERATING)
    acknowledge(knows, by=UserFactory())
    save_entry(writes, by=UserFactory(), lock_version=0, values={"work_done": "做了"})
    return lead


def test_by_default_who_cooperates_and_knows_owes_nothing(year_of_four):
    assert standings() == [Standing.DRAFT, Standing.KNOWN, Standing.OPEN, Standing.OPEN]
    assert Progress.objects.owed().count() == 3
    assert Progress.objects.outstanding().count() == 4


def test_where_the_plan_says_must_all_are_owed(year_of_four, clause):
    must_report(clause, True)

    assert standings() == [Standing.DRAFT, Standing.OPEN, Standing.OPEN, Standing.OPEN]
    assert Progress.objects.owed().count() == 4


def test_a_clause_reworded_since_is_to_be_known_anew(year_of_four):
    Progress.objects.filter(acknowledged_at__isnull=False, state=EntryState.OPEN).update(needs_second_look=True)

    assert Standing.KNOWN not in standings()


def test_the_rule_is_set_on_the_plans_page_by_its_office(client, city, clause):
    published(clause.version)
    client.force_login(PostingFactory(office_staff=True, conference=city).user)
    address = reverse("reporting:plan_rule", args=[clause.version_id])

    first = client.post(address, {"rule": "report"}, follow=True)
    again = client.post(address, {"rule": "report"}, follow=True)
    nonsense = client.post(address, {"rule": "sometimes"}, follow=True)

    assert "配合单位：须填报" in first.text
    assert ["规则没有变化" in again.text, "请选择配合单位是否须填报" in nonsense.text] == [True, True]
    event = Event.objects.get()
    assert (event.action, event.object_id, event.reason) == (
        Action.SET_RULE,
        clause.version.plan_id,
        "配合单位确认知悉即可 → 配合单位须填报",
    )


@pytest.mark.parametrize(("must", "known", "owed"), [(False, 1, 0), (True, 0, 1)])
def test_a_reports_completeness_counts_what_is_owed(client, city, entry_of, clause, must, known, owed):
    entry = entry_of("市妇联", COOPERATING)
    acknowledge(entry, by=UserFactory())
    must_report(clause, must)
    duty = DutyFactory(
        obligation=ObligationFactory(clause__version__conference=city), department=entry.department, year=2026
    )

    sums = completeness_of(duty, person_of(entry))["sums"]

    assert (sums["total"], sums["known"], sums["open"]) == (1, known, owed)


def test_the_board_and_its_lists_say_the_same(client, city, year_of_four, clause):
    YearFactory(conference=city, year=2026, version=clause.version)
    client.force_login(PostingFactory(office_staff=True, conference=city).user)
    board = client.get(reverse("reporting:board", args=[city.code, 2026])).context
    listed = reverse("reporting:rows", args=[city.code, 2026])

    sums = {cell["label"]: cell["count"] for cell in board["sums"]["cells"]}
    counts = {
        state: client.get(f"{listed}?state={state}").context["page"].paginator.count
        for state in ("open", "known", "draft", "outstanding", "")
    }

    assert (sums["未启动"], sums["已知悉"], sums["填报中"], board["sums"]["total"]) == (2, 1, 1, 4)
    assert counts == {"open": 2, "known": 1, "draft": 1, "outstanding": 3, "": 4}


def test_the_units_own_page_says_how_many_it_knows_of(client, city, entry_of):
    entry = entry_of("市妇联", COOPERATING)
    acknowledge(entry, by=UserFactory())
    client.force_login(person_of(entry))

    work = client.get(reverse("reporting:work_year", args=[2026])).context

    assert work["cooperation_text"] == "配合1，已知悉1"
    assert {total["label"]: total["value"] for total in work["totals"]} == {
        "措施": 1,
        "未启动": 0,
        "已知悉": 1,
        "填报中": 0,
        "退回": 0,
        "待审": 0,
        "通过": 0,
    }
    assert work["unknown"] == []
