"""The review: papers, then the engineer, then the supervisor; comments stand at the field that they are about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from decoration.actions.applying import end
from decoration.actions.steps import needed, take
from decoration.models import Comment, Permit
from decoration.queries.versions import PARTS
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import Step


def comment(permit: Permit, *, field: str, note: str, by: User, at: datetime | None = None) -> Permit:
    """Says something about one part of the application; whoever applied reads it there once it is sent back.

    Refuses `invalid` for a part that there is not, or without words.
    """
    if field not in PARTS:
        raise Invalid(errors={"field": [_("This is not one of the choices.")]})
    said = needed(note)

    def write(step: Step[Permit]) -> None:
        Comment.objects.create(
            community_id=step.case.community_id,
            permit=step.case,
            field=field,
            text=said,
            round=step.case.round,
            by=by,
            at=step.at,
        )

    return take(permit, "comment", by=by, at=at, text=said, data={"field": field}, first=(write,))


def check_papers(
    permit: Permit, *, note: str = "", by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """The front desk has looked at the papers: the engineer is next."""

    def mine(locked: Permit, _when: datetime) -> dict[str, Any]:
        return {"agent": locked.agent or by}

    return take(permit, "check_papers", by=by, at=at, version=version, text=note, prepare=mine)


def pass_works(
    permit: Permit, *, note: str = "", by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """The engineer has looked at works and drawings, and looks after the site from now on: a supervisor is next."""

    def mine(locked: Permit, _when: datetime) -> dict[str, Any]:
        return {"inspector": locked.inspector or by}

    return take(permit, "pass_works", by=by, at=at, version=version, text=note, prepare=mine)


def approve(
    permit: Permit, *, note: str = "", by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """A supervisor approves: whoever applied can sign now. The promise of the review is kept with it."""

    def approved(_locked: Permit, when: datetime) -> dict[str, Any]:
        return {"approved_at": when, "approved_by": by}

    return take(permit, "approve", by=by, at=at, version=version, text=note, prepare=approved)


def send_back(
    permit: Permit, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """Something has to be corrected; the comments say what. Refuses `reason_needed`, and as the table does."""
    return take(permit, "send_back", by=by, at=at, version=version, text=needed(reason))


def refuse(
    permit: Permit, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """These works are not permitted, for good. Refuses `reason_needed`, and as the table does."""
    return end(permit, "refuse", reason=reason, by=by, version=version, at=at)
