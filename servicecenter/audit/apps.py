"""Case events, personal-data access, idempotency and the field vault."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """The audit room."""

    name = "servicecenter.audit"
    label = "audit"
    verbose_name = _("Audit")
