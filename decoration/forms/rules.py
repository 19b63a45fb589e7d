"""Rules, terms, contractors and bans, as supervisors edit them."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from decoration.actions.contractors import ban_contractor, ban_worker, correct_contractor, lift_ban
from decoration.actions.rules import change_terms, write_rule
from decoration.forms.parts import PhoneField
from decoration.models import Contractor, Part, Rule, Ruling, Terms
from decoration.queries.terms import hours_of
from servicecenter.accounts.models import Community, User
from servicecenter.ledger.forms import money_field
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import DayField, KeyField

SPANS = (1, 2, 3)


class RuleForm(forms.Form):
    """A kind of works, or a rule of conduct."""

    part = forms.ChoiceField(label=_("Part"), choices=Part.choices)
    text = TextField(label=pgettext_lazy("decoration rule", "What it is"), max_length=120)
    basis = TextField(
        label=pgettext_lazy("decoration rule", "Where it stands"), max_length=120, required=False
    )
    ruling = forms.ChoiceField(
        label=_("Ruling"), choices=[("", _("Not about works")), *Ruling.choices], required=False
    )
    papers = TextField(
        label=_("Papers that are asked for"),
        max_length=500,
        multiline=True,
        required=False,
        help_text=_("Of restricted works; one a line."),
    )
    wet = forms.BooleanField(label=_("Needs a water test"), required=False)
    mend_days = forms.IntegerField(label=_("Days to put it right"), min_value=1, max_value=30, initial=1)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, rule: Rule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        self.fields["papers"].widget.attrs["rows"] = 3
        if rule is not None:
            names = ("part", "text", "basis", "ruling", "papers", "wet", "mend_days")
            self.initial = {name: getattr(rule, name) for name in names}

    def save(self, community: Community, user: User) -> str:
        """Writes it."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}
        return str(write_rule(community, rule=self.rule, by=user, **given))


class TermsForm(forms.Form):
    """Money, days, agreement and the hours of loud works."""

    deposit = money_field(label=pgettext_lazy("decoration", "Deposit in yuan"), min_value=0)
    rubbish_fee = money_field(label=_("Fee for building rubbish in yuan"), min_value=0)
    longest_days = forms.IntegerField(label=_("Longest time of works in days"), min_value=1, max_value=730)
    patrol_days = forms.IntegerField(label=_("A patrol at least every … days"), min_value=1, max_value=3)
    alert_days = forms.IntegerField(label=_("After a violation every … days"), min_value=1, max_value=3)
    water_hours = forms.IntegerField(label=_("Hours of a water test"), min_value=24, max_value=168)
    papers = TextField(label=_("Papers that are asked for"), max_length=500, multiline=True, required=False)
    agreement = TextField(label=_("Agreement"), max_length=8000, multiline=True)
    idempotency_key = KeyField()

    NAMES = (
        "deposit", "rubbish_fee", "longest_days", "patrol_days", "alert_days", "water_hours", "papers", "agreement",
    )  # fmt: skip

    def __init__(self, *args: Any, terms: Terms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.terms = terms
        hours = hours_of(terms.community_id)
        self.initial = {name: getattr(terms, name) for name in self.NAMES}
        self.fields["papers"].widget.attrs["rows"] = 3
        for number in SPANS:
            row = hours[number - 1] if number <= len(hours) else None
            picker = {"type": "time"}
            for name, label in ((f"begins_{number}", _("Loud works from")), (f"ends_{number}", _("until"))):
                self.fields[name] = forms.TimeField(
                    label=label, required=False, widget=forms.TimeInput(attrs=picker, format="%H:%M")
                )
            self.fields[f"weekends_{number}"] = forms.BooleanField(label=_("On weekends too"), required=False)
            if row is not None:
                now = {"begins": row.begins, "ends": row.ends, "weekends": row.weekends}
                self.initial.update({f"{name}_{number}": value for name, value in now.items()})

    def clean(self) -> dict[str, Any]:
        """Hours come in pairs."""
        cleaned = super().clean() or self.cleaned_data
        for number in SPANS:
            if bool(cleaned.get(f"begins_{number}")) != bool(cleaned.get(f"ends_{number}")):
                self.add_error(f"ends_{number}", gettext("Please fill this in."))
        return cleaned

    @property
    def hours(self) -> list[tuple[time, time, bool]]:
        """The spans that were filled in."""
        given = self.cleaned_data
        return [
            (given[f"begins_{number}"], given[f"ends_{number}"], given[f"weekends_{number}"])
            for number in SPANS
            if given.get(f"begins_{number}")
        ]

    def save(self, community: Community, user: User) -> str:
        """Writes them."""
        terms = {name: self.cleaned_data[name] for name in self.NAMES}
        return str(change_terms(community, hours=self.hours, by=user, **terms))


class ContractorCardForm(forms.Form):
    """Papers and contact of a contractor."""

    name = TextField(label=pgettext_lazy("contractor", "Company"), max_length=100)
    licence_until = DayField(label=_("Licence ends"))
    insurance_until = DayField(label=_("Insurance ends"), required=False)
    contact = TextField(label=_("Contact"), max_length=60, required=False)
    phone = PhoneField(label=_("Phone"), required=False)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, contractor: Contractor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contractor = contractor
        names = ("name", "licence_until", "insurance_until", "contact", "phone")
        self.initial = {name: getattr(contractor, name) for name in names}

    def save(self, user: User) -> str:
        """Writes them."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}
        return str(correct_contractor(self.contractor, by=user, **given))


class BanForm(forms.Form):
    """Keeps a contractor out, with a reason, or lets it in again."""

    reason = TextField(label=_("Why"), max_length=300, required=False)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, contractor: Contractor, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "ban_%s"} | kwargs)
        self.contractor = contractor
        if contractor.banned_at is not None:
            del self.fields["reason"]

    def save(self, user: User) -> str:
        """Keeps out, or lets in."""
        if self.contractor.banned_at is not None:
            return str(lift_ban(self.contractor, by=user))
        return str(ban_contractor(self.contractor, reason=self.cleaned_data["reason"], by=user))


class WorkerBanForm(forms.Form):
    """Keeps a worker out."""

    name = TextField(label=_("Name"), max_length=60)
    id_number = TextField(
        label=_("ID card number"), max_length=32, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    reason = TextField(label=_("Why"), max_length=300)
    idempotency_key = KeyField()

    def save(self, community: Community, user: User) -> str:
        """Writes the ban."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}
        return str(ban_worker(community, by=user, **given))
