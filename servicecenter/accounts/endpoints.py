"""The base of every API endpoint: who asks, what they sent, what their role may."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from servicecenter.accounts.models import User
from servicecenter.lib.lists import answer_page
from servicecenter.lib.refusals import NotPermitted
from servicecenter.lib.serializers import Query

M = TypeVar("M", bound=Model)


class Endpoint(APIView):
    """One address. Refusals of actions and queries become problem documents by themselves."""

    # None: whoever is signed in.
    roles: ClassVar[frozenset[str] | None] = None
    # Seconds after which every limit of this endpoint has room again.
    retry_after: ClassVar[int] = 3600

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuses `not_permitted` for a role that has no business here."""
        super().initial(request, *args, **kwargs)
        if self.roles is not None and self.user.role not in self.roles:
            raise NotPermitted

    @property
    def user(self) -> User:
        """Whoever asks."""
        if not isinstance(self.request.user, User):
            raise NotPermitted
        return self.request.user

    def body(self, shape: type[serializers.BaseSerializer[Any]], **kwargs: Any) -> dict[str, Any]:
        """The checked body; refuses `invalid` with the fields."""
        serializer = shape(data=self.request.data, **kwargs)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def query(self, shape: type[Query]) -> dict[str, Any]:
        """The checked parameters of the address; refuses `invalid` with their names."""
        return shape.read(self.request.query_params)

    def page(
        self,
        rows: QuerySet[M],
        query: Mapping[str, Any],
        *,
        order: Sequence[str],
        draw: Callable[[list[M]], Any],
    ) -> Response:
        """One page of a list."""
        return answer_page(self.request, rows, query, order=order, draw=draw)

    def handle_exception(self, exc: Exception) -> Response:
        """Tells clients that met a limit when to come back."""
        response = super().handle_exception(exc)
        if response.status_code == 429:
            response.headers["Retry-After"] = str(self.retry_after)
        return response
