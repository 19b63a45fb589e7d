"""Owner records: buildings, units, people and who lives where."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OwnersConfig(AppConfig):
    """The owners app."""

    name = "owners"
    verbose_name = _("Owner records")
