"""What was changed about working hours, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from servicecenter.accounts.models import Community
from servicecenter.sla.models import CalendarChange
from servicecenter.sla.spans import day_words
from servicecenter.sla.year import WEEKDAYS

SHOWN = 30


@dataclass(frozen=True)
class Entry:
    """One change: who, when, what; `by` is '' for what stood at the beginning."""

    at: datetime
    by: str
    sentences: Sequence[str]


def changes_of(community: Community | None) -> list[Entry]:
    """The latest changes of a calendar, newest first. One query."""
    rows = CalendarChange.objects.filter(hours__community=community).select_related("by").order_by("-id")
    return [Entry(row.at, str(row.by or ""), list(_sentences(row))) for row in rows[:SHOWN]]


def _sentences(row: CalendarChange) -> Iterator[str]:
    if row.kind == CalendarChange.Kind.WEEK:
        yield from _week(row.before, row.after)
        return
    facts = {"day": row.day, "reason": row.reason}
    if row.after is None:
        yield gettext("Exception of %(day)s removed (%(reason)s)") % facts
    else:
        hours = {"hours": day_words(row.after)}
        yield gettext("Exception on %(day)s: %(hours)s (%(reason)s)") % (facts | hours)


def _week(before: Any, after: Any) -> Iterator[str]:
    if after is None:
        yield gettext("Back to the company's week")
        return
    for number, name in enumerate(WEEKDAYS):
        now = day_words(after[number])
        if before is None:
            yield gettext("%(what)s: %(now)s") % {"what": name, "now": now}
        elif (was := day_words(before[number])) != now:
            yield gettext("%(what)s: %(before)s → %(now)s") % {"what": name, "before": was, "now": now}
