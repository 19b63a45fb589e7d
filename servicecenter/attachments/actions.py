"""Storing a picture of a case."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.attachments.images import clean_image
from servicecenter.attachments.models import Photo, PhotoKind
from servicecenter.attachments.storage import photo_store
from servicecenter.audit.events import Actor
from servicecenter.lib.refusals import Invalid

MOST_PHOTOS = 9


def store_photo(
    *,
    community_id: int,
    work: str,
    case_id: int,
    kind: str,
    upload: IO[bytes],
    name: str,
    by: Actor,
    at: datetime,
) -> Photo:
    """Cleans a picture, writes its files durably, then its row. Call it in a transaction that has locked the case.

    The same picture again gives the row that exists. Refuses unsafe images (see `clean_image`) and a tenth
    photo; signatures
    do not count.
    """
    image = clean_image(upload, declared_name=name)
    photos = Photo.objects.filter(work=work, case_id=case_id)
    same = photos.filter(kind=kind, sha256=image.sha256).first()
    if same is not None:
        return same
    if kind != PhotoKind.SIGNATURE and photos.exclude(kind=PhotoKind.SIGNATURE).count() >= MOST_PHOTOS:
        raise Invalid(code="too_many_photos", errors={"photo": [_("A case keeps nine photos at most.")]})
    store = photo_store()
    path = store.write(image.data, image.extension)
    thumbnail = store.write(image.thumbnail, "jpg")
    with transaction.atomic():
        return Photo.objects.create(
            community_id=community_id,
            work=work,
            case_id=case_id,
            kind=kind,
            token=secrets.token_hex(16),
            path=path,
            thumbnail=thumbnail,
            format=image.format,
            width=image.width,
            height=image.height,
            sha256=image.sha256,
            by=by,
            at=at,
        )
