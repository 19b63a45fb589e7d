"""Reminders: a warranty that ends within a month, a visit tomorrow, an invitation that nobody answered. Each once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q

from owners.actions.visits import tell
from owners.models import (
    Inspection,
    InspectionSlot,
    InspectionVisit,
    Occupancy,
    Unit,
    WarrantyReminder,
)
from owners.models.warranty import WarrantyPart
from owners.queries.concerned import owners_of
from owners.queries.warranty import Rules, remind_from, rules_of
from owners.workflow.inspections import CampaignStatus, VisitStatus
from servicecenter.accounts.models import Community, Role
from servicecenter.accounts.queries import rung, staff_by_role
from servicecenter.lib.clock import end_of_day, instant, local_day
from servicecenter.notifications.actions import compose, post

BATCH = 500
# The last minute of a last day: until when a warranty counts, as an instant.
LAST_MINUTE = timedelta(minutes=1)
DAY_BEFORE = timedelta(hours=24)
ASK_AGAIN = timedelta(days=3)


def remind_of_warranties(*, at: datetime | None = None) -> int:
    """Tells the owners of every unit that something of it ends within a month, once for each last day, and the
    supervisors how many units it concerns. Returns how many units were told. Safe to run twice, or at once.

    A day that nobody ran this is made up for as long as the warranty lasts; what has ended is not announced.
    """
    when = instant(at)
    communities = list(Community.objects.filter(is_active=True))
    rules = rules_of([community.pk for community in communities])
    return sum(_remind_community(community, rules[community.pk], when) for community in communities)


def _remind_community(community: Community, rules: Rules, at: datetime) -> int:
    days = Unit.objects.filter(community=community, delivered_on__isnull=False).order_by("delivered_on")
    ending: dict[date, list[tuple[date, tuple[WarrantyPart, ...]]]] = {}
    for delivered_on in days.values_list("delivered_on", flat=True).distinct():
        if delivered_on and (found := _ending(rules, delivered_on, local_day(at))):
            ending[delivered_on] = found
    told = 0
    for delivered_on, last_days in ending.items():
        for until, parts in last_days:
            count = _remind_units(community, delivered_on, until, parts, at)
            _tell_leaders(community, until, parts, count, at)
            told += count
    return told


def _ending(rules: Rules, delivered_on: date, today: date) -> list[tuple[date, tuple[WarrantyPart, ...]]]:
    """The last days within the next month, each with the parts that end on it."""
    found: dict[date, list[WarrantyPart]] = defaultdict(list)
    for rule in rules.active:
        until = rule.last_day(delivered_on)
        if until is not None and remind_from(until) <= today <= until:
            found[until].append(rule.part)
    return [(until, tuple(parts)) for until, parts in sorted(found.items())]


def _remind_units(
    community: Community, delivered_on: date, until: date, parts: Sequence[WarrantyPart], at: datetime
) -> int:
    """The units of one delivery date in small transactions: reminder and messages together, or neither."""
    lived_in = Occupancy.objects.current().filter(unit=OuterRef("pk"), person__merged_into=None)
    reminded = WarrantyReminder.objects.filter(unit=OuterRef("pk"), until=until)
    waiting = (
        Unit.objects.filter(
            Exists(lived_in), ~Exists(reminded), community=community, delivered_on=delivered_on
        )
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    told = 0
    while ids := list(waiting[:BATCH]):
        told += _remind_batch(community, ids, until, parts, at)
    return told


def _remind_batch(
    community: Community, unit_ids: Sequence[int], until: date, parts: Sequence[WarrantyPart], at: datetime
) -> int:
    with transaction.atomic():
        # Locked in order: whoever runs this at the same moment finds their reminders written.
        units = list(Unit.objects.select_for_update(no_key=True).filter(pk__in=unit_ids).order_by("pk"))
        known = set(
            WarrantyReminder.objects.filter(unit__in=unit_ids, until=until).values_list("unit", flat=True)
        )
        reminders = WarrantyReminder.objects.bulk_create(
            WarrantyReminder(
                community=community, unit=unit, until=until, parts=[part.code for part in parts], at=at
            )
            for unit in units
            if unit.pk not in known
        )
        _tell_owners(reminders, parts, at)
    return len(reminders)


def _tell_owners(reminders: Iterable[WarrantyReminder], parts: Sequence[WarrantyPart], at: datetime) -> None:
    rows = list(reminders)
    readers = owners_of([reminder.unit_id for reminder in rows])
    messages = []
    for reminder in rows:
        messages += compose(
            recipients=readers.get(reminder.unit_id, []),
            event="warranty.ends",
            key=f"{reminder.unit_id}:{reminder.until}",
            at=at,
            community_id=reminder.community_id,
            work="warranty",
            case_id=reminder.pk,
            params={"unit": reminder.unit.code} | _facts(reminder.until, parts),
            to_contact=reminder.unit_id not in readers,
        )
    post(messages)


def _tell_leaders(
    community: Community, until: date, parts: Sequence[WarrantyPart], count: int, at: datetime
) -> None:
    """Those who may open a campaign; told with the first units of a last day."""
    if not count:
        return
    post(
        compose(
            recipients=rung(staff_by_role([community.pk])[community.pk], Role.SUPERVISOR),
            event="warranty.ending",
            key=f"{community.pk}:{until}",
            at=at,
            community_id=community.pk,
            work="warranty",
            params={"count": count} | _facts(until, parts),
        )
    )


def _facts(until: date, parts: Sequence[WarrantyPart]) -> dict[str, Any]:
    return {
        "due_at": (end_of_day(until) - LAST_MINUTE).isoformat(),
        "parts": [part.label for part in parts],
    }


def remind_of_visits(*, at: datetime | None = None) -> int:
    """A day before: whoever booked, and the technician who comes. Returns how many visits were mentioned; each time
    that is booked is mentioned once."""
    when = instant(at)
    done = 0
    while count := _remind_some(when):
        done += count
    return done


def _remind_some(at: datetime) -> int:
    soon = InspectionSlot.objects.filter(starts_at__gt=at, starts_at__lte=at + DAY_BEFORE)
    with transaction.atomic():
        rows = (
            InspectionVisit.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            .select_related("campaign", "unit", "slot")
            .filter(Q(reminded_slot_id=None) | ~Q(reminded_slot_id=F("slot_id")))
            .filter(status=VisitStatus.BOOKED, slot__in=soon, campaign__status=CampaignStatus.OPEN)
        )
        visits = list(rows.order_by("pk")[:BATCH])
        for visit in visits:
            visit.reminded_slot_id = visit.slot_id
        InspectionVisit.objects.bulk_update(visits, ["reminded_slot_id"])
        tell(visits, "soon", at=at)
        _tell_inspectors(visits, at)
    return len(visits)


def _tell_inspectors(visits: Iterable[InspectionVisit], at: datetime) -> None:
    """One message for each day and technician: the list itself is on their phone."""
    days: dict[tuple[int, int, date], list[datetime]] = defaultdict(list)
    for visit in visits:
        assert visit.slot is not None
        begins = visit.slot.starts_at
        days[visit.slot.inspector_id, visit.community_id, local_day(begins)].append(begins)
    messages = []
    for (inspector_id, community_id, day), times in days.items():
        messages += compose(
            recipients=[inspector_id],
            event="visit.day",
            key=f"{community_id}:{day}",
            at=at,
            community_id=community_id,
            work="visit",
            params={"due_at": min(times).isoformat()},
        )
    post(messages)


def ask_again(*, at: datetime | None = None) -> int:
    """Three days before the last time of a campaign, owners who have not answered are asked once more. Returns how many
    campaigns that were."""
    when = instant(at)
    due = (
        Inspection.objects.open()
        .filter(asked_again_at=None, opened_at__lt=when - DAY_BEFORE)
        .annotate(last=Max("slots__starts_at"))
        .filter(last__gt=when, last__lte=when + ASK_AGAIN)
    )
    done = 0
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            campaign = Inspection.objects.open().select_for_update(skip_locked=True, no_key=True)
            held = campaign.filter(pk=pk, asked_again_at=None).first()
            if held is None:
                continue
            held.asked_again_at = when
            held.save(update_fields=["asked_again_at"])
            silent = held.visits.filter(status=VisitStatus.INVITED).select_related("campaign", "unit", "slot")
            tell(silent, "waiting", at=when)
            done += 1
    return done
