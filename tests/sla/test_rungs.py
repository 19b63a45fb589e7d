"""The ladder as rows: what the database refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from servicecenter.sla.models import Policy, Rung

pytestmark = pytest.mark.django_db
SUPERVISOR = {"after": 0, "to": "supervisor"}


@pytest.fixture
def policy() -> Policy:
    return Policy.objects.create(
        work="repair", stage="respond", level="x", target_seconds=60, since=timezone.now()
    )


def test_a_ladder_reads_as_it_was_laid(policy: Policy) -> None:
    Rung.objects.lay(policy, [SUPERVISOR, {"after": 0.25, "to": "duty", "channel": "group"}])
    assert policy.escalate == [
        {"after": 0.0, "to": "supervisor", "channel": ""},
        {"after": 0.25, "to": "duty", "channel": "group"},
    ]


@pytest.mark.parametrize(
    "ladder",
    [
        [{"after": 0.5, "to": "supervisor"}],
        [SUPERVISOR, {"after": 0, "to": "manager"}],
        [SUPERVISOR, {"after": 0.5, "to": "manager"}, {"after": 0.25, "to": "admin"}],
        [SUPERVISOR, {"after": 0.5, "to": "manager"}, {"after": 0.5, "to": "admin"}],
        [SUPERVISOR, {"after": 11, "to": "manager"}],
        [SUPERVISOR, {"after": -1, "to": "manager"}],
        [{"after": 0, "to": "resident"}],
        [{"after": 0, "to": "manager", "channel": "pigeon"}],
    ],
    ids=str,
)
def test_the_database_refuses_a_ladder_that_cannot_be_climbed(
    policy: Policy, ladder: list[dict[str, Any]]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Rung.objects.lay(policy, ladder)
    assert not policy.rungs.exists()


def test_one_place_on_a_ladder_holds_one_rung(policy: Policy) -> None:
    Rung.objects.lay(policy, [SUPERVISOR])
    with pytest.raises(IntegrityError), transaction.atomic():
        Rung.objects.lay(policy, [{"after": 0, "to": "manager"}])
