"""What happened to a case in the words of its table, for pages without a timeline of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from owners.queries.logins import Names, resident_names
from servicecenter.accounts.models import Role
from servicecenter.audit.models import Event
from servicecenter.workflow.table import Table

MOST = 40
# What no row of a table says: how a case began, and what its clock did.
OTHERS = {
    "add": _("Taken into the register"),
    "ask": _("Asked for"),
    "clock.due": _("Reminder: it is due back"),
    "clock.overdue": _("Reminder: it is overdue"),
}


@dataclass(frozen=True)
class Line:
    """One thing that happened."""

    label: str | Promise
    text: str
    at: datetime
    by_name: str


def lines_of(table: Table, case_id: int) -> list[Line]:
    """The latest first; what only the clock knows is left out."""
    labels = {row.action: row.label for row in table.rows} | OTHERS
    events = Event.objects.filter(work=table.work, case_id=case_id, action__in=labels).order_by("-id")[:MOST]
    names = resident_names(events)
    return [Line(labels[each.action], each.text, each.at, who_acted(each, names)) for each in events]


def who_acted(event: Event, names: Names) -> str:
    """A colleague, or the resident by the name that the roll has."""
    if event.by_role == Role.RESIDENT:
        return names.get((event.community_id, event.by_id)) or gettext("Resident")
    return event.by_name
