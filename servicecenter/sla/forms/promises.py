"""Editing a promise in the units that people speak: minutes, hours, days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from servicecenter.lib.formtools import MomentField
from servicecenter.sla import policies
from servicecenter.sla.calendars import WorkingCalendar
from servicecenter.sla.models import ClockKind, Way
from servicecenter.sla.policies import Subject, Terms
from servicecenter.sla.wording import HOUR, MINUTE, day_seconds, in_units, whom_words

TARGET, NONE = "target", "none"
UNITS = {
    "minutes": _("minutes"),
    "hours": _("hours"),
    "days": _("days or working days"),
}
# What the rules call a field, and what the form calls it.
FIELDS = {"target_seconds": "amount", "warn_at": "warn_percent", "escalate": "rung_0_to"}
LARGEST = 9_999_999


class PromiseForm(forms.Form):
    """The terms of one promise."""

    promise = forms.ChoiceField(
        label=_("What we promise"),
        choices=[(TARGET, _("A time limit")), (NONE, _("No target, by decision"))],
        widget=forms.RadioSelect,
    )
    amount = forms.IntegerField(label=_("Time limit"), required=False, min_value=1, max_value=LARGEST)
    unit = forms.ChoiceField(
        label=pgettext_lazy("of time", "Unit"), choices=list(UNITS.items()), required=False
    )
    clock = forms.ChoiceField(label=_("How time counts"), choices=ClockKind.choices, widget=forms.RadioSelect)
    warn_percent = forms.IntegerField(
        label=_("Warn after … % of the time"),
        min_value=1,
        max_value=99,
        help_text=_("Whoever works on it is reminded while there is still time."),
    )
    apply_to_open = forms.BooleanField(required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    trial_at = MomentField(label=_("Calculate for a report at"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        subject: Subject,
        present: Terms,
        calendar: WorkingCalendar,
        seen: int,
        reached: int,
    ) -> None:
        self.subject, self.present, self.calendar = subject, present, calendar
        super().__init__(data, initial=_initial(present, calendar) | {"seen": seen})
        self.fields["apply_to_open"].label = _reach_words(reached)
        for number in range(policies.MOST_RUNGS):
            self._add_rung(number)

    def _add_rung(self, number: int) -> None:
        """The fields of one rung; a rung that names nobody is none."""
        choices = [("", _("nobody")), *((role, whom_words(role)) for role in policies.RUNGS)]
        self.fields[f"rung_{number}_to"] = forms.ChoiceField(
            label=_("Tell"), choices=choices[1:] if number == 0 else choices, required=number == 0
        )
        self.fields[f"rung_{number}_after"] = forms.DecimalField(
            label=_("% of the limit later"),
            required=False,
            min_value=0,
            max_value=policies.LONGEST_RUNG * 100,
            max_digits=6,
            decimal_places=2,
        )
        self.fields[f"rung_{number}_channel"] = forms.ChoiceField(
            label=_("How"), choices=Way.choices, required=False
        )

    @property
    def rungs(self) -> Sequence[tuple[int, BoundField, BoundField, BoundField]]:
        """Number, whom, when and how, for the page. The first is at the deadline itself."""
        return [
            (
                number + 1,
                self[f"rung_{number}_to"],
                self[f"rung_{number}_after"],
                self[f"rung_{number}_channel"],
            )
            for number in range(policies.MOST_RUNGS)
        ]

    def clean(self) -> dict[str, Any]:
        """A time limit has a number; then the rules themselves are asked."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("promise") == TARGET and cleaned.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Please enter how long it may take, or choose “no target”."))
        return cleaned

    @property
    def terms(self) -> Terms:
        """What was typed (a valid form)."""
        cleaned = self.cleaned_data
        return Terms(
            target_seconds=self._seconds() if cleaned["promise"] == TARGET else None,
            clock=cleaned["clock"],
            warn_at=policies.share_of(cleaned["warn_percent"]),
            escalate=tuple(self._ladder()),
        )

    def _seconds(self) -> int:
        cleaned = self.cleaned_data
        unit = {"minutes": MINUTE, "hours": HOUR, "days": day_seconds(cleaned["clock"], self.calendar)}
        return int(cleaned["amount"]) * unit[cleaned["unit"] or "hours"]

    def _ladder(self) -> list[dict[str, Any]]:
        """The rungs that name somebody."""
        ladder = []
        for number in range(policies.MOST_RUNGS):
            to = self.cleaned_data.get(f"rung_{number}_to")
            if not to:
                continue
            after = self.cleaned_data.get(f"rung_{number}_after") or 0
            channel = self.cleaned_data.get(f"rung_{number}_channel") or ""
            ladder.append({"after": float(after) / 100, "to": to, "channel": channel})
        return ladder


def _initial(terms: Terms, calendar: WorkingCalendar) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "promise": NONE if terms.target_seconds is None else TARGET,
        "unit": "hours",
        "clock": terms.clock,
        "warn_percent": round(terms.warn_at * 100),
    }
    if terms.target_seconds is not None:
        initial["amount"], initial["unit"] = in_units(terms.target_seconds, terms.clock, calendar)
    for number, rung in enumerate(terms.escalate):
        initial[f"rung_{number}_to"] = rung["to"]
        initial[f"rung_{number}_channel"] = rung["channel"]
        initial[f"rung_{number}_after"] = f"{float(rung['after']) * 100:g}"
    return initial


def _reach_words(count: int) -> str:
    return ngettext(
        "Also for the %(count)s open case, from its original start and with its pauses kept",
        "Also for the %(count)s open cases, from their original start and with their pauses kept",
        count,
    ) % {"count": count}
