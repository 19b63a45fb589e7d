"""Goods releases: asking for one, the owner's consent, and what happens at the gate."""

from __future__ import annotations

from owners.actions.releases.asking import Consent, Goods, Wish, ask, cancel, consent, decline
from owners.actions.releases.ending import cancel_of, expire
from owners.actions.releases.gate import let_out, look_up, refuse

__all__ = [
    "Consent",
    "Goods",
    "Wish",
    "ask",
    "cancel",
    "cancel_of",
    "consent",
    "decline",
    "expire",
    "let_out",
    "look_up",
    "refuse",
]
