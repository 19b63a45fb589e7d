"""Celery entry points for tidying."""

from __future__ import annotations

from celery import shared_task

from servicecenter.audit.models import IdempotencyKey
from servicecenter.lib.clock import database_now


@shared_task
def tidy() -> None:
    """Forgets idempotency keys that nobody will repeat any more."""
    IdempotencyKey.objects.filter(created_at__lt=IdempotencyKey.kept_since(database_now())).delete()
