"""The rows behind a figure, one page at a time, each beside its repair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from repairs.models import Appointment, Ticket
from repairs.workflow import UNFINISHED
from servicecenter.board.models import CallMade, Completion, Promise
from servicecenter.board.queries import sources
from servicecenter.board.queries.counting import rows_in
from servicecenter.board.queries.labels import people
from servicecenter.board.queries.sets import SETS
from servicecenter.board.queries.slices import Slice
from servicecenter.board.queries.sources import Rows
from servicecenter.lib.pages import Page, page_of
from servicecenter.sla.models import Stage

# What a row shows of its repair; nothing personal but the place.
COLUMNS = (
    "number", "text", "trade", "status", "urgency", "address", "public_area", "reported_at", "rework_count",
    "responded_at", "respond_due_at", "complete_due_at", "next_due_at", "held_at", "assignee", "community",
    "completed_at", "arrived_at",
)  # fmt: skip
PAGE = 50


@dataclass(frozen=True)
class Listed:
    """One row of a list: what it is about, its repair, and who is answerable."""

    row: Ticket | Promise | Completion | CallMade | Appointment
    ticket: Ticket
    who: str


def page(code: str, part: Slice, at: datetime, cursor: str = "") -> tuple[list[Listed], Page[Any]]:
    """One page of a set's rows and its neighbours; two queries."""
    source = SETS[code].source
    found = page_of(_joined(rows_in(code, part, at), source), order=source.order, cursor=cursor, size=PAGE)
    return listed(found.rows, part), found


def first(code: str, part: Slice, at: datetime, size: int) -> list[Listed]:
    """The first rows of a set."""
    return listed(list(_joined(rows_in(code, part, at), SETS[code].source)[:size]), part)


def _joined(rows: Rows, source: sources.Source) -> Rows:
    prefix = source.ticket
    wanted = [f"{prefix}{name}" for name in COLUMNS]
    if prefix:
        rows = rows.select_related(prefix.removesuffix("__"))
        own = [each.attname for each in sources.model_of(source)._meta.concrete_fields]
        wanted += own
    if source is sources.ATTEMPTS:
        wanted += ["follow_up__work", "follow_up__completion_no"]
    else:
        rows = rows.annotate(answerable=source.worker())
    joined: Rows = rows.only(*wanted)
    return joined


def listed(rows: list[Any], part: Slice) -> list[Listed]:
    """Rows with their repairs and the names of who is answerable; one query for the names."""
    found = [(row, ticket_of(row), _who(row)) for row in rows]
    names = people({who for _row, _ticket, who in found if who}, part.communities) if found else {}
    return [Listed(row, ticket, names.get(who, "")) for row, ticket, who in found]


def ticket_of(row: Any) -> Ticket:
    """The repair that a row is about."""
    if isinstance(row, Ticket):
        return row
    return row.follow_up.ticket if isinstance(row, CallMade) else row.ticket


def _who(row: Any) -> int | None:
    return row.by_id if isinstance(row, CallMade) else row.answerable


def open_stage(ticket: Ticket) -> str:
    """The stage of the nearest promise of a repair that still runs; '' where none does."""
    if ticket.next_due_at is None or ticket.status not in UNFINISHED:
        return ""
    if ticket.responded_at is None and ticket.next_due_at == ticket.respond_due_at:
        return Stage.RESPOND
    if ticket.next_due_at == ticket.complete_due_at:
        return Stage.COMPLETE
    return Stage.ARRIVE if ticket.arrived_at is None else Stage.SECURE


def calls_about(ticket: Ticket) -> list[Completion]:
    """The follow-ups of a repair, one for each completion, the latest first."""
    return list(
        Completion.objects.filter(ticket=ticket).select_related("finished_by").order_by("-completion_no")
    )
