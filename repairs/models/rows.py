"""Which repairs: who sees them, which are open, late, or soon due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from owners.models import Occupancy, Unit
from repairs.workflow import CLOSED, UNFINISHED, Status
from servicecenter.accounts.models import Role, User

if TYPE_CHECKING:
    pass

# The nearest promise is not stopped by a hold: there is none, or the deadline had passed when it began.
NOT_STOPPED = Q(held_at=None) | Q(next_due_at__lte=F("held_at"))


def counting(**due: Any) -> Q:
    """Repairs with a promise that is open and not stopped, whose deadline is as `due` says."""
    return Q(NOT_STOPPED, status__in=UNFINISHED, next_due_at__isnull=False, **due)


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Repair tickets."""

    def visible_to(self, user: User) -> TicketQuerySet:
        """Who sees what: the desk and managers their communities, a technician own work orders, a resident what
        concerns a present home of theirs (see `of_resident`)."""
        if user.role in (Role.TECHNICIAN, Role.SECURITY):
            return self.filter(community__in=user.community_ids, assignee=user)
        if user.role == Role.RESIDENT:
            return self.of_resident(user)
        return self.filter(community__in=user.community_ids)

    def of_resident(self, user: User) -> TicketQuerySet:
        """In a unit they live in now: what was reported while they lived there, and what they reported themselves.

        What an earlier occupant reported stays with nobody but the staff. In public areas: their own reports, as
        long as they live in the community.
        """
        homes = Unit.objects.visible_to(user)
        stays = Occupancy.objects.filter(person__user=user, unit=OuterRef("unit"))
        then = stays.filter(since__lte=OuterRef("reported_at")).filter(
            Q(until=None) | Q(until__gt=OuterRef("reported_at"))
        )
        own = Q(reporter__user=user)
        return self.filter(
            Q(unit__in=homes) & (Exists(then) | own)
            | Q(unit=None, community__in=homes.values("community")) & own
        )

    def unfinished(self) -> TicketQuerySet:
        return self.filter(status__in=UNFINISHED)

    def open(self) -> TicketQuerySet:
        """Not archived, cancelled or a duplicate: somebody still has to do something."""
        return self.exclude(status__in=CLOSED)

    def waiting_for_dispatch(self) -> TicketQuerySet:
        return self.filter(status__in=[Status.REPORTED, Status.ACCEPTED, Status.REWORK])

    def overdue(self, at: datetime) -> TicketQuerySet:
        """A promise is past its deadline: no response yet, or not completed yet. A hold stops the clock, but does not
        excuse what was missed before it began."""
        return self.filter(counting(next_due_at__lt=at))

    def due_soon(self, at: datetime, within: timedelta = timedelta(hours=4)) -> TicketQuerySet:
        return self.filter(counting(next_due_at__gte=at, next_due_at__lt=at + within))
