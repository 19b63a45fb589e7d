"""Human case numbers such as R261122-0042."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from servicecenter.accounts.models import Community
from servicecenter.lib.clock import local_day


def next_number(community: Community, letter: str, at: datetime) -> str:
    """The next number of `letter` (R repair, C complaint, …) on the local day of `at`.

    Call it inside the transaction that creates the case: the series row stays locked until commit, so the
    sequence has no gaps and no reuse whatever happens at once. A community's series letters (blank for the
    first one) keep numbers of several communities distinct: R261122-0042, R261122-B0042.
    """
    day = local_day(at)
    return f"{letter}{day:%y%m%d}-{community.series}{next_in_series(community, letter, at):04d}"


def next_in_series(community: Community, letter: str, at: datetime) -> int:
    """The bare number behind it: the first, second, … of `letter` on the local day of `at`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_numberseries (community_id, letter, day, last) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (community_id, letter, day) DO UPDATE SET last = accounts_numberseries.last + 1 "
            "RETURNING last",
            [community.pk, letter, local_day(at)],
        )
        last: int = cursor.fetchone()[0]
    return last
