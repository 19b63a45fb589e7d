"""What the program writes down about its own running."""

from __future__ import annotations

from servicecenter.operations.actions.backups import fail_backup, record_backup
from servicecenter.operations.actions.lateness import keep_lateness
from servicecenter.operations.actions.parts import Part, beat, forget_parts, leave, round_trip
from servicecenter.operations.actions.proof import prove

__all__ = [
    "Part",
    "beat",
    "fail_backup",
    "forget_parts",
    "keep_lateness",
    "leave",
    "prove",
    "record_backup",
    "round_trip",
]
