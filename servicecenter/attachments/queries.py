"""Reads about pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.db.models import Q
from django.urls import reverse

from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo, PhotoKind
from servicecenter.attachments.storage import NameRefused, photo_store
from servicecenter.lib import works
from servicecenter.lib.refusals import NotFound

# A file without a row for so long belongs to a form that was never stored (V11).
ORPHAN_AFTER = timedelta(hours=24)
AT_ONCE = 500


def photos_of(work: str, case_id: int) -> list[Photo]:
    """The pictures of a case, oldest first."""
    return list(Photo.objects.filter(work=work, case_id=case_id).order_by("id"))


def photo_for(user: User, token: str) -> Photo:
    """The picture with this token, if the user may see its case; refuses `not_found` otherwise, and evidence to whoever
    does not work here."""
    photo = Photo.objects.filter(token=token).first()
    hidden = photo is not None and photo.kind == PhotoKind.EVIDENCE and not user.is_employee
    if photo is None or hidden or not works.get(photo.work).visible(user).filter(pk=photo.case_id).exists():
        raise NotFound
    return photo


def named_files(names: Iterable[str]) -> set[str]:
    """Those of these file names that a row names."""
    asked = list(names)
    if not asked:
        return set()
    rows = Photo.objects.filter(Q(path__in=asked) | Q(thumbnail__in=asked)).values_list("path", "thumbnail")
    return {name for row in rows for name in row}


def orphans(*, at: datetime) -> Iterator[Path]:
    """Files that have had no row for a day before `at`."""
    files = photo_store().older_than((at - ORPHAN_AFTER).timestamp())
    while some := list(islice(files, AT_ONCE)):
        by_name = {f"{file.parent.name}/{file.name}": file for file in some}
        yield from (by_name[name] for name in sorted(by_name.keys() - named_files(by_name)))


def fileless() -> Iterator[int]:
    """Photos (their ids) of which a file is missing."""
    rows = Photo.objects.order_by("id").values_list("id", "path", "thumbnail")
    for pk, *names in rows.iterator(chunk_size=AT_ONCE):
        if not all(_is_there(name) for name in names):
            yield pk


def _is_there(name: str) -> bool:
    try:
        return photo_store().path(name).is_file()
    except NameRefused:
        return False


@dataclass(frozen=True)
class PhotoLink:
    """A picture as pages show it: its two addresses, and nothing to say about it."""

    url: str
    thumb_url: str
    caption: str = ""


def pictures_of(work: str, case_id: int) -> list[PhotoLink]:
    """The addresses of a case's pictures, oldest first; not of signatures."""
    return [
        PhotoLink(
            reverse("attachments:full", args=[photo.token]), reverse("attachments:thumb", args=[photo.token])
        )
        for photo in photos_of(work, case_id)
        if photo.kind != PhotoKind.SIGNATURE
    ]
