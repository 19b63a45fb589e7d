"""抢单: which open jobs a technician may take now, and what keeps others from one. One answer for list and action."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from repairs.models import NEEDED, DispatchRule, Ticket
from repairs.queries.crew import as_worker, crew, job_of, keeps_register, sent_back_by
from repairs.queries.ranking import Job, Worker, forbids, is_meant
from servicecenter.accounts.models import User

# Nobody reads on after this many.
MOST = 60


def hindrance(rule: DispatchRule, worker: Worker, job: Job) -> str:
    """What keeps a technician from taking a job that `rule` has opened; '' where nothing does.

    `other_trades`, `certificate`, `enough_jobs`, or `others` when the rule speaks of another duty or building.
    """
    if worker.trades and job.trade not in worker.trades:
        return "other_trades"
    if forbids(job, worker):
        return "certificate"
    if rule.max_open is not None and worker.open_jobs >= rule.max_open:
        return "enough_jobs"
    return "" if is_meant(rule, worker, job) else "others"


def jobs_to_grab(user: User, at: datetime, *related: str) -> list[Ticket]:
    """The open jobs that `user` may take at `at`, the most pressing first; one query where there are none, six for any
    number of them."""
    rows = Ticket.objects.to_grab(user).select_related("grab_rule", *related)
    found = list(rows.order_by("next_due_at", "id")[:MOST])
    if not found:
        return []
    me = as_worker(user, at)
    registered = keeps_register(ticket.community_id for ticket in found if ticket.trade in NEEDED)
    return [ticket for ticket in found if _is_free_for(me, ticket, registered)]


def takers(ticket: Ticket, at: datetime) -> list[int]:
    """Whom an opened job is told to: those who may take it and are not away. Whoever gave it back is left alone."""
    rule = ticket.grab_rule
    if rule is None:
        return []
    job = job_of(ticket)
    back = sent_back_by([ticket]).get(ticket.pk, {})
    return [
        each.id
        for each in crew([ticket.community_id], at)
        if not each.away and each.id not in back and not hindrance(rule, each, job)
    ]


def _is_free_for(me: Worker, ticket: Ticket, registered: Iterable[int]) -> bool:
    rule = ticket.grab_rule
    known = ticket.community_id in set(registered)
    job = Job(ticket.trade, ticket.urgency, ticket.building_id, registered=known)
    return rule is not None and not hindrance(rule, me, job)
