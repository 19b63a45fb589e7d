"""Planning an inspection campaign, and what a visit found."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.actions.inspections import LONGEST_REPEAT
from owners.models import Building, Inspection, WarrantyPart
from owners.models.inspections import MOST_PLACES
from owners.queries.warranty import parts_of
from servicecenter.accounts.models import Community, Role, User
from servicecenter.desk.forms.filters import BuildingField
from servicecenter.lib.clock import LOCAL
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import DayField, KeyField, PicturesField


class PlanForm(forms.Form):
    """Which units, about which part."""

    community = forms.ModelChoiceField(
        label=_("Community"), queryset=Community.objects.none(), empty_label=None
    )
    title = TextField(label=pgettext_lazy("inspection", "Title"), max_length=80)
    part = forms.ModelChoiceField(
        label=_("Part with a warranty"),
        queryset=WarrantyPart.objects.all(),
        required=False,
        empty_label=_("All parts"),
    )
    building = BuildingField(
        label=_("Building"), queryset=Building.objects.none(), required=False, empty_label=_("All buildings")
    )
    ends_by = DayField(
        label=_("Units whose warranty ends by"),
        required=False,
        help_text=_(
            "Empty: every home and shop. With a day, units without a delivery date on record are left out."
        ),
    )
    note = TextField(
        label=_("Note for residents"),
        max_length=500,
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    idempotency_key = KeyField()

    def __init__(self, data: Any = None, *, by: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        communities, buildings = self.fields["community"], self.fields["building"]
        assert isinstance(communities, forms.ModelChoiceField)
        assert isinstance(buildings, BuildingField)
        communities.queryset = Community.objects.visible_to(by)
        buildings.queryset = Building.objects.visible_to(by).select_related("community")
        buildings.several = len(by.community_ids) > 1


class SlotForm(forms.Form):
    """A time, its places, who comes, and on how many days running."""

    day = DayField(label=_("Date"))
    begin = forms.TimeField(
        label=pgettext_lazy("time of day", "From"),
        initial=time(9),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    until = forms.TimeField(
        label=pgettext_lazy("time of day", "Until"),
        initial=time(11),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    capacity = forms.IntegerField(label=_("Places (units)"), min_value=1, max_value=MOST_PLACES, initial=6)
    days = forms.IntegerField(
        label=_("On how many days running"), min_value=1, max_value=LONGEST_REPEAT, initial=1
    )
    inspector = forms.ModelChoiceField(label=_("Technician"), queryset=User.objects.none(), empty_label=None)
    idempotency_key = KeyField()

    def __init__(self, data: Any = None, *, campaign: Inspection, **kwargs: Any) -> None:
        super().__init__(data, auto_id="slot_%s", **kwargs)
        field = self.fields["inspector"]
        assert isinstance(field, forms.ModelChoiceField)
        staff = User.objects.staff_of([campaign.community_id], Role.TECHNICIAN)
        field.queryset = staff.order_by("name", "username")

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From, until, as instants (a valid form)."""
        given = self.cleaned_data
        begins, ends = (datetime.combine(given["day"], given[name], LOCAL) for name in ("begin", "until"))
        return begins, ends


class UnitForm(forms.Form):
    """One more unit, by its code."""

    unit = forms.CharField(
        label=_("Unit"), max_length=80, widget=forms.TextInput(attrs={"placeholder": "3-2-1201"})
    )
    idempotency_key = KeyField()


class CancelForm(forms.Form):
    """Why a campaign is called off; residents do not read it."""

    reason = TextField(label=_("Reason"), max_length=200)


class FindingForm(forms.Form):
    """One defect. Sent again for the next one."""

    text = TextField(
        label=_("What is wrong"), max_length=500, multiline=True, widget=forms.Textarea(attrs={"rows": 3})
    )
    part = forms.ModelChoiceField(
        label=_("Part with a warranty"),
        queryset=WarrantyPart.objects.none(),
        required=False,
        empty_label=_("As the words tell"),
    )
    photos = PicturesField(label=_("Photos"), required=False)
    idempotency_key = KeyField()

    def __init__(self, data: Any = None, files: Any = None, *, campaign: Inspection) -> None:
        super().__init__(data, files, initial={"part": campaign.part_id}, auto_id="finding_%s")
        field = self.fields["part"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = parts_of([campaign.community_id])
