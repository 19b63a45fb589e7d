"""Celery entry points for tidying."""

from __future__ import annotations

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from servicecenter.accounts.actions import forget_expired
from servicecenter.audit.models import IdempotencyKey
from servicecenter.audit.retention import forget_accesses
from servicecenter.lib.clock import database_now


@shared_task
def tidy() -> None:
    """Forgets what nobody will ask for any more: old idempotency keys, attempts, codes, tokens and sessions."""
    at = database_now()
    IdempotencyKey.objects.filter(created_at__lt=IdempotencyKey.kept_since(at)).delete()
    forget_expired(at=at)
    forget_accesses(at=at)
    SessionStore.clear_expired()
