"""Supervision of areas: opened, followed by both offices, lifted; and the letters."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from departments.models import Event
from departments.models.events import Action
from measures.enums import ObligationKind, RecurrenceType
from reporting.enums import SupervisionKind, SupervisionState, YearState
from reporting.models import Notice, Supervision, SupervisionStep, Year
from reporting.paper_documents import lifting_document, supervision_document
from reporting.services.refusals import WrongState, YearIsOver
from reporting.services.supervision import Order, follow, lift, open_supervision
from tests.factories import ConferenceFactory, ObligationFactory, YearFactory, published
from tests.papers_rows import Office, SupervisionFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _in_november(clock):
    clock("2026-11-20 10:00")


@pytest.fixture
def office():
    return Office(2026)


def order(**changes):
    given = {
        "kind": SupervisionKind.LISTED,
        "area": "某市场周边",
        "supervised": None,
        "jurisdiction": None,
        "reason": "排查不深入。",
        "demands": "1.开展排查\n2.建立台账",
        "opened_on": TODAY,
        "due_on": TODAY + timedelta(days=60),
        "document_number": "",
    }
    return Order(**(given | changes))


def people_told():
    return {notice.recipient for notice in Notice.objects.all()}


# --- Acts ---------------------------------------------------------------------------------------------------------


def test_office_of_the_area_is_told_that_it_is_supervised(office):
    row = open_supervision(office.city, 2026, order=order(supervised=office.district), by=office.staff)

    assert people_told() == {office.district_staff, office.district_head}
    assert Notice.objects.first().path == f"/supervisions/{row.pk}/"
    event = Event.objects.get()
    assert (event.action, event.actor, event.object_id) == (Action.SUPERVISE, office.staff, row.pk)


def test_an_area_without_an_office_tells_nobody(office):
    open_supervision(office.city, 2026, order=order(), by=office.staff)

    assert not Notice.objects.exists()


def test_only_what_is_below_is_supervised(office):
    with pytest.raises(ValueError, match="not below"):
        open_supervision(office.city, 2026, order=order(supervised=ConferenceFactory()), by=office.staff)


def test_each_office_is_told_of_what_the_other_records(office):
    row = SupervisionFactory(conference=office.city, supervised=office.district)

    follow(row, text="已整改。", by=office.district_staff)
    assert people_told() == {office.staff, office.head}
    Notice.objects.all().delete()
    follow(row, text="已核查。", by=office.head)
    assert people_told() == {office.district_staff, office.district_head}
    assert Event.objects.filter(action=Action.FOLLOW).count() == 2


def test_lifting_ends_it_with_its_grounds(office, refused):
    row = SupervisionFactory(conference=office.city, supervised=office.district)

    lift(row, reason="整改到位", lifted_on=TODAY, by=office.head)

    row.refresh_from_db()
    assert (row.state, row.lift_reason, row.lifted_by) == (SupervisionState.LIFTED, "整改到位", office.head)
    assert people_told() == {office.district_staff, office.district_head}
    for act in (
        lambda: follow(row, text="又一步", by=office.staff),
        lambda: lift(row, reason="再一次", lifted_on=TODAY, by=office.head),
    ):
        with refused(WrongState):
            act()
    assert Event.objects.get(action=Action.LIFT).reason == "整改到位"


@pytest.mark.parametrize("reason", ["", " \n"])
def test_lifting_needs_its_grounds(office, reason):
    with pytest.raises(ValueError, match="reason"):
        lift(SupervisionFactory(conference=office.city), reason=reason, lifted_on=TODAY, by=office.head)


def test_nothing_is_opened_in_a_closed_year(office, refused):
    Year.objects.filter(conference=office.city).update(state=YearState.CLOSED)

    with refused(YearIsOver):
        open_supervision(office.city, 2026, order=order(), by=office.staff)


def test_what_was_opened_last_year_is_followed_this_year_though_last_year_is_closed(office, clock, refused):
    row = SupervisionFactory(conference=office.city, year=2026, opened_on=TODAY)
    Year.objects.filter(conference=office.city, year=2026).update(state=YearState.CLOSED)
    with refused(YearIsOver):
        follow(row, text="还在2026年", by=office.staff)
    clock("2027-01-15 09:00")
    YearFactory(conference=office.city, year=2027)

    follow(row, text="到2027年", by=office.staff)
    lift(row, reason="整改到位", lifted_on=date(2027, 1, 15), by=office.head)

    assert Supervision.objects.get().state == SupervisionState.LIFTED


# --- Pages --------------------------------------------------------------------------------------------------------


def listed(client, conference, year=2026):
    return client.get(reverse("reporting:supervisions", args=[conference.code, year])).context["rows"]


def test_open_ones_are_first_and_overdue_ones_are_red(client, office):
    lifted = SupervisionFactory(conference=office.city, lifted=True, area="已解除")
    later = SupervisionFactory(conference=office.city, area="未到期", due_on=TODAY)
    late = SupervisionFactory(
        conference=office.city, area="逾期", opened_on=date(2026, 1, 1), due_on=TODAY - timedelta(days=1)
    )
    client.force_login(office.staff)

    rows = listed(client, office.city)

    assert [(row["area"], row["is_late"]) for row in rows] == [
        (late.area, True),
        (later.area, False),
        (lifted.area, False),
    ]


def test_both_offices_have_it_in_their_lists(client, office):
    SupervisionFactory(conference=office.city, supervised=office.district)
    client.force_login(office.staff)
    assert [row["is_ours"] for row in listed(client, office.city)] == [True]
    client.force_login(office.district_staff)
    assert [row["is_ours"] for row in listed(client, office.district)] == [False]


def test_one_that_goes_on_is_in_the_list_of_the_next_year(client, office):
    YearFactory(conference=office.city, year=2027)
    open_one = SupervisionFactory(conference=office.city, area="未解除")
    SupervisionFactory(conference=office.city, area="当年解除", lifted=True, lifted_on=date(2026, 11, 20))
    client.force_login(office.staff)

    assert [row["area"] for row in listed(client, office.city, 2027)] == [open_one.area]


def test_words_of_the_plan_are_named_as_the_basis(client, office):
    ObligationFactory(
        clause__version=office.version,
        kind=ObligationKind.SUPERVISION,
        recurrence=RecurrenceType.EVENT,
        text="对重点地区及时挂牌督办和警示。",
    )
    published(office.version)
    row = SupervisionFactory(conference=office.city, supervised=office.district)
    for person, path in (
        (office.staff, reverse("reporting:supervisions", args=[office.city.code, 2026])),
        (office.district_staff, reverse("reporting:supervision", args=[row.pk])),
    ):
        client.force_login(person)
        assert client.get(path).context["basis"]["text"] == "对重点地区及时挂牌督办和警示。"


def typed(**changes):
    given = {"kind": "listed", "area": "某镇", "reason": "排查不深入。", "demands": "开展排查。"}
    return given | {"opened_on": "2026-11-20", "due_on": "2027-01-20", "document_number": ""} | changes


def test_area_that_is_chosen_brings_its_office(client, office):
    client.force_login(office.staff)

    client.post(
        reverse("reporting:supervisions", args=[office.city.code, 2026]),
        typed(place=office.district.jurisdiction.code),
    )

    row = Supervision.objects.get()
    assert (row.supervised, row.area) == (office.district, f"{office.district.jurisdiction.name}某镇")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"area": ""}, {"area"}),
        ({"due_on": "2026-11-19"}, {"due_on"}),
        ({"due_on": "2028-01-01"}, {"due_on"}),
        ({"due_on": "9999-12-31"}, {"due_on"}),
        ({"opened_on": "2026-11-21"}, {"opened_on"}),
        ({"opened_on": "2025-11-21"}, {"opened_on"}),
        ({"reason": "联系电话13812345678"}, {"reason"}),
        ({"place": "999999"}, {"place"}),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(client, office, changes, fields):
    client.force_login(office.staff)

    response = client.post(reverse("reporting:supervisions", args=[office.city.code, 2026]), typed(**changes))

    assert response.status_code == 422
    assert response.context["form"].errors.keys() == fields
    assert not Supervision.objects.exists()


def test_supervised_office_answers_and_does_not_lift(client, office):
    row = SupervisionFactory(conference=office.city, supervised=office.district)
    client.force_login(office.district_head)

    answered = client.post(reverse("reporting:supervision_step", args=[row.pk]), {"text": "已整改。"})
    lifted = client.post(
        reverse("reporting:supervision_lift", args=[row.pk]), {"lift_reason": "好了", "lifted_on": "2026-11-20"}
    )

    assert (answered.status_code, lifted.status_code) == (302, 403)
    assert SupervisionStep.objects.get().created_by == office.district_head
    page = client.get(reverse("reporting:supervision", args=[row.pk]))
    assert [step["is_theirs"] for step in page.context["steps"]] == [True]
    assert page.context["lift_form"] is None


def test_step_that_comes_after_the_lifting_is_kept_to_be_copied(client, office):
    row = SupervisionFactory(conference=office.city, supervised=office.district)
    lift(row, reason="整改到位", lifted_on=TODAY, by=office.head)
    client.force_login(office.district_staff)

    response = client.post(reverse("reporting:supervision_step", args=[row.pk]), {"text": "晚到的进展"})

    assert response.status_code == 409
    assert "晚到的进展" in response.text
    assert not SupervisionStep.objects.exists()


@pytest.mark.parametrize("lock", ["lifted", "closed"])
def test_what_is_wrong_and_comes_too_late_is_given_back(client, office, lock):
    row = SupervisionFactory(conference=office.city)
    if lock == "lifted":
        lift(row, reason="整改到位", lifted_on=TODAY, by=office.head)
    else:
        Year.objects.filter(conference=office.city).update(state=YearState.CLOSED)
    client.force_login(office.head)
    text = "联系11010519491231002X"

    step = client.post(reverse("reporting:supervision_step", args=[row.pk]), {"text": text})
    lifting = client.post(reverse("reporting:supervision_lift", args=[row.pk]), {"lift_reason": text})

    said = {"lifted": "督办已经解除，不能再记录。", "closed": "2026年度已经关闭归档，不能再修改。"}[lock]
    for response in (step, lifting):
        assert response.status_code == 409
        assert response.context["locked"] == said
        assert [field["text"] for field in response.context["kept"]] == [text]


def test_supervision_does_not_end_before_its_last_step(client, office, clock):
    row = SupervisionFactory(conference=office.city, opened_on=TODAY - timedelta(days=9))
    follow(row, text="已整改。", by=office.staff)
    clock("2026-11-25 10:00")
    client.force_login(office.head)
    page, typed = reverse("reporting:supervision_lift", args=[row.pk]), {"lift_reason": "整改到位"}

    response = client.post(page, typed | {"lifted_on": "2026-11-19"})

    assert response.status_code == 422
    assert response.context["lift_form"].errors == {"lifted_on": ["解除日期不能早于最近一次记录进展的2026-11-20。"]}
    assert response.context["lift_form"]["lift_reason"].value() == "整改到位"
    with pytest.raises(WrongState):
        lift(row, reason="整改到位", lifted_on=TODAY - timedelta(days=1), by=office.head)
    assert client.post(page, typed | {"lifted_on": "2026-11-20"}).status_code == 302
    assert Supervision.objects.get().lifted_on == TODAY


# --- Letters ------------------------------------------------------------------------------------------------------


def text_of(document):
    return "\n".join(getattr(block, "text", "") for block in document.blocks)


@pytest.mark.parametrize(
    ("kind", "title"),
    [(SupervisionKind.LISTED, "反拐工作挂牌督办通知书"), (SupervisionKind.WARNING, "反拐工作警示通知书")],
)
def test_letter_orders_what_is_demanded_by_when(office, kind, title):
    row = SupervisionFactory(conference=office.city, supervised=office.district, kind=kind, due_on=date(2027, 1, 20))

    document = supervision_document(row)

    assert (document.title, document.addressee) == (title, office.district.name)
    for words in ("排查不深入。", "1.开展排查。", "2.建立台账。", "2027年1月20日"):
        assert words in text_of(document)


@pytest.mark.parametrize("kind", SupervisionKind)
def test_letter_of_the_lifting_says_why(office, kind):
    row = SupervisionFactory(conference=office.city, kind=kind, lifted=True, lift_reason="整改到位。")

    document = lifting_document(row)

    assert "整改到位。" in text_of(document)
    assert ("挂牌督办" in document.title) is (kind == SupervisionKind.LISTED)


def test_a_second_click_supervises_and_records_once(office):
    first, second = (open_supervision(office.city, 2026, order=order(), by=office.staff) for _click in range(2))
    for _click in range(2):
        follow(first, text="已完成排查。", by=office.staff)

    assert first == second
    assert (Supervision.objects.count(), first.steps.count()) == (1, 1)
