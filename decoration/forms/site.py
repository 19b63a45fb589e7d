"""Forms that somebody fills in standing on the site: the patrol, a violation, signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from decoration.actions import Seen
from decoration.forms.base import PermitStepForm, choose
from decoration.models import Rule
from decoration.queries.patrols import checklist
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.attachments.signatures import signature_filed
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import DayField, PicturesField

FINE, BROKEN = "fine", "broken"
DRAWN = 700_000


class PatrolForm(PermitStepForm):
    """Every line of the list: in order, or broken with what was seen. The photos are of what was broken."""

    note = TextField(label=_("Note"), max_length=500, multiline=True)
    photos = PicturesField(label=_("Photos"), help_text=_("They are kept with the violations."))

    def prepare(self) -> None:
        """A choice for each rule, and words and a day for one that is broken."""
        self.rules = {each.pk: each for each in checklist(self.case)}
        for pk, rule in self.rules.items():
            self.fields[f"rule_{pk}"] = forms.ChoiceField(
                label=rule.text,
                choices=[(FINE, _("In order")), (BROKEN, _("Broken"))],
                widget=forms.RadioSelect,
                help_text=rule.basis,
            )
            words = TextField(label=_("What was seen"), max_length=500)
            # Wanted where the line is broken: it is not called optional there.
            words.unmarked = True  # type: ignore[attr-defined]
            self.fields[f"words_{pk}"] = words
        self.order_fields([name for pk in self.rules for name in (f"rule_{pk}", f"words_{pk}")])

    @property
    def also_required(self) -> frozenset[str]:  # type: ignore[override]
        """No line is left out."""
        return frozenset(f"rule_{pk}" for pk in self.rules)

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """Each rule with the field of its words."""
        return [(self[f"rule_{pk}"], self[f"words_{pk}"]) for pk in self.rules]

    def clean(self) -> dict[str, Any]:
        """What is broken is said in words."""
        cleaned = super().clean() or self.cleaned_data
        for pk in self.rules:
            if cleaned.get(f"rule_{pk}") == BROKEN and not cleaned.get(f"words_{pk}"):
                self.add_error(f"words_{pk}", gettext("Please say what you saw."))
        return cleaned

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """The pictures go to the first violation: that is what they are of; without one they stay with the permit."""
        given = self.cleaned_data
        broken = [rule for pk, rule in self.rules.items() if given[f"rule_{pk}"] == BROKEN]
        seen = [
            Seen(rule, given[f"words_{rule.pk}"], pictures=pictures if rule is broken[0] else ())
            for rule in broken
        ]
        if not broken:
            for picture in pictures:
                self.keep(picture, by=by)
        fine = [rule for rule in self.rules.values() if rule not in broken]
        self.call()(self.case, fine=fine, broken=seen, note=given["note"], by=by, **self.when())


class ViolationForm(PermitStepForm):
    """Which rule, what was seen, until when."""

    rule = forms.ModelChoiceField(label=_("Which rule"), queryset=Rule.objects.none(), empty_label=None)
    words = TextField(label=_("What was seen"), max_length=500, multiline=True)
    due_on = DayField(label=_("To be put right by"))
    complaint = TextField(
        label=_("Number of a neighbour's complaint"), max_length=24, help_text=_("If one led to it.")
    )
    photos = PicturesField(label=_("Photos"))

    def prepare(self) -> None:
        """The rules of conduct."""
        choose(self, "rule", Rule.objects.conduct().filter(community=self.case.community_id))

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """Writes it down with its pictures."""
        given = self.cleaned_data
        seen = Seen(
            given["rule"], given["words"], given["due_on"], tuple(pictures), given["complaint"].upper()
        )
        self.call()(self.case, seen, by=by, **self.when())


class DrawnForm(PermitStepForm):
    """Signatures drawn on the screen, on disk before anything is locked. `drawn`: field → argument of the action."""

    drawn: ClassVar[Mapping[str, str]] = {}

    def act(self, *, by: User) -> None:
        """All of it or nothing."""
        with ExitStack() as stack:
            self.signed: dict[str, Filed] = {
                argument: stack.enter_context(signature_filed(self.cleaned_data[name]))[0]
                for name, argument in self.drawn.items()
                if self.cleaned_data.get(name)
            }
            super().act(by=by)

    def arguments(self) -> dict[str, Any]:
        """With the drawn signatures in place of their data."""
        given = {name: value for name, value in super().arguments().items() if name not in self.drawn}
        return given | self.signed


class SignForm(DrawnForm):
    """The agreement: a name, a tick, and a drawn signature where there is a screen for it."""

    drawn: ClassVar = {"signature": "picture"}
    signer = TextField(label=_("Who signs"), max_length=100)
    agreed = forms.BooleanField(label=_("I have read the agreement and agree to it."))
    signature = forms.CharField(widget=forms.HiddenInput, max_length=DRAWN)

    def prepare(self) -> None:
        """Whoever applied."""
        self.initial.setdefault("signer", self.case.applicant_name)


class AcceptForm(DrawnForm):
    """Owner and contractor sign beside the engineer."""

    drawn: ClassVar = {"owner_signature": "owner_picture", "contractor_signature": "contractor_picture"}
    owner_signer = TextField(label=_("Who signs for the owner"), max_length=100)
    owner_signature = forms.CharField(widget=forms.HiddenInput, max_length=DRAWN)
    contractor_signer = TextField(label=_("Who signs for the contractor"), max_length=100)
    contractor_signature = forms.CharField(widget=forms.HiddenInput, max_length=DRAWN)
    note = TextField(label=_("Note"), max_length=500, multiline=True)

    def prepare(self) -> None:
        """Whoever applied, and the site manager."""
        self.initial.setdefault("owner_signer", self.case.applicant_name)
        self.initial.setdefault("contractor_signer", self.case.manager_name)


ON_SITE: Mapping[str, type[PermitStepForm]] = {
    "patrol": PatrolForm,
    "report_violation": ViolationForm,
    "sign": SignForm,
    "accept_works": AcceptForm,
}
