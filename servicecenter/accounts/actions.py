"""Signing in, tokens, and making logins."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import ApiToken, LoginAttempt, PhoneCode, Role, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, TooMany

DEMO_CODE = "246810"
CODE_LIFETIME = timedelta(minutes=5)
TOKEN_LIFETIME = timedelta(days=30)
TRIES_PER_CODE = 5
# (window, most attempts): against guessing one account, and against one address guessing many.
PASSWORD_LIMIT = (timedelta(minutes=15), 10)
ADDRESS_LIMIT = (timedelta(minutes=15), 100)
CODES_PER_PHONE = (timedelta(hours=1), 5)


def _key(kind: str, value: str) -> str:
    """A keyed digest, so that the table of attempts holds no phone number, name or address."""
    return hmac.new(settings.SECRET_KEY.encode(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def _within_limit(key: str, limit: tuple[timedelta, int], at: datetime) -> None:
    window, most = limit
    if LoginAttempt.objects.filter(key=key, at__gt=at - window).count() >= most:
        raise TooMany


def _note(at: datetime, *keys: str) -> None:
    LoginAttempt.objects.bulk_create(LoginAttempt(key=key, at=at) for key in keys)


def sign_in(*, username: str, password: str, address: str, at: datetime | None = None) -> User:
    """The member of staff with this user name and password.

    Refuses `login_failed` (the same words and about the same time whether the name exists or not) and
    `too_many` after 10 failures a name or 100 an address within 15 minutes. Residents have no password.
    """
    at = instant(at)
    keys = (_key("user", username.casefold()), _key("address", address))
    _within_limit(keys[0], PASSWORD_LIMIT, at)
    _within_limit(keys[1], ADDRESS_LIMIT, at)
    user = authenticate(username=username, password=password)
    if not isinstance(user, User) or not user.is_employee:
        _note(at, *keys)
        raise Invalid(_("User name or password is wrong."), code="login_failed")
    return user


def request_code(*, phone: str, address: str, at: datetime | None = None) -> PhoneCode | None:
    """Makes a sign-in code for the resident with this (normalised) phone; None when nobody has it.

    The caller answers the same either way, so that numbers cannot be probed. Refuses `too_many` after 5 codes
    an hour for a
    phone. The code itself is made when the message is sent and never stored in clear; in the demo it is 246810.
    """
    at = instant(at)
    key = _key("code", phone)
    _within_limit(key, CODES_PER_PHONE, at)
    _within_limit(_key("address", address), ADDRESS_LIMIT, at)
    _note(at, key, _key("address", address))
    if not User.objects.active().filter(role=Role.RESIDENT, phone=phone).exists():
        return None
    return PhoneCode.objects.create(
        phone=phone,
        language=get_language() or "",
        # In the demo everybody knows the code and nothing is sent.
        code_hash=make_password(DEMO_CODE) if settings.DEMO else "",
        created_at=at,
        expires_at=at + CODE_LIFETIME,
        send_at=None if settings.DEMO else at,
    )


def draw_code(code: PhoneCode) -> str:
    """Draws the six digits at the moment of sending and keeps only their hash."""
    digits = f"{secrets.randbelow(1_000_000):06d}"
    PhoneCode.objects.filter(pk=code.pk).update(code_hash=make_password(digits))
    return digits


def sign_in_by_phone(*, phone: str, code: str, at: datetime | None = None) -> User:
    """The resident who holds this phone and knows the latest code sent to it.

    Refuses `code_wrong`, also for an unknown phone, an expired, used or five times mistyped code. A code works once.
    """
    at = instant(at)
    wrong = Invalid(_("The code is wrong or has expired."), code="code_wrong")
    with transaction.atomic():
        row = (
            PhoneCode.objects.select_for_update()
            .filter(phone=phone, used_at=None, expires_at__gt=at, tries__lt=TRIES_PER_CODE)
            .order_by("-created_at", "-id")
            .first()
        )
        matches = check_password(code, row.code_hash if row and row.code_hash else make_password(None))
        if row and not matches:
            row.tries += 1
            row.save(update_fields=["tries"])
        elif row:
            row.used_at = at
            row.save(update_fields=["used_at"])
    user: User | None = User.objects.active().filter(role=Role.RESIDENT, phone=phone).first()
    if not (row and matches and user):
        raise wrong
    return user


def token_digest(token: str) -> str:
    """What is stored of a token: it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue_token(*, user: User, at: datetime | None = None) -> tuple[str, datetime]:
    """A new API token and the instant it expires (30 days); the token is shown once."""
    at = instant(at)
    token = secrets.token_urlsafe(32)
    expires_at = at + TOKEN_LIFETIME
    ApiToken.objects.create(user=user, digest=token_digest(token), created_at=at, expires_at=expires_at)
    return token, expires_at


def ensure_resident_logins(phones: Iterable[str]) -> dict[str, int]:
    """Makes missing logins for these normalised phones; returns {phone: user id}. Two queries for any number.

    A phone that already belongs to a member of staff stays theirs and is left out: staff sign in with a password.
    """
    wanted = sorted({phone for phone in phones if phone})
    User.objects.bulk_create(
        (
            User(username=f"p{phone}", phone=phone, role=Role.RESIDENT, password=make_password(None))
            for phone in wanted
        ),
        ignore_conflicts=True,
        batch_size=2000,
    )
    found = User.objects.filter(role=Role.RESIDENT, phone__in=wanted)
    return {phone: user_id for phone, user_id in found.values_list("phone", "id") if phone}
