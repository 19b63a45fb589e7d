"""The faults. Importing these modules fills the table; their order is that of a run."""

from __future__ import annotations

# isort: off
from tests.chaos.faults import nothing, web, workers, broker, postgres, locks, people, outside, machine
from tests.chaos.stage import every_fault
# isort: on

__all__ = [
    "broker",
    "every_fault",
    "locks",
    "machine",
    "nothing",
    "outside",
    "people",
    "postgres",
    "web",
    "workers",
]
