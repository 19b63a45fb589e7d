"""The rules, terms and hours of a community, and when loud works are allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from decoration.models import NoiseHours, Rule, Terms
from servicecenter.lib.clock import LOCAL
from servicecenter.sla.calendars import SATURDAY, public_day


def terms_of(community_id: int) -> Terms:
    """What a community asks of those who decorate; it has begun with the usual terms (`actions.rules.begin_rules`)."""
    return Terms.objects.get(community=community_id)


def hours_of(community_id: int) -> list[NoiseHours]:
    """When loud works are allowed, in order."""
    return list(NoiseHours.objects.filter(community=community_id))


def hours_on(day: date, hours: Sequence[NoiseHours]) -> list[NoiseHours]:
    """Those of one day: none on a public holiday, and on a weekend only those that say so. A make-up working day
    (调休) is a working day."""
    kind = public_day(day)
    if kind == "holiday":
        return []
    weekend = kind == "ordinary" and day.weekday() >= SATURDAY
    return [each for each in hours if each.weekends or not weekend]


def is_loud_time(at: datetime, hours: Sequence[NoiseHours]) -> bool:
    """Whether loud works are allowed at this instant."""
    here = at.astimezone(LOCAL)
    return any(each.begins <= here.time() < each.ends for each in hours_on(here.date(), hours))


@dataclass(frozen=True)
class Choices:
    """What an application may name: kinds of works with their rulings."""

    allowed: list[Rule]
    forbidden: list[Rule]


def works_of(community_id: int) -> Choices:
    """The kinds of works of a community; one query."""
    rows = list(Rule.objects.works().filter(community=community_id))
    return Choices(
        allowed=[each for each in rows if each.ruling != "forbidden"],
        forbidden=[each for each in rows if each.ruling == "forbidden"],
    )
