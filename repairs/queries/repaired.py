"""Whose home was repaired lately: they are asked how it was."""

from __future__ import annotations

from datetime import datetime, timedelta

from owners.models import Unit, UnitQuerySet
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Community

QUARTER = timedelta(days=92)
FINISHED = (Status.CONFIRMED, Status.FOLLOWED_UP, Status.ARCHIVED)


def units_repaired(community: Community, at: datetime) -> UnitQuerySet:
    """Units with a finished repair that was reported in the last three months."""
    tickets = Ticket.objects.filter(
        community=community, reported_at__gt=at - QUARTER, reported_at__lte=at, status__in=FINISHED
    )
    return Unit.objects.filter(community=community, pk__in=tickets.filter(unit__isnull=False).values("unit"))
