"""Campaigns for a list, and everything that the page of a visit shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from owners.models import Inspection, InspectionFinding, InspectionVisit, Person
from owners.queries import primary_contact
from owners.queries.warranty import Cover, register_of
from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now, local_day


def campaigns_of(user: User) -> QuerySet[Inspection]:
    """The campaigns that `user` sees, with what a list says of them."""
    return Inspection.objects.visible_to(user).select_related("community", "building", "part")


@dataclass(frozen=True)
class Found:
    """A finding and the repair that it became; `url_number` is '' for whoever may not open the repair."""

    finding: InspectionFinding
    url_number: str


@dataclass(frozen=True)
class VisitPage:
    """One visit for the page of any face."""

    visit: InspectionVisit
    contact: Person | None
    warranty: list[Cover]
    found: list[Found]


def visit_page(user: User, visit: InspectionVisit) -> VisitPage:
    """About six queries, however much was found."""
    found = list(visit.found.all())
    mine = Ticket.objects.visible_to(user).filter(pk__in=[each.ticket_id for each in found])
    numbers = dict(mine.values_list("pk", "number"))
    return VisitPage(
        visit,
        primary_contact(visit.unit),
        register_of(visit.unit, on=local_day(database_now())),
        [Found(each, numbers.get(each.ticket_id, "")) for each in found],
    )
