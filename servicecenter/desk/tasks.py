"""Celery entry points of the desk."""

from __future__ import annotations

from celery import shared_task

from servicecenter.desk.actions import erasing


@shared_task
def erase_moved_out() -> int:
    """Every night: people who moved out longer ago than the rule says."""
    return erasing.erase_moved_out()
