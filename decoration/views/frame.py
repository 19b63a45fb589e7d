"""What every page of a permit has."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from decoration.models import Permit
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role
from servicecenter.lib.faces import layout_of

DESK = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
# Whoever works with permits has a list of them; technicians and guards have their sites.
readers = only(Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)


def draw(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page in the frame of the reader's own face."""
    layout = layout_of(current_user(request).role)
    return render(request, f"decoration/{template}.html", context | {"layout": layout}, status=status)


def about(request: HttpRequest, permit: Permit) -> dict[str, Any]:
    """What pages about one permit know."""
    user = current_user(request)
    if not user.is_employee:
        # The emergency line of the community stands in the frame of the residents' pages.
        request.hotline = permit.community.hotline  # type: ignore[attr-defined]
    return {"case": permit, "at_desk": user.role in DESK, "staff": user.is_employee}
