"""Outages as pages read them: the one that a caller means, those that are known, one with all that belongs to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Prefetch, Q
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models import Unit
from owners.queries.places import place_of
from repairs.models import LineState, Outage, OutageBuilding, OutageQuerySet, Ticket
from repairs.models.outages import kinds_fitting
from repairs.outage_workflow import LINKABLE, OVER
from repairs.queries.story import Line
from repairs.workflow import UNFINISHED
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import NotFound

# A planned one is on every page from this long before it begins.
AHEAD = timedelta(days=2)
MOST = 5
_NUMBER = re.compile(r"P[0-9]{6}-[A-Z]{0,3}[0-9]{1,9}")


def with_shown(outages: OutageQuerySet) -> OutageQuerySet:
    """Everything that a row shows; two queries for any number."""
    reached = OutageBuilding.objects.select_related("building").order_by(
        "building__position", "building__code"
    )
    return outages.select_related("community", "responsible", "technician", "closing_by").prefetch_related(
        Prefetch("reached", reached, to_attr="shown_buildings")
    )


def outage_for(user: User, number: str) -> Outage:
    """The outage with this number; refuses `not_found` for one outside the user's scope as for none at all."""
    number = number.strip().upper()
    found = None
    if _NUMBER.fullmatch(number):
        found = with_shown(Outage.objects.visible_to(user)).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def fitting(
    user: User, *, community_id: int, building_id: int | None, trade: str, linkable: bool = False
) -> list[Outage]:
    """What a repair of this trade at this place may come from, the newest first; `linkable`: also what was just
    restored. Without a trade whatever reaches the place."""
    outages = Outage.objects.visible_to(user).reaching(community_id=community_id, building_id=building_id)
    outages = outages.linkable() if linkable else outages.known()
    if trade:
        outages = outages.filter(kind__in=kinds_fitting(trade))
    return list(with_shown(outages).order_by("-id")[:MOST])


def offered(user: User, ticket: Ticket) -> list[Outage]:
    """What an unfinished repair that is linked to nothing may come from."""
    if ticket.outage_id is not None or ticket.status not in UNFINISHED:
        return []
    return fitting(
        user,
        community_id=ticket.community_id,
        building_id=ticket.building_id,
        trade=ticket.trade,
        linkable=True,
    )


def may_leave(ticket: Ticket) -> bool:
    """Whether it can be taken off its outage: until the closing begins."""
    return ticket.outage is not None and ticket.outage.status in LINKABLE


def near(user: User, units: Iterable[Unit]) -> list[Outage]:
    """What callers from these homes are told now."""
    homes = list(units)
    here = Q(everywhere=True, community__in={each.community_id for each in homes})
    reached = OutageBuilding.objects.filter(building__in={each.building_id for each in homes})
    here |= Q(pk__in=reached.values("outage"))
    return list(with_shown(Outage.objects.visible_to(user).known().filter(here)).order_by("-id")[:MOST])


def known_now(user: User, at: datetime, community_id: int | None = None) -> list[Outage]:
    """What the banner tells: all that goes on, and what begins within two days."""
    outages = Outage.objects.visible_to(user).known().filter(starts_at__lte=at + AHEAD)
    if community_id is not None:
        outages = outages.filter(community=community_id)
    return list(with_shown(outages).order_by("starts_at", "id")[:MOST])


def outages_of(user: User, *, over: bool) -> OutageQuerySet:
    """The list: those that go on, or those that are over, with how many repairs are linked to each."""
    outages = Outage.objects.visible_to(user)
    outages = outages.filter(status__in=OVER) if over else outages.exclude(status__in=OVER)
    return with_shown(outages).annotate(linked=Count("tickets"))


def place_words(outage: Outage) -> str:
    """Where it reaches, in a few words; `outage` comes `with_shown`."""
    rows: list[OutageBuilding] = outage.shown_buildings  # type: ignore[attr-defined]
    return place_of(outage.everywhere, [each.building for each in rows])


@dataclass(frozen=True)
class Progress:
    """How far the closing is."""

    counts: Mapping[str, int]
    sampled: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        return self.counts.get(LineState.WAITING, 0)

    @property
    def done(self) -> int:
        return self.counts.get(LineState.DONE, 0)

    @property
    def over(self) -> int:
        return self.counts.get(LineState.OVER, 0)

    @property
    def left(self) -> int:
        return self.counts.get(LineState.LEFT, 0)

    @property
    def percent(self) -> int:
        return 100 - round(100 * self.waiting / self.total) if self.total else 100


def progress_of(outage: Outage) -> Progress:
    """Counted from its lines; one query."""
    counts: Counter[str] = Counter()
    sampled = 0
    for state, drawn, n in outage.lines.values_list("state", "sampled").annotate(n=Count("id")):
        counts[state] += n
        sampled += n if drawn else 0
    return Progress(counts, sampled)


def linked_to(outage: Outage, user: User) -> list[tuple[Ticket, bool]]:
    """Its repairs that the reader may see, and whether each was drawn for a call."""
    drawn = set(outage.lines.filter(sampled=True).values_list("ticket_id", flat=True))
    tickets = Ticket.objects.visible_to(user).filter(outage=outage).select_related("assignee").order_by("-id")
    return [(each, each.pk in drawn) for each in tickets]


# action: what it is called once it has happened, its icon and its tone
STEPS: Mapping[str, tuple[str | Promise, str, str]] = {
    "announce": (pgettext_lazy("outage", "Announced"), "speakerphone", "new"),
    "begin": (pgettext_lazy("outage", "Going on"), "plug-x", "bad"),
    "move": (_("Another expected end"), "calendar-event", "waiting"),
    "reword": (_("Another sentence for callers"), "message", "plain"),
    "restore": (pgettext_lazy("outage", "Restored"), "circle-check", "good"),
    "relapse": (pgettext_lazy("outage", "Out again"), "plug-x", "bad"),
    "call_off": (pgettext_lazy("outage", "Called off"), "circle-x", "plain"),
    "close": (_("Its repairs are completed"), "progress-check", "active"),
    "finish": (pgettext_lazy("outage", "Closed"), "archive", "plain"),
    "clock.remind": (_("The expected end came; reminded"), "bell", "waiting"),
    "clock.overdue": (_("Over its time for an hour; supervisors told"), "alert-triangle", "bad"),
}


def timeline(outage: Outage, *, staff: bool) -> Sequence[Line]:
    """What happened, oldest first; residents read steps without names and without our reminders."""
    lines = []
    for event in outage.events():
        if event.action not in STEPS or (event.internal and not staff):
            continue
        label, icon, tone = STEPS[event.action]
        lines.append(
            Line(
                at=event.at,
                label=str(label),
                actor=event.by_name if staff else "",
                text=event.text if staff or event.action in ("move", "relapse", "call_off") else "",
                icon=icon,
                tone=tone,
                action=event.action,
                status=event.to_status,
            )
        )
    return lines


@dataclass(frozen=True)
class Move:
    """An expected end that was moved, and why."""

    before: datetime | None
    after: datetime | None
    reason: str


def moves_of(outage: Outage) -> list[Move]:
    """Every expected end that was moved, in order."""
    return [
        Move(_when(event.data.get("before")), _when(event.data.get("after")), event.text)
        for event in outage.events().filter(action__in=["move", "relapse"])
    ]


def _when(value: object) -> datetime | None:
    return parse_datetime(value) if isinstance(value, str) else None
