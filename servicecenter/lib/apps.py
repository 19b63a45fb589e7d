"""The library room: no models; it finds what the apps register."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from servicecenter.lib import checks


class LibConfig(AppConfig):
    """Imports every app's modules `work` (its kind of work, lib/works.py) and `invariants` (what must hold)."""

    name = "servicecenter.lib"
    label = "lib"

    def ready(self) -> None:
        autodiscover_modules("work", "invariants")


__all__ = ["LibConfig", "checks"]
