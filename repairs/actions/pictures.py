"""Photos and signatures of a repair."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from repairs.actions.steps import EFFECTS
from repairs.models import Ticket
from servicecenter.attachments.actions import Filed, store_photo
from servicecenter.attachments.models import Photo
from servicecenter.audit.events import Actor
from servicecenter.workflow.run import Step, allowed, check, lock, run


def add_photo(ticket: Ticket, *, picture: Filed, kind: str, by: Actor, at: datetime | None = None) -> Photo:
    """Adds one picture with its event. Refuses a tenth photo of a case.

    Its files are on disk before anything is locked here (see `filed`). The same picture again stays one, and
    nothing more is written down.
    """
    stored: list[Photo] = []

    def keep(step: Step[Ticket]) -> None:
        case = step.case
        stored.append(
            store_photo(
                community_id=case.community_id,
                work="repair",
                case_id=case.pk,
                kind=kind,
                picture=picture,
                by=by,
                at=step.at,
            )
        )

    with transaction.atomic():
        check(lock(ticket), "add_photo", by)
        same = _known(ticket, [picture]).filter(kind=kind).first()
        if same is not None:
            return same
        run(ticket, "add_photo", by=by, at=at, data={"kind": kind}, then=(keep, *EFFECTS))
    return stored[0]


def add_later(ticket: Ticket, *, pictures: Iterable[Filed], kind: str, by: Actor) -> int:
    """A form was sent again with further pictures: adds those that the ticket does not have yet; returns how many.

    A ticket that takes no more photos is left as it is.
    """
    sent = list(pictures)
    with transaction.atomic():
        locked = lock(ticket)
        if not any(each.action == "add_photo" for each in allowed(locked, by)):
            return 0
        known = set(_known(locked, sent).values_list("sha256", flat=True))
        new = [picture for picture in sent if picture.image.sha256 not in known]
        for picture in new:
            add_photo(ticket, picture=picture, kind=kind, by=by)
    return len(new)


def _known(ticket: Ticket, pictures: Iterable[Filed]) -> QuerySet[Photo]:
    digests = [picture.image.sha256 for picture in pictures]
    return Photo.objects.filter(work="repair", case_id=ticket.pk, sha256__in=digests)
