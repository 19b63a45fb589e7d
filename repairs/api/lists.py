"""`/repairs/`: the list, and reporting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from owners.models import Person
from owners.queries import (
    building_named,
    community_named,
    own_person,
    person_named,
    primary_contact,
    unit_named,
)
from repairs import actions
from repairs.api.shapes import TicketOut, draw, drawn, with_shown
from repairs.forms.report import TEXT_LIMIT
from repairs.models import Channel, Ticket, Trade, Urgency
from repairs.queries.filters import narrowed
from repairs.workflow import Status
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import User
from servicecenter.audit.idempotent import answer_once
from servicecenter.lib.clock import LOCAL, database_now
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid
from servicecenter.lib.serializers import (
    BorderField,
    ChoicesField,
    IdField,
    Input,
    InstantField,
    PhoneField,
    RefField,
    TruthField,
)

MOST_WINDOWS = 9
FURTHEST_WINDOW = timedelta(days=60)
# Ways that only the staff can have heard of a repair.
RESIDENT_CHANNELS = frozenset({Channel.PORTAL.value, Channel.API.value})


class TicketQuery(Page):
    """Parameters of the list of repairs."""

    orders: dict[str, Any] = {
        "-reported_at": ("-reported_at", "-id"),
        "reported_at": ("reported_at", "id"),
        "next_due_at": ("next_due_at", "id"),
        "-next_due_at": ("-next_due_at", "-id"),
    }
    status = ChoicesField(Status.choices, required=False, help_text="One or several.")
    trade = ChoicesField(Trade.choices, required=False, help_text="One or several.")
    urgency = serializers.ChoiceField(Urgency.choices, required=False)
    community = serializers.CharField(required=False, max_length=12, help_text="Code of a community.")
    building = IdField(from_text=True, required=False, help_text="Id of a building.")
    unit = IdField(from_text=True, required=False, help_text="Id of a unit.")
    assignee = TextSerializerField(
        max_length=64, required=False, help_text="User name or id of a technician, `me`, or `none`."
    )
    overdue = TruthField(from_text=True, required=False, help_text="A running promise is past its deadline.")
    due_before = BorderField(required=False, help_text="A running promise falls due before this.")
    created_after = BorderField(required=False, help_text="Reported at this instant or later.")
    created_before = BorderField(required=False, help_text="Reported before this instant.")
    search = TextSerializerField(
        max_length=100, required=False, help_text="A number, a phone, a unit code, or words of the report."
    )
    ordering = ordering(orders)


class WindowIn(Input):
    """A time that suits the resident."""

    start = InstantField()
    end = InstantField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The end comes after the start, both within the next 60 days; kept as ISO 8601."""
        if attrs["end"] <= attrs["start"]:
            raise serializers.ValidationError({"end": _("The end must come after the start.")})
        now = database_now()
        if not now < attrs["end"] <= now + FURTHEST_WINDOW:
            raise serializers.ValidationError({"end": _("Please choose a day within the next 60 days.")})
        return {name: value.astimezone(LOCAL).isoformat() for name, value in attrs.items()}


class TicketIn(Input):
    """A report. Exactly one of `unit` and `public_area`; trade and urgency are proposed where they are left out."""

    unit = RefField(required=False, help_text="Id, or code such as 3-2-1201.")
    public_area = TextSerializerField(max_length=200, required=False)
    building = RefField(required=False, help_text="With a public area: id or code.")
    community = serializers.CharField(
        required=False,
        max_length=12,
        help_text="Its code; needed where you have several and the place is not clear.",
    )
    text = TextSerializerField(max_length=TEXT_LIMIT, multiline=True)
    trade = serializers.ChoiceField(Trade.choices, required=False)
    urgency = serializers.ChoiceField(Urgency.choices, required=False)
    contact_phone = PhoneField(required=False, allow_blank=True)
    preferred_windows = serializers.ListField(child=WindowIn(), required=False, max_length=MOST_WINDOWS)
    channel = serializers.ChoiceField(
        Channel.choices, required=False, help_text="Residents: portal or api. Default: api."
    )
    person = IdField(
        required=False, help_text="Staff: who reports. Default: the primary contact of the unit."
    )
    reporter_name = TextSerializerField(
        max_length=100, required=False, help_text="Staff: who reports, if not in the roll."
    )


class TicketsEndpoint(Endpoint):
    """All that I may see."""

    @operation("repairs", "Repairs", query=TicketQuery, answer=paged(TicketOut))
    def get(self, request: Request) -> Response:
        """A page of them. Sorted by `next_due_at` are only those with a promise that is still open."""
        query = self.query(TicketQuery)
        at = database_now()
        rows = narrowed(Ticket.objects.visible_to(self.user), self.user, query, at=at)
        order = TicketQuery.orders[query["ordering"]]
        if "due" in query["ordering"]:
            rows = rows.filter(next_due_at__isnull=False)
        return self.page(with_shown(rows), query, order=order, draw=lambda page: drawn(page, self.user, at))

    @operation("repair_report", "Report a repair", body=TicketIn, answer=TicketOut, status=201, once=True)
    def post(self, request: Request) -> Response:
        """Registers it with its number and every promise armed."""

        def act() -> tuple[int, dict[str, Any]]:
            ticket = _report(self.user, self.body(TicketIn))
            return 201, draw(ticket, self.user, database_now())

        answer = answer_once(request, self.user, act)
        answer["Location"] = request.build_absolute_uri(f"{answer.data['number']}/")
        return answer


def _report(user: User, given: dict[str, Any]) -> Ticket:
    place = _place(user, given)
    channel = given.get("channel", Channel.API)
    if not user.is_employee and channel not in RESIDENT_CHANNELS:
        raise Invalid(errors={"channel": [_("This channel is not possible for you.")]})
    names = ("text", "trade", "urgency", "contact_phone", "preferred_windows")
    return actions.report(
        by=user,
        channel=channel,
        **place,
        **_reporter(user, place, given),
        **{name: given[name] for name in names if name in given},
    )


def _place(user: User, given: dict[str, Any]) -> dict[str, Any]:
    """Community, unit or public area and building, all within the user's scope."""
    code, area = given.get("community", ""), given.get("public_area", "")
    if "unit" in given:
        unit = unit_named(user, given["unit"], community_named(user, code) if code else None)
        return {"community": unit.community, "unit": unit, "public_area": area}
    if not area:
        raise Invalid(errors={"unit": [_("Please say which unit or public area.")]})
    community = community_named(user, code)
    building = building_named(user, given["building"], community) if "building" in given else None
    return {"community": community, "public_area": area, "building": building}


def _reporter(user: User, place: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Residents report for themselves; the staff says for whom, or it is the primary contact of the unit."""
    community, unit = place["community"], place.get("unit")
    if not user.is_employee:
        return {"reporter": own_person(user, community)}
    person: Person | None = None
    if "person" in given:
        person = person_named(user, given["person"], community)
    elif unit is not None and not given.get("reporter_name") and not given.get("contact_phone"):
        person = primary_contact(unit)
    return {"reporter": person, "reporter_name": given.get("reporter_name", "")}
