"""Transition tables and the one runner."""

from __future__ import annotations

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """The workflow room: no tables of its own, one management command that draws the diagrams."""

    name = "servicecenter.workflow"
    label = "workflow"
