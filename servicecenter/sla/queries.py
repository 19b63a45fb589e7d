"""Reads about promises: which policy applies, and how a deadline came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DurationField, F, Q, Sum, Value
from django.db.models.functions import Coalesce

from servicecenter.audit.models import Event
from servicecenter.sla.models import Acknowledgement, Clock, Pause, PauseRule, Policy, Stage
from servicecenter.sla.segments import Segment, segments


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


def paused_time(work: str, case_id: int, at: datetime) -> timedelta:
    """How long a case has been paused altogether, seen at `at`."""
    return sum(((each.ended_at or at) - each.started_at for each in pauses_of(work, case_id)), timedelta())


def pause_rules(*, work: str, community_id: int) -> dict[str, PauseRule]:
    """The reasons for which a case may pause, each with its rule: the community's own before the company's."""
    rules = PauseRule.objects.filter(Q(community=None) | Q(community=community_id), work=work)
    best = {rule.reason: rule for rule in rules.order_by(F("community_id").asc(nulls_first=True))}
    return {reason: rule for reason, rule in best.items() if rule.active}


@dataclass(frozen=True)
class PausedTime:
    """Pauses that began in a period, for one reason and one person (None: the program)."""

    work: str
    reason: str
    by_id: int | None
    by_name: str
    count: int
    total: timedelta
    consents: int


def paused_by_reason_and_person(
    community_ids: Sequence[int], since: datetime, until: datetime, at: datetime
) -> list[PausedTime]:
    """Who stopped the clocks of these communities for how long, and why; the longest first. One query."""
    rows = (
        Pause.objects.filter(community__in=community_ids, started_at__gte=since, started_at__lt=until)
        .values("work", "reason", "by", "by__name", "by__username")
        .annotate(
            count=Count("id"),
            consents=Count("consent_by"),
            total=Sum(Coalesce("ended_at", Value(at)) - F("started_at"), output_field=DurationField()),
        )
        .order_by("-total", "by")
    )
    return [
        PausedTime(
            work=row["work"],
            reason=row["reason"],
            by_id=row["by"],
            by_name=row["by__name"] or row["by__username"] or "",
            count=row["count"],
            total=row["total"],
            consents=row["consents"],
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Explained:
    """One clock and everything that made its deadline what it is."""

    clock: Clock
    policy: Policy
    pauses: Sequence[Pause]
    events: Sequence[Event]
    breached: bool
    segments: Sequence[Segment]


@dataclass(frozen=True)
class Resolution:
    """How long a case took: until it was first done, and until it was done for good (None while it is not).

    A rework begins a new round; the first figure stays.
    """

    first: timedelta | None
    total: timedelta | None
    rounds: int
    paused: timedelta


# The promise with which a case is done.
LAST_STAGES = frozenset({Stage.COMPLETE.value, Stage.CLOSE.value})


def resolution(explained: Sequence[Explained], at: datetime) -> Resolution:
    """The resolution times of a case from its clocks, by the wall clock; `paused` says how much of it was paused."""
    rounds = [each.clock for each in explained if each.clock.stage in LAST_STAGES]
    kept = [clock.met_at for clock in rounds]
    first = kept[0] if kept else None
    last = None if None in kept or not kept else kept[-1]
    spans = {
        pause.pk: (pause.ended_at or at) - pause.started_at for each in explained for pause in each.pauses
    }
    return Resolution(
        first=None if first is None else first - rounds[0].started_at,
        total=None if last is None else last - rounds[0].started_at,
        rounds=len(rounds),
        paused=sum(spans.values(), timedelta()),
    )


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
            segments=segments(clock, pauses, at),
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
