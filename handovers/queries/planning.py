"""Which units of a building are still to be handed over, and to whom."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from handovers.models import Handover, HandoverDay, HandoverQuerySet
from handovers.workflow import Status
from owners.models import Building, Occupancy, OccupancyRole, Person, Unit


def owners_without_handover(building: Building) -> list[tuple[Unit, Person]]:
    """Units without a delivery date and without a plan, each with its owner on record; two queries."""
    planned = Handover.objects.filter(unit=OuterRef("pk")).exclude(status=Status.CANCELLED)
    units = building.units.filter(~Exists(planned), delivered_on=None).select_related("community")
    by_id = {unit.pk: unit for unit in units}
    stays = (
        Occupancy.objects.current()
        .filter(unit__in=by_id, role__in=[OccupancyRole.OWNER, OccupancyRole.CO_OWNER])
        .select_related("person")
        .order_by("-is_primary", "role", "id")
    )
    owners: dict[int, Person] = {}
    for stay in stays:
        owners.setdefault(stay.unit_id, stay.person)
    return [(unit, owners[pk]) for pk, unit in by_id.items() if pk in owners]


def unbooked(day: HandoverDay) -> HandoverQuerySet:
    """Handovers of the day's building without an appointment, by unit; those who did not come among them."""
    waiting = Handover.objects.filter(unit__building=day.building_id, community=day.community_id)
    without = waiting.filter(status=Status.PLANNED, slot=None) | waiting.filter(status=Status.MISSED)
    return without.select_related("unit", "person__user", "slot").order_by("unit__code")
