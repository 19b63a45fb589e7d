"""The stock of one's communities."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from repairs.api.cases import WholeListEndpoint
from repairs.models import StockItem
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import STAFF_ROLES, Community
from servicecenter.lib.lists import paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.serializers import Query


class StockQuery(Query):
    """Which rows."""

    community = serializers.CharField(required=False, max_length=18, help_text="Code of a community.")


class StockItemOut(serializers.Serializer[Any]):
    """One material."""

    id = serializers.IntegerField(help_text="`complete` names it among its `materials`.")
    community = serializers.CharField(source="community.code")
    name = serializers.CharField()
    unit = serializers.CharField()
    on_hand = serializers.DecimalField(max_digits=7, decimal_places=2)
    reorder_at = serializers.DecimalField(max_digits=7, decimal_places=2)
    low = serializers.BooleanField(source="is_low", help_text="To be ordered again.")


class StockEndpoint(WholeListEndpoint, Endpoint):
    """What lies in the stock."""

    roles = frozenset(STAFF_ROLES)

    @operation("stock", "The materials in stock", query=StockQuery, answer=paged(StockItemOut))
    def get(self, request: Request) -> Response:
        """The staff, of their communities; refuses `not_found` for another one."""
        query = self.query(StockQuery)
        rows = StockItem.objects.visible_to(self.user).in_use().select_related("community")
        if code := query.get("community"):
            found = Community.objects.visible_to(self.user).filter(code=code).first()
            if found is None:
                raise NotFound
            rows = rows.filter(community=found)
        return self.whole(StockItemOut(rows, many=True).data)
