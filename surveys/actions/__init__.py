"""Actions of the follow-up queue."""

from __future__ import annotations

from surveys.actions.calls import claim, finish, release, renew
from surveys.actions.openings import cover, open_follow_up, supersede

__all__ = ["claim", "cover", "finish", "open_follow_up", "release", "renew", "supersede"]
