"""What every page of the desk has: who may open it, its counts, and the fragment of it that HTMX asked for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role
from servicecenter.desk.queries.queues import Counts, counts
from servicecenter.lib.clock import database_now
from servicecenter.lib.faces import layout_of

__all__ = ["current_user", "desk", "fragment_of", "keepers", "never_cache", "page", "rail"]

# Who works at the desk, and has counts in its rail.
DESK = (Role.AGENT, Role.SUPERVISOR)
desk = only(*DESK)

# Who works with the knowledge base: those who lead write and publish as well.
keepers = only(Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)


def fragment_of(request: HttpRequest) -> str:
    """The id of the element that HTMX will put the answer into; '' for a whole page."""
    return request.headers.get("HX-Target", "") if request.headers.get("HX-Request") else ""


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    status: int = 200,
    counted: Counts | None = None,
) -> HttpResponse:
    """A whole page with the counts of the rail."""
    user = current_user(request)
    frame = {"frame": layout_of(user.role)}
    if user.role not in DESK:
        return render(request, template, frame | context, status=status)
    known = counted or counts(user, database_now())
    return render(
        request, template, frame | {"nav_counts": rail(known), "counts": known} | context, status=status
    )


def rail(known: Counts) -> dict[str, int]:
    """The counts beside the places of the rail."""
    return {
        "queue": known.queues["new"],
        "calls": known.calls,
        "promises": known.promises,
        "messages": known.messages,
    }
