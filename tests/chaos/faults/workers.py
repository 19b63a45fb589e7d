"""Workers and beat die, or there is one beat too many."""

from __future__ import annotations

import time

from tests.chaos.measure import Hits
from tests.chaos.rig import WORKERS
from tests.chaos.stage import Outcome, Stage, fault


@fault("worker-children", "kill -9 of the workers' child processes, again and again")
def worker_children(stage: Stage, outcome: Outcome) -> None:
    def kill() -> None:
        stage.rig.kill_child(stage.rng.choice(WORKERS), stage.rng)

    stage.for_seconds(stage.pick(8, 240), (0.1, 0.6), kill)


@fault("worker-one", "kill -9 of one of two workers, again and again")
def worker_one(stage: Stage, outcome: Outcome) -> None:
    """As soon as its clock ticks it is killed: in the middle of a round, if that is where it is."""
    for _number in range(stage.pick(3, 25)):
        stage.rig.kill("worker-1")
        stage.wait_for("worker-1")
        time.sleep(stage.rng.uniform(0, 1.5))


@fault("worker-any", "kill -9 of both workers at random", hits=Hits.WORKERS)
def worker_any(stage: Stage, outcome: Outcome) -> None:
    stage.for_seconds(stage.pick(8, 120), (1.0, 4.0), lambda: stage.rig.kill(stage.rng.choice(WORKERS)))


@fault("beat", "kill -9 of beat, again and again")
def beat(stage: Stage, outcome: Outcome) -> None:
    for _number in range(stage.pick(2, 15)):
        stage.rig.kill("beat")
        stage.wait_for("beat")
        time.sleep(stage.rng.uniform(0.5, 2))


@fault("workers-gone", "no worker at all for a while", hits=Hits.WORKERS)
def workers_gone(stage: Stage, outcome: Outcome) -> None:
    seconds = stage.pick(20, 60)
    outcome.facts.append(f"{seconds} s")
    with stage.rig.gone(*WORKERS):
        time.sleep(seconds)


@fault("beats-two", "two beats")
def beats_two(stage: Stage, outcome: Outcome) -> None:
    _more_beats(stage, 1)


@fault("beats-five", "five beats")
def beats_five(stage: Stage, outcome: Outcome) -> None:
    _more_beats(stage, 4)


def _more_beats(stage: Stage, number: int) -> None:
    names = [f"beat-{each}" for each in range(number)]
    for name in names:
        stage.rig.add_beat(name)
    time.sleep(stage.pick(8, 70))
    stage.rig.dismiss(*names)
