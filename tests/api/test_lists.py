"""Lists by API: filters, order, cursors, and a number of queries that does not grow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from owners.models import Person, Unit
from repairs import actions
from repairs.models import Ticket
from servicecenter.accounts.models import User
from tests.conftest import Walk, make_resident, make_unit

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
REPAIRS = "/api/v1/repairs/"


def numbers(client: APIClient, query: str = "") -> list[str]:
    """The numbers on the first page of a list."""
    answer = client.get(f"{REPAIRS}?{query}")
    assert answer.status_code == 200, answer.content
    return [each["number"] for each in answer.json()["results"]]


@pytest.fixture
def three(ticket_in: Walk) -> list[Ticket]:
    """A tap that drips (reported), a burst pipe (dispatched), a lift (completed)."""
    return [
        ticket_in("reported"),
        ticket_in("dispatched", text="水管爆裂", urgency="emergency"),
        ticket_in("completed", text="电梯异响", unit=None, public_area="2号楼电梯", trade="lift"),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=reported", [0]),
        ("status=reported,dispatched", [1, 0]),
        ("status=reported&status=completed", [2, 0]),
        ("trade=lift", [2]),
        ("urgency=emergency", [1]),
        ("community=YG", [2, 1, 0]),
        ("community=BJ", []),
        ("assignee=chen", [2, 1]),
        ("assignee=none", [0]),
        ("assignee=nobody", []),
        ("search=电梯异响", [2]),
        ("search=3-2-1201", [1, 0]),
        ("search=13811112222", [2, 1, 0]),
        ("search=100%25", []),
        ("search=_", []),
        ("overdue=true", []),
        ("overdue=false", [2, 1, 0]),
        ("created_after=2020-01-01", [2, 1, 0]),
        ("created_before=2020-01-01", []),
        ("ordering=reported_at", [0, 1, 2]),
        ("ordering=next_due_at", [1, 0]),
        ("", [2, 1, 0]),
        ("status=", [2, 1, 0]),
    ],
)
def test_a_filter_finds_what_it_says(
    api: Api, three: list[Ticket], agent_li: User, query: str, found: list[int]
) -> None:
    assert numbers(api(agent_li), query) == [three[index].number for index in found]


def test_overdue_and_due_before_follow_the_running_promise(
    api: Api, three: list[Ticket], agent_li: User
) -> None:
    late = timezone.now() - timedelta(hours=1)
    Ticket.objects.filter(pk=three[0].pk).update(next_due_at=late)
    assert numbers(api(agent_li), "overdue=true") == [three[0].number]
    soon = (timezone.now() + timedelta(minutes=1)).isoformat()
    # A `+` that was not escaped arrives as a space and is understood all the same.
    assert numbers(api(agent_li), f"due_before={soon}") == [three[0].number]


def test_building_and_unit_narrow_by_id(
    api: Api, three: list[Ticket], agent_li: User, unit_3_2_1201: Unit
) -> None:
    assert len(numbers(api(agent_li), f"building={unit_3_2_1201.building_id}")) == 2
    assert len(numbers(api(agent_li), f"unit={unit_3_2_1201.pk}")) == 2


def test_me_is_whoever_asks(api: Api, three: list[Ticket], technician_chen: User) -> None:
    assert len(numbers(api(technician_chen), "assignee=me")) == 2


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("ordering=owner__phone", "ordering"),
        ("ordering=-id", "ordering"),
        ("owner__phone__startswith=138", "owner__phone__startswith"),
        ("reporter__phone=138", "reporter__phone"),
        ("status=nonsense", "status"),
        ("status=reported,", "status"),
        ("trade=0", "trade"),
        ("overdue=yes", "overdue"),
        ("building=1e3", "building"),
        ("building=-1", "building"),
        ("building=９", "building"),
        (f"building={2**63}", "building"),
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("page_size=1000000", "page_size"),
        ("page_size=ten", "page_size"),
        ("created_after=0001-01-01", "created_after"),
        ("created_after=9999-12-31", "created_after"),
        ("created_after=2026-02-30", "created_after"),
        ("created_after=2026-02-30T10:00:00Z", "created_after"),
        ("created_after=2026-11-23T10:00:00", "created_after"),
        ("created_after=0001-01-01T00:00:00%2B14:00", "created_after"),
        ("due_before=tomorrow", "due_before"),
        ("search=" + "x" * 5000, "search"),
        ("search=%00", "search"),
        ("search=%E2%80%AE", "search"),
        ("community=YG&community=BJ", "community"),
        ("page=2", "page"),
    ],
)
def test_a_parameter_that_means_nothing_is_refused_by_name(
    api: Api, agent_li: User, query: str, name: str
) -> None:
    answer = api(agent_li).get(f"{REPAIRS}?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert list(answer.json()["errors"]) == [name]


def many(unit: Unit, person: Person, by: User, count: int) -> None:
    """Reports that are as alike as they can be."""
    for number in range(count):
        actions.report(by=by, community=unit.community, unit=unit, reporter=person, text=f"第{number}次滴水")


def test_pages_follow_each_other_without_gap_or_repeat_in_both_directions(
    api: Api, agent_li: User, resident_wang: User, person_wang: Person, unit_3_2_1201: Unit
) -> None:
    many(unit_3_2_1201, person_wang, resident_wang, 7)
    # All at the same instant: only the id tells them apart.
    Ticket.objects.update(reported_at=timezone.now())
    client, url, pages = api(agent_li), f"{REPAIRS}?page_size=3", []
    back = ""
    while url:
        page = client.get(url).json()
        pages.append([each["number"] for each in page["results"]])
        url, back = page["next"], page["previous"]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert len({number for page in pages for number in page}) == 7
    assert [each["number"] for each in client.get(back).json()["results"]] == pages[1]


@pytest.mark.parametrize("cursor", ["x", "bzEwMA==", "o" + "A" * 40, "😀", "x" * 5000, "a:b:c"])
def test_a_cursor_that_was_tampered_with_is_refused(api: Api, agent_li: User, cursor: str) -> None:
    answer = api(agent_li).get(REPAIRS, {"cursor": cursor})
    assert answer.status_code == 400


def test_a_cursor_of_another_order_is_refused(
    api: Api, agent_li: User, resident_wang: User, person_wang: Person, unit_3_2_1201: Unit
) -> None:
    many(unit_3_2_1201, person_wang, resident_wang, 2)
    following = api(agent_li).get(f"{REPAIRS}?page_size=1").json()["next"]
    answer = api(agent_li).get(f"{following}&ordering=reported_at")
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


def queries(client: APIClient, path: str) -> int:
    """How many SQL queries a page costs."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "path",
    ["repairs/", "communities/", "buildings/", "units/", "people/", "occupancies/", "notifications/"],
)
def test_a_page_costs_the_same_however_much_is_on_it(
    api: Api, agent_li: User, resident_wang: User, person_wang: Person, unit_3_2_1201: Unit, path: str
) -> None:
    many(unit_3_2_1201, person_wang, resident_wang, 1)
    few = queries(api(agent_li), f"/api/v1/{path}")
    many(unit_3_2_1201, person_wang, resident_wang, 8)
    for number in range(8):
        make_resident(
            f"邻居{number}", f"1390000000{number}", make_unit(unit_3_2_1201.community, f"5-1-{number}01")
        )
    agent = User.objects.get(pk=agent_li.pk)
    assert queries(api(agent), f"/api/v1/{path}?page_size=100") <= few


def test_a_residents_page_costs_the_same_however_much_is_on_it(
    api: Api, resident_wang: User, person_wang: Person, unit_3_2_1201: Unit
) -> None:
    many(unit_3_2_1201, person_wang, resident_wang, 1)
    few = queries(api(resident_wang), REPAIRS)
    many(unit_3_2_1201, person_wang, resident_wang, 8)
    assert queries(api(resident_wang), REPAIRS) == few


def test_a_page_of_repairs_takes_five_queries(
    api: Api, agent_li: User, three: list[Ticket], django_assert_num_queries: Any
) -> None:
    client = api(User.objects.get(pk=agent_li.pk))
    # The clock, the communities of today, the page, its delivery dates and the terms of warranty.
    with django_assert_num_queries(5):
        client.get(REPAIRS)
