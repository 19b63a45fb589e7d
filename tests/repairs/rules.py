"""Rules of dispatch and certificates for tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from repairs.actions.skills import add_certificate
from repairs.models import Certificate, DispatchRule
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import local_day
from servicecenter.lib.refusals import Refusal


def make_rule(**said: Any) -> DispatchRule:
    """A rule of the company that proposes whoever is least busy, but for what is `said`."""
    fields = {"name": "规则", "who": "least_busy", "mode": "propose", "changed_at": timezone.now()}
    return DispatchRule.objects.create(**(fields | said))


def open_rule(**said: Any) -> DispatchRule:
    """A rule that opens every accepted repair for grabbing."""
    return make_rule(**({"name": "抢单", "mode": "grab"} | said))


def certify(user: User, by: User, kind: str = "electrician", **said: Any) -> Certificate:
    """An electrician's licence for a year from today, but for what is `said`."""
    place = Community.objects.get(code="YG")
    given: dict[str, Any] = {
        "kind": kind,
        "number": "T3502-7",
        "valid_until": local_day(timezone.now()) + timedelta(days=365),
        "by": by,
    }
    return add_certificate(user, place, **(given | said))


def refused(what: Callable[[], Any]) -> str:
    """The code with which `what` is refused."""
    with pytest.raises(Refusal) as refusal:
        what()
    return refusal.value.code
