"""Complaints and inquiries as kinds of work: scope for photos, notices of timers, what happens by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.actions.answering import close_by_itself
from complaints.actions.clocks import TASK, recount
from complaints.actions.messages import contact, hidden_from, without
from complaints.models import Complaint, Inquiry, Task
from servicecenter.accounts.models import User
from servicecenter.incidents.queries.ladder import Chain, chains
from servicecenter.lib import trouble, works
from servicecenter.notifications.actions import compose, post
from servicecenter.workflow.run import allowed

trouble.explain("article_of_its_community", _("This article is for another community."))
trouble.explain("no_close_without_evidence", _("A claim for compensation is not closed without evidence."))


def tell(model: type[Complaint] | type[Inquiry], firings: Sequence[works.Firing], at: datetime) -> None:
    """Notices of fired timers, five queries for any number. Never to somebody whom a complaint is about.

    Warning: whoever is in charge and the first-taker. Breach and later: the rung that the policy names. A task: its
    owner.
    """
    chain = chains((firing.community_id for firing in firings), at)
    rows: Any = model.objects
    kind = ("kind",) if model is Inquiry else ()
    found = rows.only("id", "number", "handler", "agent", "about", *kind)
    cases = found.in_bulk({each.case_id for each in firings})
    owners = _owners(firings)
    messages = []
    for firing in firings:
        case = cases[firing.case_id]
        people = without(chain[firing.community_id], hidden_from(case))
        messages += compose(
            recipients=_hear(firing, case, people, owners),
            event=f"{firing.work}.{firing.step.split('_')[0]}",
            key=str(firing.timer_id),
            at=at,
            community_id=firing.community_id,
            work=firing.work,
            case_id=firing.case_id,
            params={"number": case.number, "stage": firing.stage, "due_at": firing.deadline.isoformat()},
            urgent=firing.urgent,
            channels=firing.channels,
        )
    post(messages)


def _hear(
    firing: works.Firing, case: Complaint | Inquiry, people: Chain, owners: dict[str, int]
) -> list[int]:
    if firing.stage == TASK:
        # A task that was taken back meanwhile reminds nobody.
        return [owners[firing.step]] if firing.step in owners else []
    worker = [each for each in (case.handler_id, case.agent_id) if each != hidden_from(case)]
    return people.recipients(firing, worker=worker or [None])


def _owners(firings: Sequence[works.Firing]) -> dict[str, int]:
    ids = [int(each.step.partition("_")[2]) for each in firings if each.stage == TASK]
    rows = (
        Task.objects.filter(pk__in=ids, done_at=None, owner__is_active=True) if ids else Task.objects.none()
    )
    return {f"task_{pk}": owner for pk, owner in rows.values_list("pk", "owner")}


def lines(
    model: type[Complaint] | type[Inquiry], user: User, case_ids: Sequence[int]
) -> dict[int, works.CaseLine]:
    """Cases in one line each."""
    rows: Any = model.objects
    found = rows.visible_to(user).select_related("handler", "unit", "building").filter(pk__in=case_ids)
    return {
        case.pk: works.CaseLine(
            number=case.number,
            url=reverse("complaints:case", args=[case.number]),
            text=case.text,
            where=case.where(),
            who=str(case.handler or ""),
        )
        for case in found
    }


def naming(user: User, work: str, case_id: int) -> list[works.CaseLine]:
    """Complaints that are linked to another case, the newest first."""
    linked = Complaint.objects.visible_to(user).filter(links__work=work, links__case_id=case_id)
    return list(
        lines(Complaint, user, list(linked.order_by("-id").values_list("pk", flat=True)[:20])).values()
    )


works.register(
    works.Work(
        code="complaint",
        model=Complaint,
        visible=lambda user: Complaint.objects.visible_to(user),
        tell=partial(tell, Complaint),
        lines=partial(lines, Complaint),
        naming=naming,
        retarget=partial(recount, Complaint),
        contact=contact,
        may_attach=lambda case, user: any(each.action == "add_photo" for each in allowed(case, user)),
    )
)
works.register(
    works.Work(
        code="inquiry",
        model=Inquiry,
        visible=lambda user: Inquiry.objects.visible_to(user),
        tell=partial(tell, Inquiry),
        lines=partial(lines, Inquiry),
        act={"close": close_by_itself},
        retarget=partial(recount, Inquiry),
        contact=contact,
        may_attach=lambda case, user: any(each.action == "add_photo" for each in allowed(case, user)),
    )
)
