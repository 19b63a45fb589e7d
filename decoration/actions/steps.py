"""The one way a permit takes a step: the runner, with the clocks and messages of every step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from decoration.actions.clocks import keep_promises
from decoration.actions.messages import tell
from decoration.models import Permit
from owners.models import Unit
from servicecenter.attachments.actions import Filed, store_photo
from servicecenter.attachments.models import Photo, PhotoKind
from servicecenter.audit.events import Actor
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import Effect, Step, check, lock, run

Prepare = Callable[[Permit, datetime], Mapping[str, Any]]
EFFECTS: tuple[Effect[Permit], ...] = (keep_promises, tell)


def take(
    permit: Permit,
    action: str,
    *,
    by: Actor,
    at: datetime | None = None,
    version: int | None = None,
    text: str = "",
    data: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
    prepare: Prepare | None = None,
    internal: bool | None = None,
    first: tuple[Effect[Permit], ...] = (),
) -> Permit:
    """Takes one step; `first` are effects before clocks and messages. Refuses as the runner does, and `invalid` where
    another permit takes the unit on these days."""
    try:
        # A savepoint: a clash of days is told, and the caller's transaction goes on.
        with transaction.atomic():
            return run(
                permit,
                action,
                by=by,
                at=at,
                version=version,
                text=text,
                data=data,
                changes=changes,
                prepare=prepare,
                internal=internal,
                then=(*first, *EFFECTS),
            ).case
    except IntegrityError as clash:
        if "permit_one_at_a_time" not in str(clash):
            raise
        said = _("There is a permit for this unit in these days already.")
        raise Invalid(code="permit_overlaps", errors={"ends_on": [said], "starts_on": [said]}) from clash


def hold_unit(permit: Permit) -> None:
    """Whoever takes days of the same unit comes one after the other; before anything else is locked."""
    Unit.objects.select_for_update(no_key=True).get(pk=permit.unit_id)


def needed(reason: str, longest: int = 500) -> str:
    """A reason; refuses `reason_needed` for none."""
    said = reason.strip()[:longest]
    if not said:
        raise Invalid(code="reason_needed", errors={"reason": [_("Please say why.")]})
    return said


def add_note(
    permit: Permit, *, note: str, internal: bool = False, by: Actor, at: datetime | None = None
) -> Permit:
    """A note on the timeline: for colleagues only, or for whoever applied too, whose own is never internal."""
    hidden = internal and by is not None and by.is_employee
    return take(permit, "note", by=by, at=at, text=note, internal=hidden)


def add_photo(
    permit: Permit, *, picture: Filed, kind: str = PhotoKind.REPORT, by: Actor, at: datetime | None = None
) -> Photo:
    """Adds one picture (a drawing, the state before) with its event. Refuses a tenth; the same one stays one."""
    stored: list[Photo] = []

    def keep(step: Step[Permit]) -> None:
        stored.append(file(step.case, "permit", step.case.pk, picture, by=step.by, at=step.at, kind=kind))

    with transaction.atomic():
        check(lock(permit), "add_photo", by)
        same = Photo.objects.filter(work="permit", case_id=permit.pk, kind=kind, sha256=picture.image.sha256)
        known = same.first()
        if known is not None:
            return known
        take(permit, "add_photo", by=by, at=at, data={"kind": kind}, first=(keep,))
    return stored[0]


def file(
    permit: Permit,
    work: str,
    case_id: int,
    picture: Filed,
    *,
    by: Actor,
    at: datetime,
    kind: str = PhotoKind.REPORT,
) -> Photo:
    """A picture under a part of the permit (a paper, a worker, a violation). Call it with the permit locked."""
    return store_photo(
        community_id=permit.community_id, work=work, case_id=case_id, kind=kind, picture=picture, by=by, at=at
    )
