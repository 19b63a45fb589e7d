"""The heart of a web process. It runs beside the requests on a connection of its own and never in their way."""

from __future__ import annotations

from servicecenter.operations.hearts import Heart
from servicecenter.operations.models import PartRole
from servicecenter.operations.watch import LOOK_SECONDS, WATCH

_hearts: list[Heart] = []


def start() -> None:
    """Once in each process that serves requests, after it was forked: a thread does not survive a fork."""
    heart = Heart(PartRole.WEB, WATCH.look, tick=LOOK_SECONDS)
    _hearts.append(heart)
    heart.start()


def stop() -> None:
    """An orderly end; a killed process just stops beating."""
    while _hearts:
        _hearts.pop().end(1)
