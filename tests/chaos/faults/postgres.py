"""PostgreSQL dies, restarts, freezes, has no connection left."""

from __future__ import annotations

import contextlib
import os
import signal
import time

import psycopg2

from tests.chaos import database
from tests.chaos.measure import Hits
from tests.chaos.stage import Outcome, Stage, fault

OURS = "usename = 'servicecenter' AND application_name <> 'chaos'"


@fault("pg-immediate", "PostgreSQL restarted with -m immediate", hits=Hits.DATABASE, web=True)
def pg_immediate(stage: Stage, outcome: Outcome) -> None:
    _restart(stage, signal.SIGQUIT)


@fault("pg-fast", "PostgreSQL restarted with -m fast", hits=Hits.DATABASE, web=True)
def pg_fast(stage: Stage, outcome: Outcome) -> None:
    _restart(stage, signal.SIGINT)


def _restart(stage: Stage, how: signal.Signals) -> None:
    """The signals of `pg_ctl -m`; the supervisor starts it again."""
    for _number in range(stage.pick(1, 8)):
        before = stage.rig.pid("postgres")
        stage.rig.kill("postgres", how)
        while stage.rig.pid("postgres") in (before, None):
            time.sleep(0.02)
        database.value("SELECT 1")
        time.sleep(stage.pick(0, 2))


@fault("pg-process", "kill -9 of one PostgreSQL process in the midst of work", hits=Hits.DATABASE, web=True)
def pg_process(stage: Stage, outcome: Outcome) -> None:
    """PostgreSQL then ends every session and recovers, as after a power cut."""
    for _number in range(stage.pick(1, 8)):
        # Nobody may be back yet from the last one.
        while not (pids := database.rows(f"SELECT pid FROM pg_stat_activity WHERE {OURS}", superuser=True)):
            time.sleep(0.05)
        with contextlib.suppress(ProcessLookupError):
            os.kill(stage.rng.choice(pids)[0], signal.SIGKILL)
            stage.rig.kills += 1
        time.sleep(0.5)
        database.value("SELECT 1")


@fault("pg-down", "PostgreSQL down while deadlines pass", hits=Hits.DATABASE, web=True)
def pg_down(stage: Stage, outcome: Outcome) -> None:
    seconds = stage.pick(8, 45)
    outcome.facts.append(f"{seconds} s")
    with stage.rig.gone("postgres"):
        time.sleep(seconds)


@fault("pg-frozen", "PostgreSQL frozen (SIGSTOP of every process)", hits=Hits.DATABASE, web=True)
def pg_frozen(stage: Stage, outcome: Outcome) -> None:
    seconds = stage.pick(10, 30)
    outcome.facts.append(f"{seconds} s")
    with stage.rig.frozen("postgres"):
        time.sleep(seconds)


@fault("pg-terminations", "random sessions of PostgreSQL terminated", hits=Hits.DATABASE, web=True)
def pg_terminations(stage: Stage, outcome: Outcome) -> None:
    sql = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OURS} ORDER BY random() LIMIT 1"
    ended = 0

    def terminate() -> None:
        nonlocal ended
        ended += len(database.rows(sql, superuser=True))

    stage.for_seconds(stage.pick(8, 60), (0.1, 0.4), terminate)
    stage.rig.kills += ended
    outcome.facts.append(f"{ended} sessions")


@fault("pg-exhausted", "no connection left", hits=Hits.DATABASE, web=True)
def pg_exhausted(stage: Stage, outcome: Outcome) -> None:
    """We take every connection, and those that the program had are ended: it finds none free."""
    with contextlib.ExitStack() as held:
        _take_all(held)
        database.rows(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OURS}", superuser=True)
        taken = _take_all(held)
        outcome.expect(taken > 0, "the program's connections could not be taken")
        time.sleep(stage.pick(5, 30))


def _take_all(held: contextlib.ExitStack) -> int:
    number = 0
    while True:
        try:
            held.enter_context(contextlib.closing(database.connect()))
        except psycopg2.OperationalError:
            return number
        number += 1
