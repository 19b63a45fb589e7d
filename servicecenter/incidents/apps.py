"""Incidents, and who is on duty when something happens."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """The incidents room."""

    name = "servicecenter.incidents"
    label = "incidents"
    verbose_name = _("Incidents")
