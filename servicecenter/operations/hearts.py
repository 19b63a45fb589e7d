"""Threads that do a piece of work again and again, and say in the database that they are alive.

A heart survives whatever happens to PostgreSQL: restarts, ended backends, a server without free connections, a
connection that never answers. It keeps its one connection, so that nobody can take its place while it works.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable

from django.db import connection, connections

from servicecenter.operations.actions import Part, beat, leave

log = logging.getLogger(__name__)
TICK_SECONDS = 0.5
# Longer than any statement may take (`statement_timeout`): then nobody is left to say that it took too long.
PATIENCE_SECONDS = 25.0
BEAT_SECONDS = 5.0
# While it goes on failing only every so many failures are told, so that an outage of an hour does not fill the log.
TOLD_EVERY = 120


def _nothing() -> None:
    """The work of a part that only says it is alive."""


class Heart(threading.Thread):
    """Does its work every `tick` seconds until it is told to stop; a broken connection only costs a round.

    A backend that hangs costs `patience` seconds (see `lib.patience`), then the heart goes on with another one.
    """

    patience = PATIENCE_SECONDS

    def __init__(self, role: str, work: Callable[[], object] = _nothing, tick: float = TICK_SECONDS) -> None:
        super().__init__(name=role, daemon=True)
        self.part = Part(role)
        self.work = work
        self.tick = tick
        self.stopping = threading.Event()
        # What went wrong since the last beat was told, and whether the latest round is what went wrong.
        self.error = ""
        self.failed = False
        self.failures = 0
        self.tell_at = 0.0

    def run(self) -> None:
        while not self.stopping.wait(self.tick):
            self.round()
        with contextlib.suppress(Exception):
            leave(self.part)
        connections.close_all()

    def round(self) -> None:
        """The work once, then the beat if it is time. Whatever goes wrong is logged and tried again."""
        self.failed = not self._tried(self.work)
        if not self.failed:
            self.failures = 0
        if time.monotonic() >= self.tell_at and self._tried(self._tell):
            self.tell_at = time.monotonic() + BEAT_SECONDS

    def end(self, seconds: float) -> None:
        """Stops the heart, and waits so long for its last round."""
        self.stopping.set()
        self.join(timeout=seconds)

    def _tell(self) -> None:
        beat(self.part, error=self.error, failed=self.failed)
        self.error = ""

    def _tried(self, work: Callable[[], object]) -> bool:
        try:
            self._keep_or_drop_connection()
            work()
        except Exception as error:
            self.error = type(error).__name__
            if self.failures % TOLD_EVERY == 0:
                log.exception("a round of the %s failed; the next one tries again", self.part.role)
            self.failures += 1
            with contextlib.suppress(Exception):
                connections.close_all()
            return False
        return True

    def _keep_or_drop_connection(self) -> None:
        """Drops a connection that broke. One that works is kept for good: whoever gives up a connection on a server
        that has no more to give stands outside."""
        connection.close_at = None
        connection.close_if_unusable_or_obsolete()
