"""Do pages notice that Redis is frozen or gone? The same requests, in turns with Redis running and without it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.client import Answer, Client
from tests.chaos.stage import Stage

# Turns, so that a machine that gets slower is the same for both.
TURNS = 6
MOST_CHANGE = 0.10
# Of fewer requests the p99 is the slowest one, which says nothing.
ENOUGH = 400


@dataclass(frozen=True)
class Compared:
    """p99 in seconds with Redis running and without it, and requests that failed without it."""

    name: str
    requests: int
    p50_before: float
    p50: float
    p99_before: float
    p99: float
    server_errors: int

    @property
    def change(self) -> float:
        return self.p99 / self.p99_before - 1

    @property
    def wrong(self) -> list[str]:
        found = [f"{self.server_errors} server errors"] if self.server_errors else []
        if self.requests >= ENOUGH and self.change > MOST_CHANGE:
            found.append(f"p99 changed by {self.change:+.0%} (at most {MOST_CHANGE:.0%})")
        return found


def compare(stage: Stage, seconds: float) -> list[Compared]:
    """Frozen and gone, each over `seconds` with and `seconds` without Redis."""
    ways: dict[str, Callable[[], contextlib.AbstractContextManager[None]]] = {
        "frozen": lambda: stage.rig.frozen("valkey"),
        "gone": lambda: stage.rig.gone("valkey"),
    }
    _ask(stage, 2)
    return [_compare(stage, name, away, seconds / TURNS) for name, away in ways.items()]


def _compare(
    stage: Stage, name: str, away: Callable[[], contextlib.AbstractContextManager[None]], seconds: float
) -> Compared:
    running: list[Answer] = []
    without: list[Answer] = []
    for _turn in range(TURNS):
        running += _ask(stage, seconds)
        with away():
            without += _ask(stage, seconds)
        stage.wait_for("valkey")
        # Whoever connects again does so now.
        time.sleep(1)
    before, during = ([each.seconds for each in answers] for answers in (running, without))
    errors = sum(each.status >= 500 or not each.status for each in without)
    return Compared(
        name,
        len(without),
        share(before, 0.5),
        share(during, 0.5),
        share(before, 0.99),
        share(during, 0.99),
        errors,
    )


def _ask(stage: Stage, seconds: float) -> list[Answer]:
    """A page, a list and a step in turn, each by a person who is signed in."""
    desk = Client(stage.rig.port, session=stage.world.session)
    ends, answers = time.monotonic() + seconds, []
    while time.monotonic() < ends:
        answers += [
            desk.get("/desk/"),
            stage.client("supervisor").get("/api/v1/repairs/?page_size=20"),
            stage.report(f"c-p{stage.rng.getrandbits(60):015x}"),
        ]
    return answers


def share(values: list[float], part: float) -> float:
    """The value below which this part of them lies."""
    return sorted(values)[int(part * (len(values) - 1))]
