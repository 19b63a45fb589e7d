"""What a list is narrowed to. Nothing here is required; what makes no sense is marked and not applied."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from owners.models import Building
from repairs.models import Trade, Urgency
from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.fields import TextField

SEARCH_LENGTH = 100


class SearchForm(forms.Form):
    """The one search box."""

    q = TextField(label=_("Search people, units, tickets"), max_length=SEARCH_LENGTH, required=False)


class BuildingField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Buildings by what people call them, with the community's name where there are several."""

    several = False

    def label_from_instance(self, obj: Building) -> str:
        """3栋, or 阳光花园 3栋."""
        return f"{obj.community.name} {obj.name}" if self.several else obj.name


class FilterForm(forms.Form):
    """Filters of a queue; choices are those of the user's communities."""

    community = forms.ModelChoiceField(
        label=_("Community"),
        queryset=Community.objects.none(),
        required=False,
        empty_label=_("All communities"),
    )
    building = BuildingField(
        label=_("Building"), queryset=Building.objects.none(), required=False, empty_label=_("All buildings")
    )
    trade = forms.ChoiceField(
        label=_("Trade"), required=False, choices=[("", _("All trades")), *Trade.choices]
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"), required=False, choices=[("", _("Any urgency")), *Urgency.choices]
    )
    assignee = forms.ModelChoiceField(
        label=_("Technician"), queryset=User.objects.none(), required=False, empty_label=_("All technicians")
    )
    q = TextField(
        label=_("Contains"),
        max_length=SEARCH_LENGTH,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Text, name or unit"), "autocomplete": "off"}
        ),
    )

    def __init__(self, data: QueryDict, user: User) -> None:
        super().__init__(data, auto_id="filter_%s")
        several = len(user.community_ids) > 1
        choose_from(self, "community", Community.objects.visible_to(user))
        choose_from(self, "building", Building.objects.visible_to(user).select_related("community"))
        technicians = User.objects.staff_of(user.community_ids, Role.TECHNICIAN)
        choose_from(self, "assignee", technicians.order_by("name", "username"))
        building = self.fields["building"]
        assert isinstance(building, BuildingField)
        building.several = several
        if not several:
            del self.fields["community"]

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that hold."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def as_query(self) -> dict[str, str]:
        """The same for an address."""
        return {name: str(getattr(value, "pk", value)) for name, value in self.chosen.items()}

    @property
    def summary(self) -> str:
        """How many filters hold, in words; '' for none."""
        count = len(self.chosen)
        return __("%(count)s in use") % {"count": count} if count else ""


def choose_from(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Offers these rows in a choice."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows
