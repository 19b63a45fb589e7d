"""Whether a figure differs from that of the last campaign, or whether chance alone may have moved it.

    z = (F_now − F_before) / √(V_now + V_before),   p = 2 (1 − Φ(|z|))

Both samples are taken as independent. Where the same homes answered twice, the true error is smaller: what is called a
change here is one. A campaign that heard from everybody has no error, and any difference between two of them is real.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from django.utils.translation import pgettext_lazy

from surveys.results.estimate import Estimate

CLEAR, LIKELY = 0.01, 0.05
WORDS = {
    "clear_up": pgettext_lazy(
        "survey", "Clearly better: chance would do this less than once in a hundred times."
    ),
    "likely_up": pgettext_lazy("survey", "Better: chance would do this less than once in twenty times."),
    "same": pgettext_lazy("survey", "No difference that can be told from chance."),
    "likely_down": pgettext_lazy("survey", "Worse: chance would do this less than once in twenty times."),
    "clear_down": pgettext_lazy(
        "survey", "Clearly worse: chance would do this less than once in a hundred times."
    ),
}


@dataclass(frozen=True)
class Change:
    """The difference to an earlier figure, and how likely chance alone makes one as large."""

    difference: float
    chance: float

    @property
    def code(self) -> str:
        if self.chance >= LIKELY:
            return "same"
        way = "up" if self.difference > 0 else "down"
        return f"clear_{way}" if self.chance < CLEAR else f"likely_{way}"

    @property
    def signed(self) -> str:
        """The difference with its sign: +1.2, −0.4."""
        # −0.0 is no figure that anybody should read.
        return f"{round(self.difference, 1) + 0.0:+.1f}".replace("-", "−")

    @property
    def words(self) -> str:
        return str(WORDS[self.code])

    @property
    def tone(self) -> str:
        return {"same": "plain"}.get(self.code, "good" if self.difference > 0 else "bad")


def change(now: Estimate | None, before: Estimate | None) -> Change | None:
    """The change between two figures; None where one of them is missing."""
    if now is None or before is None:
        return None
    difference, error = now.value - before.value, sqrt(now.error**2 + before.error**2)
    if not error:
        return Change(difference, 1.0 if abs(difference) < 1e-9 else 0.0)
    return Change(difference, 2 * (1 - NormalDist().cdf(abs(difference) / error)))
