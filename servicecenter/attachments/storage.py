"""Photo files on disk: outside of the web root, under random names, durable before their row is committed.

A name is `ab/<32 hex>.jpg`. Nothing that a client sent is ever part of one.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.refusals import Refusal

NAME: Final = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{30}\.(?:jpg|png|webp|pdf)")
EXTENSIONS: Final = ("jpg", "png", "webp", "pdf")
# A photo is read by this program only.
FILE_MODE, FOLDER_MODE = 0o600, 0o700


class StorageFull(Refusal):
    """Photos cannot be written now: the disk is full, or it takes no files for another reason."""

    status = 507
    code = "storage_full"
    sentence = _(
        "Photos cannot be stored at the moment. Please send it without photos, or try again later with them."
    )


class NameRefused(ValueError):
    """Not a name that `Store.write` could have given: a path trick, or a damaged row."""


@dataclass(frozen=True)
class Store:
    """Files below `root`, and never anywhere else."""

    root: Path

    def write(self, data: bytes, extension: str) -> str:
        """Stores `data` under a new random name and returns that name.

        When it returns, content and directory entry are on disk (fsync): a row committed afterwards always
        has its file. On any failure (a full disk) nothing is left behind and the OSError goes on. Refuses
        with NameRefused an extension other than jpg, png, webp and pdf.
        """
        if extension not in EXTENSIONS:
            raise NameRefused(f"no photo has the extension {extension!r}")
        token = secrets.token_hex(16)
        name = f"{token[:2]}/{token}.{extension}"
        target = self.root / name
        self._make_folder(target.parent)
        part = target.with_name(f".{token}.part")
        try:
            _write_new(part, data)
            part.rename(target)
            _sync_folder(target.parent)
        except BaseException:
            part.unlink(missing_ok=True)
            target.unlink(missing_ok=True)
            raise
        return name

    def open(self, name: str) -> BinaryIO:
        """The file for reading. Refuses a foreign name (NameRefused), a missing file (FileNotFoundError)."""
        # A link could lead out of the root; a photo is never one.
        descriptor = os.open(self.path(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        return os.fdopen(descriptor, "rb")

    def delete(self, name: str) -> None:
        """Removes the file for good; one already gone is fine. Refuses with NameRefused a foreign name."""
        path = self.path(name)
        if path.parent.is_dir():
            path.unlink(missing_ok=True)
            _sync_folder(path.parent)

    def path(self, name: str) -> Path:
        """Where a stored name lies. Refuses with NameRefused a foreign name and a folder that is a link."""
        if not NAME.fullmatch(name):
            raise NameRefused(f"not a stored photo: {name!r}")
        path = self.root / name
        if path.parent.is_symlink():
            raise NameRefused(f"not below the photo folder: {name!r}")
        return path

    def older_than(self, instant: float) -> Iterator[Path]:
        """Every file below the root that was last written before `instant` (seconds), unfinished ones too."""
        for folder in sorted(self.root.glob("[0-9a-f][0-9a-f]")):
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False) and entry.stat().st_mtime < instant:
                        yield Path(entry.path)

    def _make_folder(self, folder: Path) -> None:
        for path in (self.root, folder):
            if not path.is_dir():
                path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
                _sync_folder(path.parent)
        if folder.is_symlink():
            raise NameRefused(f"not below the photo folder: {folder.name!r}")


def photo_store() -> Store:
    """The store of this installation, below MEDIA_ROOT."""
    return Store(Path(settings.MEDIA_ROOT))


def _write_new(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, FILE_MODE), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Without this a power cut may forget a new or removed name although the file itself was written."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
