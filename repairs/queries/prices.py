"""The prices that count in a community on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from repairs.models import PriceItem, PriceList
from servicecenter.accounts.models import Community, User
from servicecenter.lib.refusals import NotFound


def prices_on(community_id: int, day: date) -> list[PriceItem]:
    """Every price in force on `day`, by trade; [] where nothing was published. Two queries."""
    found = PriceList.objects.in_force(community_id, day).first()
    return list(found.items.all()) if found is not None else []


def list_in_force(community: Community, day: date) -> PriceList | None:
    """The version that counts on `day`, if there is one."""
    return PriceList.objects.in_force(community.pk, day).first()


def versions_of(community: Community) -> list[PriceList]:
    """Every version, the newest first."""
    rows = PriceList.objects.filter(community=community).select_related("published_by", "made_by")
    return list(rows.order_by("-version"))


def draft_for(user: User, list_id: int) -> PriceList:
    """A draft that one may see; refuses `not_found`."""
    rows = PriceList.objects.visible_to(user).select_related("community").filter(valid_from=None)
    found = rows.filter(pk=list_id).first() if list_id < 2**63 else None
    if found is None:
        raise NotFound
    return found


def by_trade(items: Iterable[PriceItem], first: str = "") -> list[tuple[str, list[PriceItem]]]:
    """Prices under the names of their trades; those of the trade `first` come first."""
    groups: dict[str, list[PriceItem]] = {}
    for item in sorted(items, key=lambda each: each.trade != first):
        groups.setdefault(str(item.get_trade_display()), []).append(item)
    return list(groups.items())
