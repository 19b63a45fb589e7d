"""Moving a job: to whom, when, why."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from repairs.models import Ticket
from repairs.queries.crew import decision_for
from servicecenter.accounts.models import Role, User
from servicecenter.desk.actions.workload import WAITING
from servicecenter.lib.clock import LOCAL, database_now
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import DayField, HourField, KeyField
from servicecenter.workflow.run import allowed

GIVING = frozenset({"accept", "dispatch", "reassign"})
USUAL = (time(9), time(11))


class MoveForm(forms.Form):
    """Only what `user` may do to the job is asked for; `is_empty` where that is nothing."""

    technician = forms.ModelChoiceField(label=_("Technician"), queryset=User.objects.none(), empty_label=None)
    day = DayField(label=_("Date"), required=False)
    begins = HourField(label=_("From"), required=False)
    ends = HourField(label=_("Until"), required=False)
    reason = TextField(label=_("Why somebody else goes"), max_length=500, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    idempotency_key = KeyField()

    def __init__(self, data: Any = None, *, ticket: Ticket, user: User, wanted: dict[str, Any]) -> None:
        super().__init__(data, initial=_initial(ticket, wanted))
        self.ticket = ticket
        steps = {each.action for each in allowed(ticket, user)}
        field: Any = self.fields["technician"]
        field.queryset = User.objects.staff_of([ticket.community_id], Role.TECHNICIAN).order_by("name", "id")
        if not steps & GIVING:
            del self.fields["technician"]
        if "schedule" not in steps or self._gives(wanted):
            for name in ("day", "begins", "ends"):
                del self.fields[name]
        if ticket.status in WAITING or "technician" not in self.fields:
            del self.fields["reason"]

    def _gives(self, wanted: dict[str, Any]) -> bool:
        """Whether somebody else is to have it: whoever takes over agrees on the visit, so that none is asked for."""
        chosen = self.data.get("technician") if self.is_bound else wanted.get("technician")
        return "technician" in self.fields and str(chosen or self.ticket.assignee_id) != str(
            self.ticket.assignee_id
        )

    @property
    def is_empty(self) -> bool:
        """Nothing can be moved now."""
        return not self.visible_fields()

    def clean(self) -> dict[str, Any]:
        """A visit has a day and two times, or none of them."""
        cleaned: dict[str, Any] = super().clean() or {}
        parts = [cleaned.get(name) for name in ("day", "begins", "ends")]
        if any(part is not None for part in parts) and None in parts and not self.errors:
            raise ValidationError(__("Please give the day and both times of the visit."), code="incomplete")
        return cleaned

    @property
    def arguments(self) -> dict[str, Any]:
        """What the action takes (a valid form)."""
        given = self.cleaned_data
        start = end = None
        if given.get("day"):
            start = datetime.combine(given["day"], given["begins"], LOCAL)
            end = datetime.combine(given["day"], given["ends"], LOCAL)
        return {
            "technician": given.get("technician"),
            "start": start,
            "end": end,
            "reason": given.get("reason") or "",
            "version": given.get("version"),
        }


def _initial(ticket: Ticket, wanted: dict[str, Any]) -> dict[str, Any]:
    """The job as it stands, moved to where it was dropped."""
    start, end = ticket.appointment_start, ticket.appointment_end
    begins, ends = USUAL
    if start and end:
        begins, ends = (each.astimezone(LOCAL).time() for each in (start, end))
    day: date | None = wanted.get("day") or (start.astimezone(LOCAL).date() if start else None)
    times = {"day": day, "begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}"} if day else {}
    technician = wanted.get("technician") or ticket.assignee_id or _proposed(ticket)
    return {"technician": technician, "version": ticket.version} | times


def _proposed(ticket: Ticket) -> int | None:
    """Whom the rules propose for what nobody has: chosen already, as on the form of dispatching."""
    first = decision_for(ticket, database_now()).first
    return first.worker.id if first else None
