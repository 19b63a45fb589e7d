"""The roll on the desk: a unit or person with everything that hangs on it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from owners.models import Building, Merge, Occupancy, Person, Unit
from owners.queries.doubles import doubles_of
from owners.queries.rooms import Entrance, map_of
from repairs.models import Ticket
from repairs.workflow import CLOSED
from servicecenter.accounts.models import User
from servicecenter.audit.models import Event
from servicecenter.lib.refusals import NotFound

PAST_SHOWN = 30
EVENTS_SHOWN = 20


@dataclass(frozen=True)
class BuildingMap:
    """A building floor by floor; every unit knows its `open_repairs`."""

    building: Building
    entrances: list[Entrance]


def building_map(user: User, building_id: int) -> BuildingMap:
    """Refuses `not_found` outside the user's communities; three queries."""
    building = Building.objects.visible_to(user).select_related("community").filter(pk=building_id).first()
    if building is None:
        raise NotFound
    counted = (
        Ticket.objects.filter(community=building.community_id, building=building, unit__isnull=False)
        .exclude(status__in=CLOSED)
        .values_list("unit")
        .annotate(n=Count("id"))
    )
    return BuildingMap(building, map_of(building, dict(counted)))


def past_stays(*, unit: Unit | None = None, person: Person | None = None) -> list[Occupancy]:
    """Ended stays of a unit or a person, the latest first."""
    stays = Occupancy.objects.filter(until__isnull=False).select_related("unit", "person")
    stays = stays.filter(unit=unit, person__merged_into=None) if unit else stays.filter(person=person)
    current = Occupancy.objects.current().values("pk")
    return list(stays.exclude(pk__in=current).order_by("-until", "-id")[:PAST_SHOWN])


def history_of(work: str, case_id: int) -> list[Event]:
    """What was done to the record of a unit or a person, the latest first."""
    return list(Event.objects.filter(work=work, case_id=case_id).order_by("-id")[:EVENTS_SHOWN])


def stay_for(user: User, stay_id: int) -> Occupancy:
    """A stay in the user's communities; refuses `not_found`."""
    stay = (
        Occupancy.objects.visible_to(user)
        .select_related("unit", "unit__community", "person")
        .filter(pk=stay_id)
        .first()
    )
    if stay is None:
        raise NotFound
    return stay


@dataclass(frozen=True)
class Doubles:
    """Records that may be the same person, and what was merged into this one."""

    candidates: list[Person]
    merges: list[Merge]


def doubles_for(person: Person) -> Doubles:
    """For the page of a person; three queries."""
    merges = Merge.objects.in_force().filter(kept=person).select_related("double", "by").order_by("-id")
    return Doubles(doubles_of(person), list(merges[:PAST_SHOWN]))


def merge_for(user: User, merge_id: int) -> Merge:
    """A merge in the user's communities; refuses `not_found`."""
    found = Merge.objects.visible_to(user).select_related("kept", "double").filter(pk=merge_id).first()
    if found is None:
        raise NotFound
    return found
