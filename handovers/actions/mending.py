"""Defects and the repairs that mend them."""

from __future__ import annotations

from datetime import datetime, timedelta

from handovers.models import Finding, Handover
from repairs import actions as repairs
from repairs.models import Channel, Ticket
from repairs.workflow import CLOSED
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.actions import copy_photos
from servicecenter.attachments.models import PhotoKind
from servicecenter.lib.clock import end_of_day
from servicecenter.workflow.run import Step

DESK = (Role.AGENT, Role.SUPERVISOR)


def open_repairs(step: Step[Handover]) -> None:
    """A repair for every defect that has none yet, in the step that ends the inspection."""
    assert step.by is not None
    for finding in step.case.findings.filter(result="defect", ticket=None):
        finding.ticket = _report(step.case, finding, finding.words, by=step.by, at=step.at)
        finding.save(update_fields=["ticket"])


def mend_again(finding: Finding, words: str, *, by: User, at: datetime) -> Ticket:
    """The repair of a defect that was found again: the same one, or a new one where the file is closed.

    An inspector may not send a repair back by hand; the finding does it, and the handover says who looked.
    """
    ticket = finding.ticket
    assert ticket is not None
    if ticket.status in CLOSED:
        return _report(finding.handover, finding, words, by=by, at=at)
    desk = by if by.role in DESK else None
    repairs.rework(ticket, reason=words, by=desk, at=at)
    return ticket


def _report(handover: Handover, finding: Finding, words: str, *, by: User, at: datetime) -> Ticket:
    assert finding.due_on is not None
    due = end_of_day(finding.due_on)
    ticket = repairs.report(
        by=by,
        community=handover.community,
        text=f"{finding.room} {finding.text}：{words}",
        unit=handover.unit,
        trade=finding.trade,
        part=finding.warranty,
        channel=Channel.HANDOVER,
        reporter=handover.person,
        # A due date that has passed meanwhile leaves a day to come.
        complete_by=max(due, at + timedelta(days=1)),
        at=at,
    )
    copy_photos(
        source=("finding", finding.pk),
        target=("repair", ticket.pk),
        kind=PhotoKind.REPORT,
        by=by,
        at=at,
    )
    return ticket
