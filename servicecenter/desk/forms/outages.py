"""What is asked about an outage: where, until when, what callers are told; and at its end what was done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models import Building
from repairs.models import Outage, OutageKind
from repairs.models.outages import SENTENCE_LENGTH
from servicecenter.accounts.models import Community, Role, User
from servicecenter.desk.forms.filters import choose_from
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField, MomentField

REASON = 300
SUMMARY = 500


class BuildingsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Buildings to tick, by what people call them."""

    several = False

    def label_from_instance(self, obj: Building) -> str:
        """3栋, or 阳光花园 3栋."""
        return f"{obj.community.name} {obj.name}" if self.several else obj.name


def _sentence(label: Any, *, required: bool = False, help_text: Any = "") -> TextField:
    return TextField(
        label=label,
        max_length=SENTENCE_LENGTH,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class SentencesForm(forms.Form):
    """What callers are told, in three languages."""

    sentence = _sentence(
        _("What callers are told (Simplified Chinese)"),
        required=True,
        help_text=_("It is read out on the telephone and stands in the portal: what, why, until when."),
    )
    sentence_hant = _sentence(_("In Traditional Chinese"))
    sentence_en = _sentence(_("In English"))
    idempotency_key = KeyField()


class AnnounceForm(SentencesForm):
    """A new outage. An empty beginning means now."""

    community = forms.ModelChoiceField(
        label=_("Community"), queryset=Community.objects.none(), empty_label=None
    )
    kind = forms.ChoiceField(
        label=_("What is out of service"), choices=OutageKind.choices, widget=forms.RadioSelect
    )
    everywhere = forms.BooleanField(label=_("The whole community"), required=False)
    buildings = BuildingsField(
        label=_("Buildings"),
        queryset=Building.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    planned = forms.BooleanField(label=_("Planned work"), required=False)
    starts_at = MomentField(
        label=pgettext_lazy("outage", "Begins"), required=False, help_text=_("Empty: now.")
    )
    expected_end_at = MomentField(label=_("Expected end"))
    cause = TextField(
        label=_("Cause, for colleagues"), max_length=300, required=False, widget=forms.TextInput
    )
    responsible = forms.ModelChoiceField(
        label=_("Answers for its end"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("I do"),
        help_text=_("Is reminded when the expected end has come."),
    )
    field_order = (
        "community",
        "kind",
        "everywhere",
        "buildings",
        "planned",
        "starts_at",
        "expected_end_at",
        "sentence",
        "sentence_hant",
        "sentence_en",
        "cause",
        "responsible",
    )

    def __init__(self, data: Any = None, *, by: User, **kwargs: Any) -> None:
        super().__init__(data, initial={"community": next(iter(by.community_ids), None)}, **kwargs)
        choose_from(self, "community", Community.objects.visible_to(by))
        choose_from(self, "buildings", Building.objects.visible_to(by).select_related("community"))
        staff = User.objects.staff_of(by.community_ids).exclude(pk=by.pk)
        choose_from(self, "responsible", staff.order_by("name", "username"))
        several = len(by.community_ids) > 1
        buildings = self.fields["buildings"]
        assert isinstance(buildings, BuildingsField)
        buildings.several = several
        if not several:
            self.fields["community"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Everybody is told: the whole community only when that was said."""
        cleaned = super().clean() or self.cleaned_data
        if "buildings" in cleaned and not cleaned["buildings"] and not cleaned.get("everywhere"):
            self.add_error("buildings", __("Please choose buildings, or the whole community."))
        return cleaned

    @property
    def announced(self) -> dict[str, Any]:
        """What the action is called with."""
        given = dict(self.cleaned_data)
        del given["idempotency_key"]
        everywhere = given.pop("everywhere")
        return given | {"buildings": [] if everywhere else list(given["buildings"])}


class MoveForm(forms.Form):
    """Another expected end, and why."""

    expected_end_at = MomentField(label=_("Expected end"))
    reason = TextField(label=_("Reason, for residents too"), max_length=REASON)
    idempotency_key = KeyField()


class CallOffForm(forms.Form):
    """Why a planned one does not take place."""

    reason = TextField(label=_("Reason, for residents too"), max_length=REASON)
    idempotency_key = KeyField()


class CloseForm(forms.Form):
    """How its repairs are completed."""

    summary = TextField(
        label=_("What was done"),
        max_length=SUMMARY,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands in every linked repair."),
    )
    technician = forms.ModelChoiceField(
        label=_("Who did it"),
        queryset=User.objects.none(),
        empty_label=None,
        help_text=_("Repairs that nobody has are completed in this name."),
    )
    sample_percent = forms.IntegerField(
        label=_("Share that is called about, in %"),
        min_value=0,
        max_value=100,
        help_text=_("At least three. The other follow-ups are closed and say that the sample covers them."),
    )
    idempotency_key = KeyField()

    def __init__(self, data: Any = None, *, outage: Outage) -> None:
        super().__init__(data, initial={"sample_percent": outage.sample_percent})
        technicians = User.objects.staff_of([outage.community_id], Role.TECHNICIAN)
        choose_from(self, "technician", technicians.order_by("name", "username"))


def form_of(action: str, outage: Outage, data: Any = None) -> forms.Form | None:
    """The form of a step; None for one that is only a button."""
    if action == "close":
        return CloseForm(data, outage=outage)
    if action == "reword":
        said = {name: getattr(outage, name) for name in ("sentence", "sentence_hant", "sentence_en")}
        return SentencesForm(data, initial=said)
    if action in ("move", "relapse"):
        return MoveForm(data)
    return CallOffForm(data) if action == "call_off" else None
