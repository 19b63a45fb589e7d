"""What a reader can do with a case of any kind now, as buttons, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise

from servicecenter.accounts.models import User
from servicecenter.workflow.case import Case
from servicecenter.workflow.run import allowed
from servicecenter.workflow.table import Transition


@dataclass(frozen=True)
class Button:
    """One action as `{% action_bar %}` draws it."""

    code: str
    label: str
    url: str
    needs: bool
    style: str = ""
    icon: str = ""
    shortcut: str = ""
    confirm: str = ""
    method: str = "post"
    # Of the case as it was drawn: what somebody agrees to is what they saw.
    version: int | None = None


@dataclass(frozen=True)
class Step:
    """One stop of the way that a case goes, for `{% steps %}`."""

    label: str
    state: str
    at: datetime | None = None


@dataclass(frozen=True)
class Guide:
    """How a kind of case draws its buttons.

    `route`: the page of an action (number, action) · `natural`: status → the actions that come next · `last`: what is
    beside the work, in this order · `with_form`: a form although nothing is required · `hidden`: taken by other doors ·
    `for_residents`: a resident is spoken to in other words.
    """

    route: str
    natural: Mapping[str, Sequence[str]]
    last: Sequence[str] = ()
    with_form: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    shortcuts: Mapping[str, str] = field(default_factory=dict)
    for_residents: Mapping[str, str | Promise] = field(default_factory=dict)
    question: Callable[[Any, Transition], str] = lambda case, row: ""

    def label(self, row: Transition, user: User) -> str:
        """What an action is called for this reader."""
        spoken = None if user.is_employee else self.for_residents.get(row.action)
        return str(spoken or row.label)


def buttons(case: Case, user: User, guide: Guide, *, number: str, next_url: str = "") -> list[Button]:
    """What `user` may do to the case now, the natural next step first and marked: exactly what the table allows."""
    first = guide.natural.get(case.status, ())
    rows = [row for row in allowed(case, user) if row.action not in guide.hidden]
    rows.sort(
        key=lambda row: (
            row.action not in first,
            guide.last.index(row.action) if row.action in guide.last else -1,
        )
    )
    return [_button(case, user, row, guide, number, next_url, primary=row.action in first) for row in rows]


def _button(
    case: Case, user: User, row: Transition, guide: Guide, number: str, next_url: str, *, primary: bool
) -> Button:
    url = reverse(guide.route, args=[number, row.action.replace("_", "-")])
    return Button(
        code=row.action.replace("_", "-"),
        label=guide.label(row, user),
        url=f"{url}?{urlencode({'next': next_url})}" if next_url else url,
        needs=bool(row.needs) or row.action in guide.with_form,
        style="primary" if primary else "",
        shortcut=guide.shortcuts.get(row.action, "") if user.is_employee else "",
        confirm=guide.question(case, row),
        version=None if row.aside else case.version,
    )
