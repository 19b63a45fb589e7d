"""Pictures that come with a form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from repairs import actions
from repairs.models import Ticket
from servicecenter.attachments.actions import Filed
from servicecenter.audit.events import Actor


def add_photos(
    ticket: Ticket, *, pictures: Iterable[Filed], kind: str, by: Actor, at: datetime | None = None
) -> None:
    """Adds all of the pictures or none."""
    with transaction.atomic():
        for picture in pictures:
            actions.add_photo(ticket, picture=picture, kind=kind, by=by, at=at)
