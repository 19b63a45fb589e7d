"""Figures of the told fortnight, by the API."""

from __future__ import annotations

from typing import Any

from rest_framework.test import APIClient

from servicecenter.accounts.models import User
from servicecenter.board.queries.figures import FIGURES
from servicecenter.board.queries.slices import Grouping, Slice
from tests.board.test_api import ADDRESS, Api, History, asked, mei

__all__ = ["mei"]
from tests.board.test_figures import plain


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


def test_a_community_outside_ones_scope_is_not_found(api: Api, supervisor_bo: User, history: History) -> None:
    answered = api(supervisor_bo).get(ADDRESS, {"community": "BJ"})
    assert (answered.status_code, answered.json()["code"]) == (404, "not_found")


def test_how_long_repairs_took_is_told_in_seconds(mei: APIClient, history: History) -> None:
    found = asked(mei, trade="gas")
    assert found["first_resolution"] == {"median_seconds": 10800, "average_seconds": 10800, "count": 1}
    assert found["total_resolution"]["median_seconds"] == 26 * 3600
    assert asked(mei, trade="lift")["first_resolution"]["median_seconds"] is None
