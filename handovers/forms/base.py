"""What the forms of a handover share: the version that was seen, a key, and a refusal shown where it was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms

from handovers.models import Handover
from servicecenter.accounts.models import User
from servicecenter.audit.idempotency import answered, once
from servicecenter.lib.formtools import KeyField, add_refusal
from servicecenter.lib.refusals import Refusal
from servicecenter.lib.trouble import understood

# Nothing that was typed can mend these.
FINAL = frozenset({403, 404, 429})


class HandoverForm(forms.Form):
    """A form about one handover, acted on once per key."""

    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, handover: Handover, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.handover, self.user = handover, user
        self.initial.setdefault("version", handover.version)
        self.prepare()

    def prepare(self) -> None:
        """Fields and choices that depend on the handover."""

    @property
    def seen(self) -> int | None:
        """The version of the page that was sent."""
        version: int | None = self.cleaned_data.get("version")
        return version

    def take(self, action: str) -> None:
        """Takes the step with what was typed."""
        raise NotImplementedError


def settle(form: HandoverForm, *, action: str) -> bool:
    """Takes the step of a valid form, all of it or nothing and once per key. False: draw it again.

    Raises what no typing can mend.
    """

    def act() -> None:
        form.take(action)

    return settle_any(form, user=form.user, route=f"handovers:{form.handover.pk}:{action}"[:100], act=act)


def settle_any(form: forms.Form, *, user: User, route: str, act: Callable[[], object]) -> bool:
    """The same for a form about something else."""
    if was_sent(form.data, user=user, route=route):
        return True
    if not form.is_valid():
        return False

    def effect() -> tuple[int, dict[str, Any]]:
        act()
        return 200, {}

    try:
        with understood():
            once(user=user, key=form.cleaned_data["idempotency_key"], route=route, body={}, act=effect)
    except Refusal as refusal:
        if refusal.status in FINAL:
            raise
        add_refusal(form, refusal)
        return False
    return True


def was_sent(data: Mapping[str, Any] | None, *, user: User, route: str) -> bool:
    """The second tap of a button, whose facts the first one changed."""
    key = KeyField().clean((data or {}).get("idempotency_key", ""))
    return answered(user=user, key=key, route=route)
