"""Figures for Prometheus: requests are counted in each process, everything else is read from PostgreSQL when asked.

No label holds a number of a case, an address or anything about a person: a request is known by its route's name.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from servicecenter.operations.probe import Answer, Row, ask_database
from servicecenter.operations.queries.figures import FIGURES, LATENESS, parameters

CONTENT_TYPE = CONTENT_TYPE_LATEST
# What this process counted; with several processes the files of all are read instead (gunicorn.conf.py).
REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "servicecenter_requests", "Answered requests", ["route", "method", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "servicecenter_request_seconds",
    "Time until the answer",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
# Prometheus itself waits ten seconds by default.
STORED_SECONDS = 5.0
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_request(*, route: str, method: str, status: int, seconds: float) -> None:
    """One answered request. Invented methods are counted as one, so that nobody can fill the memory with labels."""
    REQUESTS.labels(route, method if method in METHODS else "OTHER", str(status)).inc()
    SECONDS.labels(route).observe(seconds)


class Stored(Collector):
    """The figures that PostgreSQL holds; the same number of statements whatever it holds."""

    def collect(self) -> Iterable[Metric]:
        answer = ask_database(
            [*(figure.sql for figure in FIGURES), LATENESS], parameters(), seconds=STORED_SECONDS
        )
        yield GaugeMetricFamily(
            "servicecenter_database_up", "Whether PostgreSQL answered this scrape", value=int(answer.ok)
        )
        if answer.ok:
            yield from _stored(answer)


def _stored(answer: Answer) -> Iterable[Metric]:
    for figure, rows in zip(FIGURES, answer.results, strict=False):
        family = GaugeMetricFamily(figure.name, figure.help, labels=figure.labels)
        for *labels, value in rows:
            family.add_metric([str(label) for label in labels], value)
        yield family
    yield _lateness(answer.results[-1])


def _lateness(rows: Iterable[Row]) -> Metric:
    """Counts by upper bound, as Prometheus adds them up."""
    buckets, fired, total = [], 0, 0.0
    for bound, count, seconds in rows:
        fired, total = fired + int(count), total + seconds
        buckets.append(("+Inf" if math.isinf(bound) else str(bound), float(fired)))
    return HistogramMetricFamily(
        "servicecenter_timer_lateness_seconds",
        "Seconds between a timer's instant and its firing; its count is the timers fired",
        buckets=buckets,
        sum_value=total,
    )


def scrape() -> bytes:
    """The whole document."""
    registry = CollectorRegistry()
    registry.register(Stored())
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(REGISTRY) + generate_latest(registry)
