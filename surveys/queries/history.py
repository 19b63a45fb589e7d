"""A campaign beside its earlier ones, and beside the other communities that were asked at the same time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from servicecenter.accounts.models import User
from surveys.charts import figure, interval_words
from surveys.models import Campaign
from surveys.queries.voices import Heard, heard
from surveys.results.estimate import Estimate
from surveys.results.significance import Change, change
from surveys.workflow.campaigns import COUNTED

MOST_EARLIER, MOST_BESIDE = 4, 12


@dataclass(frozen=True)
class Beside:
    """Another campaign: its index, and how the present one differs from it. No figure: too few answered."""

    campaign: Campaign
    csi: Estimate | None
    change: Change | None

    @property
    def figure(self) -> str:
        """The index in words; a dash where too few answered."""
        return figure(self.csi.value if self.csi else None)

    @property
    def spread(self) -> str:
        """Its interval in words."""
        return interval_words(self.csi)


def earlier_than(campaign: Campaign, now: Heard) -> list[Beside]:
    """The campaigns before it with the same line of questions and the same sort of audience, the latest first."""
    alike = ["all", "sample"] if campaign.audience in ("all", "sample") else [campaign.audience]
    rows = Campaign.objects.filter(
        community=campaign.community_id,
        questionnaire__code=campaign.questionnaire.code,
        audience__in=alike,
        status__in=COUNTED,
        closed_at__lt=campaign.closed_at,
    )
    found = rows.select_related("questionnaire", "community").order_by("-closed_at")
    return _beside(found[:MOST_EARLIER], now)


def of_its_wave(campaign: Campaign, now: Heard, user: User) -> list[Beside]:
    """The other communities that were asked the same at the same time, as far as the reader works there."""
    if campaign.wave is None:
        return []
    rows = Campaign.objects.visible_to(user).filter(wave=campaign.wave, status__in=COUNTED)
    found = rows.exclude(pk=campaign.pk).select_related("questionnaire", "community")
    return _beside(found.order_by("community__code")[:MOST_BESIDE], now)


def _beside(campaigns: Iterable[Campaign], now: Heard) -> list[Beside]:
    own = _index(now)
    rows = [(each, _index(heard(each))) for each in campaigns]
    return [Beside(each, csi, change(own, csi)) for each, csi in rows]


def _index(answers: Heard) -> Estimate | None:
    return answers.of(answers.index())
