"""Outages: what is out of service, what callers are told, and its repairs completed together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from owners.queries.places import building_named, community_named
from repairs.actions import outages as acting
from repairs.api.shapes import TicketOut, draw
from repairs.models import Outage, OutageKind
from repairs.models.outages import SENTENCE_LENGTH
from repairs.outage_workflow import OutageStatus
from repairs.queries import case_for
from repairs.queries.outages import outage_for, progress_of, with_shown
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import Role, User
from servicecenter.audit.idempotent import answer_once
from servicecenter.lib.clock import database_now
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid
from servicecenter.lib.serializers import Input, InstantField, RefField, TruthField, WholeField
from servicecenter.workflow.run import allowed

DESK = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
REASON = 300


class ProgressOut(serializers.Serializer[Any]):
    """How far the closing is."""

    total = serializers.IntegerField()
    waiting = serializers.IntegerField()
    done = serializers.IntegerField()
    over = serializers.IntegerField(help_text="Had ended before their turn.")
    left = serializers.IntegerField(help_text="Left for a person.")
    sampled = serializers.IntegerField(help_text="Drawn for a follow-up call.")


class OutageOut(serializers.Serializer[Any]):
    """An outage. Residents read neither the cause nor who answers for it."""

    number = serializers.CharField()
    status = serializers.ChoiceField(OutageStatus.choices)
    kind = serializers.ChoiceField(OutageKind.choices)
    planned = serializers.BooleanField()
    community = serializers.CharField(source="community.code")
    everywhere = serializers.BooleanField(help_text="The whole community.")
    buildings = serializers.ListField(child=serializers.CharField(), help_text="Codes of those it reaches.")
    starts_at = InstantField()
    expected_end_at = InstantField()
    restored_at = InstantField(allow_null=True)
    closed_at = InstantField(allow_null=True)
    sentence = serializers.CharField(help_text="What callers are told, in Simplified Chinese.")
    sentence_hant = serializers.CharField()
    sentence_en = serializers.CharField()
    cause = serializers.CharField()
    responsible = serializers.CharField(allow_null=True)
    repairs = serializers.IntegerField(allow_null=True, help_text="How many are linked; null for residents.")
    closing = ProgressOut(allow_null=True)
    version = serializers.IntegerField()
    allowed = serializers.ListField(child=serializers.CharField())


PLAIN = (
    "number", "status", "kind", "planned", "community", "everywhere", "starts_at", "expected_end_at", "restored_at",
    "closed_at", "sentence", "sentence_hant", "sentence_en", "version",
)  # fmt: skip


def said(outage: Outage, user: User, linked: int | None = None) -> dict[str, Any]:
    """One outage as an answer."""
    staff = user.is_employee
    progress = progress_of(outage) if staff and outage.closing_at is not None else None
    row = {name: getattr(outage, name) for name in PLAIN} | {
        "buildings": [each.building.code for each in outage.shown_buildings],  # type: ignore[attr-defined]
        "cause": outage.cause if staff else "",
        "responsible": str(outage.responsible) if staff else None,
        "repairs": (outage.tickets.count() if linked is None else linked) if staff else None,
        "closing": progress,
        "allowed": sorted(
            each.action.replace("_", "-") for each in allowed(outage, user) if each.action in STEPS
        ),
    }
    return dict(OutageOut(row).data)


class OutageQuery(Page):
    """Parameters of the list of outages."""

    orders: dict[str, Any] = {"-id": ("-id",), "expected_end_at": ("expected_end_at", "id")}
    status = serializers.ChoiceField(OutageStatus.choices, required=False)
    kind = serializers.ChoiceField(OutageKind.choices, required=False)
    community = serializers.CharField(required=False, max_length=12, help_text="Its code.")
    known = TruthField(
        from_text=True, required=False, help_text="Only those that callers are told of, or not."
    )
    ordering = ordering(orders)


def _text(**more: Any) -> TextSerializerField:
    return TextSerializerField(max_length=SENTENCE_LENGTH, **more)


class OutageIn(Input):
    """One cause. Without buildings it reaches the whole community, and that has to be said."""

    community = serializers.CharField(
        required=False, max_length=12, help_text="Its code, where you have several."
    )
    kind = serializers.ChoiceField(OutageKind.choices)
    everywhere = TruthField(required=False)
    buildings = serializers.ListField(
        child=RefField(), required=False, max_length=200, help_text="Ids or codes."
    )
    planned = TruthField(required=False)
    starts_at = InstantField(required=False, help_text="Default: now.")
    expected_end_at = InstantField()
    sentence = _text()
    sentence_hant = _text(required=False)
    sentence_en = _text(required=False)
    cause = TextSerializerField(max_length=300, required=False)
    sample_percent = WholeField(required=False, min_value=0, max_value=100)


class OutagesEndpoint(Endpoint):
    """Outages of my communities; of a resident: those that reach a home of theirs."""

    @operation("outages", "Outages", query=OutageQuery, answer=paged(OutageOut))
    def get(self, request: Request) -> Response:
        """A page of them."""
        query = self.query(OutageQuery)
        rows = Outage.objects.visible_to(self.user)
        if "known" in query:
            known = Outage.objects.known()
            rows = rows & known if query["known"] else rows.exclude(pk__in=known.values("pk"))
        for name, column in {"status": "status", "kind": "kind", "community": "community__code"}.items():
            if name in query:
                rows = rows.filter(**{column: query[name].upper() if name == "community" else query[name]})
        return self.page(
            with_shown(rows).annotate(linked=Count("tickets")),
            query,
            order=OutageQuery.orders[query["ordering"]],
            draw=lambda page: [said(each, self.user, getattr(each, "linked", None)) for each in page],
        )

    @operation(
        "outage_announce", "Announce an outage", body=OutageIn, answer=OutageOut, status=201, once=True
    )
    def post(self, request: Request) -> Response:
        """Agents and supervisors. Everybody whom it reaches is told at once."""

        def act() -> tuple[int, dict[str, Any]]:
            given = self.body(OutageIn)
            community = community_named(self.user, given.pop("community", ""))
            everywhere, refs = given.pop("everywhere", False), given.pop("buildings", [])
            if everywhere == bool(refs):
                raise Invalid(errors={"buildings": [_("Please choose buildings, or the whole community.")]})
            buildings = {building_named(self.user, ref, community) for ref in refs}
            made = acting.announce(community=community, buildings=buildings, by=self.user, **given)
            return 201, said(outage_for(self.user, made.number), self.user)

        return answer_once(request, self.user, act)


class OutageEndpoint(Endpoint):
    """One outage."""

    @operation("outage", "One outage", answer=OutageOut)
    def get(self, request: Request, number: str) -> Response:
        """Refuses `not_found`."""
        return Response(said(outage_for(self.user, number), self.user))


VERSION = "The version that you saw; `stale` if it is not the present one."
FIELDS: Mapping[str, Callable[[], serializers.Field[Any, Any, Any, Any]]] = {
    "expected_end_at": lambda: InstantField(),
    "reason": lambda: TextSerializerField(max_length=REASON),
    "sentence": lambda: _text(),
    "summary": lambda: TextSerializerField(max_length=500, multiline=True),
    "technician": lambda: RefField(help_text="Id or user name of a technician."),
}
MORE: Mapping[str, Mapping[str, Callable[[], serializers.Field[Any, Any, Any, Any]]]] = {
    "reword": {
        "sentence_hant": lambda: _text(required=False),
        "sentence_en": lambda: _text(required=False),
    },
    "close": {"sample_percent": lambda: WholeField(required=False, min_value=0, max_value=100)},
}
STEPS: Mapping[str, Callable[..., Outage]] = {
    "begin": acting.begin,
    "move": acting.move,
    "reword": acting.reword,
    "restore": acting.restore,
    "relapse": acting.relapse,
    "call_off": acting.call_off,
    "close": acting.close,
}


def shape_of(action: str) -> type[Input]:
    """The body of a step: what its row of the table needs, and `version`."""
    needs = Outage.TABLE.rows_of(action)[0].needs
    fields: dict[str, Any] = {name: FIELDS[name]() for name in needs}
    fields |= {name: make() for name, make in MORE.get(action, {}).items()}
    fields["version"] = WholeField(required=False, max_value=2**31 - 1, help_text=VERSION)
    name = f"Outage{action.title().replace('_', '')}In"
    return type(name, (Input,), fields | {"__doc__": f"What `{action}` takes."})


def _technician(outage: Outage, ref: int | str) -> User:
    staff = User.objects.staff_of([outage.community_id], Role.TECHNICIAN)
    found: User | None = (
        staff.filter(pk=ref) if isinstance(ref, int) else staff.filter(username=ref)
    ).first()
    if found is None:
        raise Invalid(errors={"technician": [_("Please choose a technician of this community.")]})
    return found


def step_endpoint(action: str) -> type[Endpoint]:
    """The endpoint of one step, made from the table."""
    shape = shape_of(action)
    summary = f"{action.replace('_', ' ').capitalize()} an outage"

    class OneStep(Endpoint):
        roles = DESK

        @operation(f"outage_{action}", summary, body=shape, answer=OutageOut, once=True)
        def post(self, request: Request, number: str) -> Response:
            """Refuses `transition_refused` (409), `stale` (409), `not_permitted`."""
            outage = outage_for(self.user, number)

            def act() -> tuple[int, dict[str, Any]]:
                given = self.body(shape)
                if "technician" in given:
                    given["technician"] = _technician(outage, given["technician"])
                STEPS[action](outage, by=self.user, **given)
                return 200, said(outage_for(self.user, number), self.user)

            return answer_once(request, self.user, act)

    OneStep.__name__ = OneStep.__qualname__ = f"Outage{action.title().replace('_', '')}Endpoint"
    OneStep.__doc__ = summary
    return OneStep


class LinkIn(Input):
    """The outage that is its cause; null takes the repair off."""

    outage = serializers.CharField(max_length=24, allow_null=True)


class LinkEndpoint(Endpoint):
    """A repair and the outage that is its cause."""

    @operation("repair_outage", "Link a repair to an outage", body=LinkIn, answer=TicketOut, errors=[409])
    def post(self, request: Request, number: str) -> Response:
        """The desk, and residents for their own. Refuses `outage_over` and `repair_over` (409)."""
        ticket = case_for(self.user, number)
        named = self.body(LinkIn)["outage"]
        if named:
            acting.join(ticket, outage_for(self.user, named), by=self.user)
        else:
            acting.leave(ticket, by=self.user)
        return Response(draw(case_for(self.user, number), self.user, database_now()))
