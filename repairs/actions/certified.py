"""持证上岗: work that the law allows only to people with a certificate."""

from __future__ import annotations

from datetime import datetime

from repairs.models import NEEDED, Ticket
from repairs.queries.crew import certified, keeps_register
from repairs.queries.ranking import Job, forbids
from repairs.queries.reasons import said
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import Invalid


def check_certificate(ticket: Ticket, technician: User, *, at: datetime) -> None:
    """Refuses `invalid` where the trade needs a certificate and `technician` holds no valid one on the day of `at`.

    Nobody can overrule it. It counts from the first certificate that a community enters; one that has expired counts
    at once.
    """
    if ticket.trade not in NEEDED:
        return
    registered = bool(keeps_register([ticket.community_id]))
    reason = forbids(Job(ticket.trade, registered=registered), certified(technician, at))
    if reason is not None:
        raise Invalid(code="certificate_needed", errors={"technician": [f"{technician}: {said(reason)}"]})
