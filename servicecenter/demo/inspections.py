"""An inspection campaign that is under way: some homes are booked, some were looked at, most have not answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from owners.actions import inspections, visits
from owners.actions.reminders import remind_of_warranties
from owners.models import Building, Inspection, InspectionSlot, InspectionVisit, Unit, WarrantyPart
from owners.queries.inspections import units_ending
from servicecenter.accounts.models import Community, Role, User
from servicecenter.desk.actions import Finding, record_findings
from servicecenter.lib.clock import LOCAL, local_day

BEGAN = timedelta(days=9)
LEAD = timedelta(days=90)
# The home of the first demo resident: whoever tries the portal finds an invitation.
INVITED = "1-1-202"
FOUND = ("主卫地面渗水到门槛外", "厨房吊顶有水渍")
BOOKED = 8


def build(community: Community, *, at: datetime) -> None:
    """A campaign about wet rooms in one building, begun nine days ago, with times until the end of the week."""
    began = at - BEGAN
    supervisor = User.objects.staff_of([community.pk], Role.SUPERVISOR).earliest("id")
    technician = User.objects.get(username="technician")
    campaign = _plan(community, supervisor, began)
    inspections.add_unit(
        campaign, Unit.objects.get(community=community, code=INVITED), by=supervisor, at=began
    )
    slots = [
        inspections.add_slots(
            campaign,
            starts_at=_time(at, day, 9),
            ends_at=_time(at, day, 12),
            capacity=6,
            inspector=technician,
            by=supervisor,
            at=began,
        )[0]
        for day in (-2, 1, 2, 4)
    ]
    inspections.open_campaign(campaign, by=supervisor, at=began)
    _visit(campaign, slots, supervisor, technician, began)
    remind_of_warranties(at=at)


def _plan(community: Community, by: User, at: datetime) -> Inspection:
    part = WarrantyPart.objects.get(code="wet_room_waterproofing")
    today = local_day(at)
    ending = units_ending(community, part=part, on=today, ends_by=today + LEAD).first()
    # Whatever day the demo is loaded on: where nothing ends soon, the homes of the first building.
    ends_by = today + LEAD if ending else None
    building = (
        ending.building if ending else Building.objects.filter(community=community).earliest("position")
    )
    return inspections.plan(
        community=community,
        title="厨卫防水集中检修",
        part=part,
        building=building,
        ends_by=ends_by,
        note="请提前清空卫生间地面，师傅带鞋套，每户约二十分钟。",
        by=by,
        at=at,
    )


def _visit(
    campaign: Inspection, slots: list[InspectionSlot], desk: User, technician: User, began: datetime
) -> None:
    """Four homes were visited, four are booked, the others have not answered."""
    rows: list[InspectionVisit] = list(campaign.visits.exclude(unit__code=INVITED).order_by("id")[:BOOKED])
    for number, visit in enumerate(rows):
        slot = slots[0] if number < BOOKED // 2 else slots[1 + number % 2]
        visits.book(visit, slot, by=desk, at=began + timedelta(hours=number + 1))
    came = slots[0].starts_at + timedelta(minutes=20)
    for number, visit in enumerate(rows[: BOOKED // 2]):
        seen = came + timedelta(minutes=30 * number)
        if number < len(FOUND):
            findings = [Finding(FOUND[number], campaign.part)]
            record_findings(visit, findings, by=technician, at=seen)
        elif number == len(FOUND):
            visits.find_nothing(visit, by=technician, at=seen)
        else:
            visits.miss(visit, by=technician, at=seen)


def _time(at: datetime, days: int, hour: int) -> datetime:
    day = at.astimezone(LOCAL) + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)
