"""Photos and signatures of a repair."""

from __future__ import annotations

from datetime import datetime
from typing import IO

from repairs.actions.steps import EFFECTS
from repairs.models import Ticket
from servicecenter.attachments.actions import store_photo
from servicecenter.attachments.models import Photo
from servicecenter.audit.events import Actor
from servicecenter.workflow.run import Step, run


def add_photo(
    ticket: Ticket,
    *,
    upload: IO[bytes],
    name: str,
    kind: str,
    by: Actor,
    at: datetime | None = None,
) -> Photo:
    """Stores one picture with its event. Refuses what `clean_image` refuses, and a tenth photo of a case.

    The file is on disk before the row is committed; the same picture sent twice stays one.
    """
    stored: list[Photo] = []

    def keep(step: Step[Ticket]) -> None:
        stored.append(
            store_photo(
                community_id=step.case.community_id,
                work="repair",
                case_id=step.case.pk,
                kind=kind,
                upload=upload,
                name=name,
                by=by,
                at=step.at,
            )
        )

    run(ticket, "add_photo", by=by, at=at, data={"kind": kind}, then=(keep, *EFFECTS))
    return stored[0]
