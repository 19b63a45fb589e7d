"""Reads about move-in days: the list, the board of a day, the slots that can be booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F, Q

from handovers.models import Handover, HandoverDay, HandoverDayQuerySet, HandoverQuerySet, Slot
from handovers.queries.planning import unbooked
from handovers.workflow import PRESENT, Status
from servicecenter.accounts.models import User
from servicecenter.lib.clock import end_of_day, local_day, start_of_day
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.words import duration_words

# Longer at one step, and the board says so.
LONG_WAIT = timedelta(minutes=30)
SHOWN = ("unit", "person", "slot", "inspector", "community")
LANES = (*PRESENT, Status.DELIVERED)


def days_for(user: User) -> HandoverDayQuerySet:
    """Move-in days with how many owners are expected, were received, and places there are."""
    return (
        HandoverDay.objects.visible_to(user)
        .select_related("community", "building")
        .annotate(
            booked=Count(
                "slots__handovers", filter=~Q(slots__handovers__status=Status.CANCELLED), distinct=True
            ),
            delivered=Count(
                "slots__handovers", filter=Q(slots__handovers__status=Status.DELIVERED), distinct=True
            ),
        )
    )


def day_for(user: User, day_id: int) -> HandoverDay:
    """One of them; refuses `not_found`."""
    day = days_for(user).filter(pk=day_id).first() if day_id < 2**63 else None
    if day is None:
        raise NotFound
    return day


def handovers_for(user: User) -> HandoverQuerySet:
    """What `user` may see, with what a row shows."""
    return Handover.objects.visible_to(user).select_related(*SHOWN, "unit__building", "person__user")


def open_slots(handover: Handover, at: datetime) -> list[Slot]:
    """The slots of the building with a place left, the present one not among them."""
    days = HandoverDay.objects.filter(building=handover.unit.building_id)
    slots = Slot.objects.filter(day__in=days).bookable(at)
    if handover.status == Status.PLANNED and handover.slot_id:
        slots = slots.exclude(pk=handover.slot_id)
    return list(slots.select_related("day"))


@dataclass(frozen=True)
class Card:
    """One handover on the board."""

    handover: Handover
    waits: str
    long: bool


@dataclass(frozen=True)
class Lane:
    """Everybody at one step, whoever waits longest first."""

    status: Status
    cards: list[Card]


@dataclass(frozen=True)
class SlotRow:
    """A slot with who is expected in it."""

    slot: Slot
    taken: int
    over: bool
    expected: list[Handover] = field(default_factory=list)


@dataclass(frozen=True)
class Board:
    """A move-in day as the desk sees it."""

    slots: list[SlotRow]
    lanes: list[Lane]
    missed: list[Handover]
    unbooked: list[Handover]

    @property
    def places(self) -> int:
        """How many owners can still be received."""
        return sum(max(row.slot.capacity - row.taken, 0) for row in self.slots)

    @property
    def here(self) -> int:
        """How many are in the house now."""
        return sum(len(lane.cards) for lane in self.lanes if lane.status != Status.DELIVERED)


def board_of(day: HandoverDay, user: User, at: datetime) -> Board:
    """Who is at which step, for how long, who is still to come and who did not; four queries.

    Walk-ins and those of other slots of the building count on the day on which they checked in.
    """
    mine = handovers_for(user).filter(unit__building=day.building_id)
    todays = Q(slot__day=day, ticket_day=None) | Q(ticket_day=day.day)
    rows = list(mine.filter(todays).order_by("since", "id"))
    expected = [row for row in rows if row.status == Status.PLANNED]
    slots = list(day.slots.all().counted())
    return Board(
        slots=[_slot_row(slot, expected, at) for slot in slots],
        lanes=[_lane(status, rows, at) for status in LANES],
        missed=[row for row in rows if row.status == Status.MISSED],
        unbooked=list(unbooked(day).filter(status=Status.PLANNED)),
    )


def _slot_row(slot: Slot, expected: Sequence[Handover], at: datetime) -> SlotRow:
    taken: int = slot.taken  # type: ignore[attr-defined]
    mine = [row for row in expected if row.slot_id == slot.pk]
    return SlotRow(slot, taken, slot.ends_at < at, sorted(mine, key=lambda row: row.unit.code))


def _lane(status: Status, rows: Sequence[Handover], at: datetime) -> Lane:
    cards = []
    for row in rows:
        if row.status == status:
            waits = row.waits(at)
            cards.append(
                Card(
                    row,
                    duration_words(waits.total_seconds()),
                    status != Status.DELIVERED and waits > LONG_WAIT,
                )
            )
    return Lane(status, cards)


def printed_list(day: HandoverDay, user: User) -> list[Handover]:
    """The day's list on paper: by slot, then by unit."""
    mine = handovers_for(user).filter(unit__building=day.building_id).exclude(status=Status.CANCELLED)
    here = mine.filter(Q(slot__day=day) | Q(ticket_day=day.day))
    return list(here.order_by(F("slot__starts_at").asc(nulls_last=True), "unit__code"))


def inspections_of(user: User, at: datetime) -> list[Handover]:
    """What a technician has before them: own inspections, and units that wait for somebody."""
    rows = handovers_for(user).filter(
        status__in=[Status.FEES_DONE, Status.INSPECTING, Status.INSPECTED, Status.SIGNED, Status.SIGNED_OFF]
    )
    day = local_day(at)
    recent = rows.filter(
        Q(status__in=[Status.FEES_DONE, Status.INSPECTING])
        | Q(since__gte=start_of_day(day), since__lt=end_of_day(day))
    )
    return list(recent.order_by("since", "id")[:60])
