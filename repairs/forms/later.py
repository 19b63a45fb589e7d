"""Without signal: the forms of all steps that may follow, and giving one of them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from repairs import actions
from repairs.forms.base import ActionForm, route_of
from repairs.forms.steps import FORMS
from repairs.models import Standard, StockItem, Ticket
from repairs.queries.guide import NATURAL, NOT_A_BUTTON
from repairs.workflow import AT_WORK, TABLE
from servicecenter.accounts.models import User
from servicecenter.audit.idempotency import once
from servicecenter.cases.later import DROPPED
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField
from servicecenter.workflow.table import BACK, Transition


@dataclass(frozen=True)
class Ahead:
    """What an engineer can do on a job as far as their own steps lead: one form an action, and the rows as data."""

    forms: Sequence[ActionForm]
    plan: Mapping[str, Any]


def steps_ahead(ticket: Ticket, user: User) -> Ahead:
    """The steps that `user` can take from here on without anybody else; the script of the page follows the rows."""
    rows = _reachable(ticket, user)
    first = {row.action: row for row in reversed(rows)}
    drawn = [_form(ticket, user, first[action]) for action in TABLE.actions if action in first]
    plan = {
        "number": ticket.number,
        "status": ticket.status,
        "version": ticket.version,
        "held_from": ticket.held_from,
        "steps": [_fact(row) for row in rows],
        "natural": {status: [_code(each) for each in codes] for status, codes in _natural(ticket).items()},
        "labels": {_code(each.action): each.title for each in drawn},
    }
    return Ahead(drawn, plan)


def _reachable(ticket: Ticket, user: User) -> list[Transition]:
    standings = ticket.standings(user)
    mine = [row for row in TABLE.rows if row.who & standings and row.action in actions.LATER]
    mine = [row for row in mine if not row.when or getattr(ticket, row.when)]
    mine = [row for row in mine if row.action not in NOT_A_BUTTON]
    statuses, before = {str(ticket.status)}, 0
    while len(statuses) > before:
        before = len(statuses)
        ways = [row for row in mine if row.sources & statuses and row.target not in ("", BACK)]
        statuses |= {row.target for row in ways}
    return [row for row in mine if row.sources & statuses]


def _natural(ticket: Ticket) -> Mapping[str, tuple[str, ...]]:
    """Danger comes first, on a page that was saved before the engineer arrived, too."""
    if not ticket.is_dangerous:
        return NATURAL
    return {**NATURAL, **{status: ("secure", *NATURAL.get(status, ())) for status in AT_WORK}}


def _form(ticket: Ticket, user: User, row: Transition) -> ActionForm:
    kind = FORMS.get(row.action, ActionForm)
    return kind(ticket, user, row, auto_id=f"id_{row.action}_%s")


def _fact(row: Transition) -> dict[str, Any]:
    return {
        "code": _code(row.action),
        "sources": sorted(row.sources),
        "target": row.target,
        "once": bool(row.when),
    }


def _code(action: str) -> str:
    return action.replace("_", "-")


def action_labels() -> dict[str, str]:
    """What the steps are called, by their codes; `drop` is one that was given up."""
    labels = {
        _code(each): str(TABLE.rows_of(each)[0].label) for each in TABLE.actions if each in actions.LATER
    }
    return labels | {"drop": str(_("Discarded"))}


def field_labels() -> dict[str, dict[str, str]]:
    """What the fields of each step are called, by the codes of the steps."""
    found = {
        _code(action): {
            name: str(field.label)
            for name, field in FORMS.get(action, ActionForm).base_fields.items()
            if field.label
        }
        for action in sorted(actions.LATER)
    }
    return found | {"drop": {"what": str(_("What was discarded")), "reason": str(_("Why"))}}


def value_labels(user: User) -> dict[str, dict[str, str]]:
    """What the ids in a kept step mean, by the names of its fields: lines of the standards, and materials."""
    lines = Standard.objects.visible_to(user).in_use().values_list("id", "text")
    materials = StockItem.objects.visible_to(user).in_use().values_list("id", "name")
    return {
        "ticks": {str(number): text for number, text in lines},
        "material": {str(number): name for number, name in materials},
    }


class DropForm(forms.Form):
    """What is given up, and why."""

    idempotency_key = KeyField()
    what = TextField(max_length=200)
    reason = TextField(max_length=500, multiline=True)

    def settle(self, ticket: Ticket, user: User) -> None:
        """Writes it down, once per key."""
        what, reason = self.cleaned_data["what"], self.cleaned_data["reason"]

        def act() -> tuple[int, dict[str, Any]]:
            actions.drop_later(ticket, what=what, reason=reason, by=user)
            return 200, {}

        once(
            user=user,
            key=self.cleaned_data["idempotency_key"],
            route=route_of(ticket, DROPPED),
            body={"what": what, "reason": reason},
            act=act,
        )
