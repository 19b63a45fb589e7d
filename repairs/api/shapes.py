"""A repair as the API shows it: facts, deadlines, and what the reader may do next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from owners.api.shapes import WarrantyOut
from repairs.models import Channel, Offers, Place, Ticket, Trade, Urgency
from repairs.queries.guide import NOT_A_BUTTON, label_of
from repairs.queries.warranty import warranties_of
from repairs.workflow import UNFINISHED, ConfirmMethod, HoldReason, Status
from servicecenter.accounts.models import Role, User
from servicecenter.lib.masks import mask_name, mask_phone
from servicecenter.lib.serializers import InstantField
from servicecenter.workflow.run import applies
from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Transition

SHOWN = ("community", "unit", "building", "reporter", "agent", "assignee", "duplicate_of")
# Whoever answers for the resident reads the name; others recognise it by its first character.
KNOWS_NAMES = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})


class CodeRefOut(serializers.Serializer[Any]):
    """A row by id and code."""

    id = serializers.IntegerField()
    code = serializers.CharField()


class StaffRefOut(serializers.Serializer[Any]):
    """A member of staff by id and name."""

    id = serializers.IntegerField()
    name = serializers.CharField(source="__str__")


class SpanOut(serializers.Serializer[Any]):
    """From, until."""

    start = InstantField()
    end = InstantField()


class HoldOut(serializers.Serializer[Any]):
    """What the work waits for."""

    reason = serializers.ChoiceField(HoldReason.choices)
    until = InstantField()


class AllowedOut(serializers.Serializer[Any]):
    """One thing that the reader may do now: `POST /repairs/{number}/{action}/` with the members that it `needs`."""

    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a member of the answer
    needs = serializers.ListField(child=serializers.CharField())


class TicketOut(serializers.Serializer[Any]):
    """A repair. The context holds `user` (the reader), `at` (now) and `covers` (the warranty of each)."""

    number = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    urgency = serializers.ChoiceField(Urgency.choices)
    trade = serializers.ChoiceField(Trade.choices)
    proposed_urgency = serializers.CharField(help_text="What the program proposed.")
    proposed_trade = serializers.CharField()
    text = serializers.CharField()
    place = serializers.ChoiceField(Place.choices)
    community = serializers.CharField(source="community.code")
    unit = CodeRefOut(allow_null=True)
    building = CodeRefOut(allow_null=True)
    public_area = serializers.CharField()
    channel = serializers.ChoiceField(Channel.choices)
    reporter_name = serializers.SerializerMethodField(help_text="Masked for those who need not know it.")
    contact_phone = serializers.SerializerMethodField(help_text="Masked.")
    preferred_windows = SpanOut(many=True)
    agent = StaffRefOut(allow_null=True)
    assignee = StaffRefOut(allow_null=True)
    reported_at = InstantField()
    responded_at = InstantField(allow_null=True)
    appointment = serializers.SerializerMethodField()
    windows_from = serializers.ChoiceField(
        [("", "—"), *Offers.choices],
        help_text="Whose offered times wait for an answer: `GET /repairs/{number}/appointments/`.",
    )
    arrived_at = InstantField(allow_null=True)
    secured_at = InstantField(allow_null=True, help_text="Emergencies: nobody is in danger any more.")
    plan = serializers.CharField()
    price = serializers.DecimalField(
        max_digits=9, decimal_places=2, allow_null=True, help_text="Yuan; 0: free."
    )
    plan_approved_at = InstantField(allow_null=True)
    summary = serializers.CharField()
    completed_at = InstantField(allow_null=True)
    first_completed_at = InstantField(allow_null=True)
    confirmed_at = InstantField(allow_null=True)
    confirm_method = serializers.ChoiceField([("", "—"), *ConfirmMethod.choices])
    followed_up_at = InstantField(allow_null=True)
    closed_at = InstantField(allow_null=True)
    hold = serializers.SerializerMethodField()
    respond_due_at = InstantField(allow_null=True)
    complete_due_at = InstantField(allow_null=True)
    next_due_at = InstantField(allow_null=True, help_text="The nearest promise that is still open.")
    overdue = serializers.SerializerMethodField()
    warranty = serializers.SerializerMethodField()
    rework_count = serializers.IntegerField()
    urge_count = serializers.IntegerField()
    sent_back_count = serializers.IntegerField(help_text="How often a technician gave it back.")
    open_for_grabbing = serializers.SerializerMethodField()
    duplicate_of = serializers.SerializerMethodField(help_text="A number; null for residents.")
    version = serializers.IntegerField(
        help_text="Send it with an action to be refused if it is not the present one."
    )
    allowed = serializers.SerializerMethodField()

    @property
    def reader(self) -> User:
        """Who reads."""
        reader: User = self.context["user"]
        return reader

    def get_reporter_name(self, ticket: Ticket) -> str:
        """In full for the desk, for the technician while the work order is open, and for the reporter."""
        own = ticket.reporter is not None and ticket.reporter.user_id == self.reader.pk
        at_work = ticket.assignee_id == self.reader.pk and ticket.status in UNFINISHED
        if own or at_work or self.reader.role in KNOWS_NAMES:
            return ticket.reporter_name
        return mask_name(ticket.reporter_name)

    def get_contact_phone(self, ticket: Ticket) -> str:
        """138****0001."""
        return mask_phone(ticket.contact_phone)

    @extend_schema_field(SpanOut(allow_null=True))
    def get_appointment(self, ticket: Ticket) -> Any:
        """From, until; null without one."""
        if ticket.appointment_start is None:
            return None
        return SpanOut({"start": ticket.appointment_start, "end": ticket.appointment_end}).data

    @extend_schema_field(HoldOut(allow_null=True))
    def get_hold(self, ticket: Ticket) -> Any:
        """What it waits for; null when it does not."""
        if ticket.hold_until is None:
            return None
        return HoldOut({"reason": ticket.hold_reason, "until": ticket.hold_until}).data

    def get_overdue(self, ticket: Ticket) -> bool:
        """A promise is past its deadline; a hold stops the clock, but not what was missed before it."""
        at: datetime = self.context["at"]
        return ticket.is_overdue(at)

    def get_open_for_grabbing(self, ticket: Ticket) -> bool:
        """A rule has opened it for the first technician who takes it."""
        return ticket.status == Status.ACCEPTED and ticket.grab_rule_id is not None

    @extend_schema_field(WarrantyOut)
    def get_warranty(self, ticket: Ticket) -> Any:
        """On the day of the report; read for all rows at once."""
        return WarrantyOut(self.context["covers"][ticket.pk]).data

    def get_duplicate_of(self, ticket: Ticket) -> str | None:
        """The other ticket may be a neighbour's."""
        if ticket.duplicate_of is None or not self.reader.is_employee:
            return None
        return ticket.duplicate_of.number

    @extend_schema_field(AllowedOut(many=True))
    def get_allowed(self, ticket: Ticket) -> Any:
        """What the transition table permits the reader now."""
        return [
            {"action": path_of(row.action), "label": label_of(row, self.reader), "needs": needs_of(row)}
            for row in _allowed(ticket, self.reader)
        ]


def _allowed(ticket: Ticket, user: User) -> list[Transition]:
    """As `servicecenter.workflow.run.allowed`, without asking the database again for every row of a list: a ticket that
    reached a resident came through `visible_to`, which is all that their standing asks for."""
    resident = user.role == Role.RESIDENT
    standings = frozenset({Standing.RESIDENT.value}) if resident else ticket.standings(user)
    rows = ticket.TABLE.allowed(ticket.status, standings)
    return [row for row in rows if row.action not in NOT_A_BUTTON and applies(row, ticket)]


# Where an action's address or input is not simply its name in the table.
PATHS = {"add_photo": "photos"}
NEEDS = {"add_photo": ["photos"]}


def path_of(action: str) -> str:
    """The action as addresses write it."""
    return PATHS.get(action, action.replace("_", "-"))


def needs_of(row: Transition) -> list[str]:
    """Which members the body must have."""
    return NEEDS.get(row.action, list(row.needs))


def with_shown(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Tickets with everything that an answer shows, in one query."""
    return tickets.select_related(*SHOWN)


def drawn(tickets: Iterable[Ticket], user: User, at: datetime) -> Any:
    """Several tickets as `user` sees them at `at`."""
    rows = list(tickets)
    context = {"user": user, "at": at, "covers": warranties_of(rows)}
    return TicketOut(rows, many=True, context=context).data


def draw(ticket: Ticket, user: User, at: datetime) -> dict[str, Any]:
    """One ticket as `user` sees it at `at`."""
    context = {"user": user, "at": at, "covers": warranties_of([ticket])}
    return dict(TicketOut(ticket, context=context).data)
