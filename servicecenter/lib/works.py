"""The kinds of work (repair, follow-up, …) that rooms below the apps serve without importing them.

An app registers its kind in its module `work`, which is imported once when Django is ready; clocks, photos and
messages then ask the register who may see a
case, how its row is locked and whom a deadline concerns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet


@dataclass(frozen=True)
class Firing:
    """One timer that has just fired: what, for which case, and whom its policy step names."""

    timer_id: int
    work: str
    case_id: int
    community_id: int
    stage: str
    step: str
    tell: str
    due_at: datetime
    deadline: datetime
    urgent: bool
    # How the rung is told besides the app; '' for the app only.
    channel: str = ""
    # Who took the missed deadline on: reminders go to them.
    acknowledged_by: int | None = None

    @property
    def channels(self) -> tuple[str, ...]:
        """The outside channels that the rung insists on."""
        return (self.channel,) if self.channel else ()


@dataclass(frozen=True)
class CaseLine:
    """A case in one line of a list: where it leads, what it is about, who has it ('' for nobody)."""

    number: str
    url: str
    text: str
    where: str
    who: str


def _nothing(firings: Sequence[Firing], at: datetime) -> None:
    """A kind of work that tells nobody."""


def _no_deadlines(case_id: int, by: Any, at: datetime) -> None:
    """A kind of work that copies no deadlines and has no running clocks."""


@dataclass(frozen=True)
class Work:
    """One kind of work.

    `visible(user)`: the rows that a user may see · `tell(firings, at)`: writes the notices of fired timers, in the same
    transaction · `act`: timer step → what the program itself does to the case when it fires · `url(case_id)`:
    the page of a case · `lines(user, case_ids)`: the visible ones of these cases as lines of a list; a kind without
    the page of a case · `lines(user, case_ids)`: the visible ones of these cases as lines of a list; a kind without
    them is not listed · `retarget(case_id, by, at)`: counts a case's running clocks anew after a promise changed ·
    `contact(case)`: the phone that whoever reported it left, as long as they are concerned · `entrance(case_id)`: a
    path that lets whoever has it in without a login, drawn anew for each message that leaves; '' for none any more.
    """

    code: str
    model: type[Model]
    visible: Callable[[Any], QuerySet[Any]]
    tell: Callable[[Sequence[Firing], datetime], None] = _nothing
    act: Mapping[str, Callable[[int, datetime], None]] = field(default_factory=dict)
    retarget: Callable[[int, Any, datetime], None] = _no_deadlines
    lines: Callable[[Any, Sequence[int]], Mapping[int, CaseLine]] | None = None
    # Code and word of each reason for which its clocks may pause.
    pause_reasons: Sequence[tuple[str, Any]] = ()
    may_attach: Callable[[Any, Any], bool] = lambda case, user: True
    contact: Callable[[Any], str] = lambda case: ""
    entrance: Callable[[int], str] | None = None
    # The visible cases of this kind that are linked to another case: (user, its kind, its id).
    naming: Callable[[Any, str, int], Sequence[CaseLine]] | None = None
    # The visible cases of this kind that go on in a unit or its building now: (user, unit's id, building's id).
    nearby: Callable[[Any, int | None, int | None], Sequence[CaseLine]] | None = None


_works: dict[str, Work] = {}


def register(work: Work) -> None:
    """Makes a kind of work known; safe to repeat."""
    _works[work.code] = work


def get(code: str) -> Work:
    """The kind of work with this code; KeyError if no app registered it."""
    return _works[code]


def find(code: str) -> Work | None:
    """The kind of work with this code, if an app registered one."""
    return _works.get(code)


def naming(user: Any, work: str, case_id: int) -> list[CaseLine]:
    """Cases of any kind that are linked to this one."""
    return [line for each in all_works() if each.naming for line in each.naming(user, work, case_id)]


def nearby(user: Any, unit_id: int | None, building_id: int | None) -> list[CaseLine]:
    """What goes on in a unit, or else in its building, that somebody may complain about."""
    return [line for each in all_works() if each.nearby for line in each.nearby(user, unit_id, building_id)]


def all_works() -> list[Work]:
    """Every registered kind, in a stable order."""
    return [_works[code] for code in sorted(_works)]
