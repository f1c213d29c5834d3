"""The board of a year: what it shows of a conference with measures, and of one that has none."""

import pytest
from django.urls import reverse

from measures.enums import ObligationKind
from tests.factories import ConferenceFactory, DutyFactory, ObligationFactory, PostingFactory, YearFactory, published
from tests.year_rows import Town

pytestmark = pytest.mark.django_db


def board_of(client, conference, year, **query):
    client.force_login(PostingFactory(office_staff=True, conference=conference).user)
    return client.get(reverse("reporting:board", args=[conference.code, year]), query)


def test_measures_are_counted_by_their_states(client):
    town = Town()
    published(town.version)

    page = board_of(client, town.city, town.year.year)

    assert [column["label"] for column in page.context["columns"]][:2] == ["未启动", "已知悉"]
    assert list(page.context["filters"].fields) == ["q", "chapter", "role"]
    assert "数字为措施条数" in page.content.decode()


@pytest.mark.parametrize("query", [{}, {"chapter": "二", "role": "lead"}])
def test_a_conference_without_measures_has_no_columns_of_naught(client, query):
    county = ConferenceFactory(name="云山县反拐工作联席会议")
    duty = DutyFactory(obligation=ObligationFactory(conference=county, kind=ObligationKind.ANNUAL_REPORT))
    year = YearFactory(conference=county, year=duty.year)

    page = board_of(client, county, year.year, **query)

    assert [row["unit"] for row in page.context["rows"]] == [duty.department.name]
    assert page.context["columns"] == []
    assert list(page.context["filters"].fields) == ["q"]
    assert page.content.decode().count('<td class="number">') == 0
    # Two columns need no sliding on a narrow page.
    assert '<table class="ledger board"' in page.content.decode()
    assert "没有按计划分解的措施" in page.content.decode()
