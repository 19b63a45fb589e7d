"""Permits as a kind of work: scope for photos, notices of timers; their parts as what pictures are filed under."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from decoration.actions.clocks import ENDS, LOOK, PATROL, VIOLATION, recount_refund, recount_review
from decoration.actions.messages import agents, applicant, contact, inspector, supervisors
from decoration.models import Deduction, Paper, Permit, Violation, WaterTest, Worker
from servicecenter.accounts.models import User
from servicecenter.incidents.queries.ladder import Chain, chains
from servicecenter.lib import trouble, works
from servicecenter.notifications.actions import compose, post
from servicecenter.workflow.run import allowed

trouble.explain("no_permit_before_payment", _("No permit before deposit and fee are paid."))
trouble.explain("no_end_with_deposit", _("The deposit of this permit is not settled yet."))
trouble.explain(
    "no_refund_before_acceptance",
    _(
        "The deposit of a permit goes back after the final acceptance; it is asked for on the page of the permit."
    ),
)


def tell(firings: Sequence[works.Firing], at: datetime) -> None:
    """Notices of fired timers, a few queries for any number.

    Warning: whoever answers for it at the desk. Breach and later: the rung that the policy names. The end of the days:
    whoever applied. A patrol or a violation that is due: whoever patrols, and the supervisors.
    """
    chain = chains((firing.community_id for firing in firings), at)
    rows = Permit.objects.select_related("applicant__user", "unit", "accepted_by")
    permits = rows.in_bulk({each.case_id for each in firings})
    messages = []
    for firing in firings:
        permit = permits[firing.case_id]
        messages += compose(
            recipients=_hear(firing, permit, chain[firing.community_id]),
            event=f"{firing.work}.{firing.step.split('_')[0]}",
            key=str(firing.timer_id),
            at=at,
            community_id=firing.community_id,
            work="permit",
            case_id=firing.case_id,
            params={
                "number": permit.number,
                "unit": permit.unit.code,
                "stage": firing.stage,
                "due_at": firing.deadline.isoformat(),
            },
            urgent=firing.urgent,
            channels=firing.channels,
        )
    post(messages)


def _hear(firing: works.Firing, permit: Permit, chain: Chain) -> list[int]:
    if firing.stage == ENDS:
        return [*applicant(permit), *agents(permit)]
    if firing.stage == LOOK:
        # Once, to whoever accepted the works; to the desk where they are gone.
        engineer = permit.accepted_by
        here = engineer is not None and engineer.is_active
        return [engineer.pk] if engineer is not None and here else agents(permit)
    if firing.stage == PATROL:
        return inspector(permit)
    if firing.stage == VIOLATION:
        pk = int(firing.step.partition("_")[2])
        # One that was put right meanwhile reminds nobody.
        waits = permit.violations.filter(pk=pk, mended_at=None).exists()
        return list(dict.fromkeys([*inspector(permit), *supervisors(permit)])) if waits else []
    return chain.recipients(firing, worker=[permit.agent_id])


def lines(user: User, case_ids: Sequence[int]) -> dict[int, works.CaseLine]:
    """Permits in one line each."""
    rows = Permit.objects.visible_to(user).select_related("agent", "unit").filter(pk__in=case_ids)
    return {
        permit.pk: works.CaseLine(
            number=permit.number,
            url=reverse("permits:case", args=[permit.number]),
            text=permit.scope,
            where=permit.where(),
            who=str(permit.agent or ""),
        )
        for permit in rows
    }


def nearby(user: User, unit_id: int | None, building_id: int | None) -> list[works.CaseLine]:
    """Works that go on in the unit, else in its building: what a neighbour may complain about."""
    rows = Permit.objects.visible_to(user).running()
    found: list[int] = []
    for narrow in ({"unit": unit_id}, {"unit__building": building_id}):
        if not found and None not in narrow.values():
            found = list(rows.filter(**narrow).order_by("-id").values_list("pk", flat=True)[:5])
    return list(lines(user, found).values())


_permit = partial(
    works.Work,
    model=Permit,
    visible=lambda user: Permit.objects.visible_to(user),
    tell=tell,
    lines=lines,
    contact=contact,
)
works.register(
    _permit(
        code="permit",
        retarget=recount_review,
        may_attach=lambda case, user: any(each.action == "add_photo" for each in allowed(case, user)),
        nearby=nearby,
    )
)
# The same case, for the promise of its deposit.
works.register(_permit(code="refund", retarget=recount_refund, may_attach=lambda case, user: False))
# Pictures of its parts come with a step, never by themselves.
works.register(
    works.Work(
        code="permit_worker",
        model=Worker,
        visible=lambda user: Worker.objects.visible_to(user),
        may_attach=lambda case, user: False,
    )
)
works.register(
    works.Work(
        code="permit_paper",
        model=Paper,
        visible=lambda user: Paper.objects.visible_to(user),
        may_attach=lambda case, user: False,
    )
)
works.register(
    works.Work(
        code="violation",
        model=Violation,
        visible=lambda user: Violation.objects.visible_to(user),
        may_attach=lambda case, user: False,
    )
)
works.register(
    works.Work(
        code="water_test",
        model=WaterTest,
        visible=lambda user: WaterTest.objects.filter(permit__in=Permit.objects.visible_to(user)),
        may_attach=lambda case, user: False,
    )
)
works.register(
    works.Work(
        code="deduction",
        model=Deduction,
        visible=lambda user: Deduction.objects.filter(permit__in=Permit.objects.visible_to(user)),
        may_attach=lambda case, user: False,
    )
)
