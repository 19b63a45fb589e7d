"""`GET /api/v1/board/sla/`: figures with numerators and denominators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from rest_framework.test import APIClient

from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.board.queries.figures import FIGURES
from servicecenter.board.queries.slices import Grouping, Slice
from tests.board.test_figures import plain

Api = Callable[[User | None], APIClient]
History = Mapping[str, Ticket]
ADDRESS = "/api/v1/board/sla/"


@pytest.fixture
def mei(api: Api, manager_mei: User) -> APIClient:
    return api(manager_mei)


def asked(client: APIClient, **query: Any) -> dict[str, Any]:
    """An answer that must come."""
    answered = client.get(ADDRESS, query)
    assert answered.status_code == 200, answered.json()
    found: dict[str, Any] = answered.json()
    return found


def test_every_figure_comes_with_its_numerator_and_denominator(mei: APIClient, history: History) -> None:
    total = asked(mei)["total"]
    assert set(FIGURES) <= set(total)
    assert set(total["respond"]) == {"numerator", "denominator", "rate"}


def test_figures_equal_a_plain_count(mei: APIClient, history: History, fortnight: Slice, now: Any) -> None:
    total = asked(mei, **{"from": fortnight.first.isoformat(), "to": fortnight.last.isoformat()})["total"]
    for name, part, whole in (
        ("respond", "respond_kept", "respond_due"),
        ("coverage", "calls_covered", "calls_due"),
        ("rework", "reworked", "completions"),
        ("handling", "handled", "to_handle"),
    ):
        counted = (plain(part, fortnight, now), plain(whole, fortnight, now))
        assert (total[name]["numerator"], total[name]["denominator"]) == counted, name


def test_the_groups_of_every_grouping_add_up_to_the_total(mei: APIClient, history: History) -> None:
    for by in Grouping.values:
        answer = asked(mei, group_by=by)
        assert answer["group_by"] == by
        for name in ("respond", "complete", "coverage", "rework"):
            for number in ("numerator", "denominator"):
                summed = sum(group[name][number] for group in answer["groups"])
                assert summed == answer["total"][name][number], (by, name)


def test_a_group_has_a_key_and_a_label(mei: APIClient, history: History, technician_chen: User) -> None:
    assert {each["key"] for each in asked(mei, group_by="community")["groups"]} == {"YG", "BJ"}
    technicians = {each["key"]: each["label"] for each in asked(mei, group_by="technician")["groups"]}
    assert technicians[str(technician_chen.pk)] == "陈刚"
    assert None in technicians


def test_what_has_no_day_is_left_out_of_days(mei: APIClient, history: History) -> None:
    answer = asked(mei, group_by="day")
    assert all("handling" not in group for group in answer["groups"])
    assert answer["total"]["handling"]["denominator"] > 0


def test_few_answers_are_not_told(mei: APIClient, history: History) -> None:
    satisfaction = asked(mei)["total"]["satisfaction"]
    assert satisfaction == {"numerator": None, "denominator": 3, "rate": None}


def test_a_community_can_be_named_by_code_or_id(mei: APIClient, history: History) -> None:
    community = history["elsewhere"].community
    by_code, by_id = (asked(mei, community=name) for name in ("bj", str(community.pk)))
    assert by_code["communities"] == by_id["communities"] == ["BJ"]
    assert by_code["total"] == by_id["total"]


def test_instants_with_an_offset_are_taken_as_they_are(mei: APIClient, history: History) -> None:
    answer = asked(mei, **{"from": "2026-01-01T08:00:00+08:00", "to": "2026-01-02T00:00:00Z"})
    assert (answer["from"], answer["to"]) == ("2026-01-01T08:00:00+08:00", "2026-01-02T08:00:00+08:00")


def test_a_day_is_counted_to_its_end(mei: APIClient, history: History) -> None:
    answer = asked(mei, **{"from": "2026-01-01", "to": "2026-01-31"})
    assert (answer["from"], answer["to"]) == ("2026-01-01T00:00:00+08:00", "2026-02-01T00:00:00+08:00")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-02-30"}, "from"),
        ({"to": "2026-01-01T08:00"}, "to"),
        ({"from": "2026-03-01", "to": "2026-02-01"}, "to"),
        ({"from": "2025-01-01", "to": "2026-02-05"}, "to"),
        ({"from": "0001-01-01"}, "from"),
        ({"community": "!"}, "community"),
        ({"trade": "carpentry"}, "trade"),
        ({"group_by": "colour"}, "group_by"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_value_is_refused_by_name(query: dict[str, str], field: str, mei: APIClient) -> None:
    answered = mei.get(ADDRESS, query)
    assert answered.status_code == 400
    assert answered["Content-Type"] == "application/problem+json"
    assert field in answered.json()["errors"]


def test_400_days_are_the_longest_period(mei: APIClient) -> None:
    assert mei.get(ADDRESS, {"from": "2025-01-01", "to": "2026-02-04"}).status_code == 200


def test_a_community_outside_ones_scope_is_not_found(api: Api, supervisor_bo: User, history: History) -> None:
    answered = api(supervisor_bo).get(ADDRESS, {"community": "BJ"})
    assert (answered.status_code, answered.json()["code"]) == (404, "not_found")


def test_only_readers_of_the_board_may_ask(
    api: Api, agent_li: User, technician_chen: User, guard_hu: User, resident_wang: User, admin_gu: User
) -> None:
    assert {api(each).get(ADDRESS).status_code for each in (agent_li, technician_chen, guard_hu)} == {403}
    assert api(resident_wang).get(ADDRESS).status_code == 403
    assert api(admin_gu).get(ADDRESS).status_code == 200


def test_a_stranger_is_asked_to_sign_in(api: Api, db: None) -> None:
    assert api(None).get(ADDRESS).status_code == 401


def test_how_long_repairs_took_is_told_in_seconds(mei: APIClient, history: History) -> None:
    found = asked(mei, trade="gas")
    assert found["first_resolution"] == {"median_seconds": 10800, "average_seconds": 10800, "count": 1}
    assert found["total_resolution"]["median_seconds"] == 26 * 3600
    assert asked(mei, trade="lift")["first_resolution"]["median_seconds"] is None
