"""Shares of counted rows: part of a whole, always shown with both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

# Groups with fewer answers are not shown: nobody's answer can be guessed, and nobody is judged by two calls.
FEWEST_ANSWERS = 5
# The normal deviate of a 95 % interval.
Z = 1.959964


@dataclass(frozen=True)
class Share:
    """`part` of `whole` rows."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """0–100 with one decimal; None without any row."""
        return round(100 * self.part / self.whole, 1) if self.whole else None

    def change(self, before: Share) -> float | None:
        """Percentage points more (or less) than `before`; None where one of the two has no rows."""
        if self.percent is None or before.percent is None:
            return None
        return round(100 * (self.part / self.whole - before.part / before.whole), 1)

    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the share in percent (Wilson score), so that a small sample shows as one."""
        if not self.whole:
            return None
        share, size = self.part / self.whole, self.whole
        middle = (share + Z**2 / (2 * size)) / (1 + Z**2 / size)
        spread = Z / (1 + Z**2 / size) * sqrt(share * (1 - share) / size + Z**2 / (4 * size**2))
        return round(100 * max(0.0, middle - spread), 1), round(100 * min(1.0, middle + spread), 1)


@dataclass(frozen=True)
class Figure:
    """A share by its sets: `part` of `whole`; `rest` is the set of all others. `better` is the good direction.

    `rest_words`: how the rest is told beside the figure. `target`: percent. A promise is made to be kept and every
    completed repair gets its call: both aim at all of them.
    """

    code: str
    label: str | Words
    part: str
    whole: str
    meaning: str | Words
    rest: str = ""
    rest_words: str | Words = ""
    better: str = "up"
    target: int | None = None
    # Answers of people: not shown for fewer than FEWEST_ANSWERS.
    private: bool = False

    def of(self, counts: Mapping[str, int]) -> Share:
        """The share in counted sets."""
        return Share(counts.get(self.part, 0), counts.get(self.whole, 0))

    def is_shown(self, share: Share) -> bool:
        """Whether the share may be shown."""
        return not self.private or share.whole >= FEWEST_ANSWERS


MISSED = _("%(n)s missed")
_ALL = (
    Figure(
        "respond",
        _("Response in time"),
        "respond_kept",
        "respond_due",
        _(
            "Promises whose owner was contacted before the deadline, out of all whose response deadline lies in the "
            "period. One that was not kept and is past its deadline counts against us; paused time is taken out."
        ),
        rest="respond_missed",
        rest_words=MISSED,
        target=100,
    ),
    Figure(
        "arrive",
        _("Arrival at emergencies in time"),
        "arrive_kept",
        "arrive_due",
        _("The same for the arrival at emergencies; arrival at other repairs is an appointment."),
        rest="arrive_missed",
        rest_words=MISSED,
        target=100,
    ),
    Figure(
        "secure",
        _("Emergencies made safe in time"),
        "secure_kept",
        "secure_due",
        _("The same for the moment from which an emergency endangers nobody and gets no worse."),
        rest="secure_missed",
        rest_words=MISSED,
        target=100,
    ),
    Figure(
        "complete",
        _("Completion in time"),
        "complete_kept",
        "complete_due",
        _("The same for the completion. Each round of a reworked repair is a promise of its own."),
        rest="complete_missed",
        rest_words=MISSED,
        target=100,
    ),
    Figure(
        "complete_first",
        _("First completion in time"),
        "complete_first_kept",
        "complete_first_due",
        _("Completion in time, only the first round of each repair."),
        rest="complete_first_missed",
        rest_words=MISSED,
        target=100,
    ),
    Figure(
        "call",
        _("Follow-up call in time"),
        "calls_kept",
        "calls_due",
        _("Follow-ups with an outcome before their deadline, out of all whose deadline lies in the period."),
        rest="calls_missed",
        rest_words=MISSED,
        target=100,
    ),
    Figure(
        "coverage",
        _("Follow-up coverage"),
        "calls_covered",
        "calls_due",
        _(
            "Follow-ups with an outcome, in time or not, out of all whose deadline lies in the period. A completion "
            "that was redone before its call is replaced by the new one."
        ),
        rest="calls_open",
        rest_words=_("%(n)s without an outcome"),
        target=100,
    ),
    Figure(
        "sampled_out",
        _("Covered by an outage's sample"),
        "sampled_out",
        "completions",
        _(
            "Completions of the period that ended together with an outage and were not drawn for a call. They count "
            "neither for nor against the coverage."
        ),
        better="down",
    ),
    Figure(
        "first_time",
        _("Fixed the first time"),
        "first_time",
        "first_completions",
        _(
            "First completions of the period without rework, and without the same trade in the same unit again within "
            "30 days."
        ),
        rest="not_first_time",
        rest_words=_("%(n)s redone or repeated"),
    ),
    Figure(
        "punctual",
        _("Appointments kept in time"),
        "visits_kept",
        "visits_due",
        _(
            "The engineer came before the agreed window ended, out of the agreed windows that ended in the period. "
            "Where nobody was at home nothing could be kept: those do not count."
        ),
        rest="visits_missed",
        rest_words=_("%(n)s late or not"),
    ),
    Figure(
        "rework",
        _("Rework"),
        "reworked",
        "completions",
        _("Completions of the period that were sent back for rework."),
        better="down",
    ),
    Figure(
        "satisfaction",
        _("Satisfaction"),
        "satisfied",
        "answers",
        _("Ratings of 8 or more out of all ratings given about completions of the period."),
        rest="unsatisfied",
        rest_words=_("%(n)s below 8"),
        private=True,
    ),
    Figure(
        "reach",
        _("Reach rate"),
        "attempts_reached",
        "attempts",
        _("Calls of the period that reached somebody who answered."),
    ),
    Figure(
        "handling",
        _("Handling efficiency"),
        "handled",
        "to_handle",
        _("Repairs closed in the period, out of those open at its start or reported in it."),
    ),
)
FIGURES: Mapping[str, Figure] = {each.code: each for each in _ALL}


def sets_of(*codes: str) -> frozenset[str]:
    """The sets that must be counted for these figures."""
    figures = [FIGURES[code] for code in codes]
    return frozenset(name for each in figures for name in (each.part, each.whole))
