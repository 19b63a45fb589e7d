"""Who takes part in a repair beside its assignee. Assigned ≠ executing ≠ observing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from repairs.actions.steps import EFFECTS
from repairs.models import Part, Participant, Ticket
from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import Step, run

# Whoever works with their hands; everybody else of the staff can only watch.
HANDS = frozenset({Role.TECHNICIAN.value, Role.SECURITY.value})
NOBODY = "none"
MOST = 8


def involve(
    ticket: Ticket,
    *,
    person: User,
    part: str,
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Makes somebody of the staff a helper or an observer of a repair, or (`none`) neither any more.

    A helper may write notes and add photos, an observer reads and is told; neither answers for it. Refuses `invalid`
    for somebody who does not work there, for the assignee, for a helper who is no technician or guard, and for a
    ninth participant.
    """

    def write(step: Step[Ticket]) -> None:
        _write(step.case, person, part, by, step.at)

    _check(ticket, person, part)
    with transaction.atomic():
        return run(
            ticket,
            "involve",
            by=by,
            at=instant(at),
            version=version,
            data={"person": person.pk, "person_name": str(person), "part": part},
            then=(write, *EFFECTS),
        ).case


def _check(ticket: Ticket, person: User, part: str) -> None:
    if part not in (*Part.values, NOBODY):
        raise Invalid(errors={"part": [_("This is not one of the choices.")]})
    if part == NOBODY:
        return
    if not User.objects.staff_of([ticket.community_id]).filter(pk=person.pk).exists():
        raise Invalid(errors={"person": [_("Please choose somebody who works in this community.")]})
    if part == Part.HELPER and person.role not in HANDS:
        raise Invalid(errors={"part": [_("Technicians and guards help; everybody else can watch.")]})


def _write(ticket: Ticket, person: User, part: str, by: Actor, at: datetime) -> None:
    """Under the lock of the repair."""
    if part == NOBODY:
        Participant.objects.filter(ticket=ticket, user=person).delete()
        return
    if person.pk == ticket.assignee_id:
        raise Invalid(errors={"person": [_("This technician answers for the job already.")]})
    others = Participant.objects.filter(ticket=ticket).exclude(user=person)
    if others.count() >= MOST:
        raise Invalid(errors={"person": [_("Eight people take part already.")]})
    Participant.objects.update_or_create(
        ticket=ticket,
        user=person,
        defaults={"community_id": ticket.community_id, "part": part, "added_by": by, "added_at": at},
    )
