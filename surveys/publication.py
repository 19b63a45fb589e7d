"""What residents read of a published campaign, in the portal and on the notice board."""

from __future__ import annotations

from typing import Any

from surveys import charts
from surveys.models import Campaign
from surveys.queries.campaigns import measures_of
from surveys.queries.results import results_of
from surveys.workflow import MeasureStatus


def shown_of(campaign: Campaign) -> dict[str, Any]:
    """Figures of the sections, and every measure that residents are told of; dropped ones are not."""
    results = results_of(campaign)
    told = [each for each in measures_of(campaign) if each.public and each.status != MeasureStatus.DROPPED]
    return {
        "campaign": campaign,
        "results": results,
        "sections": charts.lines(results.sections),
        "measures": told,
    }
