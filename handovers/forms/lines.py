"""A part of the checklist as one form: what is ticked, paid or read. It is kept on the device until it is sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handovers.actions.papers import Entry, write_lines
from handovers.forms.base import HandoverForm
from handovers.models import Kind, Line
from handovers.models.lines import LARGEST_AMOUNT
from servicecenter.accounts.models import Role
from servicecenter.lib.fields import TextField

PARTS: dict[str, tuple[str, ...]] = {
    "papers": ("papers", "documents"),
    "fees": ("fees",),
    "meters": ("meters",),
}


class PartForm(HandoverForm):
    """Every line of a part with what belongs to it. Supervisors may let one go, with a reason."""

    def __init__(self, *args: Any, part: str, **kwargs: Any) -> None:
        self.part = part
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        """Fields for each line."""
        parts = PARTS[self.part]
        meant = [line for line in self.handover.lines.filter(part__in=parts) if self._meant(line)]
        self.lines = sorted(meant, key=lambda line: (parts.index(line.part), line.position, line.pk))
        for line in self.lines:
            self._add(line)

    def _meant(self, line: Line) -> bool:
        return bool(self.handover.proxy_name) or not line.proxy_only

    def _add(self, line: Line) -> None:
        pk, done = line.pk, line.is_done and not line.waived_reason
        if line.kind == Kind.TICK:
            self.fields[f"done_{pk}"] = forms.BooleanField(label=line.text, required=False, initial=done)
        elif line.kind == Kind.AMOUNT:
            self.fields[f"amount_{pk}"] = _number(_("Amount in yuan"), line.amount)
            self.fields[f"receipt_no_{pk}"] = TextField(
                label=_("Receipt number"), max_length=40, required=False, initial=line.receipt_no
            )
        else:
            self.fields[f"reading_{pk}"] = _number(_("Reading"), line.reading)
        if self.user.role == Role.SUPERVISOR and line.part != "meters" and not done:
            self.fields[f"reason_{pk}"] = TextField(
                label=_("Go on without it, because"),
                max_length=200,
                required=False,
                initial=line.waived_reason,
            )

    @property
    def rows(self) -> list[tuple[Line, list[forms.BoundField], forms.BoundField | None]]:
        """Each line with its fields, and the one for going on without it."""
        names = ("done", "amount", "receipt_no", "reading")
        return [
            (
                line,
                [self[f"{name}_{line.pk}"] for name in names if f"{name}_{line.pk}" in self.fields],
                self[f"reason_{line.pk}"] if f"reason_{line.pk}" in self.fields else None,
            )
            for line in self.lines
        ]

    def take(self, action: str) -> None:
        """Writes down what changed."""
        write_lines(self.handover, [self._entry(line) for line in self.lines], by=self.user)

    def _entry(self, line: Line) -> Entry:
        def said(name: str) -> Any:
            return self.cleaned_data.get(f"{name}_{line.pk}")

        amount, reading, receipt = said("amount"), said("reading"), said("receipt_no") or ""
        waived = said("reason") or ""
        if line.waived_reason and self.user.role != Role.SUPERVISOR:
            waived = line.waived_reason
        done = bool(said("done")) or amount is not None or reading is not None or bool(receipt)
        return Entry(line.pk, done, amount, receipt, reading, "" if done else waived)


def _number(label: Any, initial: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"})
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=LARGEST_AMOUNT,
        max_digits=12,
        decimal_places=2,
        initial=initial,
        widget=widget,
    )
