"""The transition tables of owner records."""

from __future__ import annotations

from owners.workflow.changes import TABLE as CHANGES
from owners.workflow.changes import ChangeStatus, Field
from owners.workflow.keys import TABLE as KEYS
from owners.workflow.keys import KeyStanding, KeyStatus

__all__ = ["CHANGES", "KEYS", "ChangeStatus", "Field", "KeyStanding", "KeyStatus"]
