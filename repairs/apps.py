"""Repair tickets."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RepairsConfig(AppConfig):
    """The repairs app."""

    name = "repairs"
    verbose_name = _("Repairs")
