"""Paper is keyed in twice, by two people; what both typed counts, what differs is shown to both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.models import Unit
from servicecenter.accounts.models import User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from surveys.actions.answering import AlreadyAnswered, answer, hold_open
from surveys.models import CALLERS, Campaign, Channel, Invitation, Keying, Response
from surveys.models.invitations import WAITING
from surveys.questions import Answers, checked


class TwoHave(Refusal):
    """Both keyings are there, and neither is one's own."""

    code = "keyed_by_two"
    sentence = _("Two colleagues have typed this paper in already. One of them has to look at it again.")


@dataclass(frozen=True)
class Keyed:
    """What came of it: the answer, if both agree; the codes of questions in which they differ; nothing after the
    first."""

    response: Response | None = None
    differs: tuple[str, ...] = ()


def paper_of(campaign: Campaign, unit: Unit, *, by: User) -> Invitation:
    """The invitation that a paper belongs to. Refuses `not_permitted` to all but the desk, `invalid` for a unit that is
    not asked or a campaign without paper, `already_answered`."""
    if by.role not in CALLERS:
        raise NotPermitted
    if campaign.community_id not in by.community_ids:
        raise NotFound
    if not campaign.has(Channel.PAPER) or not campaign.is_running:
        raise Invalid(errors={"campaign": [_("No paper is taken in this survey.")]})
    found = Invitation.objects.filter(campaign=campaign, unit=unit).first()
    if found is None or found.state in ("reserve", "replaced"):
        raise Invalid(errors={"unit": [_("This unit is not asked in this survey.")]})
    if found.state not in WAITING:
        raise AlreadyAnswered
    return found


def key_in(invitation: Invitation, answers: Answers, *, by: User, at: datetime | None = None) -> Keyed:
    """One person types a paper in. The second one's has to agree with the first one's; until it does, each may mend
    their own. Refuses as `paper_of` and `answer` do, and `keyed_by_two` to a third person."""
    when = instant(at)
    with transaction.atomic():
        hold_open(invitation.campaign)
        held = (
            Invitation.objects.select_for_update(no_key=True, of=("self",))
            .select_related("campaign__questionnaire", "unit")
            .get(pk=invitation.pk)
        )
        assert held.unit is not None
        paper_of(held.campaign, held.unit, by=by)
        said = checked(held.campaign.questionnaire.sheet, answers)
        if said.wrong:
            raise Invalid(errors={code: [_("This is no answer to it.")] for code in said.wrong})
        mine, other = _keyings(held, by)
        if mine is None:
            mine = Keying(community_id=held.community_id, invitation=held, turn=2 if other else 1, by=by)
        mine.answers, mine.at = said.answers, when
        mine.save()
        if other is None:
            return Keyed()
        differs = differing(mine.answers, other.answers)
        if differs:
            return Keyed(differs=differs)
        return Keyed(response=answer(held, mine.answers, channel=Channel.PAPER, by=by, at=when))


def differing(one: Answers, other: Answers) -> tuple[str, ...]:
    """The questions that two people read differently."""
    return tuple(sorted(code for code in {*one, *other} if one.get(code) != other.get(code)))


def _keyings(invitation: Invitation, by: User) -> tuple[Keying | None, Keying | None]:
    """One's own, and somebody else's."""
    rows = list(invitation.keyings.all())
    mine = next((each for each in rows if each.by_id == by.pk), None)
    others = [each for each in rows if each.by_id != by.pk]
    if mine is None and len(others) > 1:
        raise TwoHave
    return mine, others[0] if others else None
