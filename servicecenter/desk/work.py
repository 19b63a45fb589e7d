"""Promises to callers as a kind of work: what their clocks need to know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from servicecenter.accounts.models import User
from servicecenter.desk.actions.promises import recount
from servicecenter.desk.models import Promise
from servicecenter.incidents.queries.ladder import chains
from servicecenter.lib import works
from servicecenter.notifications.actions import compose, post


def tell(firings: Sequence[works.Firing], at: datetime) -> None:
    """Notices of promises that are near or broken: the keeper is warned, then the ladder hears; five queries."""
    chain = chains((firing.community_id for firing in firings), at)
    promises = Promise.objects.only("id", "number", "keeper", "made_by").in_bulk(
        {firing.case_id for firing in firings}
    )
    messages = []
    for firing in firings:
        promise = promises[firing.case_id]
        messages += compose(
            recipients=chain[firing.community_id].recipients(firing, worker=(promise.keeper_id,)),
            event=f"promise.{firing.step.split('_')[0]}",
            key=str(firing.timer_id),
            at=at,
            community_id=firing.community_id,
            work="promise",
            case_id=firing.case_id,
            params={"number": promise.number, "due_at": firing.deadline.isoformat()},
            urgent=firing.urgent,
            channels=firing.channels,
        )
    post(messages)


def lines(user: User, case_ids: Sequence[int]) -> dict[int, works.CaseLine]:
    """Promises in one line each."""
    promises = (
        Promise.objects.visible_to(user).select_related("keeper", "person", "unit").filter(pk__in=case_ids)
    )
    return {
        promise.pk: works.CaseLine(
            number=promise.number,
            url=f"{reverse('desk:promises')}#{promise.number}",
            text=promise.text,
            where=" · ".join(str(each) for each in (promise.person, promise.unit) if each),
            who=str(promise.keeper),
        )
        for promise in promises
    }


works.register(
    works.Work(
        code="promise",
        model=Promise,
        visible=lambda user: Promise.objects.visible_to(user),
        tell=tell,
        retarget=recount,
        lines=lines,
        may_attach=lambda case, user: False,
    )
)
