"""One repair: its facts, its story, its timers, its number to call."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from repairs.api.shapes import TicketOut, draw
from repairs.models import Ticket
from repairs.queries import Line, case_for, timeline
from repairs.workflow import UNFINISHED, Status
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import STAFF_ROLES, Role
from servicecenter.audit.access import NOT_IN_ROLL, record_access
from servicecenter.cases.photo_api import PhotoOut, with_links
from servicecenter.lib.clock import database_now
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import NotPermitted
from servicecenter.lib.serializers import Input, InstantField
from servicecenter.sla.actions import acknowledge
from servicecenter.sla.models import Timer, TimerState


class TicketEndpoint(Endpoint):
    """One repair."""

    @operation("repair", "One repair", answer=TicketOut)
    def get(self, request: Request, number: str) -> Response:
        """Refuses `not_found` for a number that does not exist or is out of scope, alike."""
        return Response(draw(case_for(self.user, number), self.user, database_now()))


class LineOut(serializers.Serializer[Any]):
    """One entry of the story."""

    at = InstantField()
    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a member of the answer
    status = serializers.CharField(help_text="The status that it led to; empty for what changed none.")
    actor = serializers.CharField(help_text="In words; empty for the program.")
    text = serializers.CharField()
    internal = serializers.BooleanField(help_text="For colleagues only.")
    photos = PhotoOut(many=True)


class WholeListEndpoint(Endpoint):
    """Lists that come in one piece have the same shape as paged ones."""

    @staticmethod
    def whole(rows: Any) -> Response:
        """All of it."""
        return Response({"next": None, "previous": None, "results": rows})


class TimelineEndpoint(WholeListEndpoint):
    """The story of a repair."""

    @operation("repair_timeline", "What happened to a repair", answer=paged(LineOut))
    def get(self, request: Request, number: str) -> Response:
        """Oldest first, in one piece. Residents get nothing internal and nothing about clocks."""
        ticket = case_for(self.user, number)
        lines = [_line(request, ticket, line) for line in timeline(ticket, self.user)]
        return self.whole(LineOut(lines, many=True).data)


def _line(request: Request, ticket: Ticket, line: Line) -> dict[str, Any]:
    pictures = [
        with_links(request, each, route="api:repair-photo", number=ticket.number) for each in line.photos
    ]
    names = ("at", "action", "label", "status", "actor", "text", "internal")
    return {name: getattr(line, name) for name in names} | {"photos": pictures}


class TimerOut(serializers.Serializer[Any]):
    """One thing that happens, happened or will not happen at an instant."""

    stage = serializers.CharField(
        help_text="respond, arrive, complete, or act: the program itself does something."
    )
    step = serializers.CharField(help_text="warn, breach, escalate_1…, daily_1…; resume.")
    round = serializers.IntegerField(help_text="A rework begins a new one.")
    cycle = serializers.IntegerField(help_text="A pause, a resumption or a change begins a new one.")
    tell = serializers.CharField(help_text="Which rung of the ladder hears of it.")
    due_at = InstantField()
    deadline = InstantField()
    state = serializers.ChoiceField(TimerState.choices)
    armed_at = InstantField()
    fired_at = InstantField(allow_null=True)
    cancelled_at = InstantField(allow_null=True)


class TimerQuery(Page):
    """Parameters of the list of timers."""

    orders: dict[str, Any] = {"due_at": ("due_at", "id"), "-due_at": ("-due_at", "-id")}
    state = serializers.ChoiceField(TimerState.choices, required=False)
    ordering = ordering(orders)


class TimersEndpoint(Endpoint):
    """The timers of a repair: whom we remind when is the staff's business."""

    roles = frozenset(STAFF_ROLES)

    @operation("repair_timers", "The timers of a repair", query=TimerQuery, answer=paged(TimerOut))
    def get(self, request: Request, number: str) -> Response:
        """A page of them."""
        ticket = case_for(self.user, number)
        query = self.query(TimerQuery)
        rows = Timer.objects.filter(work="repair", case_id=ticket.pk)
        if query.get("state"):
            rows = rows.filter(state=query["state"])
        order = TimerQuery.orders[query["ordering"]]
        return self.page(rows, query, order=order, draw=lambda page: TimerOut(page, many=True).data)


class AcknowledgeIn(Input):
    """What is done about it."""

    note = TextSerializerField(max_length=200, required=False)


class AcknowledgeEndpoint(Endpoint):
    """“I take care of it”: somebody answers for the missed deadlines of a repair."""

    @operation(
        "repair_acknowledge",
        "Take care of missed deadlines",
        body=AcknowledgeIn,
        answer=TicketOut,
        errors=[409],
    )
    def post(self, request: Request, number: str) -> Response:
        """Agents, supervisors, managers, administrators. Higher rungs are not told any more, reminders go to whoever
        takes it on. Refuses `nothing_missed` and, for the slower of two, `already_acknowledged` (409)."""
        ticket = case_for(self.user, number)
        acknowledge("repair", ticket.pk, by=self.user, note=self.body(AcknowledgeIn).get("note", ""))
        return Response(draw(case_for(self.user, number), self.user, database_now()))


class NumberIn(Input):
    """Why the number is needed."""

    reason = TextSerializerField(max_length=200, help_text="The resident reads it in the access log.")


class NumberOut(serializers.Serializer[Any]):
    """The contact number in full; empty if none was left."""

    phone = serializers.CharField()


class NumberEndpoint(Endpoint):
    """The contact number of a repair in full."""

    @operation("repair_reveal", "Show the contact number in full", body=NumberIn, answer=NumberOut)
    def post(self, request: Request, number: str) -> Response:
        """For the desk, and for the technician while the work order is open; the access log is written first."""
        ticket = case_for(self.user, number)
        if not _may_call(ticket, self.user.role):
            raise NotPermitted(_("The number is shown only while the work order is open."))
        record_access(
            by=self.user,
            community_id=ticket.community_id,
            person_id=ticket.reporter_id or NOT_IN_ROLL,
            field="phone",
            **self.body(NumberIn),
        )
        answer = Response(NumberOut({"phone": ticket.contact_phone}).data)
        answer["Cache-Control"] = "no-store"
        return answer


def _may_call(ticket: Ticket, role: str) -> bool:
    if role == Role.TECHNICIAN:
        return ticket.status in set(UNFINISHED) - {Status.REWORK}
    return role in (Role.AGENT, Role.SUPERVISOR)
