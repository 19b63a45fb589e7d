"""Reads about staff: who answers for what in a community."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from servicecenter.accounts.models import Membership, Role

# A ladder never ends in nobody: each rung falls through to the next one that has somebody on it.
LADDER = (Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)


def staff_by_role(community_ids: Iterable[int]) -> dict[int, dict[str, list[int]]]:
    """Active staff as {community: {role: [user ids]}}, one query for any number of communities."""
    rows = Membership.objects.filter(community__in=set(community_ids), user__is_active=True).values_list(
        "community_id", "user__role", "user_id"
    )
    staff: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for community_id, role, user_id in rows.order_by("user_id"):
        staff[community_id][role].append(user_id)
    return staff


def rung(staff: dict[str, list[int]], role: str) -> list[int]:
    """The people on a rung of the ladder, or on the next higher one that is not empty."""
    start = LADDER.index(Role(role))
    for higher in LADDER[start:]:
        if staff.get(higher):
            return staff[higher]
    return []
