"""The library room: no models; it finds the kinds of work that the apps register."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LibConfig(AppConfig):
    """Imports every app's `work` module, which registers its kind of work (lib/works.py)."""

    name = "servicecenter.lib"
    label = "lib"

    def ready(self) -> None:
        autodiscover_modules("work")
