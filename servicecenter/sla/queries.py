"""Reads about promises: which policy applies, and how a deadline came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from servicecenter.audit.models import Event
from servicecenter.sla.models import Acknowledgement, Clock, Pause, Policy


def policy_for(
    *, work: str, stage: str, community_id: int, urgency: str = "", level: str = ""
) -> Policy | None:
    """The current policy that fits best: the community's own before the company's, the named urgency or level before
    the general one. None when nobody decided anything, which callers treat as no promise at all."""
    return (
        Policy.objects.current()
        .filter(Q(community=None) | Q(community_id=community_id))
        .filter(work=work, stage=stage, urgency__in={"", urgency}, level__in={"", level})
        .order_by(F("community_id").asc(nulls_last=True), "-urgency", "-level")
        .prefetch_related("rungs")
        .first()
    )


def pauses_of(work: str, case_id: int) -> list[Pause]:
    """The time of a case that did not count, oldest first; at most the last one is still open."""
    return list(Pause.objects.filter(work=work, case_id=case_id).order_by("started_at", "id"))


@dataclass(frozen=True)
class Explained:
    """One clock and everything that made its deadline what it is."""

    clock: Clock
    policy: Policy
    pauses: Sequence[Pause]
    events: Sequence[Event]
    breached: bool


def explain(*, work: str, case_id: int, at: datetime) -> list[Explained]:
    """Every clock of a case, oldest first, with its policy, pauses and clock events (five queries)."""
    clocks = list(
        Clock.objects.select_related("policy")
        .prefetch_related("policy__rungs")
        .filter(work=work, case_id=case_id)
        .order_by("started_at", "id")
    )
    pauses = pauses_of(work, case_id)
    events = list(Event.objects.of(work, case_id).filter(action__startswith="clock."))
    return [
        Explained(
            clock=clock,
            policy=clock.policy,
            pauses=[pause for pause in pauses if _overlaps(pause, clock)],
            events=[event for event in events if _is_about(event.data, clock)],
            breached=clock.is_breached(at),
        )
        for clock in clocks
    ]


@dataclass(frozen=True)
class Missed:
    """A missed deadline and who takes care of it, if anybody."""

    clock: Clock
    taken: Acknowledgement | None


def missed_of(*, work: str, case_id: int, at: datetime) -> list[Missed]:
    """The missed deadlines of a case, the longest missed first; two queries."""
    clocks = list(Clock.objects.filter(work=work, case_id=case_id).missed(at).order_by("due_at", "id"))
    if not clocks:
        return []
    taken = {
        (each.clock_id, each.deadline): each
        for each in Acknowledgement.objects.filter(clock__in=clocks).select_related("by")
    }
    return [
        Missed(clock, taken.get((clock.pk, clock.due_at))) for clock in clocks if clock.due_at is not None
    ]


def _overlaps(pause: Pause, clock: Clock) -> bool:
    ended = clock.met_at or clock.cancelled_at
    return (pause.ended_at is None or pause.ended_at > clock.started_at) and (
        ended is None or pause.started_at < ended
    )


def _is_about(data: dict[str, Any], clock: Clock) -> bool:
    return data.get("stage") == clock.stage and data.get("round", clock.round) == clock.round
