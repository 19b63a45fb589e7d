"""Uploaded rolls and what was found in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from owners.models import ImportState, RollImport
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import NotFound

LATEST = 20
PAGE_SIZE = 50
_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Problems:
    """One page of the errors or of the warnings; `unlisted` are only in the marked file."""

    severity: str
    lines: list[Mapping[str, Any]]
    page: int
    pages: int
    unlisted: int


def latest_imports(user: User) -> list[RollImport]:
    """The latest rolls of the user's communities."""
    rows = RollImport.objects.visible_to(user).select_related("community", "by").defer("report")
    return list(rows.order_by("-id")[:LATEST])


def import_for(user: User, pk: int) -> RollImport:
    """The roll with this number; refuses `not_found` outside the user's communities."""
    rows = RollImport.objects.visible_to(user).select_related("community", "by", "approved_by")
    row = rows.filter(pk=min(pk, _LARGEST)).first()
    if row is None:
        raise NotFound
    return row


def problems_of(row: RollImport, severity: str, page: int) -> Problems:
    """A page of what was found; a page that is not there shows the nearest one."""
    listed = [line for line in row.report.get("problems", []) if line["severity"] == severity]
    pages = max(-(-len(listed) // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    counted = row.report.get("errors" if severity == "error" else "warnings", 0)
    lines = listed[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return Problems(severity, lines, page, pages, counted - len(listed) if listed else 0)


def same_file_before(row: RollImport) -> RollImport | None:
    """The import of the very same file into the same community, if there was one."""
    rows = RollImport.objects.filter(community=row.community_id, sha256=row.sha256, state=ImportState.DONE)
    return rows.filter(pk__lt=row.pk).defer("report").order_by("-id").first()
