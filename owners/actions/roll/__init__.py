"""Importing an owner roll 业主花名册: all of it or nothing, and a second time without any change."""

from __future__ import annotations

from owners.actions.roll.importing import import_roll
from owners.actions.roll.report import Report

__all__ = ["Report", "import_roll"]
