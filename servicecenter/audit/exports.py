"""Taking a list out of the house is an act with a reason: written down before the file is handed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User
from servicecenter.audit.access import NOT_IN_ROLL, record_access
from servicecenter.lib.refusals import Invalid, TooMany

MOST_ROWS = 20_000
# So many lists are made at the same time; everybody else in the house is working meanwhile.
AT_ONCE = 3
_PERSON, _PLACE = 41, 42

File = TypeVar("File")


def export(
    make: Callable[[], File], *, rows: int, field: str, community_ids: Iterable[int], by: User, reason: str
) -> File:
    """Makes a file of `rows` rows and writes a line into the access log of every community in it.

    Refuses `reason_needed`, `too_many_rows` above 20 000, and `too_many` while the same person has another list
    made, while three others have, and after sixty lines of the log in an hour.
    """
    if not reason.strip():
        raise Invalid(code="reason_needed", errors={"reason": [_("Please say why you need this list.")]})
    if rows > MOST_ROWS:
        raise Invalid(_("The list has more than 20,000 rows. Please narrow it first."), code="too_many_rows")
    with transaction.atomic():
        if not _lock(_PERSON, by.pk):
            raise TooMany(_("Your last list is still being made. Please wait until you have it."))
        if not any(_lock(_PLACE, place) for place in range(AT_ONCE)):
            raise TooMany(_("Several lists are being made at the moment. Please try again in a minute."))
        file = make()
        for community_id in sorted(community_ids):
            record_access(by=by, community_id=community_id, person_id=NOT_IN_ROLL, field=field, reason=reason)
    return file


def _lock(kind: int, number: int) -> bool:
    """Whether this transaction has the lock; it ends with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [kind, number])
        return bool(cursor.fetchone()[0])
