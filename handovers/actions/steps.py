"""The one way a handover takes a step: the runner, with the instant from which the next step is waited for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from handovers.actions.messages import tell
from handovers.models import Handover
from servicecenter.attachments.actions import Filed, store_photo
from servicecenter.attachments.models import PhotoKind
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Refusal
from servicecenter.workflow.run import Effect, check, lock, run
from servicecenter.workflow.table import SAME


class NotReady(Refusal):
    """Something on the checklist is missing."""

    code = "not_ready"


@dataclass(frozen=True)
class Said:
    """What belongs to a step: fields to write, words, further facts, effects."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    then: Sequence[Effect[Handover]] = ()


def take(
    handover: Handover,
    action: str,
    *,
    by: Actor,
    at: datetime | None,
    said: Said | None = None,
    version: int | None = None,
) -> Handover:
    """Takes one step. A new status means a new wait: `since` is its beginning. Refuses as the runner does."""
    known = said or Said()

    def waits(locked: Handover, when: datetime) -> dict[str, Any]:
        transition = check(locked, action, by)
        return {} if transition.target in (SAME, locked.status) else {"since": when}

    return run(
        handover,
        action,
        by=by,
        at=at,
        changes=known.changes,
        text=known.text,
        data=known.data,
        version=version,
        then=(*known.then, tell),
        prepare=waits,
    ).case


@dataclass(frozen=True)
class Signed:
    """A signature as it was drawn, and the field that names it."""

    picture: Filed
    field: str


def take_signed(
    handover: Handover,
    action: str,
    signed: Signed,
    *,
    by: Actor,
    at: datetime | None,
    said: Said,
    version: int | None = None,
) -> Handover:
    """A step that somebody signs for: the drawn signature is stored with it, or neither is."""
    when = instant(at)
    with transaction.atomic():
        check(lock(handover), action, by)
        photo = store_photo(
            community_id=handover.community_id,
            work="handover",
            case_id=handover.pk,
            kind=PhotoKind.SIGNATURE,
            picture=signed.picture,
            by=by,
            at=when,
        )
        changes = dict(said.changes) | {signed.field: photo}
        full = Said(changes, said.text, dict(said.data) | {"photo": photo.pk}, said.then)
        return take(handover, action, by=by, at=when, said=full, version=version)
