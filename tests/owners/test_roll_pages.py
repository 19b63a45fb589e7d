"""Importing a roll by the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from owners.actions.uploads import approve
from owners.models import ImportState, RollImport, Unit
from owners.roll import shelf
from servicecenter.accounts.models import Community, User
from tests.owners.rolls import HEADER, row, write_csv
from tests.owners.uploads import hand, work

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
ADDRESS = "/manage/roll/"


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    return write_csv(
        tmp_path / "花名册.csv", [HEADER, row(), row(room="1-1-102", name="李雷", phone="1380000")]
    )


def send(
    client: Client, community: Community, content: bytes, name: str = "花名册.csv", key: str = ""
) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(
        ADDRESS, {"community": community.pk, "file": file, "idempotency_key": key or str(uuid4())}
    )


def test_a_roll_handed_in_leads_to_its_page(
    mixed: Path, yangguang: Community, supervisor_bo: User, signed_in: SignedIn
) -> None:
    answer = send(signed_in(supervisor_bo), yangguang, mixed.read_bytes())
    assert answer.headers["Location"] == f"{ADDRESS}{RollImport.objects.get().pk}/"


def test_the_same_form_sent_twice_is_one_import_and_one_file(
    mixed: Path, yangguang: Community, supervisor_bo: User, signed_in: SignedIn
) -> None:
    client, key = signed_in(supervisor_bo), str(uuid4())
    first, second = (send(client, yangguang, mixed.read_bytes(), key=key) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(list(shelf.folder().iterdir())) == 1


def test_a_second_roll_of_the_community_waits_and_leaves_no_file(
    mixed: Path, yangguang: Community, supervisor_bo: User, admin_gu: User, signed_in: SignedIn
) -> None:
    send(signed_in(supervisor_bo), yangguang, mixed.read_bytes())
    answer = send(signed_in(admin_gu), yangguang, mixed.read_bytes())
    assert answer.status_code == 422
    assert "薄文" in answer.content.decode()
    assert len(list(shelf.folder().iterdir())) == 1


@pytest.mark.parametrize("size", [0, 20 * 1024 * 1024 + 1])
def test_an_empty_and_a_huge_file_are_turned_away(
    size: int, yangguang: Community, supervisor_bo: User, signed_in: SignedIn
) -> None:
    assert send(signed_in(supervisor_bo), yangguang, bytes(size)).status_code == 422
    assert not RollImport.objects.exists()


def test_a_community_of_others_cannot_be_chosen(
    mixed: Path, binjiang: Community, supervisor_bo: User, signed_in: SignedIn
) -> None:
    assert send(signed_in(supervisor_bo), binjiang, mixed.read_bytes()).status_code == 422


def test_the_page_of_a_moving_roll_asks_for_itself_again(
    mixed: Path, yangguang: Community, supervisor_bo: User, signed_in: SignedIn
) -> None:
    row_ = hand(mixed, yangguang, supervisor_bo)
    page = signed_in(supervisor_bo).get(f"{ADDRESS}{row_.pk}/").content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "<progress" in page


def test_the_fragment_is_what_a_fresh_page_shows(
    mixed: Path, yangguang: Community, supervisor_bo: User, signed_in: SignedIn
) -> None:
    row_ = hand(mixed, yangguang, supervisor_bo)
    work()
    client, url = signed_in(supervisor_bo), f"{ADDRESS}{row_.pk}/"
    fragment = client.get(url, headers={"HX-Request": "true", "HX-Target": "roll"}).content.decode()
    tokens = fragment.split('name="csrfmiddlewaretoken"')
    assert "hx-trigger" not in fragment
    assert tokens[0].strip() in client.get(url).content.decode()


def test_errors_are_shown_by_cell(
    mixed: Path, yangguang: Community, supervisor_bo: User, signed_in: SignedIn
) -> None:
    row_ = hand(mixed, yangguang, supervisor_bo)
    work()
    page = signed_in(supervisor_bo).get(f"{ADDRESS}{row_.pk}/").content.decode()
    assert 'data-kind="phone_length"' in page
    assert "手机" in page
    assert 'data-action="import_good"' in page
    assert 'data-action="import"' not in page


def test_the_good_rows_are_imported_by_the_page(
    mixed: Path, yangguang: Community, supervisor_bo: User, signed_in: SignedIn
) -> None:
    row_ = hand(mixed, yangguang, supervisor_bo)
    work()
    client = signed_in(supervisor_bo)
    client.post(f"{ADDRESS}{row_.pk}/import/", {"rows": "good"})
    assert work().state == ImportState.DONE
    assert Unit.objects.count() == 1
    bad = client.get(f"{ADDRESS}{row_.pk}/files/bad/")
    assert bad.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(bad.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]


def test_everything_is_refused_by_the_page_while_there_are_errors(
    mixed: Path, yangguang: Community, supervisor_bo: User, signed_in: SignedIn
) -> None:
    row_ = hand(mixed, yangguang, supervisor_bo)
    work()
    answer = signed_in(supervisor_bo).post(f"{ADDRESS}{row_.pk}/import/", {"rows": "all"})
    assert answer.status_code == 409
    assert not Unit.objects.exists()


def test_the_marked_file_is_offered_and_gone_after_cancelling(
    mixed: Path, yangguang: Community, supervisor_bo: User, signed_in: SignedIn
) -> None:
    row_ = hand(mixed, yangguang, supervisor_bo)
    work()
    client = signed_in(supervisor_bo)
    offered = client.get(f"{ADDRESS}{row_.pk}/files/marked/")
    assert b"".join(offered.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert client.post(f"{ADDRESS}{row_.pk}/cancel/").status_code == 302
    assert client.get(f"{ADDRESS}{row_.pk}/files/marked/").status_code == 404


def test_the_roll_itself_is_never_handed_out(
    mixed: Path, yangguang: Community, supervisor_bo: User, signed_in: SignedIn
) -> None:
    row_ = hand(mixed, yangguang, supervisor_bo)
    assert signed_in(supervisor_bo).get(f"{ADDRESS}{row_.pk}/files/roll/").status_code == 404


@pytest.mark.parametrize("path", ["", "import/", "cancel/", "files/marked/"])
def test_a_roll_of_another_community_does_not_exist(
    path: str, mixed: Path, binjiang: Community, supervisor_bo: User, admin_gu: User, signed_in: SignedIn
) -> None:
    row_ = hand(mixed, binjiang, admin_gu)
    client = signed_in(supervisor_bo)
    ask = client.post if path in ("import/", "cancel/") else client.get
    assert ask(f"{ADDRESS}{row_.pk}/{path}").status_code == 404


@pytest.mark.parametrize("who", ["agent_li", "manager_mei", "technician_chen", "resident_wang"])
def test_only_supervisors_and_administrators_import(
    who: str, request: pytest.FixtureRequest, signed_in: SignedIn
) -> None:
    assert signed_in(request.getfixturevalue(who)).get(ADDRESS).status_code == 403


def test_a_roll_that_is_in_says_so(
    tmp_path: Path, yangguang: Community, supervisor_bo: User, signed_in: SignedIn
) -> None:
    good = write_csv(tmp_path / "roll.csv", [HEADER, row()])
    hand(good, yangguang, supervisor_bo)
    approve(work(), good_rows=False, by=supervisor_bo)
    done = work()
    again = hand(good, yangguang, supervisor_bo)
    work()
    client = signed_in(supervisor_bo)
    assert 'data-status="done"' in client.get(f"{ADDRESS}{done.pk}/").content.decode()
    assert 'data-count="unchanged">1<' in client.get(f"{ADDRESS}{again.pk}/").content.decode()
