"""An uploaded roll is checked, decided about and imported; whatever dies or is tapped twice, it happens once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from owners.actions import uploads
from owners.actions.roll_runs import MOST_RUNS, Lost, Teller, carry_out, claim
from owners.actions.uploads import ImportOpen, approve, cancel, tidy
from owners.models import ImportState, Occupancy, Person, RollImport, Unit
from owners.roll import shelf
from owners.roll.progress import silent
from owners.roll.shelf import File
from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import Event
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import NotPermitted, Refusal, Stale
from tests.conftest import make_community, make_staff
from tests.owners.rolls import EXPECTED, HEADER, MESSY, PAPER, row, write_csv
from tests.owners.uploads import hand, work

pytestmark = pytest.mark.django_db

BAD_PHONE = row(room="1-1-102", name="李雷", phone="1380000")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write_csv(
        tmp_path / "roll.csv", [HEADER, row(), row(room="1-1-102", name="李雷", phone="13800000102")]
    )


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "mixed.csv", [HEADER, row(paper=PAPER), BAD_PHONE])


def test_a_dry_run_counts_what_would_be_new_and_stores_nothing(
    good: Path, yangguang: Community, supervisor_bo: User
) -> None:
    hand(good, yangguang, supervisor_bo)
    checked = work()
    assert checked.state == ImportState.CHECKED
    assert (checked.report["rows"], checked.report["created"], checked.report["errors"]) == (2, 2, 0)
    assert not Unit.objects.exists()


def test_the_dry_run_of_the_messy_roll_finds_what_the_command_finds(
    binjiang: Community, admin_gu: User
) -> None:
    hand(MESSY, binjiang, admin_gu)
    report = work().report
    found = {(line["row"], line["kind"]) for line in report["problems"] if line["severity"] == "error"}
    assert found == {(each["row"], each["kind"]) for each in EXPECTED["errors"]}
    assert report["errors"] == len(EXPECTED["errors"])


def test_an_approved_roll_is_imported_once(good: Path, yangguang: Community, supervisor_bo: User) -> None:
    hand(good, yangguang, supervisor_bo)
    approve(work(), good_rows=False, by=supervisor_bo)
    done = work()
    assert (done.state, done.report["created"]) == (ImportState.DONE, 2)
    assert Occupancy.objects.count() == 2
    assert claim() is None


def test_approving_twice_is_one_approval(good: Path, yangguang: Community, supervisor_bo: User) -> None:
    hand(good, yangguang, supervisor_bo)
    checked = work()
    approve(checked, good_rows=False, by=supervisor_bo)
    approve(checked, good_rows=False, by=supervisor_bo)
    assert Event.objects.filter(work="roll_import", action="approve").count() == 1


def test_the_same_file_again_changes_nothing_and_says_so(
    good: Path, yangguang: Community, supervisor_bo: User
) -> None:
    hand(good, yangguang, supervisor_bo)
    approve(work(), good_rows=False, by=supervisor_bo)
    work()
    hand(good, yangguang, supervisor_bo)
    report = work().report
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 2)


def test_everything_cannot_be_imported_while_there_is_an_error(
    mixed: Path, yangguang: Community, supervisor_bo: User
) -> None:
    hand(mixed, yangguang, supervisor_bo)
    with pytest.raises(Refusal) as refused:
        approve(work(), good_rows=False, by=supervisor_bo)
    assert refused.value.code == "roll_has_errors"


def test_the_good_rows_go_in_and_the_others_come_back_as_a_file(
    mixed: Path, yangguang: Community, supervisor_bo: User
) -> None:
    hand(mixed, yangguang, supervisor_bo)
    approve(work(), good_rows=True, by=supervisor_bo)
    done = work()
    assert (done.state, done.report["created"], done.report["bad"]) == (ImportState.DONE, 1, 1)
    assert shelf.path_of(done.token, File.BAD).exists()
    assert list(Person.objects.values_list("name", flat=True)) == ["王芳"]


def test_a_report_repeats_no_personal_value(mixed: Path, yangguang: Community, supervisor_bo: User) -> None:
    hand(mixed, yangguang, supervisor_bo)
    said = str(work().report)
    assert "1380000" not in said
    assert "李雷" not in said


def test_a_report_speaks_the_language_of_whoever_handed_the_roll_in(
    mixed: Path, yangguang: Community, supervisor_bo: User
) -> None:
    hand(mixed, yangguang, supervisor_bo)
    with translation.override(None):
        said = work().report["problems"][0]["message"]
    assert "手机号" in said or "电话" in said


def test_a_file_that_is_no_roll_is_refused_with_a_sentence(
    tmp_path: Path, yangguang: Community, supervisor_bo: User
) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("今天,天气,不错\n", encoding="utf-8")
    hand(path, yangguang, supervisor_bo)
    refused = work()
    assert refused.state == ImportState.REFUSED
    assert "房" in refused.refusal or "header" in refused.refusal


def test_one_roll_of_a_community_at_a_time(
    good: Path, yangguang: Community, supervisor_bo: User, admin_gu: User
) -> None:
    hand(good, yangguang, supervisor_bo)
    with pytest.raises(ImportOpen):
        hand(good, yangguang, admin_gu)


def test_another_community_is_not_in_the_way(
    good: Path, yangguang: Community, binjiang: Community, supervisor_bo: User, admin_gu: User
) -> None:
    hand(good, yangguang, supervisor_bo)
    hand(good, binjiang, admin_gu)
    assert RollImport.objects.open().count() == 2


def test_ones_own_checked_roll_gives_way_to_the_mended_one(
    good: Path, mixed: Path, yangguang: Community, supervisor_bo: User
) -> None:
    hand(mixed, yangguang, supervisor_bo)
    first = work()
    hand(good, yangguang, supervisor_bo)
    first.refresh_from_db()
    assert first.state == ImportState.CANCELLED


def test_the_checked_roll_of_a_colleague_does_not_give_way(
    good: Path, yangguang: Community, supervisor_bo: User, admin_gu: User
) -> None:
    hand(good, yangguang, supervisor_bo)
    work()
    with pytest.raises(ImportOpen):
        hand(good, yangguang, admin_gu)


def test_cancelling_deletes_the_files(
    good: Path, yangguang: Community, supervisor_bo: User, django_capture_on_commit_callbacks: Any
) -> None:
    checked = hand(good, yangguang, supervisor_bo)
    with django_capture_on_commit_callbacks(execute=True):
        cancel(checked, by=supervisor_bo)
    assert not shelf.path_of(checked.token, File.ROLL).exists()


def test_what_was_cancelled_half_way_is_taken_back(
    good: Path, yangguang: Community, supervisor_bo: User
) -> None:
    hand(good, yangguang, supervisor_bo)
    approve(work(), good_rows=False, by=supervisor_bo)
    taken = claim()
    assert taken is not None
    cancel(taken, by=supervisor_bo)
    carry_out(taken, silent)
    taken.refresh_from_db()
    assert taken.state == ImportState.CANCELLED
    assert not Unit.objects.exists()


def test_an_imported_roll_cannot_be_cancelled(good: Path, yangguang: Community, supervisor_bo: User) -> None:
    hand(good, yangguang, supervisor_bo)
    approve(work(), good_rows=False, by=supervisor_bo)
    with pytest.raises(Refusal) as refused:
        cancel(work(), by=supervisor_bo)
    assert refused.value.code == "roll_imported"


def test_a_cancelled_roll_cannot_be_approved(good: Path, yangguang: Community, supervisor_bo: User) -> None:
    hand(good, yangguang, supervisor_bo)
    checked = work()
    cancel(checked, by=supervisor_bo)
    with pytest.raises(Stale):
        approve(checked, good_rows=False, by=supervisor_bo)


def test_a_roll_whose_worker_died_is_found_again(
    good: Path, yangguang: Community, supervisor_bo: User
) -> None:
    hand(good, yangguang, supervisor_bo)
    dead = claim()
    assert dead is not None
    assert claim() is None
    RollImport.objects.filter(pk=dead.pk).update(lease_until=database_now() - timedelta(seconds=1))
    assert work().state == ImportState.CHECKED


def test_a_worker_that_was_thought_dead_changes_nothing(
    good: Path, yangguang: Community, supervisor_bo: User
) -> None:
    hand(good, yangguang, supervisor_bo)
    approve(work(), good_rows=False, by=supervisor_bo)
    slow = claim()
    assert slow is not None
    RollImport.objects.filter(pk=slow.pk).update(lease_until=database_now() - timedelta(seconds=1))
    quick = claim()
    assert quick is not None
    carry_out(slow, silent)
    assert not Unit.objects.exists()
    carry_out(quick, silent)
    assert Unit.objects.count() == 2


def test_a_roll_that_ends_every_worker_is_given_up(
    good: Path, yangguang: Community, supervisor_bo: User
) -> None:
    hand(good, yangguang, supervisor_bo)
    RollImport.objects.update(run_no=MOST_RUNS)
    assert work().state == ImportState.FAILED


def test_an_agent_may_not_hand_a_roll_in(good: Path, yangguang: Community, agent_li: User) -> None:
    with pytest.raises(NotPermitted):
        hand(good, yangguang, agent_li)


def test_nobody_imports_into_a_community_of_others(
    good: Path, binjiang: Community, supervisor_bo: User
) -> None:
    with pytest.raises(NotPermitted):
        hand(good, binjiang, supervisor_bo)


def test_files_are_deleted_after_a_week(good: Path, yangguang: Community, supervisor_bo: User) -> None:
    hand(good, yangguang, supervisor_bo)
    checked = work()
    assert tidy(at=checked.at + uploads.KEPT) == 0
    assert tidy(at=checked.at + uploads.KEPT + timedelta(seconds=1)) == 1
    checked.refresh_from_db()
    assert (checked.state, checked.has_files) == (ImportState.CANCELLED, False)
    assert "problems" not in checked.report
    assert not shelf.path_of(checked.token, File.ROLL).exists()


def test_files_without_a_row_are_deleted(db: None) -> None:
    stored = shelf.put([b"forgotten"])
    assert tidy(at=database_now() + timedelta(hours=2)) == 1
    assert not shelf.path_of(stored.token, File.ROLL).exists()


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_from_outside_and_a_cancelled_run_hears_of_it(good: Path) -> None:
    community = make_community("YG", "阳光花园")
    boss = make_staff("bo", "supervisor", community)
    hand(good, community, boss)
    taken = claim()
    assert taken is not None
    with Teller(taken) as teller:
        teller.told_at -= 2
        teller("reading", 30_000, 60_000)
        taken.refresh_from_db()
        assert (taken.phase, taken.percent) == ("reading", 25)
        cancel(taken, by=boss)
        teller.told_at -= 2
        with pytest.raises(Lost):
            teller("reading", 40_000, 60_000)
