"""Communities, buildings and units: staff see those of their communities, residents where they live now."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from owners.api.shapes import BuildingOut, CommunityOut, PartWarrantyOut, UnitOut
from owners.models import Building, Unit, UnitState, UnitUse
from owners.queries import communities_of, units_like
from owners.queries.patterns import like, literal
from owners.queries.warranty import register_of
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.serializers import LARGEST_ID, IdField

LONGEST_SEARCH = 100


def search_field(help_text: str) -> TextSerializerField:
    """The parameter `search`."""
    return TextSerializerField(max_length=LONGEST_SEARCH, required=False, help_text=help_text)


def code_field() -> serializers.CharField:
    """The parameter `community`; one that is out of scope finds nothing."""
    return serializers.CharField(required=False, max_length=12, help_text="Code of a community.")


def key(pk: int) -> int:
    """An id that PostgreSQL can be asked for; refuses `not_found` for larger numbers."""
    if pk > LARGEST_ID:
        raise NotFound
    return pk


class CommunityQuery(Page):
    """Parameters of the list of communities."""

    orders = {"code": ("code", "id"), "-code": ("-code", "-id")}
    search = search_field("Part of the name or code.")
    ordering = ordering(orders)


class CommunitiesEndpoint(Endpoint):
    """All of mine."""

    @operation("communities", "My communities", query=CommunityQuery, answer=paged(CommunityOut))
    def get(self, request: Request) -> Response:
        """A page of them."""
        query = self.query(CommunityQuery)
        rows = communities_of(self.user)
        if query.get("search"):
            part = f"%{literal(query['search'])}%"
            rows = rows.filter(like("name", part) | like("code", part))
        order = CommunityQuery.orders[query["ordering"]]
        return self.page(rows, query, order=order, draw=lambda page: CommunityOut(page, many=True).data)


class CommunityEndpoint(Endpoint):
    """One of mine."""

    @operation("community", "One of my communities", answer=CommunityOut)
    def get(self, request: Request, pk: int) -> Response:
        """Refuses `not_found`."""
        found = communities_of(self.user).filter(pk=key(pk)).first()
        if found is None:
            raise NotFound
        return Response(CommunityOut(found).data)


class BuildingQuery(Page):
    """Parameters of the list of buildings."""

    orders = {
        "position": ("community_id", "position", "code", "id"),
        "id": ("id",),
        "-id": ("-id",),
    }
    community = code_field()
    search = search_field("Part of the code.")
    ordering = ordering(orders)


class BuildingsEndpoint(Endpoint):
    """The buildings of my communities."""

    @operation("buildings", "Buildings", query=BuildingQuery, answer=paged(BuildingOut))
    def get(self, request: Request) -> Response:
        """A page of them."""
        query = self.query(BuildingQuery)
        rows = Building.objects.visible_to(self.user).select_related("community")
        if query.get("community"):
            rows = rows.filter(community__code=query["community"].upper())
        if query.get("search"):
            rows = rows.filter(like("code", f"%{literal(query['search'])}%"))
        order = BuildingQuery.orders[query["ordering"]]
        return self.page(rows, query, order=order, draw=lambda page: BuildingOut(page, many=True).data)


class BuildingEndpoint(Endpoint):
    """One building."""

    @operation("building", "One building", answer=BuildingOut)
    def get(self, request: Request, pk: int) -> Response:
        """Refuses `not_found`."""
        rows = Building.objects.visible_to(self.user).select_related("community")
        found = rows.filter(pk=key(pk)).first()
        if found is None:
            raise NotFound
        return Response(BuildingOut(found).data)


class UnitQuery(Page):
    """Parameters of the list of units."""

    orders: dict[str, Any] = {
        "code": ("code", "id"),
        "-code": ("-code", "-id"),
        "id": ("id",),
        "-id": ("-id",),
    }
    community = code_field()
    building = IdField(from_text=True, required=False, help_text="Id of a building.")
    use = serializers.ChoiceField(UnitUse.choices, required=False)
    state = serializers.ChoiceField(UnitState.choices, required=False)
    search = search_field("A unit code in any spelling: 3-2-1201, 3栋2单元1201, 1201.")
    ordering = ordering(orders)


class UnitsEndpoint(Endpoint):
    """The units of my communities, or my homes."""

    @operation("units", "Units", query=UnitQuery, answer=paged(UnitOut))
    def get(self, request: Request) -> Response:
        """A page of them."""
        query = self.query(UnitQuery)
        rows = Unit.objects.visible_to(self.user).select_related("community")
        if query.get("community"):
            rows = rows.filter(community__code=query["community"].upper())
        for name in ("building", "use", "state"):
            if query.get(name):
                rows = rows.filter(**{name: query[name]})
        if query.get("search"):
            rows = rows.filter(units_like(query["search"]))
        order = UnitQuery.orders[query["ordering"]]
        return self.page(rows, query, order=order, draw=lambda page: UnitOut(page, many=True).data)


class UnitEndpoint(Endpoint):
    """One unit."""

    @operation("unit", "One unit", answer=UnitOut)
    def get(self, request: Request, pk: int) -> Response:
        """Refuses `not_found`."""
        found = Unit.objects.visible_to(self.user).select_related("community").filter(pk=key(pk)).first()
        if found is None:
            raise NotFound
        return Response(UnitOut(found).data)


class UnitWarrantyEndpoint(Endpoint):
    """The warranty register of one unit."""

    @operation("unit_warranty", "The warranties of a unit today", answer=paged(PartWarrantyOut))
    def get(self, request: Request, pk: int) -> Response:
        """Every part, in one piece. Refuses `not_found`."""
        found = Unit.objects.visible_to(self.user).filter(pk=key(pk)).first()
        if found is None:
            raise NotFound
        parts = register_of(found, on=local_day(database_now()))
        return Response({"next": None, "previous": None, "results": PartWarrantyOut(parts, many=True).data})
