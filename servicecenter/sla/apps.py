"""Promises: policies, clocks, timers and the sweep that fires them."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    """The sla room."""

    name = "servicecenter.sla"
    label = "sla"
    verbose_name = _("Promises")
