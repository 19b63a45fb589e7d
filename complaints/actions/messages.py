"""Whom each step of a complaint or an inquiry is told to. The words are in templates/messages/."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from complaints.models import Complaint, Inquiry, Member, Voice
from owners.models import Unit
from servicecenter.accounts.models import Role, User
from servicecenter.accounts.queries import rung, staff_by_role
from servicecenter.incidents.queries.ladder import Chain
from servicecenter.notifications.actions import compose, post
from servicecenter.workflow.run import Step

Audience = Callable[[Any], list[int]]


def resident(case: Voice) -> list[int]:
    """The login of whoever told us, if they have one and still live there; nobody for an anonymous one."""
    user = case.reporter.user if case.reporter else None
    if user is None:
        return []
    homes = Unit.objects.visible_to(user)
    here = homes.filter(pk=case.unit_id) if case.unit_id else homes.filter(community=case.community_id)
    return [user.pk] if here.exists() else []


def contact(case: Voice) -> str:
    """The phone that was left, unless whoever left it has moved out of the unit since."""
    person = case.reporter
    if person is not None and case.unit_id is not None:
        stays = person.occupancies.filter(unit=case.unit_id)
        if stays.exists() and not stays.current().exists():
            return ""
    return case.contact_phone


def on_rung(case: Voice, role: str) -> list[int]:
    """The people on a rung of the ladder, or on the next higher one: never somebody whom a complaint is about."""
    staff = staff_by_role([case.community_id])[case.community_id]
    hidden = hidden_from(case)
    return rung({each: [one for one in ids if one != hidden] for each, ids in staff.items()}, role)


def hidden_from(case: Voice) -> int | None:
    """Who must not hear of it: whom it is about, unless they are praised."""
    return None if isinstance(case, Inquiry) and case.is_praise else case.about_id


def without(chain: Chain, person: int | None) -> Chain:
    """The people of a community as a ladder asks for them, but for one."""
    if person is None:
        return chain
    return replace(
        chain,
        staff={role: [each for each in ids if each != person] for role, ids in chain.staff.items()},
        shifts=[shift for shift in chain.shifts if shift.user_id != person],
        last=[each for each in chain.last if each != person],
    )


def agents(case: Voice) -> list[int]:
    """Whoever may take it."""
    return on_rung(case, Role.AGENT)


def agent(case: Voice) -> list[int]:
    """Whoever answers for it from the first word on; all agents while nobody does."""
    return [case.agent_id] if case.agent_id else agents(case)


def leaders(case: Voice) -> list[int]:
    """Whom its level asks for: supervisors, of a major one the managers."""
    major = isinstance(case, Complaint) and case.is_major
    return on_rung(case, Role.MANAGER if major else Role.SUPERVISOR)


def handler(case: Voice) -> list[int]:
    """Whoever is in charge as long as they work there; else those whom its level asks for."""
    if case.handler_id is None:
        return leaders(case) if isinstance(case, Complaint) and case.is_serious else agent(case)
    staff = User.objects.staff_of([case.community_id]).filter(pk=case.handler_id)
    return list(staff.values_list("pk", flat=True)) or leaders(case)


def team(case: Complaint) -> list[int]:
    """The joint team."""
    return list(Member.objects.filter(complaint=case).values_list("user", flat=True))


def managers(case: Voice) -> list[int]:
    """Those who sign off."""
    return on_rung(case, Role.MANAGER)


def praised(case: Voice) -> list[int]:
    """The colleague whom praise is about."""
    return [case.about_id] if case.about_id else []


# One line per step: who hears of it. Whoever took the step is left out.
TELLS: Mapping[str, Mapping[str, tuple[Audience, ...]]] = {
    "complaint": {
        "receive": (agents, leaders),
        "acknowledge": (resident,),
        "settle": (resident,),
        "assign": (handler,),
        "propose": (resident,),
        "agree": (handler, agent),
        "disagree": (handler, agent),
        "tell": (resident,),
        "sign_off": (handler,),
        "set_day": (resident, handler),
        "form_team": (handler, team),
        "raise_level": (leaders, handler),
        "reopen": (handler, leaders),
        "join": (resident,),
        "close_with": (resident,),
        "withdraw": (handler, agent),
        "urge": (handler,),
        "note": (resident, handler, agent),
    },
    "inquiry": {
        "receive": (agents,),
        "assign": (handler,),
        "answer": (resident,),
        "ask_again": (handler, agent),
        "pass_on": (praised,),
        "withdraw": (handler,),
        "note": (resident, handler),
    },
}
# Of a group complaint, everybody who is in it hears what its lead is told.
FOR_THE_GROUP = frozenset({"propose", "set_day"})


def tell(step: Step[Any]) -> None:
    """Writes the in-app messages of a step, in its transaction."""
    announce(
        step.case,
        step.transition.action,
        by_id=step.by.pk if step.by else None,
        at=step.at,
        key=str(step.event.pk),
        internal=step.event.internal,
    )


def announce(
    case: Complaint | Inquiry,
    action: str,
    *,
    by_id: int | None,
    at: datetime,
    key: str,
    internal: bool = False,
) -> None:
    """The messages of one action to everybody concerned but the actor and whom a complaint is about."""
    audiences = TELLS[case.TABLE.work].get(action, ())
    if internal:
        audiences = tuple(each for each in audiences if each is not resident)
    found = {audience: audience(case) for audience in audiences}
    left_out = {by_id, hidden_from(case)}
    people = [user for users in found.values() for user in users if user not in left_out]
    post(_composed(case, action, people, at, key, to_contact=found.get(resident) == []))
    if action in FOR_THE_GROUP and isinstance(case, Complaint):
        for each in case.group.filter(status="joined").select_related("reporter__user"):
            readers = resident(each)
            post(_composed(each, action, readers, at, f"{key}:{each.pk}", to_contact=not readers))


def _composed(
    case: Complaint | Inquiry, action: str, people: Iterable[int], at: datetime, key: str, *, to_contact: bool
) -> list[Any]:
    return compose(
        recipients=people,
        event=f"{case.TABLE.work}.{action}",
        key=key,
        at=at,
        community_id=case.community_id,
        work=case.TABLE.work,
        case_id=case.pk,
        params={"number": case.number},
        to_contact=to_contact and bool(contact(case)),
    )
