"""Keys and cards at the counter: taking them in, handing them out, and what happened to them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.actions.keys import Handing, add_keys, issue_keys, lend_keys
from owners.models import ConsentHow, HandoutKind, Key, KeyKind, KeyReceipt, Occupancy, Person, Unit
from servicecenter.accounts.models import Community, User
from servicecenter.attachments.actions import Filed
from servicecenter.attachments.signatures import LONGEST, signature_filed
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField, MomentField

WAYS = [(HandoutKind.ISSUE.value, _("For good")), (HandoutKind.LEND.value, _("Lent, to come back"))]
# The desk cannot tap in the owner's portal.
BY_WORD = [choice for choice in ConsentHow.choices if choice[0] != ConsentHow.PORTAL]


class AddKeysForm(forms.Form):
    """How many of what, for a unit; or single tags, and a place that is no unit."""

    community = forms.ChoiceField(label=_("Community"))
    kind = forms.ChoiceField(label=_("What it is"), choices=KeyKind.choices)
    place = TextField(
        label=_("What it opens"), max_length=80, help_text=_("For example: pump room of building 3")
    )
    count = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=40,
        required=False,
        initial=1,
        help_text=_("They are numbered on from the code of the unit."),
    )
    tags = TextField(
        label=_("Or their own tags, one a line"),
        max_length=2000,
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    idempotency_key = KeyField()

    def __init__(
        self, *args: Any, unit: Unit | None, communities: Sequence[Community], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unit, self.communities = unit, {str(each.pk): each for each in communities}
        if unit is not None:
            del self.fields["community"], self.fields["place"]
            return
        del self.fields["count"]
        self.fields["tags"].label, self.fields["tags"].required = _("Tags, one a line"), True
        self.fields["kind"].initial = KeyKind.ROOM
        community = self.fields["community"]
        assert isinstance(community, forms.ChoiceField)
        community.choices = [(pk, each.name) for pk, each in self.communities.items()]
        if len(self.communities) == 1:
            community.widget = forms.HiddenInput()
            community.initial = next(iter(self.communities))

    def save(self, *, by: User) -> list[Key]:
        """Refuses as `add_keys` does."""
        given = self.cleaned_data
        community = self.unit.community if self.unit else self.communities[given["community"]]
        return add_keys(
            community,
            kind=given["kind"],
            unit=self.unit,
            place=given.get("place", ""),
            tags=given["tags"].splitlines(),
            count=given.get("count") or 0,
            by=by,
        )


class HandOutForm(forms.Form):
    """Which keys, to whom, for how long; against a signature on the screen or on the printed receipt."""

    keys = forms.MultipleChoiceField(label=_("Keys and cards"), widget=forms.CheckboxSelectMultiple)
    holder = forms.ChoiceField(label=_("To whom"), widget=forms.RadioSelect)
    kind = forms.ChoiceField(
        label=_("For how long"), choices=WAYS, initial=HandoutKind.ISSUE, widget=forms.RadioSelect
    )
    due_at = MomentField(label=_("Due back"), required=False, help_text=_("Only for what is lent."))
    purpose = TextField(label=_("What for"), max_length=200, required=False)
    collected_by = TextField(
        label=_("Collected by"),
        max_length=80,
        required=False,
        help_text=_("If somebody else comes for it, with a letter of the holder."),
    )
    consent_of = forms.ChoiceField(
        label=_("Owner who agreed"),
        required=False,
        help_text=_("Needed when a colleague borrows a key of a home."),
    )
    consent_how = forms.ChoiceField(label=_("How"), required=False, choices=[("", "—"), *BY_WORD])
    signature = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST, required=False)
    idempotency_key = KeyField()

    def __init__(
        self,
        *args: Any,
        keys: Sequence[Key],
        residents: Sequence[Occupancy],
        owners: Sequence[Person],
        colleagues: Sequence[User],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = {str(key.pk): key for key in keys}
        self.holders: dict[str, Person | User] = {f"p{each.person_id}": each.person for each in residents}
        self.holders |= {f"s{each.pk}": each for each in colleagues}
        self.owners = {str(each.pk): each for each in owners}
        words = {f"p{each.person_id}": str(each.get_role_display()) for each in residents}
        words |= {f"s{each.pk}": str(each.get_role_display()) for each in colleagues}
        self._offer(
            "keys", [(pk, f"{key.get_kind_display()} {key.tag}") for pk, key in self.candidates.items()]
        )
        self._offer("holder", [(code, f"{each} · {words[code]}") for code, each in self.holders.items()])
        self._offer("consent_of", [("", "—"), *((pk, each.name) for pk, each in self.owners.items())])
        self.initial.setdefault("keys", list(self.candidates))
        if not residents:
            for name in ("kind", "consent_of", "consent_how", "collected_by"):
                del self.fields[name]
            self.fields["due_at"].required, self.fields["due_at"].help_text = True, ""

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """What is lent has a day, and colleagues borrow."""
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind", HandoutKind.LEND.value)
        if kind == HandoutKind.LEND and not cleaned.get("due_at") and "due_at" not in self.errors:
            self.add_error("due_at", __("Please say until when."))
        if kind == HandoutKind.ISSUE and isinstance(self.holders.get(cleaned.get("holder", "")), User):
            self.add_error("kind", __("Colleagues borrow keys; they come back."))
        return cleaned

    def filed(self) -> AbstractContextManager[list[Filed]]:
        """The signature, if it was drawn."""
        drawn = self.cleaned_data.get("signature", "")
        return signature_filed(drawn) if drawn else nullcontext([])

    def save(self, *, by: User, signature: Filed | None = None) -> KeyReceipt:
        """Refuses as `issue_keys` and `lend_keys` do."""
        given = self.cleaned_data
        keys = [self.candidates[pk] for pk in given["keys"]]
        to = self.holders[given["holder"]]
        due_at: datetime | None = given["due_at"]
        said = Handing(
            purpose=given["purpose"],
            collected_by=given.get("collected_by", ""),
            due_at=due_at,
            consent_of=self.owners.get(given.get("consent_of", "")),
            consent_how=given.get("consent_how", ""),
            signature=signature,
        )
        if (
            given.get("kind", HandoutKind.LEND) == HandoutKind.ISSUE
            and isinstance(to, Person)
            and keys[0].unit
        ):
            return issue_keys(keys[0].unit, to, keys=keys, said=said, by=by)
        return lend_keys(to, keys=keys, said=said, by=by)


class ReasonForm(forms.Form):
    """Why."""

    reason = TextField(label=pgettext_lazy("why", "Reason"), max_length=200)
    idempotency_key = KeyField()


class ReplaceForm(forms.Form):
    """The tag of what stands in."""

    tag = TextField(
        label=_("Tag of the new one"), max_length=40, required=False, help_text=_("Empty: numbered on.")
    )
    idempotency_key = KeyField()
