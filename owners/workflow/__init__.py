"""The transition tables of owner records."""

from __future__ import annotations

from owners.workflow.changes import TABLE as CHANGES
from owners.workflow.changes import ChangeStanding, ChangeStatus, Field

__all__ = ["CHANGES", "ChangeStanding", "ChangeStatus", "Field"]
