"""Which case a clock belongs to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CaseRef:
    """Which case: its kind of work, id and community, and whether its notices are urgent."""

    work: str
    case_id: int
    community_id: int
    urgency: str = ""
    level: str = ""

    @property
    def urgent(self) -> bool:
        return self.urgency == "emergency"
