"""Follow-up calls and satisfaction."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    """The surveys app."""

    name = "surveys"
    verbose_name = _("Satisfaction")
