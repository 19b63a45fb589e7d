"""Reads about pictures."""

from __future__ import annotations

from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from servicecenter.lib import works
from servicecenter.lib.refusals import NotFound


def photos_of(work: str, case_id: int) -> list[Photo]:
    """The pictures of a case, oldest first."""
    return list(Photo.objects.filter(work=work, case_id=case_id).order_by("id"))


def photo_for(user: User, token: str) -> Photo:
    """The picture with this token, if the user may see its case; refuses `not_found` otherwise."""
    photo = Photo.objects.filter(token=token).first()
    if photo is None or not works.get(photo.work).visible(user).filter(pk=photo.case_id).exists():
        raise NotFound
    return photo
