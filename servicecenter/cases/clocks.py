"""Why a deadline of a case of any kind is what it is: the promise, and each event with the deadline after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Role, User
from servicecenter.audit.models import Event
from servicecenter.cases.story import Line
from servicecenter.lib import words, works
from servicecenter.sla.deadlines import estimated_years
from servicecenter.sla.models import Clock, ClockKind
from servicecenter.sla.models import Stage as Promised
from servicecenter.sla.queries import Explained, explain
from servicecenter.sla.segments import SegmentKind, for_resident
from servicecenter.sla.wording import estimate_words

# More lines about an event than its own.
Also = Callable[[Event], str]

LABELS: Mapping[str, tuple[str | Promise, str, str]] = {
    "clock.started": (_("The clock started"), "player-play", "new"),
    "clock.paused": (_("The clock was stopped"), "player-pause", "waiting"),
    "clock.resumed": (_("The clock went on"), "player-play", "active"),
    "clock.agreed": (_("A later day was agreed with the owner"), "calendar-event", "active"),
    "clock.lifted": (_("The agreed day does not apply any more"), "calendar-off", "active"),
    "clock.revived": (_("The promise applies again; counted from the original start"), "player-play", "new"),
    "clock.retargeted": (_("Urgency or promise changed; counted from the original start"), "edit", "active"),
    "clock.warn": (_("Warning: most of the time is used up"), "clock-exclamation", "waiting"),
    "clock.breach": (_("The deadline passed"), "alert-triangle", "bad"),
    "clock.escalate": (_("Passed on to the next level"), "alert-triangle", "bad"),
    "clock.daily": (_("Reminded again"), "bell", "bad"),
    "clock.acknowledged": (_("Somebody takes care of it"), "user-check", "active"),
    "clock.met": (_("The promise was fulfilled"), "circle-check", "good"),
    "clock.cancelled": (_("Nothing is left to keep"), "circle-x", "plain"),
}


@dataclass(frozen=True)
class Piece:
    """A part of the strip: `x` and `width` in thousandths of it, and what it says."""

    kind: str
    label: str
    reason: str
    since: datetime
    until: datetime
    x: float
    width: float


@dataclass(frozen=True)
class Strip:
    """A deadline drawn from left to right; `due` is where it lies, if it does."""

    pieces: list[Piece]
    due: float | None


@dataclass(frozen=True)
class ClockStory:
    """One deadline with everything that made it: the promise, and each event with the deadline after it."""

    clock: Clock
    title: str
    target: str
    breached: bool
    strip: Strip
    lines: list[Line]
    # Sentences about years whose days off are not published yet.
    estimates: list[str]


# Whom we remind when is our own affair; residents read what moved the deadline, without names.
OUR_AFFAIR = frozenset({"clock.warn", "clock.escalate", "clock.daily", "clock.acknowledged"})


def clock_stories(case: Any, user: User | None, at: datetime, also: Also | None = None) -> list[ClockStory]:
    """The explanation of every deadline of a case, in the order in which the clocks started; without a user, for
    whoever holds the receipt of an anonymous one."""
    staff = user is not None and user.is_employee
    hidden = frozenset() if staff else OUR_AFFAIR
    reasons = dict(works.get(case.TABLE.work).pause_reasons)
    return [
        ClockStory(
            clock=each.clock,
            title=_title(each.clock),
            target=_target(each.clock),
            breached=each.breached,
            strip=_strip(each, staff, reasons),
            lines=[
                _line(event, staff, reasons, also(event) if also else "")
                for event in each.events
                if _kind(event) not in hidden
            ],
            estimates=estimate_words(estimated_years(each.clock)),
        )
        for each in explain(work=case.TABLE.work, case_id=case.pk, at=at)
    ]


# What happened must be seen even if it was short.
NARROWEST, WIDEST = 12.0, 1000.0


def _strip(told: Explained, staff: bool, reasons: Mapping[str, Any]) -> Strip:
    found = told.segments if staff else for_resident(told.segments)
    lengths = [(each.until - each.since).total_seconds() for each in found]
    whole = sum(lengths) or 1.0
    wide = [max(NARROWEST, WIDEST * length / whole) for length in lengths]
    pieces, x = [], 0.0
    for each, width in zip(found, wide, strict=True):
        share = WIDEST * width / sum(wide)
        reason = str(reasons.get(each.reason, each.reason))
        label = str(SegmentKind(each.kind).label)
        pieces.append(Piece(each.kind, label, reason, each.since, each.until, round(x, 1), round(share, 1)))
        x += share
    return Strip(pieces, _place(told.clock.due_at, pieces))


def _place(at: datetime | None, pieces: list[Piece]) -> float | None:
    """Where an instant lies on a strip."""
    for piece in pieces:
        if at is not None and piece.since <= at <= piece.until:
            share = (at - piece.since) / (piece.until - piece.since) if piece.until > piece.since else 1.0
            return round(piece.x + piece.width * share, 1)
    return None


def _title(clock: Clock) -> str:
    stage = Promised(clock.stage).label
    if clock.round == 1:
        return str(stage)
    return gettext("%(stage)s, round %(round)s") % {"stage": stage, "round": clock.round}


def _target(clock: Clock) -> str:
    policy = clock.policy
    if policy.target_seconds is None:
        return gettext("No target, by decision")
    facts = {"time": words.duration_words(policy.target_seconds), "clock": ClockKind(policy.clock).label}
    return gettext("%(time)s, %(clock)s") % facts


def _kind(event: Event) -> str:
    return event.action.partition("_")[0]


def _line(event: Event, staff: bool, reasons: Mapping[str, Any], more: str) -> Line:
    label, icon, tone = LABELS.get(_kind(event), (event.action, "circle", "plain"))
    actor = event.by_name if staff and event.by_role != Role.RESIDENT else ""
    text = "\n".join(filter(None, [_deadline(event.data, reasons), more]))
    return Line(at=event.at, label=str(label), actor=actor, text=text, icon=icon, tone=tone)


def _deadline(data: Mapping[str, Any], reasons: Mapping[str, Any]) -> str:
    lines = []
    if data.get("reason") in reasons:
        lines.append(str(reasons[data["reason"]]))
    due = parse_datetime(data["due_at"]) if data.get("due_at") else None
    if due is not None:
        lines.append(gettext("Deadline: %(when)s") % {"when": words.moment_words(due, timezone.now())})
    return "\n".join(lines)
