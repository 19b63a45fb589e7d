"""Promises to callers: what we said, by when, and whether it is kept."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from owners.queries.places import community_named, person_named, unit_named
from repairs.queries import case_for
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import User
from servicecenter.audit.idempotent import answer_once
from servicecenter.desk.actions import promises as actions
from servicecenter.desk.models import READERS, Promise
from servicecenter.desk.queries.promises import promise_named, with_shown
from servicecenter.desk.workflow import PromiseStatus
from servicecenter.lib.clock import database_now
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.masks import mask_phone
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid
from servicecenter.lib.serializers import IdField, Input, InstantField, PhoneField, RefField, TruthField
from servicecenter.workflow.run import allowed


class PromiseOut(serializers.Serializer[Any]):
    """A promise to a caller."""

    number = serializers.CharField()
    community = serializers.CharField(source="community.code")
    status = serializers.ChoiceField(PromiseStatus.choices)
    text = serializers.CharField()
    due_at = InstantField()
    overdue = serializers.BooleanField(help_text="Open and past its time, or kept too late.")
    person = serializers.IntegerField(source="person_id", allow_null=True)
    unit = serializers.CharField(source="unit.code", allow_null=True, default=None)
    phone = serializers.CharField(help_text="Masked.")
    ticket = serializers.CharField(source="case_number", help_text="Number of the case; empty for none.")
    made_by = serializers.CharField()
    made_at = InstantField()
    keeper = serializers.CharField(help_text="Who keeps it.")
    kept_at = InstantField(allow_null=True)
    kept_by = serializers.CharField(allow_null=True)
    withdrawn_at = InstantField(allow_null=True)
    reason = serializers.CharField(help_text="Why it was withdrawn.")
    allowed = serializers.ListField(child=serializers.CharField())


def draw(promise: Promise, user: User, at: Any) -> dict[str, Any]:
    """One promise as an answer."""
    promise_late = (promise.kept_at or at) > promise.due_at and promise.status != PromiseStatus.WITHDRAWN
    row = {name: getattr(promise, name) for name in PLAIN} | {
        "unit": promise.unit,
        "overdue": promise_late,
        "phone": mask_phone(promise.phone),
        "kept_by": str(promise.kept_by) if promise.kept_by else None,
        "allowed": sorted(each.action for each in allowed(promise, user)),
    }
    return dict(PromiseOut(row).data)


PLAIN = (
    "number", "community", "status", "text", "due_at", "person_id", "case_number", "made_by", "made_at", "keeper",
    "kept_at", "withdrawn_at", "reason",
)  # fmt: skip


class PromiseQuery(Page):
    """Parameters of the list of promises to callers."""

    orders: dict[str, Any] = {"due_at": ("due_at", "id"), "-due_at": ("-due_at", "-id"), "-id": ("-id",)}
    status = serializers.ChoiceField(PromiseStatus.choices, required=False)
    overdue = TruthField(from_text=True, required=False, help_text="Only open ones past their time, or not.")
    mine = TruthField(from_text=True, required=False, help_text="Only those that I keep, or not.")
    community = serializers.CharField(required=False, max_length=12, help_text="Its code.")
    person = IdField(from_text=True, required=False)
    ticket = serializers.CharField(required=False, max_length=24, help_text="Number of the case.")
    ordering = ordering(orders)


class PromiseIn(Input):
    """What was promised; it may belong to a repair, a unit or a person."""

    text = TextSerializerField(max_length=actions.LONGEST)
    due_at = InstantField(help_text="From now on, within 60 days.")
    ticket = serializers.CharField(required=False, max_length=24, help_text="Number of a repair.")
    unit = RefField(required=False, help_text="Id, or code such as 3-2-1201.")
    person = IdField(required=False)
    phone = PhoneField(required=False, allow_blank=True)
    community = serializers.CharField(
        required=False, max_length=12, help_text="Its code, where you have several."
    )
    keeper = serializers.CharField(required=False, max_length=64, help_text="User name; default: you.")


class PromisesEndpoint(Endpoint):
    """Promises to callers of my communities."""

    roles = READERS

    @operation("promises", "Promises to callers", query=PromiseQuery, answer=paged(PromiseOut))
    def get(self, request: Request) -> Response:
        """A page of them."""
        query = self.query(PromiseQuery)
        at = database_now()
        rows = Promise.objects.visible_to(self.user)
        if "overdue" in query:
            late = Promise.objects.overdue(at)
            rows = rows & late if query["overdue"] else rows.exclude(pk__in=late.values("pk"))
        if "mine" in query:
            rows = rows.filter(keeper=self.user) if query["mine"] else rows.exclude(keeper=self.user)
        names = {
            "status": "status",
            "person": "person",
            "community": "community__code",
            "ticket": "case_number",
        }
        for name, column in names.items():
            if name in query:
                value = query[name].upper() if name in ("community", "ticket") else query[name]
                rows = rows.filter(**{column: value})
        order = PromiseQuery.orders[query["ordering"]]
        return self.page(
            with_shown(rows),
            query,
            order=order,
            draw=lambda page: [draw(each, self.user, at) for each in page],
        )

    @operation("promise_make", "Make a promise", body=PromiseIn, answer=PromiseOut, status=201, once=True)
    def post(self, request: Request) -> Response:
        """Agents and supervisors. Its timer is armed at once; whoever keeps it is warned at 75 % of the time."""

        def act() -> tuple[int, dict[str, Any]]:
            given = self.body(PromiseIn)
            made = actions.make(by=self.user, **_said(self.user, given))
            return 201, draw(promise_named(self.user, made.number), self.user, database_now())

        return answer_once(request, self.user, act)


def _said(user: User, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the action, each within the user's scope."""
    said: dict[str, Any] = {name: given[name] for name in ("text", "due_at", "phone") if name in given}
    code = given.get("community", "")
    if given.get("ticket"):
        ticket = case_for(user, given["ticket"])
        said |= {"community": ticket.community, "work": "repair", "case_id": ticket.pk}
        said |= {"unit": ticket.unit, "person": ticket.reporter}
    elif "unit" in given:
        unit = unit_named(user, given["unit"], community_named(user, code) if code else None)
        said |= {"community": unit.community, "unit": unit}
    else:
        said["community"] = community_named(user, code)
    if "person" in given:
        said["person"] = person_named(user, given["person"], said["community"])
    if "keeper" in given:
        keeper = User.objects.staff_of([said["community"].pk]).filter(username=given["keeper"]).first()
        if keeper is None:
            raise Invalid(errors={"keeper": [_("Please choose somebody of this desk.")]})
        said["keeper"] = keeper
    return said


class PromiseEndpoint(Endpoint):
    """One promise."""

    roles = READERS

    @operation("promise", "One promise to a caller", answer=PromiseOut)
    def get(self, request: Request, number: str) -> Response:
        """Refuses `not_found`."""
        return Response(draw(promise_named(self.user, number), self.user, database_now()))


class KeepIn(Input):
    """How it was kept."""

    note = TextSerializerField(max_length=500, multiline=True, required=False)


class KeepEndpoint(Endpoint):
    """Kept."""

    roles = READERS

    @operation("promise_keep", "A promise is kept", body=KeepIn, answer=PromiseOut, errors=[409])
    def post(self, request: Request, number: str) -> Response:
        """Refuses `transition_refused` (409) for one that has ended."""
        promise = promise_named(self.user, number)
        actions.keep(promise, by=self.user, note=self.body(KeepIn).get("note", ""))
        return Response(draw(promise_named(self.user, number), self.user, database_now()))


class WithdrawIn(Input):
    """Why it is not kept."""

    reason = TextSerializerField(max_length=actions.LONGEST)


class WithdrawEndpoint(Endpoint):
    """Withdrawn."""

    roles = READERS

    @operation("promise_withdraw", "Withdraw a promise", body=WithdrawIn, answer=PromiseOut, errors=[409])
    def post(self, request: Request, number: str) -> Response:
        """Whoever keeps it, and supervisors. Refuses `transition_refused` (409) for one that has ended."""
        promise = promise_named(self.user, number)
        actions.withdraw(promise, by=self.user, reason=self.body(WithdrawIn)["reason"])
        return Response(draw(promise_named(self.user, number), self.user, database_now()))
