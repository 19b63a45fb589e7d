"""What the rules of dispatch do by themselves when a report is accepted."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from repairs.actions.steps import EFFECTS
from repairs.models import DispatchRule, Mode, Ticket
from repairs.queries.crew import crew, job_of
from repairs.queries.ranking import Decision, decide
from servicecenter.accounts.models import User
from servicecenter.workflow.run import run


def follow_rules(ticket: Ticket, *, at: datetime) -> None:
    """Dispatches an accepted repair, or opens it for grabbing, where a rule says so; its event names the rule.

    Nothing happens where the deciding rule only proposes, and nobody is ever sent who gave the job back, is away, has
    learned other trades or lacks a certificate. Call it in the transaction of the acceptance.
    """
    rules = list(DispatchRule.objects.in_force(ticket.community_id))
    if all(rule.mode == Mode.PROPOSE for rule in rules):
        return
    _one_at_a_time(ticket.community_id)
    decision = decide(job_of(ticket), crew([ticket.community_id], at), rules)
    if decision.opens:
        _open(ticket, decision, at)
    elif decision.automatic is not None:
        _send(ticket, decision, at)


def _one_at_a_time(community_id: int) -> None:
    """Two acceptances at once would both find the same technician free, and send both jobs there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 12))", [str(community_id)])


def _open(ticket: Ticket, decision: Decision, at: datetime) -> None:
    rule = decision.rule
    assert rule is not None
    run(
        ticket,
        "offer",
        by=None,
        at=at,
        changes={"grab_rule": rule},
        data={"rule": rule.pk, "rule_name": rule.name},
        then=EFFECTS,
    )


def _send(ticket: Ticket, decision: Decision, at: datetime) -> None:
    rule, choice = decision.rule, decision.automatic
    assert rule is not None
    assert choice is not None
    run(
        ticket,
        "dispatch",
        by=None,
        at=at,
        # Whoever accepted it stays answerable for who was sent: the rule is the company's, the case is theirs.
        changes={"assignee": User.objects.get(pk=choice.worker.id), "dispatched_by": ticket.agent},
        data={
            "technician": choice.worker.id,
            "technician_name": choice.worker.name,
            "rule": rule.pk,
            "rule_name": rule.name,
            "reasons": [reason.code for reason in choice.pro],
        },
        then=EFFECTS,
    )
