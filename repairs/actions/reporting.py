"""A repair is reported 报修."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.models import Building, Person, Unit, WarrantyPart
from owners.queries.warranty import Standing, cover
from repairs.actions.clocks import case_ref, copy_deadlines, stages
from repairs.actions.messages import announce
from repairs.actions.windows import offers_at_report
from repairs.models import Channel, Place, Ticket, Urgency
from repairs.queries.proposing import proposal_for
from servicecenter.accounts.models import Community, User
from servicecenter.accounts.numbers import next_number
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.faces import face_of
from servicecenter.lib.refusals import Invalid
from servicecenter.sla import actions as sla
from servicecenter.sla.models import Stage
from servicecenter.sla.presets import WARRANTY_LEVEL, warranty_promised
from servicecenter.workflow.run import begin


def report(
    *,
    by: User,
    community: Community,
    text: str,
    unit: Unit | None = None,
    building: Building | None = None,
    public_area: str = "",
    trade: str = "",
    urgency: str = "",
    channel: str = Channel.PORTAL,
    reporter: Person | None = None,
    reporter_name: str = "",
    contact_phone: str = "",
    preferred_windows: Sequence[Mapping[str, Any]] = (),
    part: WarrantyPart | None = None,
    complete_by: datetime | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Registers a repair with its number and every promise armed; all in one transaction.

    Trade and urgency are proposed from the text where the reporter names none. A person may overrule (both are
    kept), but a resident's “normal” does not lower what the text says is dangerous. `part`: what the warranty is judged
    by, where the trade does not tell it. `complete_by`: the day that was agreed with the owner when it was found,
    instead of the policy's time; an emergency has none. Refuses `invalid` without a place, with a part of a public
    area, or with a unit, building or reporter of another community (which the database refuses as well).
    The first three `preferred_windows` are offered: whoever is sent may choose one with one tap.
    """
    _check_place(community, unit, building, public_area, reporter)
    if part is not None and unit is None:
        raise Invalid(errors={"part": [_("Only a part of a unit has a warranty here.")]})
    proposal = proposal_for(text)
    if not by.is_employee and proposal.urgency == Urgency.EMERGENCY:
        urgency = Urgency.EMERGENCY
    with transaction.atomic():
        when = instant(at)
        ticket = Ticket(
            community=community,
            number=next_number(community, "R", when),
            channel=channel,
            text=text,
            trade=trade or proposal.trade,
            urgency=urgency or proposal.urgency,
            proposed_trade=proposal.trade,
            proposed_urgency=proposal.urgency,
            place=Place.UNIT if unit else Place.PUBLIC,
            unit=unit,
            building=unit.building if unit else building,
            public_area=public_area,
            part=part,
            reporter=reporter,
            reporter_name=reporter_name or (reporter.name if reporter else ""),
            contact_phone=contact_phone or (reporter.phone if reporter else ""),
            address=_address(unit, building, public_area),
            preferred_windows=list(preferred_windows),
            reported_at=when,
            level=_level(community, unit, trade or proposal.trade, part, when),
            registered_by=by,
            # A technician who reports what was found has no case at the desk: whoever accepts it is in charge.
            agent=by if by.is_employee and face_of(by.role) != "field" else None,
        )
        event = begin(
            ticket,
            action="report",
            by=by,
            at=when,
            text=text,
            data={"trade": ticket.trade, "urgency": ticket.urgency, "channel": channel},
        )
        agreed = {} if ticket.is_emergency or complete_by is None else {Stage.COMPLETE: complete_by}
        for stage in stages(ticket):
            sla.start(case_ref(ticket), stage, at=when, by=by, fixed_due_at=agreed.get(stage))
        copy_deadlines(ticket)
        offers_at_report(ticket, by=by)
        announce(ticket, "report", by_id=by.pk, at=when, key=str(event.pk))
    return ticket


def _level(
    community: Community, unit: Unit | None, trade: str, part: WarrantyPart | None, at: datetime
) -> str:
    """Which promises it is given: those for warranty where the community made some and the repair is under it.

    Judged once, at the report: a corrected trade or delivery date does not move what was promised.
    """
    if unit is None or not warranty_promised(community):
        return ""
    found = cover(unit, on=local_day(at), trade=trade, part=part)
    return WARRANTY_LEVEL if found.state == Standing.IN else ""


def _address(unit: Unit | None, building: Building | None, public_area: str) -> str:
    if unit is not None:
        return unit.code
    return " ".join(filter(None, [building.name if building else "", public_area]))


def _check_place(
    community: Community,
    unit: Unit | None,
    building: Building | None,
    public_area: str,
    reporter: Person | None,
) -> None:
    if unit is None and not public_area.strip():
        raise Invalid(errors={"unit": [_("Please say which unit or public area.")]})
    if unit is not None and public_area.strip():
        raise Invalid(errors={"public_area": [_("Please name either a unit or a public area, not both.")]})
    for name, row in (("unit", unit), ("building", building), ("reporter", reporter)):
        if row is not None and row.community_id != community.pk:
            raise Invalid(errors={name: [_("This does not belong to the community.")]})
