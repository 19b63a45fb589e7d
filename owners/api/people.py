"""People and who lives where: for those who answer for owners, masked; a full value takes a reason that is logged."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from owners.api.places import code_field, key, search_field
from owners.api.shapes import OccupancyOut, PersonOut
from owners.models import Occupancy, Person, PersonQuerySet, Unit
from owners.queries import people_like, units_like, with_homes
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import Role
from servicecenter.audit.access import record_access
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.serializers import IdField, Input, TruthField

# Technicians and guards need no roll; residents read their own record in the portal.
KEEPERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value, Role.MANAGER.value, Role.ADMIN.value})
# Whoever answers the telephone may look for the number that it shows.
CALLED = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
SEALED = ("id_number", "birthday", "spare_phone")
REVEALED = ("phone", "email", "emergency_phone", *SEALED, "plates")


class PersonQuery(Page):
    """Parameters of the list of people."""

    orders: dict[str, Any] = {
        "id": ("id",),
        "-id": ("-id",),
        "name": ("name", "id"),
        "-name": ("-name", "-id"),
    }
    community = code_field()
    unit = IdField(from_text=True, required=False, help_text="Id of a unit: who lives there now.")
    search = search_field("Part of a name, a phone number or its last four digits, a plate.")
    ordering = ordering(orders)


def shown(people: PersonQuerySet) -> PersonQuerySet:
    """People with everything that an answer shows; three queries for any number."""
    return with_homes(people.select_related("community")).prefetch_related("vehicles")


class PeopleEndpoint(Endpoint):
    """The roll."""

    roles = KEEPERS

    @operation("people", "People, masked", query=PersonQuery, answer=paged(PersonOut))
    def get(self, request: Request) -> Response:
        """A page of them."""
        query = self.query(PersonQuery)
        rows = shown(Person.objects.visible_to(self.user))
        if query.get("community"):
            rows = rows.filter(community__code=query["community"].upper())
        if query.get("unit"):
            rows = rows.filter(pk__in=Occupancy.objects.current().filter(unit=query["unit"]).values("person"))
        if query.get("search"):
            rows = rows.filter(people_like(query["search"], numbers=self.user.role in CALLED))
        order = PersonQuery.orders[query["ordering"]]
        return self.page(rows, query, order=order, draw=lambda page: PersonOut(page, many=True).data)


class PersonEndpoint(Endpoint):
    """One person."""

    roles = KEEPERS

    @operation("person", "One person, masked", answer=PersonOut)
    def get(self, request: Request, pk: int) -> Response:
        """Refuses `not_found`."""
        found = shown(Person.objects.visible_to(self.user)).filter(pk=key(pk)).first()
        if found is None:
            raise NotFound
        return Response(PersonOut(found).data)


class RevealIn(Input):
    """Which value, and why."""

    field = serializers.ChoiceField(REVEALED)
    reason = TextSerializerField(max_length=200, help_text="The resident reads it in the access log.")


class RevealOut(serializers.Serializer[Any]):
    """One value in full; several plates are separated by a comma."""

    field = serializers.ChoiceField(REVEALED)
    value = serializers.CharField()


class RevealEndpoint(Endpoint):
    """A personal value in full."""

    roles = KEEPERS

    @operation("person_reveal", "Show a personal value in full", body=RevealIn, answer=RevealOut)
    def post(self, request: Request, pk: int) -> Response:
        """Writes the access log first. Refuses `reason_needed`, and `too_many` after 60 in an hour."""
        person = Person.objects.visible_to(self.user).filter(pk=key(pk)).first()
        if person is None:
            raise NotFound
        given = self.body(RevealIn)
        with transaction.atomic():
            record_access(by=self.user, community_id=person.community_id, person_id=person.pk, **given)
            value = _in_full(person, given["field"])
        answer = Response(RevealOut({"field": given["field"], "value": value}).data)
        answer["Cache-Control"] = "no-store"
        return answer


def _in_full(person: Person, field: str) -> str:
    if field in SEALED:
        return person.unseal(field)
    if field == "plates":
        return ", ".join(vehicle.unseal() for vehicle in person.vehicles.order_by("id"))
    return str(getattr(person, field))


class OccupancyQuery(Page):
    """Parameters of the list of occupancies."""

    orders: dict[str, Any] = {
        "id": ("id",),
        "-id": ("-id",),
        "-since": ("-since", "-id"),
        "since": ("since", "id"),
    }
    community = code_field()
    unit = IdField(from_text=True, required=False)
    person = IdField(from_text=True, required=False)
    current = TruthField(
        from_text=True, required=False, help_text="Only those in force now, or only past ones."
    )
    search = search_field("A unit code, or part of a name, a phone number, a plate.")
    ordering = ordering(orders)


class OccupanciesEndpoint(Endpoint):
    """Who lives where."""

    roles = KEEPERS

    @operation(
        "occupancies", "Who lives where, now and before", query=OccupancyQuery, answer=paged(OccupancyOut)
    )
    def get(self, request: Request) -> Response:
        """A page of them."""
        query = self.query(OccupancyQuery)
        rows = Occupancy.objects.visible_to(self.user).select_related("community", "unit", "person")
        if query.get("community"):
            rows = rows.filter(community__code=query["community"].upper())
        for name in ("unit", "person"):
            if query.get(name):
                rows = rows.filter(**{name: query[name]})
        if "current" in query:
            now = Occupancy.objects.current().values("pk")
            rows = rows.filter(pk__in=now) if query["current"] else rows.exclude(pk__in=now)
        if query.get("search"):
            people = Person.objects.visible_to(self.user).filter(
                people_like(query["search"], numbers=self.user.role in CALLED)
            )
            units = Unit.objects.visible_to(self.user).filter(units_like(query["search"]))
            rows = rows.filter(Q(person__in=people.values("pk")) | Q(unit__in=units.values("pk")))
        order = OccupancyQuery.orders[query["ordering"]]
        return self.page(rows, query, order=order, draw=lambda page: OccupancyOut(page, many=True).data)
