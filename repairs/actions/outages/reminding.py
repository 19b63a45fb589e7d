"""The timers of an outage: it begins as announced, and whoever answers for its end is reminded of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from repairs.actions.outages.telling import remind, warn
from repairs.models import Outage
from repairs.outage_workflow import KNOWN, OutageStatus
from servicecenter.sla import actions as sla
from servicecenter.workflow.run import Step

OVERDUE_AFTER = timedelta(hours=1)


def case_ref(outage: Outage) -> sla.CaseRef:
    """The outage as the timers know it."""
    return sla.CaseRef("outage", outage.pk, outage.community_id)


def arm(outage: Outage, at: datetime) -> None:
    """A reminder when the expected end comes, and a louder one an hour later."""
    case, end = case_ref(outage), outage.expected_end_at
    sla.act_at(case, step="remind", due_at=end, at=at)
    sla.act_at(case, step="overdue", due_at=end + OVERDUE_AFTER, at=at)


def rearm(step: Step[Outage]) -> None:
    """The end was moved: what was armed for the earlier one is not said any more."""
    sla.disarm_all(case_ref(step.case), at=step.at)
    if step.case.status == OutageStatus.ANNOUNCED:
        sla.act_at(case_ref(step.case), step="begin", due_at=step.case.starts_at, at=step.at)
    arm(step.case, step.at)


def disarm(step: Step[Outage]) -> None:
    """Nothing is left to be reminded of."""
    sla.disarm_all(case_ref(step.case), at=step.at)


def remind_of_end(outage_id: int, at: datetime) -> None:
    """The expected end has come and nobody said how it goes on."""
    outage = Outage.objects.get(pk=outage_id)
    if outage.status in KNOWN:
        remind(outage, at=at)


def warn_of_end(outage_id: int, at: datetime) -> None:
    """An hour later still not."""
    outage = Outage.objects.get(pk=outage_id)
    if outage.status in KNOWN:
        warn(outage, at=at)
