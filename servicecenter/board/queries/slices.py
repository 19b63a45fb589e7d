"""Which rows a figure is about: communities, a period, and whatever narrows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community
from servicecenter.lib.clock import end_of_day, local_day, start_of_day

# What stands in an address for "without one": a repair that lies in no building, that nobody works on.
NONE = "none"
LONGEST = timedelta(days=400)


class Grouping(TextChoices):
    """What figures can be grouped by. Times are local; `hour` is the hour of the day in which a repair was reported."""

    COMMUNITY = "community", _("Community")
    BUILDING = "building", _("Building")
    TRADE = "trade", _("Trade")
    TECHNICIAN = "technician", _("Technician")
    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")
    HOUR = "hour", _("Hour of the day")


# A row lies in one day, week or month by the instant that puts it into a period.
TIMES = frozenset({Grouping.DAY, Grouping.WEEK, Grouping.MONTH})


@dataclass(frozen=True)
class Slice:
    """The rows of `communities` in [since, until), narrowed by every field that is set.

    `building`, `technician`, `caller`: an id, or NONE for rows without one. `hour` 0–23 and `weekday` 1–7 (from Monday)
    are local.
    """

    communities: tuple[Community, ...]
    since: datetime
    until: datetime
    community: str = ""
    trade: str = ""
    building: str = ""
    technician: str = ""
    caller: str = ""
    hour: int | None = None
    weekday: int | None = None

    @property
    def community_ids(self) -> list[int]:
        """The chosen community, or all that the reader works in."""
        return [each.pk for each in self.communities if self.community in ("", each.code)]

    @property
    def first(self) -> date:
        return local_day(self.since)

    @property
    def last(self) -> date:
        """The last day that the period touches."""
        return local_day(self.until - timedelta(microseconds=1))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def over(self, first: date, last: date) -> Slice:
        """The same rows in another period: whole days, both included."""
        return replace(self, since=start_of_day(first), until=end_of_day(last))

    def before(self) -> Slice:
        """The period of the same length right before this one."""
        return replace(self, since=self.since - (self.until - self.since), until=self.since)

    def each_day(self) -> Iterator[date]:
        """Every day of the period, in order."""
        return (self.first + timedelta(days=number) for number in range(self.days))
