"""The frame of a campaign: which units may be asked. What only an app above knows, it registers here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from owners.models import Occupancy, Unit, UnitQuerySet, UnitUse
from servicecenter.accounts.models import Community
from surveys.models import Audience

# (community, at) → units of the community
Frame = Callable[[Community, datetime], UnitQuerySet]


def _homes(community: Community, at: datetime) -> UnitQuerySet:
    """Homes and shops with somebody in them: parking spaces and empty homes have no opinion."""
    lived_in = Occupancy.objects.current().filter(community=community).values("unit")
    return Unit.objects.filter(
        community=community, use__in=[UnitUse.RESIDENCE, UnitUse.SHOP], pk__in=lived_in
    )


_frames: dict[str, Frame] = {Audience.ALL.value: _homes, Audience.SAMPLE.value: _homes}


def register(audience: str, frame: Frame) -> None:
    """Makes an audience known that is found in rows of an app above; safe to repeat."""
    _frames[audience] = frame


def units_of(audience: str, community: Community, at: datetime) -> UnitQuerySet:
    """The units of an audience at this moment."""
    return _frames[audience](community, at)
