"""What a quality check found, and how repairs are drawn for one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from repairs.models import Checker, CheckReason
from repairs.queries.checks import Found, rules_of
from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField, PicturesField


class CheckForm(forms.Form):
    """Each line as it was found, a word, pictures, and whether the work passed."""

    kept = forms.TypedMultipleChoiceField(
        label=_("What was kept"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    passed = forms.TypedChoiceField(
        label=_("Result"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("Passed")), ("no", _("Not passed: back for rework"))],
        widget=forms.RadioSelect,
    )
    note = TextField(label=_("What you found"), max_length=500, multiline=True, required=False)
    photos = PicturesField(label=_("Photos"), required=False)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, found: Found, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].widget.attrs["rows"] = 3
        field = self.fields["kept"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(str(line.standard.pk), line.standard.text) for line in found.lines]
        if not found.lines:
            del self.fields["kept"]


class RulesForm(forms.Form):
    """The share of each kind that is checked, and which agents check besides the supervisors."""

    idempotency_key = KeyField()

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = rules_of(community.pk)
        for reason in CheckReason:
            rule = rules.get(reason)
            self.fields[f"percent_{reason.value}"] = forms.IntegerField(
                label=_("%(reason)s: share in percent") % {"reason": reason.label},
                min_value=0,
                max_value=100,
                initial=rule.percent if rule else 0,
            )
        low = rules.get(CheckReason.LOW_RATING)
        self.fields["up_to"] = forms.IntegerField(
            label=_("Low are ratings up to"), min_value=1, max_value=10, initial=low.up_to if low else 6
        )
        agents = User.objects.staff_of([community.pk], Role.AGENT).order_by("name", "id")
        named = Checker.objects.filter(community=community).values_list("user", flat=True)
        self.fields["checkers"] = forms.ModelMultipleChoiceField(
            label=_("Agents who check besides the supervisors"),
            queryset=agents,
            required=False,
            initial=list(named),
            widget=forms.CheckboxSelectMultiple,
        )
