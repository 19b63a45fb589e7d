"""The plan of a campaign."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import local_day
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField
from surveys.actions.planning import Plan
from surveys.models import Audience, Campaign, Channel, Questionnaire
from surveys.queries.campaigns import usable

MOST_SAMPLE = 100_000
REMINDERS = ((3, _("after 3 days")), (7, _("after a week")), (14, _("after two weeks")))


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PlanForm(forms.Form):
    """What, where, who, how, until when. `campaign`: the draft that is written anew."""

    title = TextField(label=_("Title"), max_length=80)
    communities = forms.ModelMultipleChoiceField(
        label=_("Communities"),
        queryset=Community.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each has a sample and results of its own; asked together they can be compared."),
    )
    questionnaire = forms.ModelChoiceField(
        label=pgettext_lazy("survey", "Questionnaire"),
        queryset=Questionnaire.objects.none(),
        empty_label=None,
    )
    audience = forms.ChoiceField(
        label=_("Who is asked"), choices=Audience.choices, initial=Audience.ALL, widget=forms.RadioSelect
    )
    sample_size = forms.IntegerField(
        label=_("Units in the sample"),
        required=False,
        min_value=1,
        max_value=MOST_SAMPLE,
        help_text=_("For a random sample: spread over the buildings in proportion to their size."),
    )
    channels = forms.MultipleChoiceField(
        label=_("By which ways"),
        choices=Channel.choices,
        initial=[Channel.PORTAL, Channel.LINK],
        widget=forms.CheckboxSelectMultiple,
    )
    anonymous = forms.BooleanField(
        label=_("Anonymous: nobody can find out who answered what, not even we"), required=False
    )
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput())
    remind_after = forms.TypedMultipleChoiceField(
        label=_("Remind whoever has not answered"),
        choices=REMINDERS,
        coerce=int,
        required=False,
        initial=[7],
        widget=forms.CheckboxSelectMultiple,
    )
    intro = TextField(
        label=_("First words to those who are asked"), max_length=300, multiline=True, required=False
    )
    idempotency_key = KeyField()

    def __init__(self, *args: Any, by: User, campaign: Campaign | None = None, **kwargs: Any) -> None:
        if campaign is not None:
            kwargs["initial"] = _initial(campaign) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        places, asked = self.fields["communities"], self.fields["questionnaire"]
        assert isinstance(places, forms.ModelMultipleChoiceField)
        assert isinstance(asked, forms.ModelChoiceField)
        places.queryset = Community.objects.visible_to(by)
        known = usable(by, campaign.community if campaign else None)
        asked.queryset = Questionnaire.objects.filter(pk__in=[each.pk for each in known])
        asked.choices = [(each.pk, _named(each)) for each in known]
        if campaign is not None:
            del self.fields["communities"]
        elif places.queryset.count() == 1:
            places.initial = [places.queryset.get().pk]
        self.fields["intro"].widget.attrs["rows"] = 3

    @property
    def wish(self) -> Plan:
        """What was filled in."""
        names = (
            "title",
            "questionnaire",
            "audience",
            "channels",
            "ends_on",
            "sample_size",
            "anonymous",
            "intro",
        )
        given = {name: self.cleaned_data[name] for name in names}
        return Plan(**given, remind_after=self.cleaned_data["remind_after"])


def _named(questionnaire: Questionnaire) -> str:
    where = questionnaire.community.code if questionnaire.community else str(_("Library"))
    return f"{questionnaire} · {where} · v{questionnaire.number}"


def _initial(campaign: Campaign) -> dict[str, Any]:
    return {
        "title": campaign.title,
        "questionnaire": campaign.questionnaire_id,
        "audience": campaign.audience,
        "sample_size": campaign.sample_size,
        "channels": campaign.channels,
        "anonymous": campaign.anonymous,
        "ends_on": local_day(campaign.last_moment),
        "remind_after": campaign.remind_after,
        "intro": campaign.intro,
    }
