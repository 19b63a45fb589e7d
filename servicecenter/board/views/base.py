"""What every page of the board begins with: the reader, the communities, the moment, the filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Community, Role
from servicecenter.board.forms import SliceForm
from servicecenter.board.queries.labels import period_label
from servicecenter.board.queries.slices import Slice
from servicecenter.lib.clock import database_now

# Managers of their communities, the supervisors who answer for the figures, and administrators, who may read.
READERS = (Role.MANAGER.value, Role.SUPERVISOR.value, Role.ADMIN.value)
reader = only(*READERS)


@dataclass(frozen=True)
class Asked:
    """One request: who asks, seen at which moment, about which rows."""

    request: HttpRequest
    communities: tuple[Community, ...]
    at: datetime

    @cached_property
    def form(self) -> SliceForm:
        return SliceForm(self.request.GET, communities=self.communities, at=self.at)

    @cached_property
    def part(self) -> Slice:
        """What the address asks for; the last 30 days where it cannot be understood (the form says why)."""
        return self.form.part() if self.form.is_valid() else self.form.fallback(self.at)

    @property
    def status(self) -> int:
        return 200 if self.form.is_valid() else 400

    def context(self, **more: Any) -> dict[str, Any]:
        """What every template of the board reads."""
        return {
            "at": self.at,
            "communities": self.communities,
            "form": self.form,
            "part": self.part,
            "period_words": period_label(self.part),
            "wall": self.request.GET.get("wall") == "1",
        } | more


def asked(request: HttpRequest) -> Asked:
    """Reads a request of a guarded page; one query for the communities."""
    communities = Community.objects.visible_to(current_user(request)).filter(is_active=True).order_by("code")
    return Asked(request, tuple(communities), database_now())
