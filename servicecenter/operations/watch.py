"""What this web process knows about the promises, for the banner. Asked by its heart, never by a request.

A process without a heart (a test, a shell) knows nothing and says nothing.
"""

from __future__ import annotations

import time

from django.db import Error

from servicecenter.operations.queries.promises import promises

LOOK_SECONDS = 2.0
# Longer ago says nothing about now.
STALE_SECONDS = 15.0


class Watch:
    """The last look, and when it was."""

    def __init__(self) -> None:
        self._at_risk = False
        self._seen_at = float("-inf")

    def look(self) -> None:
        """Asks the database. One that cannot be asked keeps no promise either: said, then raised."""
        try:
            at_risk = promises().at_risk
        except Error:
            self._remember(True)
            raise
        self._remember(at_risk)

    def _remember(self, at_risk: bool) -> None:
        self._at_risk, self._seen_at = at_risk, time.monotonic()

    @property
    def at_risk(self) -> bool:
        """Whether promises are at risk, as far as this process knows."""
        return self._at_risk and time.monotonic() - self._seen_at < STALE_SECONDS


WATCH = Watch()
