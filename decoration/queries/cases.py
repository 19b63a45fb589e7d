"""One permit for a page."""

from __future__ import annotations

import re

from decoration.models import Permit, PermitQuerySet, Worker
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import NotFound

_NUMBER = re.compile(r"D[0-9]{6}-[A-Z]{0,3}[0-9]{1,9}")
_TOKEN = re.compile(r"[0-9a-f]{32}")
SHOWN = (
    "community",
    "unit__building",
    "applicant__user",
    "contractor",
    "agent",
    "inspector",
    "consent_of",
    "approved_by",
    "accepted_by",
)


def with_shown(rows: PermitQuerySet) -> PermitQuerySet:
    """Permits with everything that lists and pages show, in one query."""
    return rows.select_related(*SHOWN)


def permit_for(user: User, number: str) -> Permit:
    """The permit with this number; refuses `not_found` for one that is missing or out of scope, alike."""
    number = number.upper()
    # Not every string may be asked of PostgreSQL (NUL), and only numbers of ours are worth asking for.
    rows = with_shown(Permit.objects.visible_to(user))
    found = rows.filter(number=number).first() if _NUMBER.fullmatch(number) else None
    if found is None:
        raise NotFound
    return found


def shown_by(token: str) -> Permit | Worker:
    """What the code of a door sheet or of a pass leads to; refuses `not_found` for any other."""
    if not _TOKEN.fullmatch(token):
        raise NotFound
    permit = Permit.objects.select_related("community", "unit", "contractor").filter(token=token).first()
    if permit is not None and permit.issued_at is not None:
        return permit
    workers = Worker.objects.select_related("permit__community", "permit__unit", "permit__contractor")
    worker = workers.filter(token=token, permit__issued_at__isnull=False).first()
    if worker is None:
        raise NotFound
    return worker


def token_of(user: User, text: str) -> str:
    """The token of what a guard scanned or typed: a code, or the number of a permit; refuses `not_found`."""
    typed = text.strip()
    if _TOKEN.fullmatch(typed.lower()):
        return typed.lower()
    return permit_for(user, typed).token
