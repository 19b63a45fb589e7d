"""`POST /repairs/{number}/<action>/`: one endpoint per action of the transition table, made from the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from repairs import actions
from repairs.actions.involving import NOBODY
from repairs.actions.quoting import Wanted
from repairs.actions.visits import LONGEST_WAY
from repairs.api.shapes import TicketOut, draw, path_of
from repairs.forms.base import CALLS, VERSIONLESS
from repairs.forms.plan import LONG
from repairs.models import MOST_OFFERS, Part, Payer, PriceItem, Side, Ticket, Trade, Urgency
from repairs.queries import case_for, job_to_grab
from repairs.queries.guide import NOT_A_BUTTON
from repairs.workflow import TABLE, ConfirmMethod, HoldReason
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import Role, User
from servicecenter.audit.idempotent import answer_once
from servicecenter.lib.clock import database_now
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid
from servicecenter.lib.serializers import IdField, Input, InstantField, RefField, TruthField, WholeField
from servicecenter.workflow.run import TransitionRefused, check

REASON = 500
MOST_TICKS = 100


class SpanIn(Input):
    """A time: from, until."""

    start = InstantField()
    end = InstantField()


class LineIn(Input):
    """A service of the price list, how much of it, and whether it is given for free."""

    item = IdField()
    quantity = serializers.DecimalField(
        max_digits=6, decimal_places=2, min_value=Decimal("0.01"), required=False, default=Decimal(1)
    )
    free = TruthField(required=False, default=False)


class UsedIn(Input):
    """A material of the stock, and how much of it."""

    item = IdField()
    quantity = serializers.DecimalField(max_digits=7, decimal_places=2, min_value=Decimal("0.01"))


# What each input is; whether it must be there is the table's word.
FIELDS: Mapping[str, Callable[..., serializers.Field[Any, Any, Any, Any]]] = {
    "technician": lambda **more: RefField(help_text="Id or user name of a technician.", **more),
    "person": lambda **more: RefField(help_text="Id or user name of somebody of the staff.", **more),
    "part": lambda **more: serializers.ChoiceField(
        [*Part.choices, (NOBODY, "no part any more")], help_text="`none`: takes part no more.", **more
    ),
    "note": lambda **more: TextSerializerField(max_length=LONG, multiline=True, **more),
    "start": lambda **more: InstantField(**more),
    "end": lambda **more: InstantField(**more),
    "windows": lambda **more: serializers.ListField(
        child=SpanIn(), allow_empty=False, max_length=MOST_OFFERS, **more
    ),
    "side": lambda **more: serializers.ChoiceField(
        [(Side.RESIDENT.value, "resident"), (Side.AGENT.value, "agent")],
        help_text="The desk: whose times they are.",
        **more,
    ),
    "window": lambda **more: IdField(help_text="Id of an offered appointment.", **more),
    "minutes": lambda **more: WholeField(min_value=1, max_value=LONGEST_WAY, **more),
    "plan": lambda **more: TextSerializerField(max_length=LONG, multiline=True, **more),
    "price": lambda **more: serializers.DecimalField(
        max_digits=8, decimal_places=2, min_value=0, help_text="Yuan; 0: free of charge.", **more
    ),
    "summary": lambda **more: TextSerializerField(max_length=LONG, multiline=True, **more),
    "materials": lambda **more: UsedIn(
        many=True, help_text="What the work took from the stock (`GET /stock/`).", **more
    ),
    "ticks": lambda **more: serializers.ListField(
        child=IdField(),
        max_length=MOST_TICKS,
        help_text="Ids of the lines of `GET /repairs/{number}/standards/` that were kept.",
        **more,
    ),
    "method": lambda **more: serializers.ChoiceField(ConfirmMethod.choices, **more),
    "reason": lambda **more: TextSerializerField(max_length=REASON, multiline=True, **more),
    "resume_at": lambda **more: InstantField(**more),
    "duplicate_of": lambda **more: serializers.CharField(
        max_length=24, help_text="Number of the other repair.", **more
    ),
    "trade": lambda **more: serializers.ChoiceField(Trade.choices, **more),
    "urgency": lambda **more: serializers.ChoiceField(Urgency.choices, **more),
    "payer": lambda **more: serializers.ChoiceField(
        Payer.choices, help_text="Who pays; without it the owner where it costs something.", **more
    ),
    "payer_reason": lambda **more: TextSerializerField(
        max_length=300,
        help_text="Needed for free work, and where the register of warranties says otherwise.",
        **more,
    ),
    "lines": lambda **more: LineIn(
        many=True, help_text="Services of the price list in force; their sum is the price.", **more
    ),
    "rating": lambda **more: WholeField(min_value=1, max_value=10, **more),
    "comment": lambda **more: TextSerializerField(max_length=1000, multiline=True, **more),
    "internal": lambda **more: TruthField(help_text="For colleagues only.", **more),
}
# One name, another meaning: a hold waits for one of the listed reasons.
SPECIAL: Mapping[tuple[str, str], Callable[..., serializers.Field[Any, Any, Any, Any]]] = {
    ("hold", "reason"): lambda **more: serializers.ChoiceField(HoldReason.choices, **more),
}
# What may be added although the table does not ask for it.
OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "complete": ("ticks", "materials"),
    "propose_plan": ("price", "payer", "payer_reason", "lines"),
    "hold": ("note",),
    "classify": ("reason",),
    "confirm": ("reason", "rating", "comment"),
    "urge": ("note",),
    "offer_windows": ("side",),
    "choose_window": ("start", "end"),
    "nobody_home": ("resume_at",),
    "nobody_came": ("note",),
    "note": ("internal",),
}
# Photos have their own endpoint; a follow-up is taken by its call.
ACTIONS = tuple(action for action in TABLE.actions if action not in {*NOT_A_BUTTON, "add_photo"})


def shape_of(action: str) -> type[Input]:
    """The body of an action: its needs are required, its options are not, `version` always may be sent."""
    needs = TABLE.rows_of(action)[0].needs
    fields: dict[str, Any] = {}
    for name in (*needs, *OPTIONAL.get(action, ())):
        make = SPECIAL.get((action, name), FIELDS[name])
        fields[name] = make(required=name in needs)
    if action not in VERSIONLESS:
        fields["version"] = WholeField(
            required=False,
            max_value=2**31 - 1,
            help_text="The version that you saw; `stale` if it is not the present one.",
        )
    if action in actions.LATER:
        fields["happened_at"] = InstantField(
            required=False,
            help_text="When it happened, from the phone of the engineer who had no signal; left out: now.",
        )
    name = action.title().replace("_", "") + "In"
    return type(name, (Input,), fields | {"__doc__": f"What `{action}` takes."})


class StepEndpoint(Endpoint):
    """One action on one repair."""

    action: str
    shape: type[Input]

    def take(self, request: Request, number: str) -> Response:
        """Takes the step; refuses as the runner does, the state before the body."""
        # An open job is nobody's yet: it is in nobody's list of own work orders.
        find = job_to_grab if self.action == "grab" else case_for
        ticket = find(self.user, number)

        def act() -> tuple[int, dict[str, Any]]:
            check(ticket, self.action, self.user)
            given = self.body(self.shape)
            for name, find in RESOLVED.items():
                if name in given:
                    given[name] = find(ticket, self.user, given[name])
            call = CALLS.get(self.action) or getattr(actions, self.action)
            asked = actions.when_it_happened(
                ticket,
                self.action,
                happened_at=given.pop("happened_at", None),
                by=self.user,
                version=given.get("version"),
            )
            with asked as at:
                call(ticket, by=self.user, at=at, **given)
            return 200, draw(ticket, self.user, database_now())

        return answer_once(request, self.user, act)

    def handle_exception(self, exc: Exception) -> Response:
        """Names the allowed actions as addresses write them."""
        if isinstance(exc, TransitionRefused):
            exc.extra["allowed"] = [
                path_of(action) for action in exc.extra.get("allowed", ()) if action not in NOT_A_BUTTON
            ]
        return super().handle_exception(exc)


def _technician(ticket: Ticket, user: User, ref: int | str) -> User:
    """A technician of the ticket's community; whether they are the right one is the action's business."""
    staff = User.objects.staff_of([ticket.community_id], Role.TECHNICIAN)
    named = staff.filter(pk=ref) if isinstance(ref, int) else staff.filter(username=ref)
    found: User | None = named.first()
    if found is None and isinstance(ref, str) and ref.isascii() and ref.isdigit() and len(ref) < 19:
        found = staff.filter(pk=int(ref)).first()
    if found is None:
        raise Invalid(errors={"technician": [_("Please choose a technician of this community.")]})
    return found


def _person(ticket: Ticket, user: User, ref: int | str) -> User:
    """Somebody of the staff of the ticket's community."""
    staff = User.objects.staff_of([ticket.community_id])
    is_id = isinstance(ref, int) or (ref.isascii() and ref.isdigit() and len(ref) < 19)
    found: User | None = staff.filter(username=ref).first()
    if found is None and is_id:
        found = staff.filter(pk=int(ref)).first()
    if found is None:
        raise Invalid(errors={"person": [_("Please choose somebody who works in this community.")]})
    return found


def _other(ticket: Ticket, user: User, number: str) -> Ticket:
    number = number.strip().upper()
    here = Ticket.objects.visible_to(user).filter(community=ticket.community_id)
    found = here.filter(number=number).first()
    if found is None:
        raise Invalid(errors={"duplicate_of": [_("There is no repair with this number here.")]})
    return found


def _wanted(ticket: Ticket, user: User, lines: list[dict[str, Any]]) -> list[Wanted]:
    """Services by their ids; whether they are in force is the action's business."""
    here = PriceItem.objects.filter(community=ticket.community_id)
    items = here.in_bulk([line["item"] for line in lines])
    if any(line["item"] not in items for line in lines):
        raise Invalid(errors={"lines": [_("Please choose from the price list that is in force.")]})
    return [Wanted(items[line["item"]], line["quantity"], line["free"]) for line in lines]


RESOLVED: Mapping[str, Callable[[Ticket, User, Any], Any]] = {
    "materials": lambda _ticket, _user, rows: [(each["item"], each["quantity"]) for each in rows],
    "technician": _technician,
    "person": _person,
    "duplicate_of": _other,
    "windows": lambda _ticket, _user, windows: [(each["start"], each["end"]) for each in windows],
    "lines": _wanted,
}


def step_endpoint(action: str) -> type[StepEndpoint]:
    """The endpoint of one action."""
    shape = shape_of(action)
    summary = action.replace("_", " ").capitalize()

    class OneStep(StepEndpoint):
        @operation(f"repair_{action}", summary, body=shape, answer=TicketOut, once=True)
        def post(self, request: Request, number: str) -> Response:
            """Refuses `transition_refused` (409, with what is allowed instead), `stale` (409), `not_permitted`."""
            return self.take(request, number)

    OneStep.action, OneStep.shape = action, shape
    OneStep.__name__ = OneStep.__qualname__ = f"{action.title().replace('_', '')}Endpoint"
    OneStep.__doc__ = summary
    return OneStep
