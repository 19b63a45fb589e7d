"""Follow-ups as a kind of work: what their clocks need to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from servicecenter.incidents.queries.ladder import chains
from servicecenter.lib import works
from servicecenter.notifications.actions import compose, post
from servicecenter.sla.models import Told
from surveys.actions.openings import recount
from surveys.models import FollowUp


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
