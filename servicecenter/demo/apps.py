"""Demo data and the simulator."""

from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo room."""

    name = "servicecenter.demo"
    label = "demo"
