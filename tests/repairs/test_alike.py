"""Repairs of the same place that read alike are offered while somebody types, whatever trade they were taken for."""

from __future__ import annotations

from typing import Any

from owners.models import Unit
from repairs import actions
from repairs.queries import duplicates
from servicecenter.accounts.models import Community, User
from tests.conftest import Walk


def test_the_same_words_under_another_trade_are_a_possible_duplicate(
    ticket_in: Walk, agent_li: User, supervisor_bo: User, unit_3_2_1201: Unit, yangguang: Community
) -> None:
    same = ticket_in("accepted", text="卫生间天花板漏水滴下来")
    actions.classify(same, trade="waterproofing", urgency="normal", by=supervisor_bo)
    ticket_in("accepted", text="门锁坏了", trade="door_window")
    place: dict[str, Any] = {"community_id": yangguang.pk, "unit": unit_3_2_1201}
    found = duplicates(agent_li, **place, trade="plumbing", text="卫生间天花板在漏水")
    assert [ticket.pk for ticket in found] == [same.pk]


def test_what_reads_most_alike_comes_first_in_one_query(
    ticket_in: Walk,
    agent_li: User,
    unit_3_2_1201: Unit,
    yangguang: Community,
    django_assert_num_queries: Any,
) -> None:
    alike = ticket_in("accepted", text="厨房水龙头关不紧一直滴", trade="plumbing")
    newer = ticket_in("accepted", text="马桶堵了", trade="plumbing")
    agent_li.community_ids  # noqa: B018  (asked once a request)
    with django_assert_num_queries(1):
        found = duplicates(
            agent_li,
            community_id=yangguang.pk,
            unit=unit_3_2_1201,
            trade="plumbing",
            text="水龙头滴水关不紧",
        )
    assert [ticket.pk for ticket in found] == [alike.pk, newer.pk]
