"""Without signal: the forms of what may be done on a site, and what the phone calls the parts of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decoration.actions.later import LATER
from decoration.forms.base import PermitStepForm
from decoration.forms.site import BROKEN, FINE, ON_SITE
from decoration.forms.steps import FORMS
from decoration.models import Permit, Rule, Violation
from decoration.workflow import TABLE
from servicecenter.accounts.models import User
from servicecenter.workflow.run import allowed


@dataclass(frozen=True)
class Ahead:
    """What somebody can do on a site now: one form an action, and the rows as data."""

    forms: Sequence[PermitStepForm]
    plan: Mapping[str, Any]


def steps_ahead(permit: Permit, user: User) -> Ahead:
    """Patrol, looking again, a violation: what the table lets `user` do now. None of them moves the permit."""
    rows = [row for row in allowed(permit, user) if row.action in LATER]
    forms = [
        _shape(row.action)(permit, user, row, auto_id=f"id_{row.action}_%s")
        for row in sorted(rows, key=lambda row: row.action != "patrol")
    ]
    plan = {
        "number": permit.number,
        "status": permit.status,
        "version": permit.version,
        "held_from": permit.held_from,
        "steps": [
            {
                "code": form.code,
                "sources": [str(permit.status)],
                "target": "",
                "once": form.action != "report_violation",
            }
            for form in forms
        ],
        "natural": {str(permit.status): ["patrol"]},
        "labels": {form.code: form.title for form in forms},
    }
    return Ahead(forms, plan)


def _shape(action: str) -> type[PermitStepForm]:
    return ON_SITE.get(action) or FORMS[action]


def action_labels() -> dict[str, str]:
    """What the steps are called, by their codes."""
    return {action.replace("_", "-"): str(TABLE.rows_of(action)[0].label) for action in sorted(LATER)}


def field_labels(user: User) -> dict[str, dict[str, str]]:
    """What the fields of each step are called; each rule of a patrol in its own words."""
    found = {
        action.replace("_", "-"): {
            name: str(field.label) for name, field in _shape(action).base_fields.items() if field.label
        }
        for action in sorted(LATER)
    }
    for pk, text in _rules(user):
        found["patrol"] |= {f"rule_{pk}": text, f"words_{pk}": str(_("What was seen"))}
    return found


def value_labels(user: User) -> dict[str, dict[str, str]]:
    """What answers and ids mean, by the names of the fields."""
    # Those that were put right meanwhile, too: a phone may still wait with its own look at one.
    latest = Violation.objects.visible_to(user).order_by("-id")[:200]
    return {
        "rule": {FINE: str(_("In order")), BROKEN: str(_("Broken"))}
        | {str(pk): text for pk, text in _rules(user)},
        "result": {"yes": str(_("Yes, it is put right")), "no": str(pgettext_lazy("violation", "Not yet"))},
        "violation": {str(each.pk): each.text for each in latest},
    }


def _rules(user: User) -> list[tuple[int, str]]:
    rows = Rule.objects.conduct().filter(community__in=user.community_ids)
    return list(rows.values_list("pk", "text"))
