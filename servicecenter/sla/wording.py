"""Terms of a promise in words, and what a change of them changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from servicecenter.sla.calendars import WorkingCalendar, minutes_of
from servicecenter.sla.models import ClockKind, Told, Way
from servicecenter.sla.policies import Terms

MINUTE, HOUR, DAY = 60, 3600, 86400

# Kinds of cases within a kind of work: an urgency of a repair, a level of a complaint.
KINDS: Mapping[str, str | Promise] = {
    "emergency": _("Emergency"),
    "normal": _("Normal"),
    "ordinary": _("Ordinary"),
    "urgent": _("Urgent"),
    "complex": _("Complex"),
    "major": _("Major"),
    "warranty": _("Under warranty"),
    "suggestion": _("Suggestion"),
    "praise": pgettext_lazy("from a resident", "Praise"),
}


def kind_words(urgency: str, level: str) -> str:
    """Which cases a promise is about; '' for all of a kind of work."""
    return " · ".join(str(KINDS.get(code, code)) for code in (urgency, level) if code)


def whom_words(role: str) -> str:
    """Whom a rung tells."""
    return str(Told(role).label) if role in Told.values else role


def day_seconds(clock: str, calendar: WorkingCalendar) -> int:
    """How long one day of this clock is: 24 hours, or what is worked on the first working day of the week."""
    if clock == ClockKind.ALWAYS:
        return DAY
    spans = next(filter(None, calendar.weekly))
    return sum(end - start for start, end in map(minutes_of, spans)) * MINUTE


def in_units(seconds: int, clock: str, calendar: WorkingCalendar) -> tuple[int, str]:
    """A target as people say it: the largest unit of days, hours and minutes that it is a whole number of.

    Round the clock, days begin at three: “48 hours” is a promise, “2 days” might mean two dates.
    """
    day = day_seconds(clock, calendar)
    if seconds % day == 0 and (clock == ClockKind.WORKING or seconds >= 3 * day + 1):
        return seconds // day, "days"
    if seconds % HOUR == 0:
        return seconds // HOUR, "hours"
    return max(1, round(seconds / MINUTE)), "minutes"


def target_words(terms: Terms, calendar: WorkingCalendar) -> str:
    """How long is promised: “24 hours”, “3 working days”, “no target”."""
    if terms.target_seconds is None:
        return gettext("No target")
    amount, unit = in_units(terms.target_seconds, terms.clock, calendar)
    if unit == "days" and terms.clock == ClockKind.WORKING:
        return ngettext("%(count)s working day", "%(count)s working days", amount) % {"count": amount}
    if unit == "minutes" and terms.target_seconds > HOUR:
        return _hours_and_minutes(terms.target_seconds)
    words = {
        "days": ngettext("%(count)s day", "%(count)s days", amount),
        "hours": ngettext("%(count)s hour", "%(count)s hours", amount),
        "minutes": ngettext("%(count)s minute", "%(count)s minutes", amount),
    }
    return words[unit] % {"count": amount}


def _hours_and_minutes(seconds: int) -> str:
    hours, minutes = divmod(seconds // MINUTE, 60)
    return gettext("%(h)s h %(m)s min") % {"h": hours, "m": minutes}


def share_words(share: Any) -> str:
    """A share as a percentage, without needless digits: 75%, 12.5%."""
    percent = f"{float(share) * 100:.2f}".rstrip("0").rstrip(".")
    return f"{percent}%"


def rung_words(rung: Mapping[str, Any]) -> str:
    """One rung of the ladder."""
    whom = whom_words(str(rung["to"]))
    if rung.get("channel"):
        whom = gettext("%(whom)s (%(how)s)") % {"whom": whom, "how": Way(rung["channel"]).label}
    facts = {"whom": whom, "share": share_words(rung["after"])}
    if not float(rung["after"]):
        return gettext("at once: %(whom)s") % facts
    return gettext("%(share)s later: %(whom)s") % facts


def ladder_words(terms: Terms) -> str:
    """The whole ladder in one line."""
    return gettext("; ").join(rung_words(rung) for rung in terms.escalate)


def differences(old: Terms | None, new: Terms, calendar: WorkingCalendar) -> list[str]:
    """What a change changed, one sentence each; the terms themselves where there was nothing before."""
    if old is None:
        return [
            gettext("%(what)s: %(now)s") % {"what": what, "now": now} for what, now in _facts(new, calendar)
        ]
    return [
        gettext("%(what)s: %(before)s → %(now)s") % {"what": what, "before": before, "now": now}
        for (what, before), (_what, now) in zip(_facts(old, calendar), _facts(new, calendar), strict=True)
        if before != now
    ]


def _facts(terms: Terms, calendar: WorkingCalendar) -> Iterator[tuple[str, str]]:
    yield gettext("Target"), target_words(terms, calendar)
    yield gettext("Clock"), str(ClockKind(terms.clock).label)
    yield gettext("Warning at"), share_words(terms.warn_at)
    yield gettext("When late"), ladder_words(terms)


def estimate_words(years: tuple[int, ...]) -> list[str]:
    """A sentence for each year whose official days off are not published yet: said, never guessed silently."""
    return [
        gettext(
            "The State Council has not published the days off and make-up working days of %(year)s yet; until then "
            "only the statutory holidays are counted."
        )
        % {"year": year}
        for year in years
    ]
