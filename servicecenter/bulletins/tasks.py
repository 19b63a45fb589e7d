"""Celery entry points of the knowledge base."""

from __future__ import annotations

from celery import shared_task

from servicecenter.bulletins import actions


@shared_task
def remind_keepers() -> int:
    """Every morning: what is due for review, to those who keep it."""
    return actions.remind_keepers()
