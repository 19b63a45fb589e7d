"""Complaints, suggestions, inquiries, praise."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    """The complaints app."""

    name = "complaints"
    verbose_name = _("Complaints")
