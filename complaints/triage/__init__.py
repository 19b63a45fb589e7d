"""What somebody writes: of which kind, about what, how serious; in the process and without a network."""

from __future__ import annotations

from complaints.triage.proposal import Proposal, propose

__all__ = ["Proposal", "propose"]
