"""Defects that an inspection finds become repairs under warranty, in the transaction that records the visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.models import InspectionFinding, InspectionVisit, WarrantyPart
from owners.queries import primary_contact
from repairs import actions as repairs
from repairs.models import Channel, Ticket
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed, store_photo
from servicecenter.attachments.models import PhotoKind
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import Step, run

MOST_FINDINGS = 20


@dataclass(frozen=True)
class Finding:
    """One defect: what is wrong, of which part (None: by the trade that the words tell), and what shows it."""

    text: str
    part: WarrantyPart | None = None
    pictures: Sequence[Filed] = ()


def record_findings(
    visit: InspectionVisit,
    findings: Sequence[Finding],
    *,
    by: User,
    note: str = "",
    version: int | None = None,
    at: datetime | None = None,
) -> list[Ticket]:
    """Every defect becomes a repair of the unit, reported for its primary contact, judged by its part; all or nothing.

    A second look may find more. Refuses as the runner does, and `invalid` without a finding, with more than 20, or with
    one that says nothing.
    """
    when = instant(at)
    if not findings or not all(each.text.strip() for each in findings):
        raise Invalid(errors={"text": [_("Please say what is wrong.")]})
    if len(findings) > MOST_FINDINGS:
        raise Invalid(errors={"text": [_("At most 20 defects at once.")]})
    tickets: list[Ticket] = []

    def report(step: Step[InspectionVisit]) -> None:
        tickets.extend(_report(step.case, each, by, when) for each in findings)

    def facts(held: InspectionVisit, now: datetime) -> dict[str, Any]:
        return {"inspected_by": by, "inspected_at": now, "note": (note.strip() or held.note)[:500]}

    run(
        visit,
        "find",
        by=by,
        at=when,
        version=version,
        prepare=facts,
        text=note.strip()[:500],
        data={"findings": len(findings)},
        then=[report],
    )
    return tickets


def _report(visit: InspectionVisit, finding: Finding, by: User, at: datetime) -> Ticket:
    """One repair, with its pictures: whoever inspects has no work order of it, so they are filed with the report."""
    with transaction.atomic():
        ticket = repairs.report(
            by=by,
            community=visit.community,
            unit=visit.unit,
            text=finding.text.strip(),
            trade=_trade(finding.part),
            channel=Channel.WARRANTY,
            reporter=primary_contact(visit.unit),
            part=finding.part,
            at=at,
        )
        InspectionFinding.objects.create(
            community_id=visit.community_id,
            visit=visit,
            text=finding.text.strip()[:500],
            ticket_id=ticket.pk,
            ticket_number=ticket.number,
            at=at,
        )
        for picture in finding.pictures:
            _file(ticket, picture, by, at)
    return ticket


def _trade(part: WarrantyPart | None) -> str:
    """The one trade of a part; with none or several the words tell it."""
    return part.trades[0] if part is not None and len(part.trades) == 1 else ""


def _file(ticket: Ticket, picture: Filed, by: User, at: datetime) -> None:
    store_photo(
        community_id=ticket.community_id,
        work="repair",
        case_id=ticket.pk,
        kind=PhotoKind.REPORT,
        picture=picture,
        by=by,
        at=at,
    )
    record(
        community_id=ticket.community_id,
        work="repair",
        case_id=ticket.pk,
        action="add_photo",
        by=by,
        at=at,
        data={"kind": PhotoKind.REPORT.value},
    )
