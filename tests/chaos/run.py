"""A run: the load goes on all the time; one fault after the other, each followed by its measurements and the proof."""

from __future__ import annotations

import random
import sys
import time
from dataclasses import asdict
from pathlib import Path

import django

django.setup()

from tests.chaos import checks, claims, database, journal, measure, pages, report  # noqa: E402
from tests.chaos.faults import every_fault  # noqa: E402
from tests.chaos.gateway import Gateway  # noqa: E402
from tests.chaos.measure import Hits  # noqa: E402
from tests.chaos.results import Result, Results  # noqa: E402
from tests.chaos.rig import LOAD, Rig  # noqa: E402
from tests.chaos.stage import Fault, Outcome, Stage  # noqa: E402
from tests.chaos.world import World, build  # noqa: E402
from tools.process import wait_until  # noqa: E402

# Until timers of the load fall due one after the other; seconds at most.
WARM_UP = 60.0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Run:
    """The parts of one run, and where its lines go."""

    def __init__(self, rig: Rig, gateway: Gateway, *, full: bool, seed: int, pace: float) -> None:
        self.rig, self.full, self.pace = rig, full, pace
        self.journal, self.requests = rig.data_dir / "journal.jsonl", rig.data_dir / "requests.log"
        self.results = Results(rig.data_dir / ("full" if full else "quick"))
        self.stage = Stage(rig, self._world(), gateway, full, random.Random(seed))
        self.offset = self.requests.stat().st_size if self.requests.exists() else 0
        self.broken: dict[str, int] = {}
        self.double_claims = 0

    def _world(self) -> World:
        path = self.rig.data_dir / "world.json"
        if not path.exists():
            build().save(path)
        return World.load(path)

    def start_load(self, flowing: int = 30) -> None:
        """The load, until so many of its timers fall due within three seconds."""
        paths = [str(self.rig.data_dir / "world.json"), str(self.journal), str(self.requests)]
        self.rig.add(LOAD, ["tests.chaos.load", *paths, str(self.rig.port), str(self.pace)])
        self.stage.wait_for_web()
        fired = "SELECT count(*) FROM sla_timer WHERE fired_at > clock_timestamp() - interval '3 seconds'"
        wait_until(lambda: database.value(fired) >= flowing * self.pace, seconds=WARM_UP, every=0.2)
        measure.settle(self.rig, time.time(), measure.every_part(self.rig))
        self.count()

    def stop_load(self) -> None:
        """The load ends; its timers go on falling due until the storm is over."""
        if LOAD in self.rig.known:
            self.rig.dismiss(LOAD)

    def count(self) -> dict[str, int]:
        """Rows that break an invariant and did not before."""
        checks.fresh_connection()
        now = checks.count(self.journal)
        added = checks.added(now, self.broken) if self.broken else now
        self.broken = now
        return added

    def inflict(self, fault: Fault) -> Result:
        """One line of the table."""
        result = Result(fault.name, fault.sentence, fault.hits)
        kills, outcome, began = self.rig.kills, Outcome(), time.time()
        try:
            fault.inflict(self.stage, outcome)
        except Exception as error:
            outcome.wrong.append(f"the fault itself failed: {type(error).__name__}: {error}")
        if not outcome.impossible:
            self.measure(fault, result, began, outcome)
        result.kills, result.seconds = self.rig.kills - kills, time.time() - began
        result.facts, result.wrong, result.impossible = outcome.facts, outcome.wrong, outcome.impossible
        self.results.keep(result)
        return result

    def measure(self, fault: Fault, result: Result, began: float, outcome: Outcome) -> None:
        """Waits until all is calm again, then measures and proves."""
        figures, ended = result.figures, time.time()
        database.value("SELECT 1")
        back = {Hits.DATABASE: time.time()}.get(fault.hits)
        figures.first_answer = measure.first_answer(
            self.rig, self.stage.world.cast["resident"]["token"], ended
        )
        figures.first_firing = measure.first_firing(ended)
        if fault.hits is Hits.WORKERS:
            back = ended + (figures.first_firing or 0)
        figures.settled = measure.settle(self.rig, ended, measure.every_part(self.rig))
        measure.lateness(figures, began=began, back=back, ended=time.time(), excused=outcome.excused)
        found, self.offset = measure.requests_since(self.requests, self.offset)
        measure.seen(figures, found)
        measure.judge(figures)
        if figures.server_errors and not fault.web:
            figures.too_late.append(f"{figures.server_errors} server errors")
        result.broken = self.count()
        doubled = journal.read(self.journal).doubly_claimed
        result.double_claims, self.double_claims = doubled - self.double_claims, doubled

    def bench(self) -> None:
        """Without the load: claims at full speed, claims at the pace of people, pages without Redis."""
        self.stop_load()
        checks.fresh_connection()
        measure.settle(self.rig, time.time(), measure.every_part(self.rig))
        pick, world = self.stage.pick, self.stage.world
        races = {"claims-race": (pick(3000, 100_000), 0.0), "claims-pace": (pick(300, 1500), 2.0)}
        for name, (number, pause) in races.items():
            if self.results.bench(name) is None:
                self.results.keep_bench(name, claims.race(world, claims=number, pause=pause).facts())
        if self.results.bench("pages") is None:
            compared = pages.compare(self.stage, pick(8, 45))
            self.results.keep_bench("pages", [asdict(each) for each in compared])


def run(
    rig: Rig, gateway: Gateway, *, full: bool, seed: int, pace: float, only: list[str], figures: Path
) -> bool:
    """Everything chosen that has no line yet; true if nothing is wrong."""
    course = Run(rig, gateway, full=full, seed=seed, pace=pace)
    chosen = [fault for fault in every_fault() if not only or fault.name in only]
    missing = [fault for fault in chosen if course.results.fault(fault.name) is None]
    if missing:
        course.start_load()
    for fault in missing:
        result = course.inflict(fault)
        say(report.line(result))
    if not only or "bench" in only:
        course.bench()
    found = report.collect(course.results, rig)
    say(found.text)
    if found.complete:
        figures.parent.mkdir(parents=True, exist_ok=True)
        figures.write_text(found.text, encoding="utf-8")
    return not found.problems
