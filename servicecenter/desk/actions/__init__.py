"""What crosses apps upward, one action over two apps in one transaction; and promises to callers."""

from __future__ import annotations

from servicecenter.desk.actions.inspections import Finding, record_findings
from servicecenter.desk.actions.people import merge_people, unmerge_people
from servicecenter.desk.actions.promises import keep, make, recount, withdraw
from servicecenter.desk.actions.repairs import finish_call, register_repair

__all__ = [
    "Finding",
    "finish_call",
    "keep",
    "make",
    "merge_people",
    "record_findings",
    "recount",
    "register_repair",
    "unmerge_people",
    "withdraw",
]
