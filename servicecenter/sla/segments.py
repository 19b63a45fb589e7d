"""The life of a clock in pieces: what it was doing from when until when, derived from its facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from servicecenter.sla.deadlines import at_share
from servicecenter.sla.models import Clock, Pause


class SegmentKind(TextChoices):
    """What a clock is doing."""

    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    WARNED = "warned", _("Time is getting short")
    BREACHED = "breached", _("Overdue")
    MET = "met", _("Kept")
    AHEAD = "ahead", _("Time left")


@dataclass(frozen=True)
class Segment:
    """One piece; `reason` says what a pause waited for."""

    kind: str
    since: datetime
    until: datetime
    reason: str = ""


def segments(clock: Clock, pauses: Sequence[Pause], at: datetime) -> list[Segment]:
    """The pieces in order and without a gap, seen at `at`.

    Running, warned from the warning on, overdue after the deadline; a pause stands in place of all three. A promise
    that was kept ends with `met`: until the deadline, or of no length when it was late. One that runs ends with what
    is left of it.
    """
    ended = clock.met_at or clock.cancelled_at or max(at, clock.started_at)
    found = list(_joined(_pieces(clock, pauses, ended)))
    if clock.met_at is not None:
        found.append(Segment(SegmentKind.MET, ended, max(ended, clock.due_at or ended)))
    elif clock.is_running and clock.paused_at is None and clock.due_at is not None and clock.due_at > ended:
        found.append(Segment(SegmentKind.AHEAD, ended, clock.due_at))
    return found


def for_resident(found: Sequence[Segment]) -> list[Segment]:
    """Whom we warn when is our own affair."""
    plain = (
        replace(each, kind=SegmentKind.RUNNING) if each.kind == SegmentKind.WARNED else each for each in found
    )
    return list(_joined(plain))


def _pieces(clock: Clock, pauses: Sequence[Pause], ended: datetime) -> Iterator[Segment]:
    warned_at = at_share(clock, pauses, float(clock.policy.warn_at))
    spans = [(each.started_at, each.ended_at or ended, each.reason) for each in pauses]
    edges = {clock.started_at, ended, warned_at, clock.due_at, *(edge for span in spans for edge in span[:2])}
    inside = sorted(edge for edge in edges if edge is not None and clock.started_at <= edge <= ended)
    for since, until in pairwise(inside):
        paused = next((reason for begin, end, reason in spans if begin <= since and until <= end), None)
        if paused is not None:
            yield Segment(SegmentKind.PAUSED, since, until, paused)
        elif clock.due_at is not None and since >= clock.due_at:
            yield Segment(SegmentKind.BREACHED, since, until)
        elif warned_at is not None and since >= warned_at:
            yield Segment(SegmentKind.WARNED, since, until)
        else:
            yield Segment(SegmentKind.RUNNING, since, until)


def _joined(pieces: Iterable[Segment]) -> Iterator[Segment]:
    """Neighbours of one kind and reason are one piece."""
    current: Segment | None = None
    for piece in pieces:
        if current is not None and (current.kind, current.reason) == (piece.kind, piece.reason):
            current = replace(current, until=piece.until)
            continue
        if current is not None:
            yield current
        current = piece
    if current is not None:
        yield current
