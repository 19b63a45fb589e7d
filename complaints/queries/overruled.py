"""Where people decided otherwise than the triage of voices had proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from complaints.models import Complaint, Inquiry, Kind, Level, Type, VoiceExample
from complaints.workflow import Status
from servicecenter.accounts.models import User

SHOWN = 50
OTHER_TYPE = ~Q(type=F("proposed_type"))
# What happens at this moment is no other level.
PLAIN = {Level.URGENT.value: Level.ORDINARY.value}


@dataclass(frozen=True)
class Wrong:
    """A voice whose proposal somebody overruled: what was proposed, what it is, and whether it is an example."""

    case: Complaint | Inquiry
    changes: Sequence[tuple[str, str]]
    taught: bool


@dataclass(frozen=True)
class Overruled:
    """A period: how many proposals, how many of them people overruled, and the latest of these."""

    proposed: int
    count: int
    lines: Sequence[Wrong]

    @property
    def percent(self) -> float:
        """Overruled ÷ proposed, in percent."""
        return 100 * self.count / self.proposed if self.proposed else 0.0


def overruled(user: User, *, since: datetime) -> Overruled:
    """Never a complaint about the reader. What went on as something else is counted as what it became."""
    rows: list[Any] = []
    proposed = 0
    for model, other in ((Complaint, _otherwise_complaint()), (Inquiry, _otherwise_inquiry())):
        visible: Any = model.objects
        seen = visible.visible_to(user).filter(received_at__gte=since).exclude(proposed_kind="")
        seen = seen.exclude(status=Status.CONVERTED)
        proposed += seen.count()
        rows += seen.filter(other).select_related("unit", "building", "community")
    rows.sort(key=lambda each: each.received_at, reverse=True)
    taught = set(
        VoiceExample.objects.filter(number__in=[each.number for each in rows]).values_list(
            "number", flat=True
        )
    )
    lines = [Wrong(each, _changes(each), each.number in taught) for each in rows[:SHOWN]]
    return Overruled(proposed, len(rows), lines)


def _otherwise_complaint() -> Q:
    level = ~Q(proposed_level="") & ~Q(level=F("proposed_level"))
    both_plain = Q(
        level__in=[Level.ORDINARY, Level.URGENT], proposed_level__in=[Level.ORDINARY, Level.URGENT]
    )
    return ~Q(proposed_kind=Kind.COMPLAINT) | OTHER_TYPE | (level & ~both_plain)


def _otherwise_inquiry() -> Q:
    return ~Q(kind=F("proposed_kind")) | OTHER_TYPE


def _changes(case: Complaint | Inquiry) -> list[tuple[str, str]]:
    found = [
        _named(Kind, case.proposed_kind, case.kind),
        _named(Type, case.proposed_type, case.type),
    ]
    if isinstance(case, Complaint):
        found.append(_named(Level, case.proposed_level, case.level))
    return [each for each in found if each]


def _named(choices: Any, was: str, now: str) -> Any:
    if not was or PLAIN.get(was, was) == PLAIN.get(now, now):
        return None
    return str(choices(was).label) if was in choices.values else was, str(choices(now).label)
