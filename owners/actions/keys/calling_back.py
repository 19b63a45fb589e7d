"""Whoever leaves a unit owes its keys: they are called back for the day of the move, whichever way the stay ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from owners.actions.keys.clocks import call_off, remind_at
from owners.models import Key, Occupancy
from owners.queries.keys import leaving_with
from servicecenter.workflow.run import Step, run


def call_back(stay: Occupancy, *, at: datetime) -> list[Key]:
    """Makes what the holder still has of the unit due when the stay ends. Call it in the transaction that ends it.

    A loan that ends earlier keeps its day. Cards are shown to the desk until they are back or blocked.
    """
    out = leaving_with([stay])
    ends = stay.until
    for key in out:

        def sooner(locked: Key, _at: datetime) -> dict[str, Any]:
            return {"due_at": min(filter(None, (locked.due_at, ends)))}

        def watch(step: Step[Key]) -> None:
            call_off(step)
            remind_at(step.case, step.at)

        run(key, "call_back", by=None, at=at, prepare=sooner, then=[watch])
    return out
