"""Measures in lists, and whether they worked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, IntegerField, Q, Value, When

from servicecenter.accounts.models import User
from servicecenter.lib.refusals import NotFound
from surveys.models import Campaign, Measure
from surveys.models.measures import LEADERS
from surveys.queries.voices import heard
from surveys.results.estimate import Estimate
from surveys.results.significance import Change, change
from surveys.workflow import MeasureStatus
from surveys.workflow.campaigns import COUNTED

MOST, MOST_AWAITING = 200, 5


@dataclass(frozen=True)
class Cause:
    """The figure that a measure was decided on because of."""

    label: str
    figure: Estimate


@dataclass(frozen=True)
class Effect:
    """The figure that a measure should move, before and in the next campaign."""

    label: str
    before: Estimate
    after: Estimate
    later: Campaign
    change: Change | None


def listed(user: User) -> list[Measure]:
    """What is to be done first, by its day; then what waits to be verified; then the rest."""
    order = Case(
        When(status="open", then=Value(0)),
        When(status="done", then=Value(1)),
        default=2,
        output_field=IntegerField(),
    )
    rows = Measure.objects.visible_to(user).select_related("owner", "community", "campaign")
    return list(rows.annotate(turn=order).order_by("turn", "due_on", "id")[:MOST])


def awaiting(user: User) -> list[Measure]:
    """What the user has to do now: one's own measures, for leaders also those that wait to be seen."""
    mine = Q(owner=user, status=MeasureStatus.OPEN)
    if user.role in LEADERS:
        mine |= Q(status=MeasureStatus.DONE) & ~Q(owner=user) & ~Q(done_by=user)
    return list(Measure.objects.visible_to(user).filter(mine).order_by("due_on", "id")[:MOST_AWAITING])


def measure_for(user: User, number: str) -> Measure:
    """A measure that the user may see; refuses `not_found`."""
    rows = Measure.objects.visible_to(user).select_related(
        "community", "campaign__questionnaire", "campaign__community", "owner", "done_by", "verified_by"
    )
    found: Measure | None = rows.filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def of_month(user: User, month: date) -> list[Measure]:
    """What was decided on because of a month of complaints, by its day."""
    rows = Measure.objects.visible_to(user).filter(month=month)
    return list(rows.select_related("owner", "verified_by", "community"))


def due_in(user: User, month: date) -> list[Measure]:
    """Measures of months of complaints that fell due in this month and were not dropped, by their day."""
    last = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    rows = Measure.objects.visible_to(user).filter(month__isnull=False, due_on__gte=month, due_on__lt=last)
    found = rows.exclude(status=MeasureStatus.DROPPED).order_by("due_on", "id")
    return list(found.select_related("owner", "verified_by", "community"))


def decided_on(campaign: Campaign | None) -> Mapping[str, list[Measure]]:
    """What was decided on because of a campaign, by the section that it is to move; '' for the whole. One query."""
    found: dict[str, list[Measure]] = defaultdict(list)
    if campaign is not None:
        for each in campaign.measures.select_related("owner"):
            found[each.section].append(each)
    return found


def cause_of(measure: Measure) -> Cause | None:
    """The result that it comes from; None for a month of complaints, and where too few answered."""
    campaign = measure.campaign
    figure = _figure(campaign, measure.section) if campaign else None
    return Cause(_label(measure), figure) if figure else None


def effect_of(measure: Measure) -> Effect | None:
    """What the next campaign with the same questions says about its section (or the whole index); None before it."""
    campaign = measure.campaign
    if campaign is None:
        return None
    later = (
        Campaign.objects.filter(
            community=campaign.community_id,
            questionnaire__code=campaign.questionnaire.code,
            status__in=COUNTED,
            closed_at__gt=campaign.closed_at,
        )
        .select_related("questionnaire", "community")
        .order_by("closed_at")
        .first()
    )
    if later is None:
        return None
    before, after = (_figure(each, measure.section) for each in (campaign, later))
    if before is None or after is None:
        return None
    return Effect(_label(measure), before, after, later, change(after, before))


def _label(measure: Measure) -> str:
    """The section that it is to move, or the whole index."""
    assert measure.campaign is not None
    sections = measure.campaign.questionnaire.sheet.sections
    return next((str(each) for each in sections if each.code == measure.section), "CSI")


def _figure(campaign: Campaign, section: str) -> Estimate | None:
    answers = heard(campaign)
    asked = [
        question
        for each in answers.sheet.sections
        for question in each.questions
        if section in ("", each.code)
    ]
    return answers.of(answers.index(asked))
