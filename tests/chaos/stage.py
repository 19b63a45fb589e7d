"""What a fault has in its hands, and the table of faults."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.chaos import database
from tests.chaos.client import Answer, Client
from tests.chaos.gateway import Gateway
from tests.chaos.measure import Hits
from tests.chaos.rig import WORKERS, Rig
from tests.chaos.world import World
from tools.process import wait_until

T = TypeVar("T")
TO_COMPLETION = ("accept", "dispatch", "contact", "arrive", "complete")
BODIES: dict[str, dict[str, str]] = {
    "dispatch": {"technician": "cast-technician"},
    "contact": {"note": "约了"},
    "complete": {"summary": "修好了"},
    "rework": {"reason": "还在滴水"},
}


@dataclass(frozen=True)
class Stage:
    """The rig, the world, and how long things may take in this run."""

    rig: Rig
    world: World
    gateway: Gateway
    full: bool
    rng: random.Random

    def pick(self, quick: T, full: T) -> T:
        return full if self.full else quick

    def client(self, who: str) -> Client:
        """Somebody of the cast at the API."""
        return Client(self.rig.port, token=self.world.cast[who]["token"])

    def report(self, key: str = "") -> Answer:
        """The resident of the cast reports; the key stands in the text, as in the load."""
        body = {"unit": self.world.cast["resident"]["unit"], "text": f"水龙头滴水 {key}", "trade": "plumbing"}
        return self.client("resident").post("/api/v1/repairs/", body, key=key)

    def walk(self, *actions: str, number: str = "") -> str:
        """The supervisor of the cast takes these steps, on a fresh repair if none is named; its number."""
        number = number or self.report().body["number"]
        for action in actions:
            path = f"/api/v1/repairs/{number}/{action}/"
            answer = self.client("supervisor").post(path, BODIES.get(action, {}))
            if answer.status != 200:
                raise RuntimeError(f"{action} of {number} was answered {answer.status}: {answer.body}")
        return number

    def for_seconds(self, seconds: float, every: tuple[float, float], act: Callable[[], object]) -> None:
        """Again and again, with some chance in between."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            act()
            time.sleep(self.rng.uniform(*every))

    def wait_for(self, *names: str, seconds: float = 120) -> bool:
        """Until these parts run; of workers: until their clocks are connected."""
        clocks = [name for name in names if name in WORKERS]
        sql = (
            "SELECT count(DISTINCT application_name) FROM pg_stat_activity WHERE application_name = ANY (%s)"
        )
        return wait_until(
            lambda: self.rig.alive(*names) and database.value(sql, [clocks]) == len(clocks),
            seconds=seconds,
            every=0.1,
        )

    def wait_for_web(self, seconds: float = 120) -> bool:
        client = self.client("resident")
        return wait_until(lambda: client.get("/api/v1/me/").status == 200, seconds=seconds)

    @property
    def media(self) -> Path:
        return self.rig.data_dir / "media"


@dataclass
class Outcome:
    """What a fault itself has to say: facts for the table, and what it found wrong."""

    facts: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    # Cases whose timers had to wait, by the fault's own doing.
    excused: list[int] = field(default_factory=list)
    # Why it could not be injected here.
    impossible: str = ""

    def expect(self, true: bool, otherwise: str) -> None:
        if not true:
            self.wrong.append(otherwise)


@dataclass(frozen=True)
class Fault:
    """One line of the table. `web`: people may see errors while it lasts."""

    name: str
    sentence: str
    hits: Hits
    web: bool
    inflict: Callable[[Stage, Outcome], None]


_faults: list[Fault] = []


def fault(
    name: str, sentence: str, *, hits: Hits = Hits.NOTHING, web: bool = False
) -> Callable[[Callable[[Stage, Outcome], None]], Callable[[Stage, Outcome], None]]:
    """Adds a function to the table."""

    def add(inflict: Callable[[Stage, Outcome], None]) -> Callable[[Stage, Outcome], None]:
        _faults.append(Fault(name, sentence, hits, web, inflict))
        return inflict

    return add


def every_fault() -> Sequence[Fault]:
    """In the order in which they were written down."""
    return tuple(_faults)
