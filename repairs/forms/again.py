"""A form of an action that is shown again: what others did meanwhile, and where its answer goes."""

from __future__ import annotations

from typing import Any

from repairs.forms.base import ActionForm
from repairs.queries import buttons, changed_since
from servicecenter.lib.problems import retry_after

CONFLICT = 409


def shown_again(form: ActionForm, next_url: str) -> dict[str, Any]:
    """Context for `components/meanwhile.html`: whether there was a conflict, what happened, what can be done."""
    if form.status != CONFLICT:
        return {"conflict": False}
    return {
        "conflict": True,
        "meanwhile": changed_since(form.ticket, form.user, form.seen),
        "instead": [] if form.is_possible else buttons(form.ticket, form.user, next_url),
    }


def headers_of(form: ActionForm, *, fragment: bool) -> dict[str, str]:
    """When to try again, and that an error belongs into the dialog too."""
    headers = retry_after(form.status)
    if fragment and form.status not in (200, 422):
        headers |= {"HX-Retarget": "#dialog-body", "HX-Reswap": "innerHTML"}
    return headers
