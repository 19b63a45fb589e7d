"""The API's lists: `{next, previous, results}`, one query a page whatever its number, cursors that nobody can forge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.core import signing
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from servicecenter.lib.pages import page_of
from servicecenter.lib.refusals import Invalid
from servicecenter.lib.serializers import Query, WholeField

M = TypeVar("M", bound=Model)

PAGE_SIZE = 25
LARGEST_PAGE = 100
LONGEST_CURSOR = 1000


class Page(Query):
    """What every list takes."""

    cursor = serializers.CharField(
        required=False,
        max_length=LONGEST_CURSOR,
        help_text="From `next` or `previous` of a neighbouring page.",
    )
    page_size = WholeField(
        from_text=True,
        required=False,
        min_value=1,
        max_value=LARGEST_PAGE,
        default=PAGE_SIZE,
        help_text="A larger one is refused.",
    )


# What a list may be sorted by: public name → columns that are never null in it, ending with the id.
Orders = Mapping[str, Sequence[str]]


def ordering(orders: Orders) -> serializers.ChoiceField:
    """The parameter `ordering` of a list; the first of `orders` is the default."""
    return serializers.ChoiceField(list(orders), required=False, default=next(iter(orders)))


def answer_page(
    request: Request,
    rows: QuerySet[M],
    query: Mapping[str, Any],
    *,
    order: Sequence[str],
    draw: Callable[[list[M]], Any],
) -> Response:
    """One page of `rows` as `draw` shows them. Refuses a cursor that is not ours or belongs to another order (400)."""
    signer = signing.Signer(salt="cursor:" + ",".join(order))
    try:
        cursor = signer.unsign(query["cursor"]) if query.get("cursor") else ""
    except signing.BadSignature as error:
        raise Invalid(
            _("This page does not exist any more. Please start again."), code="cursor_invalid"
        ) from error
    page = page_of(rows, order=order, cursor=cursor, size=query["page_size"])
    url = request.build_absolute_uri()

    def link(side: str) -> str | None:
        return (
            replace_query_param(remove_query_param(url, "cursor"), "cursor", signer.sign(side))
            if side
            else None
        )

    return Response({"next": link(page.older), "previous": link(page.newer), "results": draw(page.rows)})


@cache
def paged(row: type[serializers.BaseSerializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The shape of a list of `row`, for the schema."""
    fields = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": row(many=True),
    }
    return type(f"{row.__name__}List", (serializers.Serializer,), fields)
