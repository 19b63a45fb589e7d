"""Dashboards: look rather than read."""

from __future__ import annotations

from django.apps import AppConfig


class BoardConfig(AppConfig):
    """The board room."""

    name = "servicecenter.board"
    label = "board"
