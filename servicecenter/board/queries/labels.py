"""What groups and narrowings are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from owners.models import Building
from repairs.models import Trade
from servicecenter.accounts.models import Community, User
from servicecenter.board.queries.slices import NONE, Grouping, Slice


def day_label(day: date) -> str:
    """A day without its year."""
    return formats.date_format(day, pgettext("date format", "j M"))


def period_label(part: Slice) -> str:
    """The days of a period, first and last."""
    pattern = pgettext("date format", "j M Y")
    first, last = (formats.date_format(day, pattern) for day in (part.first, part.last))
    return first if part.days == 1 else f"{first} – {last}"


def hour_label(hour: int) -> str:
    """An hour of the day."""
    return f"{hour:02d}:00"


def weekday_label(number: int, *, short: bool = False) -> str:
    """A weekday, 1 for Monday."""
    return str((WEEKDAYS_ABBR if short else WEEKDAYS)[number - 1])


def group_labels(by: str, keys: Iterable[Any], communities: Iterable[Community]) -> dict[Any, str]:
    """A label for each key of a grouping; one query at most."""
    known = [key for key in keys if key is not None]
    match by:
        case Grouping.COMMUNITY:
            labels: dict[Any, str] = {each.pk: each.name for each in communities}
        case Grouping.BUILDING:
            labels = _buildings(known, list(communities))
        case Grouping.TECHNICIAN:
            labels = people(known, communities)
        case Grouping.TRADE:
            labels = {key: str(Trade(key).label) for key in known}
        case Grouping.HOUR:
            labels = {key: hour_label(key) for key in known}
        case Grouping.MONTH:
            labels = {key: formats.date_format(key, "YEAR_MONTH_FORMAT") for key in known}
        case _:
            labels = {key: day_label(key) for key in known}
    return labels | {None: without(by)}


def without(by: str) -> str:
    """What rows that belong to no group are called."""
    return _("No building") if by == Grouping.BUILDING else _("Nobody yet")


def _buildings(ids: list[int], communities: list[Community]) -> dict[Any, str]:
    """Buildings by name, with their community where the reader has several."""
    found = Building.objects.filter(community__in=communities, pk__in=ids)
    names = {each.pk: each.name for each in communities}
    many = len(communities) > 1
    return {each.pk: f"{names[each.community_id]} {each.name}" if many else each.name for each in found}


def people(ids: Iterable[int], communities: Iterable[Community]) -> dict[Any, str]:
    """Members of staff by name. Whoever does not work in these communities (any more) stays without one."""
    ids = list(ids)
    found = User.objects.filter(pk__in=ids, memberships__community__in=list(communities)).distinct()
    return dict.fromkeys(ids, _("Former staff")) | {each.pk: str(each) for each in found}


def narrowings(part: Slice) -> list[str]:
    """Everything that narrows a slice besides its period, in words; two queries at most."""
    words = [each.name for each in part.communities if each.code == part.community]
    if part.trade:
        words.append(str(Trade(part.trade).label))
    if part.building:
        words.append(_one(Grouping.BUILDING, part.building, part))
    if part.technician:
        words.append(_one(Grouping.TECHNICIAN, part.technician, part))
    if part.caller:
        words.append(_one(Grouping.TECHNICIAN, part.caller, part))
    if part.weekday is not None:
        words.append(weekday_label(part.weekday))
    if part.hour is not None:
        words.append(f"{hour_label(part.hour)}–{part.hour:02d}:59")
    return words


def _one(by: str, value: str, part: Slice) -> str:
    if value == NONE:
        return without(by)
    labels = group_labels(by, [int(value)], part.communities)
    return labels.get(int(value), _("Unknown"))
