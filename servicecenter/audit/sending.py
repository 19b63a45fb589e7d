"""Forms that are sent: each does its work once, however often its button was tapped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError
from django.forms import BaseForm
from django.http import HttpRequest

from servicecenter.accounts.models import User
from servicecenter.audit.idempotency import once
from servicecenter.audit.models import IdempotencyKey
from servicecenter.lib.formtools import KeyField, add_refusal
from servicecenter.lib.refusals import Refusal
from servicecenter.lib.trouble import refusal_of

# Not part of what a request says: files, drawings, and the key itself.
LEFT_OUT = frozenset({"idempotency_key", "photos", "signature"})


def sent_before(request: HttpRequest, user: User) -> str | None:
    """What the same form came to when it was sent before; None for a form that was not.

    Ask before the form is checked: what it chose from has changed by then.
    """
    key = KeyField().clean(request.POST.get("idempotency_key", ""))
    if not key:
        return None
    seen = IdempotencyKey.objects.filter(user=user, key=key, route=request.path[:100]).first()
    return None if seen is None else str(seen.answer.get("said", ""))


def settled(request: HttpRequest, form: BaseForm, user: User, act: Callable[[], str]) -> str | None:
    """Does the work of a form once and returns what it came to (a number); None for a form with something to mend.

    A refusal is put on the form, one by the database too (no keys before a handover is signed off).
    """
    if not form.is_bound or not form.is_valid():
        return None
    body: dict[str, Any] = {
        name: str(value) for name, value in form.cleaned_data.items() if name not in LEFT_OUT
    }
    try:
        _status, answer, _again = once(
            user=user,
            key=form.cleaned_data.get("idempotency_key", ""),
            route=request.path[:100],
            body=body,
            act=lambda: (200, {"said": act()}),
        )
    except (Refusal, IntegrityError, OperationalError, InterfaceError) as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        add_refusal(form, refusal)
        return None
    return str(answer["said"])
