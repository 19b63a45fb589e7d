"""Planning: a move-in day with its slots, one unit, the places of a slot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handovers.actions import planning
from handovers.models import HandoverDay
from handovers.models.days import MOST_AT_ONCE
from owners.forms import WhoForm
from owners.models import Building
from servicecenter.accounts.models import User
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import DayField, HourField, KeyField

LENGTHS = (20, 30, 45, 60, 90, 120)


class BuildingField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """A building with its community."""

    def label_from_instance(self, obj: Building) -> str:
        """Both names."""
        return f"{obj.community} · {obj.name}"


class DayForm(forms.Form):
    """A building, a day, its hours, and how many owners are received at once."""

    building = BuildingField(
        label=_("Building"), queryset=Building.objects.none(), empty_label=_("Please choose")
    )
    day = DayField(label=_("Date"))
    begins = HourField(label=_("From"), initial="09:00")
    ends = HourField(label=_("Until"), initial="17:00")
    length = forms.TypedChoiceField(
        label=_("Length of a slot"),
        choices=[(str(length), _("%(count)s min") % {"count": length}) for length in LENGTHS],
        coerce=int,
        initial="60",
    )
    capacity = forms.IntegerField(label=_("Owners in a slot"), min_value=1, max_value=MOST_AT_ONCE, initial=6)
    note = TextField(label=_("Note"), max_length=200, required=False)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["building"]
        assert isinstance(field, BuildingField)
        field.queryset = (
            Building.objects.visible_to(user)
            .select_related("community")
            .order_by("community", "position", "code")
        )

    def save(self, *, by: User) -> HandoverDay:
        """Plans the day, and a handover for every unit of the building that waits for one."""
        given = self.cleaned_data
        made = planning.plan_day(
            given["building"],
            day=given["day"],
            begins=given["begins"],
            ends=given["ends"],
            length=timedelta(minutes=given["length"]),
            capacity=given["capacity"],
            note=given["note"],
            by=by,
        )
        planning.plan_building(given["building"], by=by)
        return made


class PlacesForm(forms.Form):
    """How many owners are received in a slot."""

    capacity = forms.IntegerField(label=_("Places"), min_value=0, max_value=MOST_AT_ONCE)


class PlanForm(WhoForm):
    """Who takes the unit over."""
