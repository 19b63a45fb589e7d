"""Times in words: what is left, how late, and when, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from typing import Literal

from django.utils import formats
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_noop as _

from servicecenter.lib.clock import LOCAL

DeadlineState = Literal["none", "met", "met_late", "paused", "over", "soon", "ok"]

# The browser refreshes deadlines with the same patterns (see `patterns`), so both always say the same.
# Units stay short, which also spares them a plural form.
_PATTERNS = {
    "d": _("%(d)s d"),
    "dh": _("%(d)s d %(h)s h"),
    "h": _("%(h)s h"),
    "hm": _("%(h)s h %(m)s min"),
    "m": _("%(m)s min"),
    "left": _("%(time)s left"),
    "left_moment": _("less than 1 min left"),
    "over": _("%(time)s overdue"),
    "over_moment": _("overdue just now"),
}

# A quarter of the ordinary 24 hours: counts as "soon" where the start of a clock is not known.
SOON = timedelta(hours=6)
WARN_SHARE = 0.75


def patterns() -> dict[str, str]:
    """The patterns of durations and deadlines in the active language, by key."""
    return {key: gettext(text) for key, text in _PATTERNS.items()}


def duration_words(seconds: float) -> str:
    """A length of time in its two largest units, rounded down; the sign does not count."""
    return _duration(seconds) or gettext("less than 1 min")


def _duration(seconds: float) -> str:
    minutes = int(abs(seconds)) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        key = "dh" if hours else "d"
    elif hours:
        key = "hm" if minutes else "h"
    elif minutes:
        key = "m"
    else:
        return ""
    return gettext(_PATTERNS[key]) % {"d": days, "h": hours, "m": minutes}


def deadline_words(due_at: datetime | None, now: datetime) -> str:
    """What is left until `due_at`, or how late it is; "No time limit" without one."""
    if due_at is None:
        return gettext("No time limit")
    seconds = (due_at - now).total_seconds()
    side = "left" if seconds >= 0 else "over"
    if length := _duration(seconds):
        return gettext(_PATTERNS[side]) % {"time": length}
    return gettext(_PATTERNS[f"{side}_moment"])


def outcome_words(due_at: datetime, met_at: datetime) -> str:
    """How a finished clock ended: on time, or late by how much."""
    if met_at <= due_at:
        return gettext("On time")
    return gettext("Done %(time)s late") % {"time": duration_words((met_at - due_at).total_seconds())}


def deadline_state(
    due_at: datetime | None,
    now: datetime,
    *,
    met_at: datetime | None = None,
    paused_at: datetime | None = None,
    started_at: datetime | None = None,
) -> DeadlineState:
    """How a deadline stands. "soon" begins at 75 % of the time, like a policy's warning (domain.md §3)."""
    if due_at is None:
        return "none"
    if met_at is not None:
        return "met" if met_at <= due_at else "met_late"
    # A pause does not excuse what was missed before it began.
    if paused_at is not None and paused_at < due_at:
        return "paused"
    if now > due_at:
        return "over"
    soon_from = due_at - SOON if started_at is None else started_at + (due_at - started_at) * WARN_SHARE
    return "soon" if now >= soon_from else "ok"


def exact_words(value: datetime) -> str:
    """The full local date and time, as the active language writes it."""
    return formats.date_format(value.astimezone(LOCAL), pgettext("date format", "j M Y, H:i"))


def date_words(day: date) -> str:
    """A calendar day with its year, as the active language writes it."""
    return formats.date_format(day, pgettext("date format", "j M Y"))


_paper = ContextVar("paper", default=False)


@contextmanager
def on_paper() -> Iterator[None]:
    """Days by their date meanwhile: a sheet is read again when today is another day."""
    token = _paper.set(True)
    try:
        yield
    finally:
        _paper.reset(token)


def day_words(value: datetime, now: datetime) -> str:
    """Today, tomorrow, yesterday, or the date (always on paper); the year only when it is another one."""
    local, today = value.astimezone(LOCAL), now.astimezone(LOCAL).date()
    if _paper.get():
        return date_words(local.date())
    near = {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}
    if word := near.get((local.date() - today).days):
        return word
    same_year = local.year == today.year
    pattern = pgettext("date format", "j M") if same_year else pgettext("date format", "j M Y")
    return formats.date_format(local, pattern)


def moment_words(value: datetime, now: datetime) -> str:
    """An instant as people say it: the day in words and the local time of day."""
    clock = formats.date_format(value.astimezone(LOCAL), "H:i")
    return gettext("%(day)s %(clock)s") % {"day": day_words(value, now), "clock": clock}
