"""Corrections of records: proposed by residents for themselves or by the desk, checked there."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from owners.actions import changing
from owners.api.places import key
from owners.forms import ChangeForm
from owners.models import Person, ProfileChange
from owners.queries.changes import Compared, change_for, changes_for, compared
from owners.workflow import ChangeStatus, Field
from owners.workflow.changes import PARTS
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import Role, User
from servicecenter.audit import vault
from servicecenter.audit.idempotency import once
from servicecenter.audit.idempotent import HEADER
from servicecenter.desk.actions.changing import verify_change
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.normalise import plate
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid
from servicecenter.lib.serializers import IdField, Input, InstantField, WholeField
from servicecenter.workflow.run import allowed

READERS = frozenset({Role.RESIDENT.value, Role.AGENT.value, Role.SUPERVISOR.value})
LONGEST = 600


class StandingOut(serializers.Serializer[Any]):
    """Where a correction stands. It says no values, so that nothing personal is kept with the idempotency key."""

    id = serializers.IntegerField()
    community = serializers.CharField()
    person = serializers.IntegerField()
    field = serializers.ChoiceField(Field.choices)
    status = serializers.ChoiceField(
        ChangeStatus.choices, help_text="proposed, applied, refused or withdrawn."
    )
    version = serializers.IntegerField(help_text="Send it back with a decision: a stale page is refused.")
    allowed = serializers.ListField(child=serializers.CharField())


class ChangeOut(StandingOut):
    """A correction side by side, private values masked."""

    old = serializers.CharField(help_text="What the record said when it was proposed; masked.")
    new = serializers.CharField(help_text="What it should say; masked.")
    now = serializers.CharField(help_text="What the record says now; masked.")
    stale = serializers.BooleanField(
        help_text="The record was changed since; then send `seen` with the decision."
    )
    seen = serializers.CharField(help_text="Stands for what the record says now.")
    by_staff = serializers.BooleanField(help_text="Written down at the desk.")
    proposed_by = serializers.CharField(help_text="Empty for residents who read a correction of the desk's.")
    proposed_at = InstantField()
    decided_by = serializers.CharField(help_text="Empty for residents, and while nobody did.")
    decided_at = InstantField(allow_null=True)
    reason = serializers.CharField(help_text="Why it was not applied.")


def standing(change: ProfileChange, user: User) -> dict[str, Any]:
    """Where it stands, as an answer."""
    row = {
        "id": change.pk,
        "community": change.community.code,
        "person": change.person_id,
        "field": change.field,
        "status": change.status,
        "version": change.version,
        "allowed": sorted(each.action for each in allowed(change, user)),
    }
    return dict(StandingOut(row).data)


def draw(shown: Compared, user: User) -> dict[str, Any]:
    """The whole correction as an answer."""
    change, staff = shown.change, user.role != Role.RESIDENT
    row = standing(change, user) | {
        "old": shown.old,
        "new": shown.new,
        "now": shown.now,
        "stale": shown.stale,
        "seen": shown.seen,
        "by_staff": change.by_staff,
        "proposed_by": str(change.proposed_by) if staff or not change.by_staff else "",
        "proposed_at": change.proposed_at,
        "decided_by": str(change.decided_by) if staff and change.decided_by else "",
        "decided_at": change.decided_at,
        "reason": change.reason,
    }
    return dict(ChangeOut(row).data)


class ChangeQuery(Page):
    """Parameters of the list of corrections."""

    orders: dict[str, Any] = {"id": ("id",), "-id": ("-id",)}
    status = serializers.ChoiceField(ChangeStatus.choices, required=False)
    field = serializers.ChoiceField(Field.choices, required=False)
    person = IdField(from_text=True, required=False)
    community = serializers.CharField(required=False, max_length=12, help_text="Its code.")
    ordering = ordering(orders)


class ProposeIn(Input):
    """What should read differently."""

    field = serializers.ChoiceField(Field.choices)
    value = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=LONGEST),
        help_text=(
            "The new value by part: {phone}, {id_type, id_number}, {emergency_contact, emergency_phone}, {plate} for "
            "vehicles, else {<field>}. Blank takes an optional value off the record."
        ),
    )
    person = IdField(required=False, help_text="Whose record. Residents with one record may leave it out.")


class ChangesEndpoint(Endpoint):
    """Corrections of records that I may see."""

    roles = READERS

    @operation("profile_changes", "Corrections of records", query=ChangeQuery, answer=paged(ChangeOut))
    def get(self, request: Request) -> Response:
        """A page of them, private values masked."""
        query = self.query(ChangeQuery)
        rows = changes_for(self.user)
        for name, column in (("status", "status"), ("field", "field"), ("person", "person")):
            if name in query:
                rows = rows.filter(**{column: query[name]})
        if query.get("community"):
            rows = rows.filter(community__code=query["community"].upper())
        order = ChangeQuery.orders[query["ordering"]]
        return self.page(
            rows,
            query,
            order=order,
            draw=lambda page: [draw(compared(each, self.user), self.user) for each in page],
        )

    @operation(
        "profile_change_propose",
        "Propose a correction",
        body=ProposeIn,
        answer=StandingOut,
        status=201,
        once=True,
    )
    def post(self, request: Request) -> Response:
        """The record stays as it is until the desk has checked. Refuses `proposed_already` (409)."""

        def act() -> tuple[int, dict[str, Any]]:
            given = self.body(ProposeIn)
            person = _person(self.user, given)
            value = _value(person, given["field"], given["value"])
            made = changing.propose(person, given["field"], value, by=self.user)
            return 201, standing(change_for(self.user, made.pk), self.user)

        return _once(request, self.user, act)


def _person(user: User, given: dict[str, Any]) -> Person:
    people = Person.objects.visible_to(user)
    if "person" in given:
        people = people.filter(pk=given["person"])
    elif user.role != Role.RESIDENT:
        raise Invalid(errors={"person": [_("Please say whose record.")]})
    found = list(people.order_by("id")[:2])
    if len(found) != 1:
        raise Invalid(errors={"person": [_("Please say whose record.")]})
    return found[0]


def _value(person: Person, field: str, value: dict[str, str]) -> dict[str, str]:
    """The value as the pages read it; refuses `invalid` with the names of its parts."""
    unknown = sorted(set(value) - set(PARTS[field]))
    if unknown:
        raise Invalid(
            errors={"value": [_("These parts do not belong here: %(parts)s") % {"parts": ", ".join(unknown)}]}
        )
    data = dict(value)
    if field == Field.VEHICLE_REMOVE:
        index = vault.blind_index("plate", plate(value.get("plate", "")) or "")
        vehicle = person.vehicles.filter(plate_index=index).first() if index else None
        data["plate"] = str(vehicle.pk) if vehicle else ""
    form = ChangeForm(data, person=person, field=field)
    if not form.is_valid():
        said = {name: [str(each) for each in errors] for name, errors in form.errors.items()}
        raise Invalid(errors={name if name in PARTS[field] else "value": each for name, each in said.items()})
    return form.value


def _once(request: Request, user: User, act: Callable[[], tuple[int, dict[str, Any]]]) -> Response:
    """As `answer_once`, with a keyed digest: a plain one of a phone number could be tried out."""
    body = vault.blind_index("request", json.dumps(request.data, sort_keys=True, default=str))
    status, answer, replayed = once(
        user=user,
        key=request.headers.get(HEADER, "").strip(),
        route=f"{request.method} {request.path}"[:100],
        body={"digest": body},
        act=act,
    )
    return Response(answer, status=status, headers={"Idempotency-Replayed": "true"} if replayed else None)


class ChangeEndpoint(Endpoint):
    """One correction."""

    roles = READERS

    @operation("profile_change", "One correction of a record, side by side", answer=ChangeOut)
    def get(self, request: Request, pk: int) -> Response:
        """Refuses `not_found`."""
        return Response(draw(compared(change_for(self.user, key(pk)), self.user), self.user))


class VerifyChangeIn(Input):
    """What the decision was made on."""

    version = WholeField(required=False)
    seen = TextSerializerField(
        max_length=64, required=False, help_text="As it was read, when the record was stale."
    )


class RefuseChangeIn(Input):
    """Why the record stays as it is."""

    reason = TextSerializerField(max_length=200, multiline=True)
    version = WholeField(required=False)


class WithdrawChangeIn(Input):
    """Nothing but the version that was read."""

    version = WholeField(required=False)


class VerifyEndpoint(Endpoint):
    """Checked."""

    roles = READERS

    @operation(
        "profile_change_verify",
        "Apply a correction",
        body=VerifyChangeIn,
        answer=StandingOut,
        errors=[409],
        once=True,
    )
    def post(self, request: Request, pk: int) -> Response:
        """The record reads as proposed. Refuses `record_changed`, `stale` and `transition_refused` (409)."""

        def act() -> tuple[int, dict[str, Any]]:
            given = self.body(VerifyChangeIn)
            change = change_for(self.user, key(pk))
            verify_change(change, by=self.user, seen=given.get("seen") or None, version=given.get("version"))
            return 200, standing(change_for(self.user, pk), self.user)

        return _once(request, self.user, act)


class RefuseEndpoint(Endpoint):
    """Not applied."""

    roles = READERS

    @operation(
        "profile_change_refuse",
        "Do not apply a correction",
        body=RefuseChangeIn,
        answer=StandingOut,
        errors=[409],
        once=True,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Whoever proposed it reads the reason. Refuses `stale` and `transition_refused` (409)."""

        def act() -> tuple[int, dict[str, Any]]:
            given = self.body(RefuseChangeIn)
            change = change_for(self.user, key(pk))
            changing.refuse(change, reason=given["reason"], by=self.user, version=given.get("version"))
            return 200, standing(change_for(self.user, pk), self.user)

        return _once(request, self.user, act)


class WithdrawEndpoint(Endpoint):
    """Taken back."""

    roles = READERS

    @operation(
        "profile_change_withdraw",
        "Withdraw a correction",
        body=WithdrawChangeIn,
        answer=StandingOut,
        errors=[409],
        once=True,
    )
    def post(self, request: Request, pk: int) -> Response:
        """Whoever proposed it, or whose record it is. Refuses `stale` and `transition_refused` (409)."""

        def act() -> tuple[int, dict[str, Any]]:
            given = self.body(WithdrawChangeIn)
            changing.withdraw(change_for(self.user, key(pk)), by=self.user, version=given.get("version"))
            return 200, standing(change_for(self.user, pk), self.user)

        return _once(request, self.user, act)
