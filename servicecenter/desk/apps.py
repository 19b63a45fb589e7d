"""The front-desk workstation."""

from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The desk room."""

    name = "servicecenter.desk"
    label = "desk"
