"""Celery entry points of repairs."""

from __future__ import annotations

from celery import shared_task

from repairs.actions import outages


@shared_task
def go_on_closing() -> int:
    """Outages whose closing somebody began and left: their next repairs."""
    return outages.go_on()
