"""Signing in, tokens, and making logins."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password, make_password
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts import limits
from servicecenter.accounts.models import ApiToken, LoginAttempt, PhoneCode, Role, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid

DEMO_CODE = "246810"
CODE_LIFETIME = timedelta(minutes=5)
TOKEN_LIFETIME = timedelta(days=30)
TRIES_PER_CODE = 5
# A code that came too late can be explained for a day; then its number is forgotten.
KEPT_AFTER_EXPIRY = timedelta(days=1)


def sign_in(*, username: str, password: str, address: str, at: datetime | None = None) -> User:
    """The member of staff with this user name and password.

    Refuses `login_failed` (the same words and about the same time whether the name exists or not) and
    `too_many` after 10 failures a name or 100 an address within 15 minutes. Residents have no password.
    """
    taken = limits.take(
        instant(at), (limits.PASSWORDS, username.casefold()), (limits.GUESSES_PER_ADDRESS, address)
    )
    user = authenticate(username=username, password=password)
    if not isinstance(user, User) or not user.is_employee:
        raise Invalid(_("User name or password is wrong."), code="login_failed")
    limits.give_back(taken)
    return user


def request_code(*, phone: str, address: str, at: datetime | None = None) -> PhoneCode | None:
    """Makes a sign-in code for the resident with this (normalised) phone; None when nobody has it.

    The caller answers the same either way, so that numbers cannot be probed. Refuses `too_many` after 5 codes an
    hour for a phone and 60 for an address, known numbers or not. The code itself is made when the message is sent
    and never stored in clear; in the demo it is 246810.
    """
    at = instant(at)
    limits.take(at, (limits.CODES_PER_PHONE, phone), (limits.CODES_PER_ADDRESS, address))
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


def sign_in_by_phone(*, phone: str, code: str, address: str, at: datetime | None = None) -> User:
    """The resident who holds this phone and knows the latest code sent to it.

    Refuses `code_wrong`, also for an unknown phone, an expired, used or five times mistyped code, and `too_many`
    after 100 wrong codes an address within 15 minutes. A code works once.
    """
    at = instant(at)
    taken = limits.take(at, (limits.GUESSES_PER_ADDRESS, address))
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
    limits.give_back(taken)
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
            User(username=f"p{phone}", phone=phone, role=Role.RESIDENT, password=_no_password())
            for phone in wanted
        ),
        ignore_conflicts=True,
        batch_size=2000,
    )
    found = User.objects.filter(role=Role.RESIDENT, phone__in=wanted)
    return {phone: user_id for phone, user_id in found.values_list("phone", "id") if phone}


def _no_password() -> str:
    """What `make_password(None)` answers, in a tenth of its time: a roll brings tens of thousands of people."""
    return UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30)


def move_login(user: User | None, phone: str, *, shared: bool, at: datetime | None = None) -> int | None:
    """The login that opens a record from now on, after its number changed to `phone`; None if there can be none.

    A number that has a login already keeps it. Otherwise the record's login takes the new number and every open
    session and token of it ends, so that whoever holds the old phone is out; with `shared` (other records hang on
    it) it stays as it is, and the new number gets a login of its own.
    """
    at = instant(at)
    with transaction.atomic():
        taken = User.objects.filter(phone=phone).exists()
        if user is None or user.role != Role.RESIDENT or shared or taken or not phone:
            return ensure_resident_logins([phone]).get(phone)
        PhoneCode.objects.filter(phone=user.phone, used_at=None, expires_at__gt=at).update(expires_at=at)
        user.phone, user.username = phone, f"p{phone}"
        # Sessions are bound to the password, also to one that nobody can use.
        user.set_password(None)
        user.save(update_fields=["phone", "username", "password"])
        ApiToken.objects.filter(user=user).delete()
    return user.pk


def close_login(user: User) -> None:
    """Nobody signs in with this resident's login any more, and it names nobody; its sessions and tokens end."""
    ApiToken.objects.filter(user=user).delete()
    PhoneCode.objects.filter(phone=user.phone).delete()
    user.username, user.phone, user.name = f"erased-{user.pk}", f"x{user.pk}", ""
    user.is_active = False
    user.set_password(None)
    user.save(update_fields=["username", "phone", "name", "is_active", "password"])


def forget_expired(*, at: datetime | None = None) -> None:
    """Deletes what signing in leaves behind once it proves and limits nothing any more: attempts, codes, tokens."""
    at = instant(at)
    LoginAttempt.objects.filter(at__lt=at - limits.LONGEST).delete()
    PhoneCode.objects.filter(expires_at__lt=at - KEPT_AFTER_EXPIRY).delete()
    ApiToken.objects.filter(expires_at__lt=at).delete()
