"""Looking after the running center."""

from __future__ import annotations

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """The operations room."""

    name = "servicecenter.operations"
    label = "operations"
