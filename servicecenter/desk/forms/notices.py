"""A notice as it is written: in three languages, for whom, until when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from owners.models import Building
from servicecenter.accounts.models import Community, User
from servicecenter.bulletins.actions.notices import CALLS, Announced, change_notice, draft_notice
from servicecenter.bulletins.forms.articles import LONGEST_TEXT, LONGEST_TITLE
from servicecenter.bulletins.models import Notice
from servicecenter.cases.forms import Data, Files, StepForm, row_for
from servicecenter.desk.forms.filters import choose_from
from servicecenter.desk.forms.outages import BuildingsField
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import DayField, KeyField
from servicecenter.lib.spoken_forms import SpokenForm

REASON = 300


class NoticeForm(SpokenForm):
    """What it says in each language; the community is chosen once."""

    longest_title, longest_text = LONGEST_TITLE, LONGEST_TEXT

    community = forms.ModelChoiceField(
        label=_("Community"), queryset=Community.objects.none(), empty_label=None
    )
    everywhere = forms.BooleanField(label=_("The whole community"), required=False)
    buildings = BuildingsField(
        label=_("Buildings"),
        queryset=Building.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    valid_until = DayField(label=_("Valid until"), help_text=_("After this day nobody reads it any more."))
    by_sms = forms.BooleanField(
        label=_("Also as a text message"),
        required=False,
        help_text=_("To everybody it reaches, whatever they chose. Everybody finds it in the app anyway."),
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    idempotency_key = KeyField()

    def __init__(self, data: Any = None, *, by: User, notice: Notice | None = None) -> None:
        initial: dict[str, Any] = {"community": next(iter(by.community_ids), None)}
        if notice is not None:
            initial = {
                name: getattr(notice, name) for name in ("everywhere", "valid_until", "by_sms", "version")
            }
            initial["buildings"] = list(notice.reached.values_list("building", flat=True))
        super().__init__(data, initial=initial, texts=notice.texts if notice else None)
        self.by, self.notice = by, notice
        places = Community.objects.visible_to(by).filter(is_active=True)
        buildings = Building.objects.visible_to(by).select_related("community")
        if notice is not None:
            del self.fields["community"]
            buildings = buildings.filter(community=notice.community_id)
        else:
            choose_from(self, "community", places)
            if len(by.community_ids) == 1:
                self.fields["community"].widget = forms.HiddenInput()
        choose_from(self, "buildings", buildings)
        field = self.fields["buildings"]
        assert isinstance(field, BuildingsField)
        field.several = notice is None and len(by.community_ids) > 1
        said = [name for name in self.fields if name.startswith(("title_", "text_"))]
        for name in said:
            if name.startswith("text_"):
                self.fields[name].widget.attrs["rows"] = 4
        self.order_fields(["community", "everywhere", "buildings", "valid_until", *said, "by_sms"])

    def clean(self) -> dict[str, Any]:
        """Everybody is told: the whole community only when that was said."""
        cleaned = super().clean()
        if "buildings" in cleaned and not cleaned["buildings"] and not cleaned.get("everywhere"):
            self.add_error("buildings", __("Please choose buildings, or the whole community."))
        return cleaned

    def save(self) -> str:
        """Writes the draft; its number."""
        given = self.cleaned_data
        said = Announced(
            self.texts,
            given["valid_until"],
            () if given["everywhere"] else tuple(given["buildings"]),
            given["by_sms"],
        )
        if self.notice is None:
            return draft_notice(given["community"], said=said, by=self.by).number
        return change_notice(self.notice, said=said, by=self.by, version=given["version"]).number


class NoticeStepForm(StepForm):
    """A step of a notice: one press, or the reason."""

    reason = TextField(label=_("Reason"), max_length=REASON)

    def prepare(self) -> None:
        """Asks why only where the step wants to know."""
        if "reason" not in self.transition.needs:
            del self.fields["reason"]

    def call(self) -> Callable[..., Any]:
        """The action."""
        return CALLS[self.action]


def form_for(
    action: str, notice: Notice, user: User, data: Data = None, files: Files = None
) -> NoticeStepForm:
    """The form of a step. Refuses as `cases.forms.row_for`; the draft itself has a page of its own."""
    return NoticeStepForm(notice, user, row_for(notice, action, user, sent=data is not None), data, files)
