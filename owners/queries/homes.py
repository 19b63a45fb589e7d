"""Who lives in a unit or owns it now, for forms that let the desk choose."""

from __future__ import annotations

from owners.models import Occupancy, Person, Unit
from owners.models.releases import OWNERS


def owners_here(unit: Unit) -> list[Person]:
    """Whom the desk may ask for consent."""
    homes = Occupancy.objects.current().filter(unit=unit, role__in=OWNERS).select_related("person")
    return list({home.person_id: home.person for home in homes.order_by("-is_primary", "id")}.values())


def residents_here(unit: Unit) -> list[Occupancy]:
    """Who may ask, an owner's role first for somebody with several."""
    homes = Occupancy.objects.current().filter(unit=unit).select_related("person")
    found: dict[int, Occupancy] = {}
    for home in homes.order_by("-is_primary", "id"):
        if home.person_id not in found or home.role in OWNERS:
            found[home.person_id] = home
    return list(found.values())
