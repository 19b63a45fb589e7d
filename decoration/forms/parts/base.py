"""A part of an application: saved by itself, once per key, all of it or nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext

from decoration.models import Permit
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import filed
from servicecenter.audit.idempotency import once
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import (
    KeyField,
    add_refusal,
    files_of,
    renewed,
)
from servicecenter.lib.normalise.phones import phone_number
from servicecenter.lib.refusals import Refusal
from servicecenter.lib.trouble import understood

FINAL = frozenset({403, 404, 429})


class PhoneField(TextField):
    """Digits of a phone number in any writing; '' for none."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
        super().__init__(max_length=32, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """Refuses what cannot be a phone number."""
        text = str(super().clean(value) or "")
        phone = phone_number(text) if text else ""
        if phone is None or len(phone) > 20:
            sentence = gettext("This does not look like a phone number. A mobile number has 11 digits.")
            raise forms.ValidationError(sentence, code="invalid")
        return phone


class PartForm(forms.Form):
    """One part of an application. `code` is its address, `parts` the fields that comments and gaps are about."""

    code = ""
    parts: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    # Whether a PDF is taken beside pictures.
    documents = False

    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, permit: Permit, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{self.code}_%s"} | kwargs)
        self.permit, self.user = permit, user
        self.initial.setdefault("version", permit.version)
        self.prepare()
        # Wanted at the end, though not yet: they are not called optional.
        for name in self.wanted:
            self.fields[name].unmarked = True  # type: ignore[attr-defined]

    def prepare(self) -> None:
        """Choices and initial values of this application."""

    def write(self, pictures: list[Any]) -> None:
        """Saves what was typed."""
        raise NotImplementedError

    def settle(self) -> bool:
        """Saves it once per key, all of it or nothing. False: draw it again. Raises what no typing can mend."""
        if not self.is_valid():
            return False
        uploads = self.cleaned_data.get("photos") or []
        key = self.cleaned_data["idempotency_key"]
        route = f"permit:write:{self.permit.pk}:{self.code}"

        def act() -> tuple[int, dict[str, Any]]:
            self.write(pictures)
            return 200, {}

        try:
            with understood(), filed(files_of(uploads), documents=self.documents) as pictures:
                once(user=self.user, key=key, route=route, body={}, act=act)
        except Refusal as refusal:
            if refusal.status in FINAL:
                raise
            self.data = renewed(self.data)
            add_refusal(self, refusal)
            return False
        return True

    @property
    def seen(self) -> int | None:
        """The version of the page that was sent."""
        version: int | None = self.cleaned_data.get("version")
        return version
