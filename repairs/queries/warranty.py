"""Whether repairs are under warranty: judged on the day of their report, by their part or else by their trade."""

from __future__ import annotations

from collections.abc import Iterable

from owners.models import Unit
from owners.queries.warranty import Cover, in_public, judge, rules_of
from repairs.models import Ticket
from servicecenter.lib.clock import local_day


def warranty_of(ticket: Ticket) -> Cover:
    """How the warranty of one repair stands, and why; two queries."""
    return warranties_of([ticket])[ticket.pk]


def warranties_of(tickets: Iterable[Ticket]) -> dict[int, Cover]:
    """The same for any number of repairs, by their ids; two queries for all of them."""
    rows = list(tickets)
    inside = [ticket for ticket in rows if ticket.unit_id is not None]
    delivered = dict(
        Unit.objects.filter(pk__in={ticket.unit_id for ticket in inside}).values_list("pk", "delivered_on")
        if inside
        else ()
    )
    rules = rules_of({ticket.community_id for ticket in inside}) if inside else {}
    covers = {ticket.pk: in_public() for ticket in rows if ticket.unit_id is None}
    for ticket in inside:
        covers[ticket.pk] = judge(
            rules[ticket.community_id],
            delivered.get(ticket.unit_id or 0),
            on=local_day(ticket.reported_at),
            trade=ticket.trade,
            part_id=ticket.part_id,
        )
    return covers
