"""`/permits/`: the list, beginning an application, one permit, its story and each step of its table."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from decoration.actions import CALLS, begin_application
from decoration.api.shapes import OTHER_DOORS, PermitCaseOut, PermitOut, draw, drawn
from decoration.models import ChangeKind, Contractor, Deduction, Permit, Rule, Violation, Worker
from decoration.queries.cases import permit_for, with_shown
from decoration.queries.lists import KNOWS_PEOPLE, about
from decoration.queries.story import timeline
from decoration.workflow import Status
from owners.models import ConsentHow, Person
from owners.queries import community_named, own_person, person_named, primary_contact, unit_named
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import User
from servicecenter.audit.idempotent import answer_once
from servicecenter.ledger.models import Method
from servicecenter.lib.clock import database_now
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid, NotFound
from servicecenter.lib.serializers import (
    ChoicesField,
    IdField,
    Input,
    InstantField,
    PhoneField,
    RefField,
    TruthField,
    WholeField,
)
from servicecenter.workflow.run import TransitionRefused, check

LONG, REASON = 2000, 500


class PermitQuery(Page):
    """Parameters of the list."""

    orders: ClassVar[dict[str, Any]] = {
        "-number": ("-id",),
        "number": ("id",),
        "next_due_at": ("next_due_at", "id"),
    }
    status = ChoicesField(Status.choices, required=False, help_text="One or several.")
    community = serializers.CharField(required=False, max_length=12, help_text="Code of a community.")
    unit = IdField(from_text=True, required=False, help_text="Id of a unit.")
    overdue = TruthField(from_text=True, required=False, help_text="A promise is past its deadline.")
    search = TextSerializerField(max_length=100, required=False)
    ordering = ordering(orders)


class PermitIn(Input):
    """A new application: a draft that is completed on its page."""

    unit = RefField(help_text="Id, or code such as 3-2-1201.")
    community = serializers.CharField(
        required=False, max_length=12, help_text="Its code, where you have several."
    )
    person = IdField(
        required=False, help_text="Staff: who applies. Default: the primary contact of the unit."
    )


class PermitLineOut(serializers.Serializer[Any]):
    """One entry of the story."""

    at = InstantField()
    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a member of the answer
    status = serializers.CharField(help_text="The status that it led to; empty for what changed none.")
    actor = serializers.CharField(help_text="In words; empty for the program.")
    text = serializers.CharField()
    internal = serializers.BooleanField(help_text="For colleagues only.")


class PermitStepIn(Input):
    """What a step takes: which members it needs is in `allowed`, and in the table of `docs/workflows/`."""

    version = WholeField(
        required=False,
        max_value=2**31 - 1,
        help_text="The version that you saw; `stale` if it is not the present one.",
    )
    note = TextSerializerField(max_length=LONG, multiline=True, required=False)
    reason = TextSerializerField(max_length=REASON, multiline=True, required=False)
    internal = TruthField(required=False, help_text="`note`: for colleagues only.")
    field = TextSerializerField(
        max_length=16, required=False, help_text="`comment`: the part that it is about."
    )
    scope = TextSerializerField(max_length=LONG, multiline=True, required=False)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    contact_phone = PhoneField(required=False)
    contractor = IdField(required=False, help_text="Id of a contractor of the community.")
    manager_name = TextSerializerField(max_length=60, required=False)
    manager_phone = PhoneField(required=False)
    of = IdField(required=False, help_text="`consent` at the desk: which owner.")
    how = serializers.ChoiceField(ConsentHow.choices, required=False)
    signer = TextSerializerField(max_length=100, required=False)
    agreed = TruthField(required=False)
    inspector = TextSerializerField(max_length=64, required=False, help_text="User name.")
    violation = IdField(required=False)
    result = TruthField(required=False, help_text="`recheck`: it is put right. `test-water`: it holds.")
    room = TextSerializerField(max_length=40, required=False)
    filled_at = InstantField(required=False)
    checked_at = InstantField(required=False)
    worker = IdField(required=False)
    name = TextSerializerField(max_length=60, required=False)
    id_number = TextSerializerField(max_length=32, required=False)
    craft = TextSerializerField(max_length=40, required=False)
    kind = serializers.ChoiceField(ChangeKind.choices, required=False)
    rules = serializers.ListField(child=IdField(), required=False, max_length=40)
    owner_signer = TextSerializerField(max_length=100, required=False)
    contractor_signer = TextSerializerField(max_length=100, required=False)
    refund_to = TextSerializerField(max_length=120, required=False)
    deduction = IdField(required=False)
    method = serializers.ChoiceField(Method.choices, required=False)
    reference = TextSerializerField(max_length=80, required=False)


SAVED = ("scope", "starts_on", "ends_on", "contact_phone", "contractor", "manager_name", "manager_phone")
# What may be sent although the table does not ask for it.
OPTIONAL: dict[str, tuple[str, ...]] = {
    "save": SAVED,
    "consent": ("of", "how"),
    "check_papers": ("note",),
    "pass_works": ("note",),
    "approve": ("note",),
    "recheck": ("note",),
    "test_water": ("note",),
    "add_worker": ("craft",),
    "ask_change": ("ends_on", "contractor", "manager_name", "manager_phone", "room", "rules"),
    "grant_change": ("note",),
    "accept_works": ("note",),
    "ask_refund": ("refund_to",),
    "pay_refund": ("reference",),
    "note": ("internal",),
}
# `result` in the words of the action.
RESULTS = {"recheck": "mended", "test_water": "tight"}


class PermitsEndpoint(Endpoint):
    """Permits that I may see."""

    @operation("permits", "Decoration permits", query=PermitQuery, answer=paged(PermitOut))
    def get(self, request: Request) -> Response:
        """A page of them. Sorted by `next_due_at` are only those with a promise that is still open."""
        query, at = self.query(PermitQuery), database_now()
        rows = Permit.objects.visible_to(self.user)
        narrow: dict[str, Any] = {"status": "status__in", "community": "community__code", "unit": "unit"}
        for name, lookup in narrow.items():
            if name in query:
                value = query[name].upper() if name == "community" else query[name]
                rows = rows.filter(**{lookup: value})
        if "overdue" in query:
            late = Permit.objects.overdue(at).values("pk")
            rows = rows.filter(pk__in=late) if query["overdue"] else rows.exclude(pk__in=late)
        if query.get("search"):
            rows = rows.filter(about(query["search"], people=self.user.role in KNOWS_PEOPLE))
        if query["ordering"] == "next_due_at":
            rows = rows.filter(next_due_at__isnull=False)
        return self.page(
            with_shown(rows),
            query,
            order=PermitQuery.orders[query["ordering"]],
            draw=lambda page: drawn(page, self.user, at),
        )

    @operation(
        "permit_begin", "Begin an application", body=PermitIn, answer=PermitCaseOut, status=201, once=True
    )
    def post(self, request: Request) -> Response:
        """A draft with its number: `save` fills it in, pictures are added on its page."""
        given = self.body(PermitIn)
        community = community_named(self.user, given.get("community", ""))
        unit = unit_named(self.user, given["unit"], community)
        person = self._applicant(given, unit)

        def act() -> tuple[int, dict[str, Any]]:
            permit = begin_application(unit, person, by=self.user)
            return 201, draw(permit, self.user, database_now())

        return answer_once(request, self.user, act)

    def _applicant(self, given: dict[str, Any], unit: Any) -> Person:
        """Residents for themselves; the staff says for whom, or it is the primary contact of the unit."""
        if self.user.is_employee and "person" in given:
            return person_named(self.user, given["person"], unit.community)
        found = primary_contact(unit) if self.user.is_employee else own_person(self.user, unit.community)
        if found is None:
            raise Invalid(errors={"person": [_("Please say who applies.")]})
        return found


class PermitEndpoint(Endpoint):
    """One permit."""

    @operation("permit", "One permit", answer=PermitCaseOut)
    def get(self, request: Request, number: str) -> Response:
        """Refuses `not_found` for a number that does not exist or is out of scope, alike."""
        return Response(draw(permit_for(self.user, number), self.user, database_now()))


class PermitTimelineEndpoint(Endpoint):
    """The story of a permit."""

    @operation("permit_timeline", "What happened to a permit", answer=paged(PermitLineOut))
    def get(self, request: Request, number: str) -> Response:
        """Oldest first, in one piece. Residents get nothing internal and nothing about clocks."""
        lines = timeline(permit_for(self.user, number), self.user)
        return Response({"next": None, "previous": None, "results": PermitLineOut(lines, many=True).data})


class PermitStepEndpoint(Endpoint):
    """One step of a permit."""

    @operation("permit_step", "Take a step of a permit", body=PermitStepIn, answer=PermitCaseOut, once=True)
    def post(self, request: Request, number: str, action: str) -> Response:
        """Refuses `transition_refused` (409, with what is allowed instead), `stale` (409), `not_permitted`."""
        permit, name = permit_for(self.user, number), action.replace("-", "_")
        if name in OTHER_DOORS or name not in CALLS:
            raise NotFound(_("There is no such action."), code="unknown_action")

        def act() -> tuple[int, dict[str, Any]]:
            row = check(permit, name, self.user)
            CALLS[name](permit, by=self.user, **self._given(permit, name, row.needs, row.aside))
            return 200, draw(self._again(permit), self.user, database_now())

        return answer_once(request, self.user, act)

    def _again(self, permit: Permit) -> Permit:
        """As it is now; whoever gave it out of sight gets what was left."""
        try:
            return permit_for(self.user, permit.number)
        except NotFound:
            return permit

    def _given(self, permit: Permit, action: str, needs: tuple[str, ...], aside: bool) -> dict[str, Any]:
        sent = self.body(PermitStepIn)
        missing = {name: [_("Please fill this in.")] for name in needs if sent.get(name) in (None, "")}
        if missing:
            raise Invalid(errors=missing)
        wanted = {*needs, *OPTIONAL.get(action, ()), *(() if aside else ("version",))}
        given = {name: value for name, value in sent.items() if name in wanted}
        for name, find in RESOLVED.items():
            if name in given:
                given[name] = find(permit, self.user, name, given[name])
        if "result" in given:
            given[RESULTS[action]] = given.pop("result")
        if action == "save":
            version = given.pop("version", None)
            given = {"said": given, "version": version}
        return given

    def handle_exception(self, exc: Exception) -> Response:
        """Names the allowed actions as addresses write them."""
        if isinstance(exc, TransitionRefused):
            names = [each for each in exc.extra.get("allowed", ()) if each not in OTHER_DOORS]
            exc.extra["allowed"] = [each.replace("_", "-") for each in names]
        return super().handle_exception(exc)


def _row(rows: Any, field: str, pk: int) -> Any:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Invalid(errors={field: [_("We could not find that.")]})
    return found


def _inspector(permit: Permit, _user: User, field: str, username: str) -> User:
    found: User | None = User.objects.staff_of([permit.community_id]).filter(username=username).first()
    if found is None:
        raise Invalid(errors={field: [_("Please choose somebody who works here.")]})
    return found


RESOLVED: dict[str, Any] = {
    "inspector": _inspector,
    "contractor": lambda permit, user, name, pk: _row(
        Contractor.objects.filter(community=permit.community_id), name, pk
    ),
    "of": lambda permit, user, name, pk: _row(Person.objects.filter(community=permit.community_id), name, pk),
    "violation": lambda permit, user, name, pk: _row(Violation.objects.filter(permit=permit), name, pk),
    "worker": lambda permit, user, name, pk: _row(Worker.objects.filter(permit=permit), name, pk),
    "deduction": lambda permit, user, name, pk: _row(Deduction.objects.filter(permit=permit), name, pk),
    "rules": lambda permit, user, name, ids: [
        _row(Rule.objects.works().filter(community=permit.community_id), name, pk) for pk in ids
    ],
}
