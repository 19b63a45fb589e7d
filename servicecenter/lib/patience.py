"""Waiting for PostgreSQL, but not for ever.

A server that hangs as a whole is noticed by nobody's time limit, and a single backend that hangs (stopped, stuck in the
kernel) not even by `tcp_user_timeout`: the machine goes on acknowledging what nobody reads. `statement_timeout` is kept
by the very process that hangs. So whoever must not stand still waits with a limit of its own.
"""

from __future__ import annotations

import select
import threading
import time
from typing import Any

import psycopg2
from psycopg2 import extensions

EVENTS = {extensions.POLL_READ: select.POLLIN, extensions.POLL_WRITE: select.POLLOUT}


def be_patient_at_most() -> None:
    """From now on threads with an attribute `patience` (seconds) give up a statement that takes longer: it ends in an
    OperationalError and its connection is closed. All others wait as long as ever."""
    extensions.set_wait_callback(_wait)


def wait_as_ever() -> None:
    """Takes that back."""
    extensions.set_wait_callback(None)


def _wait(connection: Any) -> None:
    """What psycopg2 calls while it waits for the server."""
    patience: float | None = getattr(threading.current_thread(), "patience", None)
    ends = None if patience is None else time.monotonic() + patience
    while (state := connection.poll()) != extensions.POLL_OK:
        waiter = select.poll()
        waiter.register(connection.fileno(), EVENTS[state])
        left = None if ends is None else max(0.0, ends - time.monotonic()) * 1000
        if not waiter.poll(left):
            raise psycopg2.OperationalError("the server did not answer in time")
