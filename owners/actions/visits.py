"""Booking, changing and giving back a time of an inspection, and what became of a visit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from owners.models import InspectionSlot, InspectionVisit
from owners.queries.concerned import owners_of
from owners.workflow.inspections import CampaignStatus
from servicecenter.accounts.models import User
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.notifications.actions import compose, post
from servicecenter.notifications.models import Message
from servicecenter.workflow.run import Step, run


class SlotFull(Refusal):
    """Somebody was quicker."""

    code = "slot_full"
    sentence = _("All places at this time are taken. Please choose another time.")


class CampaignOver(Refusal):
    """Nothing can be booked or planned any more."""

    code = "campaign_over"
    sentence = _("This campaign is over.")


class TooLate(Refusal):
    """The time has begun."""

    code = "too_late"
    sentence = _("This time has begun already. Please call us.")


def book(
    visit: InspectionVisit,
    slot: InspectionSlot,
    *,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> InspectionVisit:
    """Takes a place at `slot`; of those who are quicker only as many as there are places come in.

    Residents of the unit and the desk. Refuses as the runner does, `not_found` for a time of another campaign,
    `too_late` for one that has begun, and `slot_full`.
    """
    return _take(visit, "book", slot, by=by, version=version, at=at)


def move(
    visit: InspectionVisit,
    slot: InspectionSlot,
    *,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> InspectionVisit:
    """Changes to another time; the place before is free again in the same moment. Refuses as `book` does."""
    return _take(visit, "move", slot, by=by, version=version, at=at)


def unbook(
    visit: InspectionVisit, *, by: User, version: int | None = None, at: datetime | None = None
) -> InspectionVisit:
    """Gives the place back. Refuses as the runner does, and `too_late` once the time has begun."""

    def given_back(held: InspectionVisit, now: datetime) -> dict[str, Any]:
        _in_time(held.slot, now)
        return {"slot": None, "booked_by": None}

    run(visit, "unbook", by=by, at=instant(at), version=version, prepare=given_back)
    return visit


def decline(
    visit: InspectionVisit, *, by: User, version: int | None = None, at: datetime | None = None
) -> InspectionVisit:
    """No inspection is wanted; a place that was taken is free again. It can be booked later after all."""
    run(
        visit,
        "decline",
        by=by,
        at=instant(at),
        version=version,
        changes={"slot": None, "booked_by": None},
    )
    return visit


def find_nothing(
    visit: InspectionVisit,
    *,
    by: User,
    note: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> InspectionVisit:
    """Looked at, and all is well. Refuses as the runner does."""
    when = instant(at)
    said = note.strip()[:500]
    changes = {"inspected_by": by, "inspected_at": when, "note": said}
    run(visit, "find_nothing", by=by, at=when, version=version, changes=changes, text=said)
    return visit


def miss(
    visit: InspectionVisit,
    *,
    by: User,
    note: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> InspectionVisit:
    """Nobody opened; the owner is told and may book another time. Refuses as the runner does, and `too_early` before
    the time that was booked."""
    when = instant(at)

    def waited(held: InspectionVisit, now: datetime) -> dict[str, Any]:
        if held.slot is not None and now < held.slot.starts_at:
            raise Refusal(_("The time that was booked has not begun yet."), code="too_early")
        return {"note": note.strip()[:500]}

    def told(step: Step[InspectionVisit]) -> None:
        tell([step.case], "missed", at=step.at)

    run(visit, "miss", by=by, at=when, version=version, prepare=waited, text=note.strip()[:500], then=[told])
    return visit


def tell(visits: Iterable[InspectionVisit], said: str, *, at: datetime, but: Actor = None) -> None:
    """Whom the units belong to hear of it; somebody without a login on the phone that the roll knows."""
    rows = list(visits)
    readers = owners_of([visit.unit_id for visit in rows])
    messages: list[Message] = []
    for visit in rows:
        wanted = [each for each in readers.get(visit.unit_id, []) if but is None or each != but.pk]
        messages += compose(
            recipients=wanted,
            event=f"visit.{said}",
            key=f"{visit.pk}:{visit.slot_id or 0}:{visit.version}",
            at=at,
            community_id=visit.community_id,
            work="visit",
            case_id=visit.pk,
            params=_facts(visit),
            to_contact=visit.unit_id not in readers,
        )
    post(messages)


def _facts(visit: InspectionVisit) -> dict[str, Any]:
    slot = {"due_at": visit.slot.starts_at.isoformat()} if visit.slot else {}
    return {"number": visit.campaign.number, "unit": visit.unit.code} | slot


def _take(
    visit: InspectionVisit,
    action: str,
    slot: InspectionSlot,
    *,
    by: User,
    version: int | None,
    at: datetime | None,
) -> InspectionVisit:
    def taken(held: InspectionVisit, now: datetime) -> dict[str, Any]:
        _still_open(held)
        if action == "move":
            _in_time(held.slot, now)
        return {"slot": _free(held, slot, now), "booked_by": by}

    def confirmed(step: Step[InspectionVisit]) -> None:
        tell([step.case], "booked", at=step.at)

    run(visit, action, by=by, at=instant(at), version=version, prepare=taken, then=[confirmed])
    return visit


def _still_open(visit: InspectionVisit) -> None:
    """Holds the campaign's status while a place is taken: whoever ends it waits for this, or this for them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM owners_inspection WHERE id = %s FOR SHARE", [visit.campaign_id])
        if cursor.fetchone()[0] != CampaignStatus.OPEN:
            raise CampaignOver


def _free(visit: InspectionVisit, wanted: InspectionSlot, now: datetime) -> InspectionSlot:
    """The slot, locked, with a place to take. Old and new one are locked in one order, so nobody waits in a circle."""
    ids = [each for each in (visit.slot_id, wanted.pk) if each is not None]
    rows = InspectionSlot.objects.select_for_update(no_key=True).filter(
        pk__in=ids, campaign=visit.campaign_id
    )
    slot = {row.pk: row for row in rows.order_by("pk")}.get(wanted.pk)
    if slot is None:
        raise NotFound
    _in_time(slot, now)
    if slot.pk != visit.slot_id and slot.taken >= slot.capacity:
        raise SlotFull
    return slot


def _in_time(slot: InspectionSlot | None, now: datetime) -> None:
    if slot is not None and now >= slot.starts_at:
        raise TooLate
