"""One page of a list with its search line: rows, and the addresses of its neighbours."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest

from servicecenter.accounts.guards import current_user
from servicecenter.lib.pages import page_of

SIZE = 50


def list_context(request: HttpRequest, rows: QuerySet[Any], *, show: str, text: str) -> dict[str, Any]:
    """The latest rows first, with cursors that keep the tab and what is searched for."""
    found = page_of(rows, order=["-id"], cursor=request.GET.get("cursor", ""), size=SIZE)
    kept = {"show": show} | ({"q": text} if text else {})

    def link(cursor: str) -> str:
        return "?" + urlencode(kept | {"cursor": cursor}) if cursor else ""

    return {
        "rows": found.rows,
        "show": show,
        "text": text,
        "several": len(current_user(request).community_ids) > 1,
        "newer": link(found.newer),
        "older": link(found.older),
    }
