"""A line of the checklist."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from handovers.actions.checklists import write_item
from handovers.models import ChecklistItem
from handovers.models.checklists import LONGEST_MEND, MEND_DAYS
from handovers.workflow import Part
from owners.models import WarrantyPart
from repairs.models import Trade
from servicecenter.accounts.models import Community, User
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField


class ItemForm(forms.Form):
    """What is checked, in which part; for a room also who mends a defect, and how soon."""

    part = forms.ChoiceField(label=_("Part"), choices=Part.choices)
    room = TextField(label=_("Room"), max_length=40, required=False, help_text=_("For the inspection only."))
    text = TextField(label=_("What is checked"), max_length=120)
    required = forms.BooleanField(label=_("Nothing goes on without it"), required=False, initial=True)
    proxy_only = forms.BooleanField(label=_("Only when a proxy comes"), required=False)
    trade = forms.ChoiceField(
        label=_("Trade"),
        required=False,
        choices=[("", "—"), *Trade.choices],
        help_text=_("Who mends a defect."),
    )
    warranty = forms.ModelChoiceField(
        label=pgettext_lazy("warranty", "part"),
        required=False,
        queryset=WarrantyPart.objects.order_by("position", "id"),
        empty_label="—",
    )
    mend_days = forms.IntegerField(
        label=_("Days to mend a defect"), min_value=1, max_value=LONGEST_MEND, initial=MEND_DAYS
    )
    idempotency_key = KeyField()

    def __init__(
        self, *args: Any, community: Community, item: ChecklistItem | None = None, **kwargs: Any
    ) -> None:
        self.community, self.item = community, item
        names = ("part", "room", "text", "required", "proxy_only", "trade", "warranty", "mend_days")
        known = {name: getattr(item, name) for name in names} if item else {}
        kwargs["initial"] = (kwargs.get("initial") or {}) | known
        super().__init__(*args, **kwargs)

    def save(self, *, by: User) -> ChecklistItem:
        """Writes the line; refuses as the action does."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}
        return write_item(self.community, item=self.item, by=by, **given)
