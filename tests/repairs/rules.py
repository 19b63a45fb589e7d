"""Rules of dispatch for tests."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from repairs.models import DispatchRule


def make_rule(**said: Any) -> DispatchRule:
    """A rule of the company that proposes whoever is least busy, but for what is `said`."""
    fields = {"name": "规则", "who": "least_busy", "mode": "propose", "changed_at": timezone.now()}
    return DispatchRule.objects.create(**(fields | said))


def open_rule(**said: Any) -> DispatchRule:
    """A rule that opens every accepted repair for grabbing."""
    return make_rule(**({"name": "抢单", "mode": "grab"} | said))
