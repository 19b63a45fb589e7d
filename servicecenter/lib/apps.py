"""The library room: no models; it finds what the apps register."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LibConfig(AppConfig):
    """Imports every app's modules `work` (its kind of work, lib/works.py) and `invariants` (what must hold)."""

    name = "servicecenter.lib"
    label = "lib"

    def ready(self) -> None:
        autodiscover_modules("work", "invariants")
