"""Keys and cards: handing them out, taking them back, losing, blocking and replacing them."""

from __future__ import annotations

from owners.actions.keys.handing import Handing, issue_keys, lend_keys, pass_on_keys, take_back
from owners.actions.keys.keeping import add_keys, block, find, lose, replace, unblock

__all__ = [
    "Handing",
    "add_keys",
    "block",
    "find",
    "issue_keys",
    "lend_keys",
    "lose",
    "pass_on_keys",
    "replace",
    "take_back",
    "unblock",
]
