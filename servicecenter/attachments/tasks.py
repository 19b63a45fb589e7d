"""Celery entry points for tidying."""

from __future__ import annotations

from celery import shared_task

from servicecenter.attachments import actions
from servicecenter.lib.clock import database_now


@shared_task
def tidy() -> None:
    """Removes files of forms that were never stored."""
    actions.tidy(at=database_now())
