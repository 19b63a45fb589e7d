"""The key register on the desk: what is where, and what has to come back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from owners.models import Key, KeyQuerySet
from owners.queries.keys import keys_for
from owners.workflow.keys import KeyStatus
from servicecenter.accounts.models import Role, User

SHOWS = ("all", "out", "back", "lost")


@dataclass(frozen=True)
class Counts:
    """How many keys are out, have to come back, or are lost or blocked."""

    out: int
    back: int
    lost: int


def shown(user: User, show: str, text: str, at: datetime) -> KeyQuerySet:
    """The keys of one tab that are like `text`: tag, unit, place or holder."""
    rows = _narrowed(keys_for(user).exclude(status=KeyStatus.REPLACED), show, at)
    if not text:
        return rows
    like = (
        Q(tag__icontains=text)
        | Q(unit__code__icontains=text)
        | Q(place__icontains=text)
        | Q(holding__receipt__person__name__icontains=text)
        | Q(holding__receipt__staff__name__icontains=text)
    )
    return rows.filter(like)


def counted(user: User, at: datetime) -> Counts:
    """Of the whole register."""
    rows = Key.objects.visible_to(user)
    return Counts(**{show: _narrowed(rows, show, at).count() for show in ("out", "back", "lost")})


def owed_ids(rows: list[Key], at: datetime) -> set[int]:
    """Those of these keys that have to come back: overdue, or with somebody who has left."""
    ids = [key.pk for key in rows]
    return set(_back(Key.objects.filter(pk__in=ids), at).values_list("pk", flat=True))


def colleagues_of(community_id: int) -> list[User]:
    """Who may borrow keys: those who work in the community, technicians first."""
    rows = User.objects.staff_of([community_id]).exclude(role=Role.ADMIN)
    return sorted(rows, key=lambda each: (each.role != Role.TECHNICIAN, each.name, each.pk))


def _narrowed(rows: KeyQuerySet, show: str, at: datetime) -> KeyQuerySet:
    if show == "out":
        return rows.out()
    if show == "back":
        return _back(rows, at)
    if show == "lost":
        return rows.filter(status__in=(KeyStatus.LOST, KeyStatus.BLOCKED))
    return rows


def _back(rows: KeyQuerySet, at: datetime) -> KeyQuerySet:
    return rows.filter(Q(pk__in=rows.overdue(at).values("pk")) | Q(pk__in=rows.astray().values("pk")))
