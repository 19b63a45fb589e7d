"""The form of a shift: a day and two times, as people write a roster."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.incidents.actions import MOST_DAYS, add_shifts, change_shift
from servicecenter.incidents.models import DutyKind, DutyShift
from servicecenter.incidents.queries.duty import people_for_duty
from servicecenter.lib.clock import LOCAL
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import DayField, HourField

# Usual hours: a day shift. Nights are as quickly typed.
USUAL_FROM, USUAL_UNTIL = "08:00", "20:00"


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """Somebody of the staff, with what they are."""

    def label_from_instance(self, obj: User) -> str:
        """The name and the role."""
        return f"{obj} · {obj.get_role_display()}"


class ShiftForm(forms.Form):
    """Who is on duty for what, from when until when."""

    kind = forms.ChoiceField(label=_("Duty"), choices=DutyKind.choices)
    user = PersonField(label=_("On duty"), queryset=User.objects.none(), empty_label=_("Please choose"))
    day = DayField(label=_("Date"))
    begins = HourField(label=_("From"), initial=USUAL_FROM)
    ends = HourField(
        label=_("Until"), initial=USUAL_UNTIL, help_text=_("A time that is not later means the next day.")
    )
    days = forms.IntegerField(
        label=_("For how many days"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=1,
        required=False,
        help_text=_("The same hours on the following days too."),
    )
    note = TextField(label=_("Note"), max_length=200, required=False)

    def __init__(
        self, *args: Any, by: User, community: Community, shift: DutyShift | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.community, self.shift = community, shift
        field = self.fields["user"]
        assert isinstance(field, PersonField)
        people = people_for_duty(by, community)
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people]).order_by("role", "name")
        if shift is not None:
            del self.fields["days"]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Beginning and end as instants."""
        given = self.cleaned_data
        start = datetime.combine(given["day"], given["begins"], LOCAL)
        end = datetime.combine(given["day"], given["ends"], LOCAL)
        return start, end if end > start else end + timedelta(days=1)

    def save(self, *, by: User) -> DutyShift:
        """Writes the shift, or the first of several; refuses as the actions do."""
        given = self.cleaned_data
        starts_at, ends_at = self.span
        said: dict[str, Any] = {
            "user": given["user"],
            "kind": given["kind"],
            "starts_at": starts_at,
            "ends_at": ends_at,
            "note": given["note"],
            "by": by,
        }
        if self.shift is not None:
            return change_shift(self.shift, **said)
        return add_shifts(community=self.community, days=given.get("days") or 1, **said)[0]


# Names of the actions' arguments that stand under another name on the form.
FIELDS = {"starts_at": "day", "ends_at": "ends"}


def initial_of(shift: DutyShift) -> dict[str, Any]:
    """A shift as the form shows it."""
    return {
        "kind": shift.kind,
        "user": shift.user_id,
        "day": shift.starts_at.astimezone(LOCAL).date(),
        "begins": shift.starts_at.astimezone(LOCAL).strftime("%H:%M"),
        "ends": shift.ends_at.astimezone(LOCAL).strftime("%H:%M"),
        "note": shift.note,
    }
