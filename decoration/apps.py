"""Decoration permits, from the application to the refund of the deposit."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DecorationConfig(AppConfig):
    """The decoration app."""

    name = "decoration"
    verbose_name = _("Decoration permits")
