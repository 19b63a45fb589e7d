"""The outbox: who is told what, exactly once."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """The notifications room."""

    name = "servicecenter.notifications"
    label = "notifications"
    verbose_name = _("Messages")
