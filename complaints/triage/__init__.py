"""What somebody writes: of which kind, about what, how serious; words and rules, read once from `words.txt`."""

from __future__ import annotations

from complaints.triage.proposal import Proposal, propose

__all__ = ["Proposal", "propose"]
