"""The one way a complaint or an inquiry takes a step: the runner, with the clocks and messages of every step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from complaints.actions.clocks import keep_promises
from complaints.actions.messages import tell
from complaints.models import Complaint, Inquiry
from servicecenter.attachments.actions import Filed, store_photo
from servicecenter.attachments.models import Photo, PhotoKind
from servicecenter.audit.events import Actor
from servicecenter.workflow.run import Effect, Step, check, lock, run

C = TypeVar("C", bound=Complaint | Inquiry)
EFFECTS: tuple[Effect[Any], ...] = (keep_promises, tell)
# What an anonymous complainant may do, who has nothing but a receipt.
BY_RECEIPT = frozenset({"agree", "disagree", "note", "urge", "reopen", "ask_again"})
Prepare = Callable[[Any, datetime], Mapping[str, Any]]


def take(
    case: C,
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
    first: tuple[Effect[Any], ...] = (),
) -> C:
    """Takes one step; `first` are effects before clocks and messages. Refuses as the runner does."""
    # Nobody is named: an anonymous complainant acts by the receipt.
    mark = {"anonymous": True} if by is None and case.anonymous and action in BY_RECEIPT else {}
    step: Step[C] = run(
        case,
        action,
        by=by,
        at=at,
        version=version,
        text=text,
        # `prepare` may still fill `data` in: it is handed on as it is.
        data={**(data or {}), **mark} if mark else data,
        changes=changes,
        prepare=prepare,
        internal=internal,
        then=(*first, *EFFECTS),
    )
    return step.case


def add_note(case: C, *, note: str, internal: bool = False, by: Actor, at: datetime | None = None) -> C:
    """A note on the timeline: for colleagues only, or to be read by the resident too, whose own never is internal."""
    hidden = internal and by is not None and by.is_employee
    return take(case, "note", by=by, at=at, text=note, internal=hidden)


def add_photo(
    case: C, *, picture: Filed, kind: str = PhotoKind.REPORT, by: Actor, at: datetime | None = None
) -> Photo:
    """Adds one picture with its event: what is complained of, or evidence, which is for colleagues. Refuses a tenth;
    the same one stays one.

    Its files are on disk before anything is locked here (see `filed`).
    """
    stored: list[Photo] = []

    def keep(step: Step[Any]) -> None:
        stored.append(
            store_photo(
                community_id=step.case.community_id,
                work=step.case.TABLE.work,
                case_id=step.case.pk,
                kind=kind,
                picture=picture,
                by=step.by,
                at=step.at,
            )
        )

    with transaction.atomic():
        check(lock(case), "add_photo", by)
        photos = Photo.objects.filter(work=case.TABLE.work, case_id=case.pk)
        same = photos.filter(kind=kind, sha256=picture.image.sha256).first()
        if same is not None:
            return same
        inside = True if kind == PhotoKind.EVIDENCE else None
        take(case, "add_photo", by=by, at=at, data={"kind": kind}, internal=inside, first=(keep,))
    return stored[0]


def withdraw(case: C, *, reason: str, by: Actor, version: int | None = None, at: datetime | None = None) -> C:
    """Whoever told us takes it back. A group that it led falls apart: each goes on by itself."""

    def ended(locked: Any, when: datetime) -> dict[str, Any]:
        return {"closed_at": when, "held_from": ""}

    return take(
        case,
        "withdraw",
        by=by,
        at=at,
        version=version,
        text=reason,
        prepare=ended,
        first=(scatter,),
    )


def scatter(step: Step[Any]) -> None:
    """Nobody leads the group any more."""
    if isinstance(step.case, Complaint):
        for each in step.case.group.filter(status="joined").order_by("pk"):
            take(each, "leave", by=None, at=step.at, changes={"lead": None, "held_from": ""})


def convert(
    case: C,
    *,
    kind: str,
    number: str,
    reason: str = "",
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> C:
    """It goes on under another number: as a repair, an inquiry, a suggestion. Call it in the transaction that made
    that (`desk.actions.voices`)."""

    def ended(_locked: Any, when: datetime) -> dict[str, Any]:
        return {"closed_at": when, "became": number}

    return take(
        case,
        "convert",
        by=by,
        at=at,
        version=version,
        text=reason,
        data={"kind": kind, "number": number},
        prepare=ended,
    )
