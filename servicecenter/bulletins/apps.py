"""What the service center has written down for its staff and its residents: the knowledge base."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulletinsConfig(AppConfig):
    """The bulletins room."""

    name = "servicecenter.bulletins"
    label = "bulletins"
    verbose_name = _("Knowledge base")
