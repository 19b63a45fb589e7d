"""The residents' portal."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal room."""

    name = "servicecenter.portal"
    label = "portal"
