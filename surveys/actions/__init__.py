"""Actions of the follow-up queue. Those of campaigns are in modules of their own, one a noun."""

from __future__ import annotations

from surveys.actions.calls import claim, finish, release, renew
from surveys.actions.openings import cover, open_follow_up, supersede

__all__ = ["claim", "cover", "finish", "open_follow_up", "release", "renew", "supersede"]
