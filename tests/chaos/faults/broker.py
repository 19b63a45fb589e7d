"""Redis (here Valkey) dies, forgets, freezes, fills up. Nothing that is promised may notice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis

from tests.chaos.rig import WORKERS
from tests.chaos.stage import Outcome, Stage, fault


@fault("redis-killed", "Redis killed and away")
def redis_killed(stage: Stage, outcome: Outcome) -> None:
    spans = stage.pick((0.2, 1.0, 5.0), (0.2, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0))
    outcome.facts.append("for " + ", ".join(f"{seconds:g} s" for seconds in spans))
    with _workers_stay(stage, outcome):
        for seconds in spans:
            with stage.rig.gone("valkey"):
                time.sleep(seconds)
            stage.wait_for("valkey")
            time.sleep(stage.pick(1, 3))


@fault("redis-flushed", "FLUSHALL, again and again")
def redis_flushed(stage: Stage, outcome: Outcome) -> None:
    with _workers_stay(stage, outcome), _broker(stage) as broker:
        stage.for_seconds(stage.pick(5, 30), (0.1, 1.0), broker.flushall)


@fault("redis-frozen", "Redis frozen (SIGSTOP)")
def redis_frozen(stage: Stage, outcome: Outcome) -> None:
    seconds = stage.pick(10, 60)
    outcome.facts.append(f"{seconds} s")
    with _workers_stay(stage, outcome), stage.rig.frozen("valkey"):
        time.sleep(seconds)


@fault("redis-full", "Redis full (refuses every write)")
def redis_full(stage: Stage, outcome: Outcome) -> None:
    with _workers_stay(stage, outcome), _broker(stage) as broker:
        before = broker.config_get("maxmemory")
        broker.config_set("maxmemory", 1)
        try:
            time.sleep(stage.pick(5, 30))
        finally:
            broker.config_set("maxmemory", before["maxmemory"])


@fault("redis-readonly", "Redis read-only (replica of a server that is not there)")
def redis_readonly(stage: Stage, outcome: Outcome) -> None:
    with _workers_stay(stage, outcome), _broker(stage) as broker:
        broker.replicaof("127.0.0.1", "1")
        try:
            time.sleep(stage.pick(5, 30))
        finally:
            broker.replicaof("NO", "ONE")


@contextmanager
def _broker(stage: Stage) -> Iterator[Any]:
    client = redis.Redis.from_url(stage.rig.environment["REDIS_URL"], socket_timeout=5)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def _workers_stay(stage: Stage, outcome: Outcome) -> Iterator[None]:
    """The clock lives in the worker: a broker's trouble must not end it."""
    before = [stage.rig.pid(name) for name in WORKERS]
    yield
    outcome.expect(before == [stage.rig.pid(name) for name in WORKERS], "a worker ended")
