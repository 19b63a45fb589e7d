"""Storing pictures of a case: first the files, in nobody's way, then the row."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicecenter.attachments.documents import DocumentRefused, clean_document, is_document
from servicecenter.attachments.images import CleanImage, ImageRefused, clean_image
from servicecenter.attachments.models import Photo, PhotoKind
from servicecenter.attachments.queries import named_files, orphans
from servicecenter.attachments.storage import StorageFull, photo_store
from servicecenter.audit.events import Actor
from servicecenter.lib.refusals import Invalid, Refusal

log = logging.getLogger(__name__)
MOST_PHOTOS = 9
STAYING = (PhotoKind.SIGNATURE, PhotoKind.EVIDENCE)

Upload = tuple[IO[bytes], str]


@dataclass(frozen=True)
class Filed:
    """A cleaned picture whose files are on disk already, waiting for its row."""

    image: CleanImage
    path: str
    thumbnail: str

    @property
    def names(self) -> tuple[str, str]:
        """Both of its files."""
        return self.path, self.thumbnail


@contextmanager
def filed(
    uploads: Iterable[Upload],
    *,
    field: str = "photos",
    sentence: str | Promise = "",
    documents: bool = False,
) -> Iterator[list[Filed]]:
    """Cleans pictures and writes their files durably, before the block with the transaction that needs them begins.

    Decoding takes long, so nothing may be locked meanwhile: call it outside of every transaction. Files that no
    row took are removed at the end, those of a refused form too. After any other error they stay for `tidy`: the
    row may have been committed. With `documents` a PDF is taken as well. Refuses with `invalid` on `field` what
    `clean_image` and `clean_document` refuse (in the words of `sentence`, if given), and with `storage_full` when the
    disk takes no more.
    """
    pictures: list[Filed] = []
    try:
        for upload, name in uploads:
            pictures.append(_file(upload, name, field, sentence, documents))
        yield pictures
    except Refusal:
        discard(pictures)
        raise
    used = named_files(name for picture in pictures for name in picture.names)
    discard(picture for picture in pictures if picture.path not in used)


def _file(
    upload: IO[bytes], name: str, field: str, sentence: str | Promise, documents: bool = False
) -> Filed:
    try:
        drawn = documents and is_document(upload)
        image = clean_document(upload) if drawn else clean_image(upload, declared_name=name)
    except (ImageRefused, DocumentRefused) as refused:
        facts = {"name": name, "sentence": refused.sentence}
        said = sentence or _("%(name)s: %(sentence)s") % facts
        raise Invalid(code=refused.code, errors={field: [said]}) from refused
    store = photo_store()
    path = ""
    try:
        path = store.write(image.data, image.extension)
        return Filed(image, path, store.write(image.thumbnail, "jpg"))
    except OSError as error:
        log.exception("a photo could not be written")
        if path:
            store.delete(path)
        raise StorageFull(errors={field: [StorageFull.sentence]}) from error


def discard(pictures: Iterable[Filed]) -> None:
    """Removes the files of pictures that no row names."""
    store = photo_store()
    for picture in pictures:
        for name in picture.names:
            store.delete(name)


def store_photo(
    *, community_id: int, work: str, case_id: int, kind: str, picture: Filed, by: Actor, at: datetime
) -> Photo:
    """Writes the row of a filed picture. Call it in a transaction that has locked the case.

    The same picture again gives the row that exists. Refuses a tenth photo; signatures do not count.
    """
    photos = Photo.objects.filter(work=work, case_id=case_id)
    same = photos.filter(kind=kind, sha256=picture.image.sha256).first()
    if same is not None:
        return same
    if kind != PhotoKind.SIGNATURE and photos.exclude(kind=PhotoKind.SIGNATURE).count() >= MOST_PHOTOS:
        raise Invalid(code="too_many_photos", errors={"photos": [_("A case keeps nine photos at most.")]})
    with transaction.atomic():
        return Photo.objects.create(
            community_id=community_id,
            work=work,
            case_id=case_id,
            kind=kind,
            token=secrets.token_hex(16),
            path=picture.path,
            thumbnail=picture.thumbnail,
            format=picture.image.format,
            width=picture.image.width,
            height=picture.image.height,
            sha256=picture.image.sha256,
            by=by,
            at=at,
        )


def copy_photos(
    *, source: tuple[str, int], target: tuple[str, int], kind: str, by: Actor, at: datetime
) -> int:
    """The pictures of one case for another one that it led to, each with files of its own; returns how many. Signatures
    and evidence stay where they are.

    Call it in a transaction that has locked the target.
    """
    store = photo_store()
    photos = list(Photo.objects.filter(work=source[0], case_id=source[1]).exclude(kind__in=STAYING))
    for photo in photos:
        with store.open(photo.path) as full, store.open(photo.thumbnail) as small:
            names = store.write(full.read(), photo.path.rsplit(".", 1)[-1]), store.write(small.read(), "jpg")
        photo.pk, photo.token = None, secrets.token_hex(16)
        photo.work, photo.case_id = target
        photo.path, photo.thumbnail = names
        photo.kind, photo.by, photo.at = kind, by, at
    Photo.objects.bulk_create(photos)
    return len(photos)


def tidy(*, at: datetime) -> int:
    """Removes files that have had no row for a day before `at` (forms that failed half-way); returns how many."""
    removed = 0
    for file in orphans(at=at):
        file.unlink(missing_ok=True)
        removed += 1
    return removed
