"""Move-in: a unit is handed over to its owner."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandoversConfig(AppConfig):
    """The handovers app."""

    name = "handovers"
    verbose_name = _("Move-in")
