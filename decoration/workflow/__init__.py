"""A decoration permit 装修许可 from the application to the refund, as one table (domain §6)."""

from __future__ import annotations

from decoration.workflow.application import APPLICATION
from decoration.workflow.ending import ENDING
from decoration.workflow.statuses import (
    FINAL,
    LIVE,
    OPEN,
    REFUNDING,
    REVIEW,
    RUNNING,
    WRITING,
    Status,
)
from decoration.workflow.works import WORKS
from servicecenter.workflow.table import Table

TABLE = Table(
    work="permit",
    initial=Status.DRAFT,
    statuses=tuple(Status.values),
    final=frozenset(FINAL),
    rows=(*APPLICATION, *WORKS, *ENDING),
)

__all__ = [
    "FINAL",
    "LIVE",
    "OPEN",
    "REFUNDING",
    "REVIEW",
    "RUNNING",
    "TABLE",
    "WRITING",
    "Status",
]
