"""Celery entry points of the operations room."""

from __future__ import annotations

from celery import shared_task

from servicecenter.operations.actions import forget_parts, keep_lateness, prove, round_trip
from servicecenter.sla.sweep import sweep


@shared_task
def sweep_due() -> None:
    """Fires whatever is due (the workers' own clocks usually were quicker), and proves by coming here that beat, the
    broker and a worker reach each other."""
    sweep()
    keep_lateness()
    round_trip()
    forget_parts()


# Its budget is shorter than the limits, and they are shorter than the broker's visibility timeout.
@shared_task(soft_time_limit=600, time_limit=660)
def prove_promises() -> None:
    """Proves the invariants for the page of operations."""
    prove()
