"""Whom each step of a permit is told to. The words are in templates/messages/."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from decoration.models import Permit
from owners.models import Occupancy, Unit
from owners.models.releases import OWNERS
from servicecenter.accounts.models import Role
from servicecenter.accounts.queries import rung, staff_by_role
from servicecenter.notifications.actions import compose, post
from servicecenter.workflow.run import Step

Audience = Callable[[Permit], list[int]]


def applicant(permit: Permit) -> list[int]:
    """The login of whoever applied, if they have one and still live there."""
    user = permit.applicant.user
    if user is None or not Unit.objects.visible_to(user).filter(pk=permit.unit_id).exists():
        return []
    return [user.pk]


def owners(permit: Permit) -> list[int]:
    """The logins of those who may agree; the desk where no message reaches one."""
    homes = Occupancy.objects.current().filter(
        unit=permit.unit_id, role__in=OWNERS, person__user__isnull=False
    )
    found = [login for login in homes.order_by("id").values_list("person__user", flat=True) if login]
    return found or agents(permit)


def _on_rung(permit: Permit, role: str) -> list[int]:
    return rung(staff_by_role([permit.community_id])[permit.community_id], role)


def _with_role(permit: Permit, role: str) -> list[int]:
    return staff_by_role([permit.community_id])[permit.community_id].get(role, [])


def agents(permit: Permit) -> list[int]:
    """Whoever of the desk answers for it; all agents while nobody does."""
    return [permit.agent_id] if permit.agent_id else _on_rung(permit, Role.AGENT)


def engineers(permit: Permit) -> list[int]:
    """Whoever looks after the site; all technicians while nobody does."""
    return [permit.inspector_id] if permit.inspector_id else _with_role(permit, Role.TECHNICIAN)


def inspector(permit: Permit) -> list[int]:
    """Whoever patrols."""
    return [permit.inspector_id] if permit.inspector_id else agents(permit)


def guards(permit: Permit) -> list[int]:
    """The gate."""
    return _with_role(permit, Role.SECURITY)


def supervisors(permit: Permit) -> list[int]:
    """Whoever decides."""
    return _on_rung(permit, Role.SUPERVISOR)


# One line per step: who hears of it. Whoever took the step is left out.
TELLS: Mapping[str, tuple[Audience, ...]] = {
    "ask_consent": (owners,),
    "consent": (applicant,),
    "decline_consent": (applicant,),
    "submit": (agents,),
    "check_papers": (engineers,),
    "pass_works": (supervisors,),
    "approve": (applicant,),
    "send_back": (applicant,),
    "refuse": (applicant,),
    "sign": (agents,),
    "issue": (applicant, guards),
    "call_off": (applicant,),
    "give_back": (applicant, agents),
    "assign": (inspector,),
    "report_violation": (applicant, supervisors),
    "recheck": (applicant,),
    "stop_work": (applicant, supervisors, guards),
    "resume": (applicant, guards),
    "revoke_pass": (applicant, guards),
    "ask_change": (supervisors,),
    "grant_change": (applicant, guards),
    "decline_change": (applicant,),
    "ask_acceptance": (engineers, agents),
    "reject": (applicant,),
    "accept_works": (applicant, agents),
    "ask_refund": (agents,),
    "propose_refund": (supervisors,),
    "agree_refund": (applicant, agents),
    "decline_refund": (agents,),
    "pay_refund": (applicant,),
    "note": (applicant, agents),
}


def tell(step: Step[Permit]) -> None:
    """Writes the in-app messages of a step, in its transaction."""
    event = step.transition.action
    # A patrol that found something is told like what is found between patrols.
    if event == "patrol" and step.event.data.get("broken"):
        event = "report_violation"
    audiences = TELLS.get(event, ())
    if step.event.internal:
        audiences = tuple(each for each in audiences if each is not applicant)
    but = step.by.pk if step.by else None
    found = {audience: audience(step.case) for audience in audiences}
    people = [user for users in found.values() for user in users if user != but]
    send(
        step.case,
        event,
        people,
        at=step.at,
        key=str(step.event.pk),
        to_contact=found.get(applicant) == [],
    )


def send(
    permit: Permit, event: str, people: Iterable[int], *, at: datetime, key: str, to_contact: bool = False
) -> None:
    """One message to each of these people; by SMS to whoever applied where they have no login."""
    post(
        compose(
            recipients=people,
            event=f"permit.{event}",
            key=key,
            at=at,
            community_id=permit.community_id,
            work="permit",
            case_id=permit.pk,
            params={"number": permit.number, "unit": permit.unit.code},
            to_contact=to_contact and bool(contact(permit)),
        )
    )


def contact(permit: Permit) -> str:
    """The phone that was left, unless whoever left it has moved out since."""
    stays = permit.applicant.occupancies.filter(unit=permit.unit_id)
    return permit.contact_phone if stays.current().exists() else ""
