"""Drawing finished repairs for a quality check, in the transaction of the step that is the reason."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from repairs.models import CheckReason, QualityCheck, Ticket
from repairs.queries.checks import rules_of
from servicecenter.workflow.run import Step
from surveys.models import FollowUp


def draw_completed(step: Step[Ticket]) -> None:
    """After rework, an emergency, or by chance: the first reason whose rule draws it."""
    ticket = step.case
    rules = rules_of(ticket.community_id)
    reasons = {
        CheckReason.REWORK: ticket.rework_count > 0,
        CheckReason.EMERGENCY: ticket.is_emergency,
        CheckReason.SAMPLE: True,
    }
    for reason, holds in reasons.items():
        if holds and reason in rules and by_chance(ticket, rules[reason].percent):
            draw(step, reason)
            return


def draw_rated(step: Step[Ticket]) -> None:
    """A resident rated the work low, with the acceptance."""
    _draw_low(step, step.data.get("rating"))


def draw_called(step: Step[Ticket]) -> None:
    """A resident rated the work low in the follow-up call."""
    called = FollowUp.objects.filter(
        work="repair", case_id=step.case.pk, completion_no=step.case.completion_no
    )
    _draw_low(step, called.values_list("overall", flat=True).first())


def _draw_low(step: Step[Ticket], rating: int | None) -> None:
    if rating is None:
        return
    rule = rules_of(step.case.community_id).get(CheckReason.LOW_RATING)
    if rule is not None and rating <= rule.up_to and by_chance(step.case, rule.percent):
        draw(step, CheckReason.LOW_RATING)


def draw(step: Step[Ticket], reason: str) -> None:
    """One check a completion, whatever the reasons."""
    ticket = step.case
    QualityCheck.objects.get_or_create(
        ticket=ticket,
        completion_no=ticket.completion_no,
        defaults={
            "community_id": ticket.community_id,
            "reason": reason,
            "worker_id": ticket.assignee_id,
            "dispatcher_id": ticket.dispatched_by_id,
            "drawn_at": step.at,
        },
    )


def by_chance(ticket: Ticket, percent: int) -> bool:
    """The same answer for the same completion, and one that nobody can foresee."""
    said = f"{ticket.number}:{ticket.completion_no}"
    digest = salted_hmac("repairs.checks", said, algorithm="sha256").digest()
    return int.from_bytes(digest[:8]) % 100 < percent
