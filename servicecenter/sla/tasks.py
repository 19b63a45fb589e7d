"""Celery entry points of the clocks."""

from __future__ import annotations

from celery import shared_task

from servicecenter.sla.sweep import sweep


@shared_task
def sweep_due() -> None:
    """Fires whatever is due; the workers' own clocks usually were quicker."""
    sweep()
