"""The invariants of `manage.py verify`, proved at night on a bounded budget, for the page of operations."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection, transaction

from servicecenter.lib.clock import database_now
from servicecenter.lib.invariants import Invariant, broken, every_invariant
from servicecenter.operations.models import Verification

# Below the time limit of the task that asks for it.
BUDGET_SECONDS = 540.0
KEPT = timedelta(days=90)


def prove(*, budget: float = BUDGET_SECONDS) -> Verification:
    """Proves every invariant, each in its own transaction, until the budget is spent.

    What does not end in time is stored as unfinished (a count of null), never as proved.
    """
    proof = Verification.objects.create(started_at=database_now())
    ends = time.monotonic() + budget
    for invariant in every_invariant():
        proof.lines.append(_line(invariant, ends - time.monotonic()))
    proof.finished_at = database_now()
    proof.save(update_fields=["lines", "finished_at"])
    Verification.objects.filter(started_at__lt=proof.started_at - KEPT).delete()
    return proof


def _line(invariant: Invariant, left: float) -> dict[str, Any]:
    count, ids = _count(invariant, left)
    return {"code": invariant.code, "sentence": str(invariant.sentence), "count": count, "ids": ids}


def _count(invariant: Invariant, left: float) -> tuple[int | None, list[Any]]:
    if left <= 0:
        return None, []
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('statement_timeout', %s, true)", [str(int(left * 1000) + 1)]
                )
            return broken(invariant)
    except OperationalError:
        return None, []
