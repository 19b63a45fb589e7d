"""Reads for the page of the warranty register."""

from __future__ import annotations

from collections.abc import Collection

from owners.models import Unit, UnitUse, WarrantyPart
from servicecenter.lib.refusals import NotFound


def part_named(pk: int | str) -> WarrantyPart:
    """The part with this id; refuses `not_found`."""
    text = str(pk)
    found = None
    if text.isascii() and text.isdigit() and len(text) < 19:
        found = WarrantyPart.objects.filter(pk=int(text)).first()
    if found is None:
        raise NotFound
    return found


def missing_dates(community_ids: Collection[int]) -> int:
    """How many homes and shops have no delivery date, so that no warranty can be told."""
    homes = Unit.objects.filter(community__in=community_ids, use__in=[UnitUse.RESIDENCE, UnitUse.SHOP])
    return homes.filter(delivered_on=None).count()
