"""The pictures of a repair as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from repairs.models import Ticket
from servicecenter.attachments.models import Photo, PhotoKind
from servicecenter.attachments.queries import photos_of


@dataclass(frozen=True)
class Picture:
    """One picture: its addresses, what it shows, and when it was added."""

    url: str
    thumb_url: str
    caption: str
    kind: str
    at: datetime
    token: str = ""


def pictures(ticket: Ticket, *, signatures: bool = False) -> list[Picture]:
    """The photos of a ticket, oldest first; signatures only when asked for."""
    return [
        picture(photo)
        for photo in photos_of("repair", ticket.pk)
        if signatures or photo.kind != PhotoKind.SIGNATURE
    ]


def picture(photo: Photo) -> Picture:
    """A stored photo with its addresses."""
    return Picture(
        url=reverse("attachments:full", args=[photo.token]),
        thumb_url=reverse("attachments:thumb", args=[photo.token]),
        caption=str(PhotoKind(photo.kind).label),
        kind=photo.kind,
        at=photo.at,
        token=photo.token,
    )
