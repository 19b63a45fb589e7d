"""Photo files: durable when the name is returned, and never outside of their folder."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from servicecenter.attachments.storage import NAME, NameRefused, Store

GOOD = "ab/ab" + "0" * 30 + ".jpg"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "media")


def files(store: Store) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


def test_what_was_written_is_read_again(store: Store) -> None:
    name = store.write(b"pixels", "jpg")
    with store.open(name) as file:
        assert file.read() == b"pixels"


@pytest.mark.parametrize("extension", ["jpg", "png", "webp"])
def test_a_name_is_two_hex_a_slash_32_hex_and_the_extension(store: Store, extension: str) -> None:
    name = store.write(b"x", extension)
    assert NAME.fullmatch(name)
    assert name.endswith(f".{extension}")


def test_the_same_picture_twice_gets_two_names(store: Store) -> None:
    assert store.write(b"x", "jpg") != store.write(b"x", "jpg")


def test_only_the_finished_file_is_left(store: Store) -> None:
    name = store.write(b"x", "jpg")
    assert files(store) == [store.root / name]


def test_files_and_folders_are_for_this_program_only(store: Store) -> None:
    path = store.path(store.write(b"x", "jpg"))
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]


def test_file_and_folder_are_synced_around_the_rename(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def noted_fsync(descriptor: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def noted_rename(self: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "rename", noted_rename)
    store.write(b"x", "jpg")
    assert steps[-3:] == ["file", "rename", "folder"]


def test_a_full_disk_leaves_nothing_behind(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.write(b"x", "jpg")
    assert files(store) == []


def test_a_deleted_file_is_gone(store: Store) -> None:
    name = store.write(b"x", "jpg")
    store.delete(name)
    with pytest.raises(FileNotFoundError):
        store.open(name)


def test_deleting_twice_is_fine(store: Store) -> None:
    name = store.write(b"x", "jpg")
    store.delete(name)
    store.delete(name)
    assert files(store) == []


def test_deleting_from_a_folder_that_never_was_is_fine(store: Store) -> None:
    store.delete(GOOD)
    assert not store.root.exists()


TRICKS = [
    "",
    ".",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "ab/../../../etc/passwd",
    "ab/..",
    "ab/" + "0" * 32 + ".jpg",
    GOOD.upper(),
    GOOD + "\n",
    GOOD + "\0",
    GOOD + "/",
    "./" + GOOD,
    "/" + GOOD,
    GOOD.replace("/", "\\"),
    GOOD.replace(".jpg", ".php"),
    GOOD.replace(".jpg", ".jpg.html"),
    GOOD.replace("0", "０"),
    ".ab/ab" + "0" * 30 + ".part",
]


@pytest.mark.parametrize("name", TRICKS)
def test_a_name_that_was_never_given_is_refused_for_reading(store: Store, name: str) -> None:
    with pytest.raises(NameRefused):
        store.open(name)


@pytest.mark.parametrize("name", TRICKS)
def test_a_name_that_was_never_given_is_refused_for_deleting(store: Store, name: str) -> None:
    with pytest.raises(NameRefused):
        store.delete(name)


@pytest.mark.parametrize("extension", ["", "svg", "html", "JPG", "jpg/../../x", "../jpg"])
def test_a_foreign_extension_is_refused(store: Store, extension: str) -> None:
    with pytest.raises(NameRefused):
        store.write(b"x", extension)
    assert not store.root.exists()


def test_a_link_in_place_of_a_photo_is_not_followed(store: Store, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (store.root / "ab").mkdir(parents=True)
    (store.root / GOOD).symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match=os.strerror(errno.ELOOP)):
        store.open(GOOD)


def test_a_folder_that_leads_elsewhere_is_refused(store: Store, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / GOOD[3:]).write_bytes(b"secret")
    store.root.mkdir()
    (store.root / "ab").symlink_to(elsewhere)
    with pytest.raises(NameRefused):
        store.open(GOOD)
    with pytest.raises(NameRefused):
        store.delete(GOOD)
    assert (elsewhere / GOOD[3:]).exists()
