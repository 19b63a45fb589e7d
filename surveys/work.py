"""Follow-ups, campaigns, invitations and measures as kinds of work: what timers, messages and photos need to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.urls import reverse

from owners.queries.concerned import phone_of
from servicecenter.accounts.models import User
from servicecenter.incidents.queries.ladder import chains
from servicecenter.lib import works
from servicecenter.notifications.actions import compose, post
from servicecenter.sla.models import Told
from servicecenter.workflow.run import allowed
from surveys.actions import measures
from surveys.actions.after_calls import draw_after_call
from surveys.actions.entering import draw_link
from surveys.actions.openings import recount
from surveys.actions.planning import MOST_REMINDERS
from surveys.actions.running import close_by_itself, remind_by_itself
from surveys.models import AfterCall, Campaign, Channel, FollowUp, Invitation, Measure
from surveys.models.campaigns import STANDINGS
from surveys.models.invitations import WAITING


def tell(firings: Sequence[works.Firing], at: datetime) -> None:
    """Notices of late calls, four queries for any number. A warning goes to the agents, a breach up the ladder.

    They are grouped by case, not by person: an agent who reads one sees the whole queue behind it.
    """
    chain = chains((firing.community_id for firing in firings), at)
    late = FollowUp.objects.filter(pk__in=[firing.case_id for firing in firings])
    calls = {call.pk: call for call in late.only("id", "case_number", "hidden_from")}
    messages = []
    for firing in firings:
        # Nobody has a call before it is made: its workers are the agents.
        told = Told.AGENT if firing.tell == Told.WORKER else firing.tell
        call = calls[firing.case_id]
        people = chain[firing.community_id].recipients(replace(firing, tell=told))
        messages += compose(
            recipients=[each for each in people if each != call.hidden_from_id],
            event=f"follow_up.{firing.step.split('_')[0]}",
            key=str(firing.timer_id),
            at=at,
            community_id=firing.community_id,
            work="follow_up",
            case_id=firing.case_id,
            params={"number": call.case_number, "due_at": firing.deadline.isoformat()},
            urgent=firing.urgent,
            channels=firing.channels,
        )
    post(messages)


works.register(
    works.Work(
        code="follow_up",
        model=FollowUp,
        visible=lambda user: FollowUp.objects.visible_to(user),
        tell=tell,
        retarget=recount,
    )
)


def entrance(invitation_id: int) -> str:
    """A link of its own for every message that leaves."""
    found = Invitation.objects.filter(pk=invitation_id).first()
    token = draw_link(found, Channel.LINK) if found else ""
    return reverse("survey", args=[token]) if token else ""


def contact(invitation: Invitation) -> str:
    """The phone of whoever has no login, until they have answered."""
    waits = invitation.state in WAITING and invitation.unit is not None
    return phone_of(invitation.unit) if waits and invitation.unit else ""


def after_call_entrance(asked_id: int) -> str:
    """A link of its own for the message about a call that nobody answered."""
    token = draw_after_call(asked_id)
    return reverse("after_call", args=[token]) if token else ""


def lines(user: User, case_ids: Sequence[int]) -> dict[int, works.CaseLine]:
    """Campaigns in one line each: residents are led to what was published."""
    page = "surveys:campaign" if user.role in STANDINGS else "portal:survey"
    found = Campaign.objects.visible_to(user).filter(pk__in=case_ids).select_related("community")
    return {
        each.pk: works.CaseLine(
            number=each.number,
            url=reverse(page, args=[each.number]),
            text=each.title,
            where=str(each.community),
            who="",
        )
        for each in found
    }


def asked(user: User, case_ids: Sequence[int]) -> dict[int, works.CaseLine]:
    """What one is asked to answer."""
    found = Invitation.objects.visible_to(user).filter(pk__in=case_ids).select_related("campaign", "unit")
    return {
        each.pk: works.CaseLine(
            number=each.campaign.number,
            url=reverse("survey_own", args=[each.pk]),
            text=each.campaign.title,
            where=str(each),
            who="",
        )
        for each in found
    }


def decided(user: User, case_ids: Sequence[int]) -> dict[int, works.CaseLine]:
    """Measures in one line each."""
    found = Measure.objects.visible_to(user).filter(pk__in=case_ids).select_related("owner", "community")
    return {
        each.pk: works.CaseLine(
            number=each.number,
            url=reverse("measures:measure", args=[each.number]),
            text=each.text,
            where=str(each.community),
            who=str(each.owner),
        )
        for each in found
    }


works.register(
    works.Work(
        code="survey",
        model=Campaign,
        visible=lambda user: Campaign.objects.visible_to(user),
        act={"close": close_by_itself}
        | {f"remind_{number}": remind_by_itself for number in range(1, MOST_REMINDERS + 1)},
        lines=lines,
        may_attach=lambda case, user: False,
    )
)
works.register(
    works.Work(
        code="survey_ask",
        model=Invitation,
        visible=lambda user: Invitation.objects.visible_to(user),
        lines=asked,
        may_attach=lambda case, user: False,
        contact=contact,
        entrance=entrance,
    )
)
works.register(
    works.Work(
        code="after_call",
        model=AfterCall,
        # Nobody reads it but as what became of the repair.
        visible=lambda user: AfterCall.objects.none(),
        may_attach=lambda case, user: False,
        contact=lambda asked: asked.follow_up.phone if asked.answered_at is None else "",
        entrance=after_call_entrance,
    )
)
works.register(
    works.Work(
        code="measure",
        model=Measure,
        visible=lambda user: Measure.objects.visible_to(user),
        act={"overdue": measures.overdue},
        lines=decided,
        may_attach=lambda case, user: any(each.action == "add_photo" for each in allowed(case, user)),
    )
)
