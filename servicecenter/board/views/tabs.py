"""Links that change one thing of the present address: a community, a period, a grouping."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from servicecenter.board.links import params
from servicecenter.board.queries.counting import MOST_COUNTED
from servicecenter.board.queries.slices import Grouping
from servicecenter.board.views.base import Asked
from servicecenter.lib.clock import local_day


@dataclass(frozen=True)
class Tab:
    """One choice, for `filter_tabs`."""

    label: str | Words
    url: str
    active: bool
    count: str = ""
    tone: str = ""
    code: str = ""


def address(asked: Asked, **changes: str) -> str:
    """The present page with the present filter and some of it changed; '' leaves something out."""
    given = params(asked.part)
    group_by = asked.request.GET.get("group_by", "")
    if group_by in Grouping.values:
        given["group_by"] = group_by
    kept = {name: value for name, value in (given | changes).items() if value}
    return f"{asked.request.path}?{urlencode(kept)}"


def community_tabs(asked: Asked) -> list[Tab]:
    """All communities, or one; nothing to choose for a reader who has one."""
    if len(asked.communities) < 2:
        return []
    wall = "1" if asked.request.GET.get("wall") == "1" else ""
    chosen = asked.part.community

    def url(code: str) -> str:
        given = {name: value for name, value in (("community", code), ("wall", wall)) if value}
        return f"{asked.request.path}?{urlencode(given)}" if given else asked.request.path

    return [
        Tab(_("All communities"), url(""), not chosen),
        *(Tab(each.name, url(each.code), chosen == each.code) for each in asked.communities),
    ]


def period_tabs(asked: Asked) -> list[Tab]:
    """The periods that are asked for most."""
    today = local_day(asked.at)
    this_month = today.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    periods: list[tuple[str | Words, date, date]] = [
        (_("7 days"), today - timedelta(days=6), today),
        (_("30 days"), today - timedelta(days=29), today),
        (_("This month"), this_month, today),
        (_("Last month"), last_month, this_month - timedelta(days=1)),
        (_("12 months"), today - timedelta(days=364), today),
    ]
    part = asked.part
    return [
        Tab(
            label,
            address(asked, **{"from": first.isoformat(), "to": last.isoformat()}),
            (part.first, part.last) == (first, last),
        )
        for label, first, last in periods
    ]


def group_tabs(asked: Asked, by: str) -> list[Tab]:
    """What the table of groups can go by."""
    places = (Grouping.TRADE, Grouping.COMMUNITY, Grouping.BUILDING, Grouping.TECHNICIAN)
    return [Tab(each.label, f"{address(asked, group_by=each)}#groups", by == each) for each in places]


def capped(count: int) -> str:
    """A count in words: exact below the limit."""
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)
