"""The tables behind all figures: where their rows lie in time, and how they are narrowed and grouped.

Every list behind a figure is drawn from the same query set as the figure itself, so both count the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Case, DateField, F, Model, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, ExtractHour, ExtractIsoWeekDay, Trunc

from repairs.models import Appointment, Ticket
from servicecenter.board.models import REPAIR, CallMade, Completion, Promise
from servicecenter.board.queries.slices import NONE, Grouping, Slice
from servicecenter.lib.clock import LOCAL
from surveys.workflow import AttemptOutcome, FollowUpStatus

Rows = QuerySet[Any]


@dataclass(frozen=True)
class Source:
    """Rows of one kind.

    `when`: the instant that puts a row into a period; `within` says so where one instant cannot. `ticket`: the prefix
    of the ticket's columns. `worker`: who is answerable for the row. `clock`: the instant whose local hour and weekday
    count. `order`: how the list behind a figure is sorted; never-null columns, the last one unique. `now`: how things
    stand at this moment, whatever the period.
    """

    rows: Callable[[], Rows]
    when: str
    ticket: str
    worker: Callable[[], Combinable]
    clock: str
    order: tuple[str, ...]
    now: bool = False
    within: Callable[[Slice], Q] | None = None


def _worker_of_round() -> Combinable:
    """A promise belongs to whoever completed its round; one that is not completed yet to whoever has the repair now."""
    completed_by = Completion.objects.filter(ticket=OuterRef("ticket"), completion_no=OuterRef("round"))
    now_with = Case(
        When(round=F("ticket__rework_count") + 1, then=F("ticket__assignee_id")),
        output_field=BigIntegerField(),
    )
    return Coalesce(Subquery(completed_by.values("worker_id")[:1]), now_with, output_field=BigIntegerField())


def _tickets() -> Rows:
    return Ticket.objects.all()


PROMISES = Source(
    rows=lambda: Promise.objects.all(),
    when="due_at",
    ticket="ticket__",
    worker=_worker_of_round,
    clock="ticket__reported_at",
    order=("-due_at", "-id"),
)
COMPLETIONS = Source(
    rows=lambda: Completion.objects.all(),
    when="completed_at",
    ticket="ticket__",
    worker=lambda: F("worker"),
    clock="ticket__reported_at",
    order=("-completed_at", "-id"),
)
# The same rows, placed by the day until which the call was promised.
CALLS = Source(
    rows=lambda: Completion.objects.all(),
    when="due_at",
    ticket="ticket__",
    worker=lambda: F("worker"),
    clock="ticket__reported_at",
    order=("-due_at", "-id"),
)
ATTEMPTS = Source(
    rows=lambda: CallMade.objects.exclude(outcome__in=["", AttemptOutcome.RELEASED]).filter(
        follow_up__work=REPAIR
    ),
    when="started_at",
    ticket="follow_up__ticket__",
    worker=lambda: F("follow_up__worker"),
    clock="started_at",
    order=("-started_at", "-id"),
)
# Agreed windows, placed by their end.
VISITS = Source(
    rows=lambda: Appointment.objects.filter(agreed_at__isnull=False),
    when="ends_at",
    ticket="ticket__",
    worker=lambda: F("technician"),
    clock="starts_at",
    order=("-ends_at", "-id"),
)
REPORTS = Source(
    rows=_tickets,
    when="reported_at",
    ticket="",
    worker=lambda: F("assignee"),
    clock="reported_at",
    order=("-reported_at", "-id"),
)
# What had to be handled in a period: reported before its end, and not closed before it began.
WORKLOAD = Source(
    rows=_tickets,
    when="",
    ticket="",
    worker=lambda: F("assignee"),
    clock="reported_at",
    order=("-reported_at", "-id"),
    within=lambda part: Q(reported_at__lt=part.until) & (Q(closed_at=None) | Q(closed_at__gte=part.since)),
)
BACKLOG = Source(
    rows=lambda: Ticket.objects.unfinished(),
    when="",
    ticket="",
    worker=lambda: F("assignee"),
    clock="reported_at",
    order=("reported_at", "id"),
    now=True,
)
# Repairs with a running promise; the nearest deadline first.
RUNNING = Source(
    rows=lambda: Ticket.objects.unfinished().filter(next_due_at__isnull=False),
    when="",
    ticket="",
    worker=lambda: F("assignee"),
    clock="reported_at",
    order=("next_due_at", "id"),
    now=True,
)
QUEUE = Source(
    # Each arm has its own partial index.
    rows=lambda: Completion.objects.filter(Q(status=FollowUpStatus.DUE) | Q(status=FollowUpStatus.CLAIMED)),
    when="",
    ticket="ticket__",
    worker=lambda: F("worker"),
    clock="ticket__reported_at",
    order=("completed_at", "id"),
    now=True,
)


def rows_of(source: Source, part: Slice) -> Rows:
    """The rows of a source that lie in a slice, unordered."""
    rows = source.rows().filter(community__in=part.community_ids)
    if source.when:
        rows = rows.filter(**{f"{source.when}__gte": part.since, f"{source.when}__lt": part.until})
    if source.within:
        rows = rows.filter(source.within(part))
    if part.trade:
        rows = rows.filter(**{f"{source.ticket}trade": part.trade})
    if part.building:
        rows = rows.filter(**{f"{source.ticket}building": _one(part.building)})
    if part.technician:
        # Not `technician`: the rows of visits have a column of that name.
        rows = rows.alias(sent=source.worker()).filter(**_same("sent", part.technician))
    if part.caller and source is ATTEMPTS:
        rows = rows.filter(by=_one(part.caller))
    if part.hour is not None:
        rows = rows.alias(local_hour=ExtractHour(source.clock, tzinfo=LOCAL)).filter(local_hour=part.hour)
    if part.weekday is not None:
        weekday = ExtractIsoWeekDay(source.clock, tzinfo=LOCAL)
        rows = rows.alias(local_weekday=weekday).filter(local_weekday=part.weekday)
    return rows


def _one(value: str) -> int | None:
    return None if value == NONE else int(value)


def _same(column: str, value: str) -> Mapping[str, Any]:
    return {f"{column}__isnull": True} if value == NONE else {column: int(value)}


def key_of(source: Source, grouping: str) -> Combinable:
    """The expression that rows of a source are grouped by: a Grouping, or `caller` for calls."""
    match grouping:
        case Grouping.COMMUNITY:
            return F("community")
        case Grouping.BUILDING | Grouping.TRADE:
            return F(f"{source.ticket}{grouping}")
        case Grouping.TECHNICIAN:
            return source.worker()
        case Grouping.HOUR:
            return ExtractHour(source.clock, tzinfo=LOCAL)
        case "caller":
            return F("by")
        case _:
            return Trunc(source.when, grouping, output_field=DateField(), tzinfo=LOCAL)


def model_of(source: Source) -> type[Model]:
    """The model of a source's rows."""
    return source.rows().model
