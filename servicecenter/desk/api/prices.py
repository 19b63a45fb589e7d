"""The price list by API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from owners.queries.places import community_named
from repairs.models import PriceItem, PriceList, Trade
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.desk.api.money import yuan_field
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation


class PriceOut(serializers.Serializer[Any]):
    """A service and its prices in yuan."""

    id = serializers.IntegerField()
    trade = serializers.ChoiceField(Trade.choices)
    name = serializers.CharField()
    unit = serializers.CharField()
    labour = yuan_field()
    material = yuan_field()


class PriceQuery(Page):
    """Parameters of the price list."""

    orders: dict[str, Any] = {"id": ("id",)}
    community = serializers.CharField(
        required=False, max_length=12, help_text="Its code, where you have several."
    )
    trade = serializers.ChoiceField(Trade.choices, required=False)
    ordering = ordering(orders)


class PricesEndpoint(Endpoint):
    """What services cost in a community today."""

    @operation("prices", "The price list in force", query=PriceQuery, answer=paged(PriceOut))
    def get(self, request: Request) -> Response:
        """A page of it; empty where nothing is published."""
        query = self.query(PriceQuery)
        place = community_named(self.user, query.get("community", ""))
        current = PriceList.objects.in_force(place.pk, local_day(database_now())).first()
        rows = PriceItem.objects.filter(price_list=current) if current else PriceItem.objects.none()
        if query.get("trade"):
            rows = rows.filter(trade=query["trade"])
        return self.page(rows, query, order=("id",), draw=lambda page: PriceOut(page, many=True).data)
