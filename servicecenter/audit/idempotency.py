"""The same key and body give the first answer again; nothing happens twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User
from servicecenter.audit.models import IdempotencyKey
from servicecenter.lib.refusals import Invalid

LONGEST_KEY = 200


def body_hash(body: Mapping[str, Any]) -> str:
    """A digest of a request's content that does not depend on the order of its keys."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def answered(*, user: User, key: str, route: str) -> bool:
    """Whether this form was acted on before: the second tap of a button, whose facts the first one changed."""
    return bool(key) and IdempotencyKey.objects.filter(user=user, key=key, route=route).exists()


def answer_of(*, user: User, key: str, route: str) -> dict[str, Any] | None:
    """What a form that was acted on before was answered; None for one that was not."""
    found = IdempotencyKey.objects.filter(user=user, key=key, route=route).first() if key else None
    return found.answer if found else None


def once(
    *,
    user: User,
    key: str,
    route: str,
    body: Mapping[str, Any],
    act: Callable[[], tuple[int, dict[str, Any]]],
) -> tuple[int, dict[str, Any], bool]:
    """Runs `act` at most once per user and key, and returns (status, answer, replayed).

    Key, effect and answer commit together; a second request with the same key waits for the first one.
    No key: `act` simply runs in a transaction. Refuses another body under a used key with 422
    `idempotency_key_reused`.
    """
    if not key:
        with transaction.atomic():
            return (*act(), False)
    if len(key) > LONGEST_KEY:
        raise Invalid(_("The idempotency key is too long."), code="idempotency_key_invalid")
    digest = body_hash(body)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"{user.pk}|{key}"])
        seen = IdempotencyKey.objects.filter(user=user, key=key).first()
        if seen is not None:
            if seen.body_hash != digest or seen.route != route:
                raise Invalid(
                    _("This key was already used for another request."),
                    code="idempotency_key_reused",
                    status=422,
                )
            return seen.status, seen.answer, True
        status, answer = act()
        IdempotencyKey.objects.create(
            user=user, key=key, route=route, body_hash=digest, status=status, answer=answer
        )
        return status, answer, False
