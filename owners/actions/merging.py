"""Two records of one person become one, and two again if that was wrong. Nothing is deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from owners.actions import facts
from owners.models import Merge, Occupancy, Person, Vehicle
from servicecenter.accounts.models import User
from servicecenter.audit.events import record
from servicecenter.lib.clock import database_now, instant, local_day
from servicecenter.lib.refusals import Invalid, Refusal

# What the kept record takes over where it has nothing itself.
FILLED = (
    "user_id", "email", "gender", "id_type", "workplace", "emergency_contact", "emergency_phone", "language",
    "call_hours", "special_needs",
)  # fmt: skip


def merge(kept: Person, double: Person, *, by: User, at: datetime | None = None) -> Merge:
    """`double` becomes part of `kept`: stays and vehicles move, gaps are filled, the double is shown nowhere any more.

    Refuses `invalid` for one and the same record or another community's, `refused` for one that was merged already
    and for two different identity numbers: papers tell people apart.
    """
    when = instant(at)
    if kept.pk == double.pk or kept.community_id != double.community_id:
        raise Invalid(errors={"person": [_("Please choose another record of this community.")]})
    with transaction.atomic():
        kept, double = _lock(kept, double)
        if kept.id_number_index and double.id_number_index:
            raise Refusal(_("The identity numbers differ: these are two people."), code="two_people")
        moved = _move_stays(kept, double, when) | {"vehicles": _move_vehicles(kept, double)}
        moved["wards"] = list(double.wards.exclude(pk=kept.pk).order_by("pk").values_list("pk", flat=True))
        Person.objects.filter(pk__in=moved["wards"]).update(guardian=kept)
        moved["before"] = _fill_gaps(kept, double)
        double.merged_into = kept
        double.save(update_fields=["merged_into"])
        done = Merge.objects.create(
            community_id=kept.community_id, kept=kept, double=double, moved=moved, at=when, by=by
        )
        _note(kept, "merge", by, when, double=double.pk)
    return done


def undo(done: Merge, *, by: User, at: datetime | None = None) -> Merge:
    """What the merge moved and what still is where it was put goes back. Refuses one that is undone already."""
    when = instant(at)
    with transaction.atomic():
        held = Merge.objects.select_for_update(of=("self",)).select_related("kept", "double").get(pk=done.pk)
        if held.undone_at is not None:
            raise Refusal(_("This was taken back already."))
        kept, double = held.kept, held.double
        double.merged_into = None
        double.save(update_fields=["merged_into"])
        _restore(held.moved, kept, double)
        held.undone_at, held.undone_by = when, by
        held.save(update_fields=["undone_at", "undone_by"])
        _note(kept, "merge_undone", by, when, double=double.pk)
    return held


def _lock(kept: Person, double: Person) -> tuple[Person, Person]:
    rows = {
        row.pk: row
        for row in Person.objects.select_for_update(of=("self",))
        .filter(pk__in=[kept.pk, double.pk])
        .order_by("pk")
    }
    if any(row.merged_into_id for row in rows.values()):
        raise Refusal(_("One of these records was merged already."))
    return rows[kept.pk], rows[double.pk]


def _move_stays(kept: Person, double: Person, at: datetime) -> dict[str, Any]:
    """Stays of the double; where both live in the same unit in the same role, the double's ends now."""
    ended, moved = [], []
    for stay in double.occupancies.select_for_update():
        same = kept.occupancies.filter(unit=stay.unit_id, role=stay.role, until=None)
        if stay.until is None and same.exists():
            primary = stay.is_primary
            stay.until, stay.is_primary = max(at, stay.since + timedelta(seconds=1)), False
            stay.save(update_fields=["until", "is_primary"])
            if primary:
                same.update(is_primary=True)
            ended.append(stay.pk)
        else:
            moved.append(stay.pk)
    Occupancy.objects.filter(pk__in=moved).update(person=kept)
    return {"occupancies": moved, "ended": ended}


def _move_vehicles(kept: Person, double: Person) -> list[int]:
    """A plate is sealed for its owner, so it is sealed anew; one that both have stays where it is."""
    mine = set(kept.vehicles.values_list("plate_index", flat=True))
    moved = []
    for vehicle in double.vehicles.exclude(plate_index__in=mine):
        _hand_over(vehicle, kept)
        moved.append(vehicle.pk)
    return moved


def _hand_over(vehicle: Vehicle, person: Person) -> None:
    from_sealed = vehicle.unseal()
    vehicle.person = person
    vehicle.reseal(from_sealed)
    vehicle.save(update_fields=["person", "plate_sealed"])


def _fill_gaps(kept: Person, double: Person) -> dict[str, Any]:
    """Takes over what only the double knew; returns what stood there before."""
    before = {name: getattr(kept, name) for name in FILLED if not getattr(kept, name)}
    for name in before:
        setattr(kept, name, getattr(double, name))
    if double.phone and not kept.phone:
        before["phone"] = ""
        facts.set_phone(kept, double.phone)
    if double.id_number_index and not kept.id_number_index:
        # The number stands once in a community, so it leaves the double for as long as they are one.
        before["id_number"] = True
        number = double.unseal("id_number")
        facts.set_id_number(double, "")
        double.save(update_fields=facts.COLUMNS["id_number"])
        facts.set_id_number(kept, number)
    if double.birthday_sealed and not kept.birthday_sealed:
        before["birthday"] = True
        before.setdefault("user_id", kept.user_id)
        facts.copy_birthday(double, kept)
    if kept.is_minor:
        # A child has no login, whichever record had it.
        kept.user_id = None
    kept.save()
    return before


def _restore(moved: dict[str, Any], kept: Person, double: Person) -> None:
    Occupancy.objects.filter(pk__in=moved["occupancies"], person=kept).update(person=double)
    # A stay that only ended because of the merge goes on.
    for stay in Occupancy.objects.filter(pk__in=moved["ended"], person=double):
        try:
            with transaction.atomic():
                stay.until = None
                stay.save(update_fields=["until"])
        except IntegrityError:
            continue
    for vehicle in Vehicle.objects.filter(pk__in=moved["vehicles"], person=kept).exclude(
        Q(plate_index__in=double.vehicles.values("plate_index"))
    ):
        _hand_over(vehicle, double)
    Person.objects.filter(pk__in=moved.get("wards", []), guardian=kept).update(guardian=double)
    before = moved["before"]
    if before.pop("id_number", False):
        number = kept.unseal("id_number")
        facts.set_id_number(kept, "")
        kept.save(update_fields=facts.COLUMNS["id_number"])
        facts.set_id_number(double, number)
        double.save(update_fields=facts.COLUMNS["id_number"])
    if before.pop("birthday", False):
        facts.set_birthday(kept, None, today=local_day(database_now()))
    if "phone" in before:
        facts.set_phone(kept, before.pop("phone"))
    if kept.user_id is None and not kept.is_minor:
        kept.user_id = before.pop("user_id", None)
    for name, value in before.items():
        # Corrected since: then it is the record's own.
        if getattr(kept, name) == getattr(double, name):
            setattr(kept, name, value)
    kept.save()


def _note(person: Person, action: str, by: User, at: datetime, **data: Any) -> None:
    record(
        community_id=person.community_id,
        work="person",
        case_id=person.pk,
        action=action,
        by=by,
        at=at,
        internal=True,
        data=data,
    )
