"""Writing, publishing and withdrawing articles; what readers think of them."""

from __future__ import annotations

from servicecenter.bulletins.actions.categories import save_category
from servicecenter.bulletins.actions.opinions import say_helped
from servicecenter.bulletins.actions.publishing import discard, publish, renew, withdraw
from servicecenter.bulletins.actions.ready import bring_ready
from servicecenter.bulletins.actions.reminding import remind_keepers
from servicecenter.bulletins.actions.writing import Said, change, write

__all__ = [
    "Said",
    "bring_ready",
    "change",
    "discard",
    "publish",
    "remind_keepers",
    "renew",
    "save_category",
    "say_helped",
    "withdraw",
    "write",
]
