"""Taking lists away: the roll, and the repairs that a queue shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from owners.queries.lists import HEAD, RollList
from repairs.models import Ticket, TicketQuerySet
from servicecenter.audit.exports import export
from servicecenter.desk.forms.exports import ReasonForm, RollListForm
from servicecenter.desk.forms.filters import FilterForm
from servicecenter.desk.queries.queues import DEFAULT, QUEUES, in_queue
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.lib.clock import LOCAL, database_now
from servicecenter.lib.sheets import KINDS, write

_CHUNK = 1000


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def roll_list(request: HttpRequest) -> HttpResponseBase:
    """Who lives where in a community or a building."""
    user = current_user(request)
    form = RollListForm(request.POST or None, by=user, initial={"building": request.GET.get("building")})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = RollList(given["community"], given["building"])
        file = export(
            lambda: write(given["kind"], HEAD, wanted.rows()),
            rows=wanted.count(),
            field="list:roll",
            community_ids=[given["community"].pk],
            by=user,
            reason=given["reason"],
        )
        return sent_file(file, _("roll"), given["kind"])
    context = {"form": form, "title": _("Download the roll"), "back": "desk:roll"}
    return page(request, "desk/export.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def repair_list(request: HttpRequest) -> HttpResponseBase:
    """The repairs of a queue as it is filtered at the moment."""
    user, at = current_user(request), database_now()
    queue = QUEUES.get(request.GET.get("queue", ""), QUEUES[DEFAULT])
    filters = FilterForm(request.GET, user)
    tickets = in_queue(queue, user, at, filters.chosen).order_by(*queue.order)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        file = export(
            lambda: write("xlsx", _head(), _repairs(tickets)),
            rows=tickets.count(),
            field="list:repairs",
            community_ids=set(tickets.order_by().values_list("community", flat=True).distinct()),
            by=user,
            reason=form.cleaned_data["reason"],
        )
        return sent_file(file, _("repairs"), "xlsx")
    context = {
        "form": form,
        "title": _("Download the list"),
        "back": "desk:queue",
        "query": request.GET.urlencode(),
        "about": f"{queue.label} · {tickets.count()}",
    }
    return page(request, "desk/export.html", context, status=422 if form.errors else 200)


def _head() -> tuple[str, ...]:
    return (
        _("Number"), _("Status"), _("Urgency"), _("Trade"), _("Community"), _("Place"), _("Text"), _("Reported by"),
        _("Reported at"), _("Due at"), _("Completed at"), _("Technician"),
    )  # fmt: skip


def _repairs(tickets: TicketQuerySet) -> Iterator[tuple[str, ...]]:
    for ticket in tickets.iterator(chunk_size=_CHUNK):
        yield _cells(ticket)


def _cells(ticket: Ticket) -> tuple[str, ...]:
    instants = (ticket.reported_at, ticket.next_due_at, ticket.completed_at)
    return (
        ticket.number,
        ticket.get_status_display(),
        ticket.get_urgency_display(),
        ticket.get_trade_display(),
        ticket.community.name,
        ticket.where(),
        ticket.text,
        ticket.reporter_name,
        *(at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if at else "" for at in instants),
        str(ticket.assignee or ""),
    )


def sent_file(file: IO[bytes], name: str, kind: str) -> FileResponse:
    """A list as a download that carries its day."""
    day = database_now().astimezone(LOCAL).date().isoformat()
    response = FileResponse(
        file, as_attachment=True, filename=f"{name}-{day}.{kind}", content_type=KINDS[kind]
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
