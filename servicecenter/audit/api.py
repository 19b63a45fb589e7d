"""Who saw which personal value in full, when and why (谁查看过我的信息)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import Role
from servicecenter.audit.models import AccessLog
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.serializers import BorderField, IdField, InstantField


class AccessOut(serializers.Serializer[Any]):
    """One look."""

    id = serializers.IntegerField()
    community = serializers.CharField(source="community.code")
    person = serializers.IntegerField(source="person_id", help_text="0: somebody who is not in the roll.")
    field = serializers.CharField()
    reason = serializers.CharField()
    by_name = serializers.CharField()
    by_role = serializers.ChoiceField(Role.choices)
    at = InstantField()


class AccessQuery(Page):
    """Parameters of the access log."""

    orders: dict[str, Any] = {"-id": ("-id",), "id": ("id",)}
    community = serializers.CharField(required=False, max_length=12, help_text="Code of a community.")
    person = IdField(from_text=True, required=False, help_text="Id of a person.")
    after = BorderField(required=False, help_text="At this instant or later.")
    before = BorderField(required=False, help_text="Before this instant.")
    ordering = ordering(orders)


class AccessLogEndpoint(Endpoint):
    """Residents: who saw my fields. Administrators and managers: all of their communities."""

    roles = frozenset({Role.RESIDENT.value, Role.ADMIN.value, Role.MANAGER.value})

    @operation("access_log", "Who saw personal values in full", query=AccessQuery, answer=paged(AccessOut))
    def get(self, request: Request) -> Response:
        """A page of it, newest first. Nobody can change it."""
        query = self.query(AccessQuery)
        rows = AccessLog.objects.select_related("community")
        if self.user.role == Role.RESIDENT:
            rows = rows.filter(person_id__in=self.user.people.values("pk"))
        else:
            rows = rows.filter(community__in=self.user.community_ids)
        filters = {
            "community": "community__code",
            "person": "person_id",
            "after": "at__gte",
            "before": "at__lt",
        }
        for name, lookup in filters.items():
            if name in query:
                value = query[name]
                rows = rows.filter(**{lookup: value.upper() if name == "community" else value})
        order = AccessQuery.orders[query["ordering"]]
        return self.page(rows, query, order=order, draw=lambda page: AccessOut(page, many=True).data)
