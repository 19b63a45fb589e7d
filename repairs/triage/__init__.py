"""From a resident's words to trade, urgency, place and department, in the process and without a network."""

from __future__ import annotations

from repairs.triage.proposal import Proposal, propose
from repairs.triage.similarity import similar

__all__ = ["Proposal", "propose", "similar"]
