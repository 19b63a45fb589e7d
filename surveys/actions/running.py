"""The steps of a campaign: started, extended, closed, published, called off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import end_of_day
from servicecenter.lib.refusals import Invalid, Refusal
from servicecenter.sla import actions as sla
from servicecenter.workflow.run import Step, lock, run
from surveys.actions import telling
from surveys.actions.framing import draw_frame
from surveys.actions.planning import LONGEST
from surveys.actions.shuffling import shuffle
from surveys.models import Campaign, Questionnaire, Response
from surveys.questions import faults


class Unready(Refusal):
    """The questions are not whole."""

    code = "questionnaire_unready"
    sentence = _("The questionnaire is not complete yet. Please open it and mend what is marked.")


def case_ref(campaign: Campaign) -> sla.CaseRef:
    """The campaign as timers know it."""
    return sla.CaseRef("survey", campaign.pk, campaign.community_id)


def start(
    campaign: Campaign, *, by: User, version: int | None = None, at: datetime | None = None
) -> Campaign:
    """Freezes the questionnaire, draws the sample by the seed, and writes to those who are asked.

    Refuses as the runner does, `questionnaire_unready`, `no_units`, and `invalid` when its last day is past.
    """
    facts: dict[str, Any] = {}

    def begun(held: Campaign, when: datetime) -> dict[str, Any]:
        if held.ends_at <= when:
            raise Invalid(_("Its last day is past. Please change it first."), code="campaign_over")
        _freeze(held.questionnaire, when)
        facts.update(draw_frame(held, when), seed=held.seed)
        return {"started_at": when}

    run(
        campaign,
        "start",
        by=by,
        at=at,
        version=version,
        prepare=begun,
        data=facts,
        then=(_arm, lambda step: telling.invite(step.case, step.at)),
    )
    return campaign


def extend(
    campaign: Campaign, *, ends_on: date, by: User, version: int | None = None, at: datetime | None = None
) -> Campaign:
    """Answers are taken until the end of another day. Refuses as the runner does, `invalid` for one that is past or
    over a year after the start."""

    def longer(held: Campaign, when: datetime) -> dict[str, Any]:
        until = end_of_day(ends_on)
        if not when < until < (held.started_at or when) + LONGEST:
            raise Invalid(errors={"ends_on": [_("Please choose a day to come, within a year.")]})
        return {"ends_at": until}

    run(campaign, "extend", by=by, at=at, version=version, prepare=longer, then=(_arm,))
    return campaign


def remind(campaign: Campaign, *, by: Actor, at: datetime | None = None) -> Campaign:
    """Writes once more to whoever has not answered, and to nobody else. Refuses as the runner does."""
    run(
        campaign,
        "remind",
        by=by,
        at=at,
        then=(lambda step: telling.remind(step.case, step.at, key=str(step.event.pk)),),
    )
    return campaign


def close(
    campaign: Campaign, *, by: Actor, version: int | None = None, at: datetime | None = None
) -> Campaign:
    """No answer is taken any more; from now on results are read. Refuses as the runner does."""

    def counted(held: Campaign, when: datetime) -> dict[str, Any]:
        facts["responses"] = Response.objects.filter(campaign=held).count()
        return {"closed_at": when}

    facts: dict[str, Any] = {}
    run(campaign, "close", by=by, at=at, version=version, prepare=counted, data=facts, then=(_end,))
    return campaign


def publish(
    campaign: Campaign, *, found: str, by: User, version: int | None = None, at: datetime | None = None
) -> Campaign:
    """Residents read the figures, what was found and what is done, in the portal and on a poster."""

    def told(_held: Campaign, when: datetime) -> dict[str, Any]:
        return {"found": found, "published_at": when}

    def tell(step: Step[Campaign]) -> None:
        telling.published(step.case, step.at, key=str(step.event.pk))

    run(campaign, "publish", by=by, at=at, version=version, text=found, prepare=told, then=(tell,))
    return campaign


def take_back(
    campaign: Campaign, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Campaign:
    """Residents do not see it any more; it can be published again."""
    run(campaign, "take_back", by=by, at=at, version=version, text=reason, changes={"published_at": None})
    return campaign


def cancel(
    campaign: Campaign, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Campaign:
    """Nobody is asked any more, nothing is counted. What was answered stays closed to everybody."""
    run(campaign, "cancel", by=by, at=at, version=version, text=reason, then=(_end,))
    return campaign


def close_by_itself(campaign_id: int, at: datetime) -> None:
    """Its last day is over."""
    campaign = Campaign.objects.get(pk=campaign_id)
    if campaign.is_running and campaign.ends_at <= at:
        close(campaign, by=None, at=at)


def remind_by_itself(campaign_id: int, at: datetime) -> None:
    """A day of reminding has come."""
    campaign = lock(Campaign(pk=campaign_id))
    if campaign.is_running:
        remind(campaign, by=None, at=at)


def _freeze(questionnaire: Questionnaire, when: datetime) -> None:
    held = Questionnaire.objects.select_for_update(no_key=True).get(pk=questionnaire.pk)
    if held.is_frozen:
        return
    if faults(held.sheet):
        raise Unready
    held.frozen_at = when
    held.save(update_fields=["frozen_at"])


def _arm(step: Step[Campaign]) -> None:
    """The end, and the days of reminding that are still to come and lie before it."""
    campaign, at = step.case, step.at
    sla.disarm_all(case_ref(campaign), at=at)
    sla.act_at(case_ref(campaign), step="close", due_at=campaign.ends_at, at=at)
    begun = campaign.started_at or at
    for number, days in enumerate(campaign.remind_after, 1):
        due = begun + timedelta(days=days)
        if at < due < campaign.ends_at:
            sla.act_at(case_ref(campaign), step=f"remind_{number}", due_at=due, at=at)


def _end(step: Step[Campaign]) -> None:
    sla.disarm_all(case_ref(step.case), at=step.at)
    shuffle(step.case)
