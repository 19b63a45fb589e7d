"""The work that waits at the desk, in queues: which repairs, in which order, and how many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from repairs.models import Ticket, TicketQuerySet
from repairs.workflow import CLOSED, Status
from servicecenter.accounts.models import User
from servicecenter.audit.models import Event
from servicecenter.desk.models import Promise
from servicecenter.desk.queries.search import words_in
from servicecenter.notifications.models import Message
from surveys.models import FollowUp

# Nothing is counted further than this: what a desk needs to know of a thousand is that there are too many.
COUNTED_TO = 999
# Named one by one: an exclusion could not use the index by status.
OPEN = sorted(set(Status.values) - set(CLOSED))

Narrow = Callable[[TicketQuerySet, User, datetime], TicketQuerySet]


@dataclass(frozen=True)
class Queue:
    """One queue: its address is `code`, `order` is never null within it and ends with the id."""

    code: str
    label: str | Words
    order: tuple[str, ...]
    narrow: Narrow
    empty: str | Words
    tone: str = ""
    # What can be done to several of its repairs at once.
    bulk: tuple[str, ...] = ()


QUEUES: Mapping[str, Queue] = {
    queue.code: queue
    for queue in (
        Queue(
            "new",
            _("New"),
            ("urgency", "id"),
            lambda tickets, user, at: tickets.filter(status=Status.REPORTED),
            _("Every report has been accepted."),
            "new",
            bulk=("accept",),
        ),
        Queue(
            "dispatch",
            _("To dispatch"),
            ("urgency", "id"),
            lambda tickets, user, at: tickets.filter(status__in=[Status.ACCEPTED, Status.REWORK]),
            _("Every accepted repair has a technician."),
            "waiting",
            bulk=("dispatch",),
        ),
        Queue(
            "soon",
            _("Due soon"),
            ("next_due_at", "id"),
            lambda tickets, user, at: tickets.due_soon(at),
            _("No deadline falls due in the next four hours."),
            "waiting",
            bulk=("accept", "dispatch"),
        ),
        Queue(
            "overdue",
            _("Overdue"),
            ("next_due_at", "id"),
            lambda tickets, user, at: tickets.overdue(at),
            _("No promise is broken at the moment."),
            "bad",
            bulk=("accept", "dispatch"),
        ),
        Queue(
            "mine",
            _("Mine"),
            ("-id",),
            lambda tickets, user, at: tickets.filter(agent=user, status__in=OPEN),
            _("You are in charge of no open repair."),
            bulk=("accept", "dispatch"),
        ),
        Queue(
            "hold",
            _("On hold"),
            ("hold_until", "id"),
            lambda tickets, user, at: tickets.filter(status=Status.ON_HOLD),
            _("Nothing waits for owners, parts or other companies."),
        ),
        Queue(
            "confirm",
            _("To confirm"),
            ("completed_at", "id"),
            lambda tickets, user, at: tickets.filter(status=Status.COMPLETED),
            _("Owners have accepted all completed work."),
        ),
        Queue(
            "archive",
            _("To archive"),
            ("followed_up_at", "id"),
            lambda tickets, user, at: tickets.filter(status=Status.FOLLOWED_UP),
            _("Every repair that was followed up is archived."),
            bulk=("archive",),
        ),
        Queue(
            "all",
            _("All"),
            ("-id",),
            lambda tickets, user, at: tickets,
            _("No repair has been reported yet."),
            bulk=("accept", "dispatch", "archive"),
        ),
    )
}
DEFAULT = "new"


@dataclass(frozen=True)
class Counts:
    """How much waits: by queue, calls to make, unread messages; `latest` grows with everything that happens."""

    queues: Mapping[str, int]
    calls: int
    messages: int
    latest: int
    promises: int = 0
    promises_late: int = 0


def words(count: int) -> str:
    """A capped count as it is shown: 12, or 999+."""
    return str(count) if count <= COUNTED_TO else f"{COUNTED_TO}+"


def counts(user: User, at: datetime) -> Counts:
    """Everything that the desk counts, in one query that reads at most a thousand index entries of each kind."""
    if not user.community_ids:
        return Counts(dict.fromkeys(QUEUES, 0), 0, 0, 0)
    parts: dict[str, QuerySet[Any]] = {code: _of(queue, user, at) for code, queue in QUEUES.items()}
    parts["calls"] = FollowUp.objects.callable_by(user, at)
    parts["promises"] = Promise.objects.visible_to(user).open()
    parts["promises_late"] = Promise.objects.visible_to(user).overdue(at)
    parts["messages"] = Message.objects.visible_to(user).unread()
    sql: list[str] = []
    values: list[Any] = []
    for code, rows in parts.items():
        inner, params = rows.order_by().values("pk")[: COUNTED_TO + 1].query.sql_with_params()
        sql.append(f"SELECT %s, count(*) FROM ({inner}) counted")
        values += [code, *params]
    newest, params = _newest(user).query.sql_with_params()
    sql.append(f"SELECT 'latest', coalesce(max(id), 0) FROM ({newest}) latest")
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(sql), [*values, *params])
        found = dict(cursor.fetchall())
    return Counts(
        {code: found[code] for code in QUEUES},
        found["calls"],
        found["messages"],
        found["latest"],
        found["promises"],
        found["promises_late"],
    )


def _newest(user: User) -> QuerySet[Any]:
    return (
        Event.objects.filter(community__in=user.community_ids, work="repair").order_by("-id").values("id")[:1]
    )


def _of(queue: Queue, user: User, at: datetime) -> TicketQuerySet:
    return queue.narrow(Ticket.objects.visible_to(user), user, at)


def in_queue(queue: Queue, user: User, at: datetime, filters: Mapping[str, Any]) -> TicketQuerySet:
    """The repairs of a queue with what a row shows; `filters` are cleaned values of the filter form."""
    tickets = _of(queue, user, at)
    for name in ("community", "building", "trade", "urgency", "assignee"):
        if filters.get(name):
            tickets = tickets.filter(**{name: filters[name]})
    if filters.get("q"):
        tickets = words_in(tickets, filters["q"])
    return tickets.select_related("assignee", "community").only(*SHOWN)


# What a row shows, and what the order of any queue and the next actions ask for.
SHOWN = (
    "number",
    "status",
    "held_from",
    "urgency",
    "trade",
    "text",
    "place",
    "unit",
    "part",
    "address",
    "public_area",
    "reporter_name",
    "reported_at",
    "next_due_at",
    "held_at",
    "hold_until",
    "completed_at",
    "followed_up_at",
    "appointment_start",
    "rework_count",
    "urge_count",
    "assignee__name",
    "assignee__username",
    "community__name",
)
