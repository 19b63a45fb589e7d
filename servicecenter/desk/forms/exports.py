"""Forms in front of a list that is taken away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from owners.models import Building
from servicecenter.accounts.models import Community, User
from servicecenter.desk.forms.filters import BuildingField
from servicecenter.lib.fields import TextField


class ReasonForm(forms.Form):
    """Why the list is needed."""

    reason = TextField(
        label=_("Why do you need this list?"),
        max_length=150,
        help_text=_("It is written into the access log. Phone numbers and papers stay masked."),
    )


class RollListForm(ReasonForm):
    """Which part of the roll, and as what."""

    community = forms.ModelChoiceField(
        label=_("Community"), queryset=Community.objects.none(), empty_label=None
    )
    building = BuildingField(
        label=_("Building"), queryset=Building.objects.none(), required=False, empty_label=_("All buildings")
    )
    kind = forms.ChoiceField(
        label=_("As"), choices=[("xlsx", "Excel (.xlsx)"), ("csv", "CSV")], initial="xlsx"
    )
    field_order = ("community", "building", "kind", "reason")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        communities, buildings = self.fields["community"], self.fields["building"]
        assert isinstance(communities, forms.ModelChoiceField)
        assert isinstance(buildings, BuildingField)
        communities.queryset = Community.objects.visible_to(by)
        buildings.queryset = Building.objects.visible_to(by).select_related("community")
        buildings.several = len(by.community_ids) > 1

    def clean(self) -> dict[str, Any]:
        """The building stands in the community."""
        given = super().clean() or {}
        building, community = given.get("building"), given.get("community")
        if building and community and building.community_id != community.pk:
            self.add_error("building", __("This building is in another community."))
        return given
