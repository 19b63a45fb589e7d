"""Campaigns in lists and on their page: who answers, building by building."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from servicecenter.accounts.models import Community, User
from servicecenter.lib.pages import Page, page_of
from servicecenter.lib.refusals import NotFound
from surveys.models import Campaign, Invitation, Measure, Questionnaire, State, Stratum

PAGE = 30
# Whoever was asked, whatever came of it; those who gave their place away too.
ASKED = tuple(each for each in State if each != State.RESERVE)
ROW = ("community", "questionnaire", "made_by")


@dataclass(frozen=True)
class Standing:
    """How many of a building (or of all) were asked, and what came of it."""

    label: str
    population: int
    quota: int
    states: Counter[str]

    @property
    def asked(self) -> int:
        return sum(self.states[each] for each in ASKED)

    @property
    def answered(self) -> int:
        return self.states[State.ANSWERED]

    @property
    def waiting(self) -> int:
        """Who may still answer."""
        return self.states[State.INVITED] + self.states[State.UNREACHABLE]

    @property
    def not_reached(self) -> int:
        """Asked, and no answer: said no, could not be reached, gave the place away, or never answered."""
        return self.asked - self.answered

    @property
    def rate(self) -> float | None:
        """Answers in percent of those who were asked."""
        return round(100 * self.answered / self.asked, 1) if self.asked else None

    @property
    def is_full(self) -> bool:
        """Whether as many have answered as were to be asked."""
        return self.answered >= self.quota


def campaign_for(user: User, number: str) -> Campaign:
    """A campaign that the user may see; refuses `not_found`."""
    found = Campaign.objects.visible_to(user).select_related(*ROW).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def listed(user: User, cursor: str) -> Page[Campaign]:
    """The latest first."""
    rows = Campaign.objects.visible_to(user).select_related(*ROW)
    return page_of(rows, order=["-id"], cursor=cursor, size=PAGE)


def rates(campaigns: list[Campaign]) -> dict[int, tuple[int, int]]:
    """Campaign → (answered, asked); one query for any number."""
    rows = (
        Invitation.objects.filter(campaign__in=[each.pk for each in campaigns])
        .values_list("campaign")
        .annotate(
            answered=Count("id", filter=Q(state=State.ANSWERED)), asked=Count("id", filter=Q(state__in=ASKED))
        )
    )
    return {pk: (answered, asked) for pk, answered, asked in rows}


def standings_of(campaign: Campaign) -> tuple[Standing, list[Standing], list[Stratum]]:
    """All together, each building, and the strata; two queries."""
    strata = list(campaign.strata.select_related("building"))
    states: dict[int, Counter[str]] = defaultdict(Counter)
    counted = (
        Invitation.objects.filter(campaign=campaign).values_list("stratum", "state").annotate(n=Count("id"))
    )
    for stratum_id, state, number in counted.order_by():
        states[stratum_id][state] = number
    rows = [Standing(str(each), each.population, each.quota, states[each.pk]) for each in strata]
    together = Standing(
        "",
        sum(each.population for each in rows),
        sum(each.quota for each in rows),
        sum((each.states for each in rows), Counter()),
    )
    return together, rows, strata


def replaced_in(campaign: Campaign) -> list[Invitation]:
    """Units that gave their place away, with the reason."""
    rows = Invitation.objects.filter(campaign=campaign, state=State.REPLACED)
    return list(rows.select_related("unit", "stratum__building").order_by("stratum", "rank"))


def measures_of(campaign: Campaign) -> list[Measure]:
    """What is done about its results."""
    return list(campaign.measures.select_related("owner", "verified_by"))


def usable(user: User, community: Community | None = None) -> list[Questionnaire]:
    """Questionnaires that a new campaign may use: the newest version of each line that is not retired."""
    rows = Questionnaire.objects.visible_to(user).filter(retired_at=None).select_related("community")
    if community is not None:
        rows = rows.filter(Q(community=None) | Q(community=community))
    newest = rows.order_by("community_id", "code", "-number").distinct("community_id", "code")
    return sorted(newest, key=lambda each: (each.community_id or 0, each.code))
