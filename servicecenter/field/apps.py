"""The phone of technicians and guards."""

from __future__ import annotations

from django.apps import AppConfig


class FieldConfig(AppConfig):
    """The field room."""

    name = "servicecenter.field"
    label = "field"
