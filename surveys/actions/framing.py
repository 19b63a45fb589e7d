"""The frame of a campaign as rows: every unit that might be asked, its place in the draw, and who takes whose place."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from owners.models import Unit
from servicecenter.accounts.models import User
from servicecenter.audit.events import Actor
from servicecenter.lib.refusals import Invalid, Refusal
from servicecenter.workflow.run import Step, run
from surveys.actions import telling
from surveys.audiences import units_of
from surveys.drawing import allocate, drawn
from surveys.models import Audience, Campaign, Invitation, Stratum
from surveys.models.invitations import State

BATCH = 2000
REPLACEABLE = (State.INVITED, State.REFUSED, State.UNREACHABLE)


class NoUnits(Refusal):
    """Nobody to ask."""

    code = "no_units"
    sentence = _("There is nobody to ask: no unit fits this audience.")


class NoReserve(Refusal):
    """Everybody of the building is asked already."""

    code = "no_reserve"
    sentence = _("There is no further unit in this building to ask instead.")


def draw_frame(campaign: Campaign, at: datetime) -> dict[str, int]:
    """Writes strata and invitations; {population, asked}. The whole frame is kept, so that the draw can be repeated
    although people move in and out meanwhile. Refuses `no_units`."""
    rows = _staff(campaign) if campaign.audience == Audience.STAFF else _units(campaign, at)
    if not rows:
        raise NoUnits
    sizes = {key: len(members) for key, members in rows.items()}
    wanted = campaign.sample_size or sum(sizes.values())
    quotas = allocate(sizes, wanted)
    strata = {
        key: Stratum(
            community_id=campaign.community_id,
            campaign=campaign,
            building_id=key or None,
            population=sizes[key],
            quota=quotas[key],
        )
        for key in rows
    }
    Stratum.objects.bulk_create(strata.values())
    Invitation.objects.bulk_create(
        (
            _invitation(campaign, strata[key], rank, quotas[key], member)
            for key, members in rows.items()
            for rank, member in enumerate(members, 1)
        ),
        batch_size=BATCH,
    )
    return {"population": sum(sizes.values()), "asked": sum(quotas.values())}


def _invitation(
    campaign: Campaign, stratum: Stratum, rank: int, quota: int, member: dict[str, int]
) -> Invitation:
    return Invitation(
        community_id=campaign.community_id,
        campaign=campaign,
        stratum=stratum,
        rank=rank,
        state=State.INVITED if rank <= quota else State.RESERVE,
        **member,
    )


def _units(campaign: Campaign, at: datetime) -> dict[int, list[dict[str, int]]]:
    """Building → its units in the order of the draw."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = units_of(campaign.audience, campaign.community, at).values_list("building", "code", "pk")
    for building_id, code, unit_id in rows:
        found[building_id][code] = unit_id
    return {
        building_id: [{"unit_id": codes[code]} for code in drawn(campaign.seed, codes)]
        for building_id, codes in sorted(found.items())
    }


def _staff(campaign: Campaign) -> dict[int, list[dict[str, int]]]:
    people = User.objects.staff_of([campaign.community_id]).values_list("username", "pk")
    codes = dict(people)
    members = [{"staff_id": codes[code]} for code in drawn(campaign.seed, codes)]
    return {0: members} if members else {}


def replace(
    campaign: Campaign, *, unit: Unit, reason: str, by: Actor, at: datetime | None = None
) -> Invitation:
    """The next unit of the same building in the draw is asked instead of one that cannot be; both stay on record with
    the reason. Returns the new invitation. Refuses as the runner does, `invalid` for a unit that is not asked or has
    answered, `no_reserve`."""
    taken: list[Invitation] = []
    facts: dict[str, Any] = {}

    def swap(step: Step[Campaign]) -> None:
        telling.write(step.case, taken, at=step.at, key="")

    def chosen(held: Campaign, _when: datetime) -> dict[str, Any]:
        asked = Invitation.objects.filter(campaign=held, unit=unit, state__in=REPLACEABLE)
        old = asked.select_for_update(no_key=True, of=("self",)).first()
        if old is None:
            raise Invalid(errors={"unit": [_("This unit is not asked, or has answered already.")]})
        reserve = Invitation.objects.filter(stratum=old.stratum_id, state=State.RESERVE).select_related(
            "unit"
        )
        new = reserve.select_for_update(no_key=True, of=("self",)).order_by("rank").first()
        if new is None:
            raise NoReserve
        Invitation.objects.filter(pk=old.pk).update(
            state=State.REPLACED, reason=reason, claimed_by=None, claimed_until=None
        )
        Invitation.objects.filter(pk=new.pk).update(state=State.INVITED)
        old.links.all().delete()
        taken.append(new)
        facts.update(unit=unit.code, instead=str(new.unit))
        return {}

    run(campaign, "replace", by=by, at=at, text=reason, data=facts, prepare=chosen, then=(swap,))
    return taken[0]
