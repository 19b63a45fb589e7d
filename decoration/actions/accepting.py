"""The end of the works: final acceptance by owner, contractor and engineer, and a second look months later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from decoration.actions.clocks import PATROL, VIOLATION, remind_of_patrol, review_ref
from decoration.actions.steps import file, needed, take
from decoration.models import Permit
from decoration.queries.patrols import next_due
from owners.models import Unit
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.sla import actions as sla
from servicecenter.workflow.run import Step, check, lock
from surveys.actions import open_follow_up


def ask_acceptance(
    permit: Permit, *, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """The works are done, as planned or earlier: the engineer comes to look."""

    def asked(_locked: Permit, when: datetime) -> dict[str, Any]:
        return {"acceptance_asked_at": when, "patrol_due_on": None}

    def rest(step: Step[Permit]) -> None:
        sla.forget(review_ref(step.case), stage=PATROL, at=step.at)

    return take(permit, "ask_acceptance", by=by, at=at, version=version, prepare=asked, first=(rest,))


def reject(
    permit: Permit, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """Something is still to be done: the works go on, patrols too."""
    why = needed(reason)

    def again(locked: Permit, when: datetime) -> dict[str, Any]:
        return {"patrol_due_on": next_due(locked, when)}

    def plan(step: Step[Permit]) -> None:
        remind_of_patrol(step.case, step.at)

    return take(permit, "reject", by=by, at=at, version=version, text=why, prepare=again, first=(plan,))


def accept_works(
    permit: Permit,
    *,
    owner_signer: str,
    contractor_signer: str,
    owner_picture: Filed | None = None,
    contractor_picture: Filed | None = None,
    note: str = "",
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Permit:
    """Owner, contractor and engineer accept: each by name, with a drawn signature where it was drawn. Whoever applied
    is called about it afterwards; the promise of the refund runs from now on.

    Refuses `invalid` without both names, and as the table does: no open violation, every wet room tested.
    """
    names = {"owner_signer": owner_signer.strip()[:100], "contractor_signer": contractor_signer.strip()[:100]}
    missing = {name: [_("Please write who signs.")] for name, value in names.items() if not value}
    if missing:
        raise Invalid(errors=missing)
    when = instant(at)
    with transaction.atomic():
        check(lock(permit), "accept_works", by)
        changes: dict[str, Any] = dict(names) | {
            "accepted_at": when,
            "accepted_by": by,
            "completion_no": 1,
            "patrol_due_on": None,
        }
        drawn = {"owner_signature": owner_picture, "contractor_signature": contractor_picture}
        for name, picture in drawn.items():
            if picture is not None:
                changes[name] = file(
                    permit, "permit", permit.pk, picture, by=by, at=when, kind=PhotoKind.SIGNATURE
                )
        return take(
            permit,
            "accept_works",
            by=by,
            at=when,
            version=version,
            text=note,
            changes=changes,
            first=(_finished,),
        )


def _finished(step: Step[Permit]) -> None:
    """The unit is a home again, nobody is reminded any more, and whoever applied is asked how it went."""
    permit = step.case
    if permit.unit_state:
        Unit.objects.filter(pk=permit.unit_id, state="decorating").update(state=permit.unit_state)
    sla.forget(review_ref(permit), stage=VIOLATION, at=step.at)
    if permit.contact_phone:
        open_follow_up(
            work="permit", case_id=permit.pk, completion_no=permit.completion_no, at=step.at, by=step.by
        )


def look_again(permit: Permit, *, note: str, by: User, at: datetime | None = None) -> Permit:
    """复查: somebody looked at the home again months after the works. What was found stands in the note."""

    def seen(_locked: Permit, when: datetime) -> dict[str, Any]:
        return {"looked_again_at": when}

    return take(permit, "look_again", by=by, at=at, text=needed(note), prepare=seen)
