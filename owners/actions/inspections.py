"""An inspection campaign: which units, at which times, announced to their owners, brought to an end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from owners.actions.visits import CampaignOver, tell
from owners.models import (
    Building,
    Inspection,
    InspectionSlot,
    InspectionVisit,
    Unit,
    WarrantyPart,
)
from owners.models.inspections import MOST_PLACES
from owners.queries.inspections import units_ending
from owners.workflow.inspections import SETTLED, CampaignStatus, VisitStatus
from servicecenter.accounts.models import Community, Role, User
from servicecenter.accounts.numbers import next_number
from servicecenter.audit.events import draft
from servicecenter.audit.models import Event
from servicecenter.lib.clock import LOCAL, instant, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from servicecenter.workflow.run import Step, begin, lock, run

# 检
LETTER = "J"
MOST_UNITS = 5000
FARTHEST = timedelta(days=366)
LONGEST_REPEAT = 31


class NoUnits(Refusal):
    """Nothing to inspect."""

    code = "no_units"
    sentence = _("No unit fits: check the part, the building and the day.")


def plan(
    *,
    community: Community,
    title: str,
    by: User,
    part: WarrantyPart | None = None,
    building: Building | None = None,
    ends_by: date | None = None,
    note: str = "",
    at: datetime | None = None,
) -> Inspection:
    """Prepares a campaign with its units: those whose warranty of `part` (None: of any part) runs today and ends on
    `ends_by` or before; without that day every home and shop. Nobody is told yet.

    Refuses `not_found` out of scope, `not_permitted` to all but supervisors, `invalid` without a title or for a
    building elsewhere, and `no_units` where none fits or too many do.
    """
    when = instant(at)
    _may_lead(community, by)
    if not title.strip():
        raise Invalid(errors={"title": [_("Please give it a title.")]})
    if building is not None and building.community_id != community.pk:
        raise Invalid(errors={"building": [_("This does not belong to the community.")]})
    units = list(
        units_ending(community, part=part, building=building, ends_by=ends_by, on=local_day(when))[
            : MOST_UNITS + 1
        ]
    )
    if not units:
        raise NoUnits
    if len(units) > MOST_UNITS:
        raise NoUnits(_("These are more than 5000 units. Please plan by building."))
    with transaction.atomic():
        campaign = Inspection(
            community=community,
            number=next_number(community, LETTER, when),
            title=title.strip(),
            part=part,
            building=building,
            note=note.strip(),
            made_by=by,
            made_at=when,
        )
        begin(campaign, action="plan", by=by, at=when, data={"units": len(units)})
        _add(campaign, units, by, when)
    return campaign


def add_unit(campaign: Inspection, unit: Unit, *, by: User, at: datetime | None = None) -> InspectionVisit:
    """One more unit, while the campaign is not over; its owner is invited if the others were.

    Refuses as `plan` does, `campaign_over`, and `invalid` for a unit of another community or one that is in it.
    """
    when = instant(at)
    _may_lead(campaign.community, by)
    if unit.community_id != campaign.community_id:
        raise Invalid(errors={"unit": [_("This does not belong to the community.")]})
    with transaction.atomic():
        held = _going_on(campaign)
        if held.visits.filter(unit=unit).exists():
            raise Invalid(errors={"unit": [_("This unit is in the campaign already.")]})
        visit = _add(held, [unit], by, when)[0]
        if held.status == CampaignStatus.OPEN:
            tell([visit], "invited", at=when)
    return visit


def add_slots(
    campaign: Inspection,
    *,
    starts_at: datetime,
    ends_at: datetime,
    capacity: int,
    inspector: User,
    by: User,
    days: int = 1,
    at: datetime | None = None,
) -> list[InspectionSlot]:
    """A time that can be booked, on so many days running. Refuses `campaign_over`, and `invalid`: a time that is past,
    over a year away, ends before it begins or over midnight; places outside 1–200; a technician who does not work
    here or is busy with another of these times."""
    when = instant(at)
    _may_lead(campaign.community, by)
    _check_slot(campaign, starts_at, ends_at, capacity, inspector, days, when)
    spans = [(starts_at + timedelta(days=day), ends_at + timedelta(days=day)) for day in range(days)]
    with transaction.atomic():
        held = _going_on(campaign)
        busy = InspectionSlot.objects.filter(inspector=inspector, called_off=False)
        if any(busy.filter(starts_at__lt=end, ends_at__gt=start).exists() for start, end in spans):
            raise Invalid(errors={"inspector": [_("This technician inspects elsewhere at that time.")]})
        try:
            with transaction.atomic():
                return InspectionSlot.objects.bulk_create(
                    InspectionSlot(
                        community_id=held.community_id,
                        campaign=held,
                        starts_at=start,
                        ends_at=end,
                        capacity=capacity,
                        inspector=inspector,
                    )
                    for start, end in spans
                )
        except IntegrityError as error:
            raise Invalid(
                errors={"inspector": [_("This technician inspects elsewhere at that time.")]}
            ) from error


def drop_slot(slot: InspectionSlot, *, by: User) -> None:
    """Takes a time away that nobody has booked. Refuses `slot_booked`, `campaign_over`, and as `plan` does."""
    _may_lead(slot.community, by)
    with transaction.atomic():
        _going_on(slot.campaign)
        held = InspectionSlot.objects.select_for_update().filter(pk=slot.pk).first()
        if held is None:
            raise NotFound
        if held.taken:
            raise Refusal(_("Somebody has booked this time. Please move them first."), code="slot_booked")
        held.delete()


def open_campaign(
    campaign: Inspection, *, by: User, version: int | None = None, at: datetime | None = None
) -> Inspection:
    """Invites the owners of all units to book. Refuses as the runner does, and `no_slots` without a time to come."""
    when = instant(at)

    def opened(held: Inspection, now: datetime) -> dict[str, Any]:
        if not held.slots.filter(starts_at__gt=now).exists():
            raise Refusal(_("Please add times that can be booked first."), code="no_slots")
        return {"opened_at": now}

    def invite(step: Step[Inspection]) -> None:
        tell(step.case.visits.select_related("unit", "slot"), "invited", at=step.at)

    run(campaign, "open", by=by, at=when, version=version, prepare=opened, then=[invite])
    return campaign


def finish(
    campaign: Inspection, *, by: User, version: int | None = None, at: datetime | None = None
) -> Inspection:
    """Ends a campaign. Visits that were not made stay as they are, and are counted so. Refuses as the runner does, and
    `visits_booked` while somebody waits for a visit to come."""
    when = instant(at)

    def ended(held: Inspection, now: datetime) -> dict[str, Any]:
        if held.visits.filter(status=VisitStatus.BOOKED, slot__ends_at__gt=now).exists():
            raise Refusal(_("Visits are still booked for the time to come."), code="visits_booked")
        return {"ended_at": now}

    run(campaign, "finish", by=by, at=when, version=version, prepare=ended, then=[_free_technicians])
    return campaign


def cancel(
    campaign: Inspection, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Inspection:
    """Calls a campaign off; whoever was invited and not inspected yet is told. Refuses as the runner does, and
    `invalid` without a reason."""
    when = instant(at)
    if not reason.strip():
        raise Invalid(errors={"reason": [_("Please say why.")]})

    def told(step: Step[Inspection]) -> None:
        if step.from_status == CampaignStatus.OPEN:
            open_visits = step.case.visits.exclude(status__in=SETTLED).select_related("unit", "slot")
            tell(open_visits, "called_off", at=step.at)

    said = reason.strip()[:200]
    changes = {"reason": said, "ended_at": when}
    run(
        campaign,
        "cancel",
        by=by,
        at=when,
        version=version,
        text=said,
        changes=changes,
        then=[told, _free_technicians],
    )
    return campaign


def _free_technicians(step: Step[Inspection]) -> None:
    """Times that will not come about any more keep nobody from other ones."""
    step.case.slots.filter(starts_at__gt=step.at).update(called_off=True)


def _may_lead(community: Community, by: User) -> None:
    if community.pk not in by.community_ids:
        raise NotFound
    if by.role != Role.SUPERVISOR:
        raise NotPermitted


def _going_on(campaign: Inspection) -> Inspection:
    held = lock(campaign)
    if held.status not in (CampaignStatus.PLANNED, CampaignStatus.OPEN):
        raise CampaignOver
    return held


def _add(campaign: Inspection, units: Iterable[Unit], by: User, at: datetime) -> list[InspectionVisit]:
    """Visits with their first events; two statements for any number of units."""
    visits = InspectionVisit.objects.bulk_create(
        InspectionVisit(
            community_id=campaign.community_id, campaign=campaign, unit=unit, status=VisitStatus.INVITED
        )
        for unit in units
    )
    Event.objects.bulk_create(
        draft(
            community_id=visit.community_id,
            work="visit",
            case_id=visit.pk,
            action="invite",
            by=by,
            at=at,
            to_status=visit.status,
        )
        for visit in visits
    )
    return visits


def _check_slot(
    campaign: Inspection,
    starts_at: datetime,
    ends_at: datetime,
    capacity: int,
    inspector: User,
    days: int,
    now: datetime,
) -> None:
    errors: dict[str, list[str | Words]] = {}
    begins, ends = starts_at.astimezone(LOCAL), ends_at.astimezone(LOCAL)
    if not now < starts_at <= now + FARTHEST:
        errors["day"] = [_("Please choose a time to come, within a year.")]
    midnight = datetime.combine(begins.date() + timedelta(days=1), time(), LOCAL)
    if not begins < ends <= midnight:
        errors["until"] = [_("The end comes after the beginning, on the same day.")]
    if not 1 <= capacity <= MOST_PLACES:
        errors["capacity"] = [_("Please choose between 1 and 200 places.")]
    if not 1 <= days <= LONGEST_REPEAT:
        errors["days"] = [_("Please choose between 1 and 31 days.")]
    staff = User.objects.staff_of([campaign.community_id], Role.TECHNICIAN)
    if not staff.filter(pk=inspector.pk).exists():
        errors["inspector"] = [_("Please choose a technician of this community.")]
    if errors:
        raise Invalid(errors=errors)
