"""A closed complaint is called about like a repair: archived after it, or opened again one level higher."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from complaints.models import Complaint, Level
from complaints.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.workflow.run import TransitionRefused
from surveys import actions as surveys
from surveys.models import FollowUp
from tests.complaints.conftest import DO, Cast


def test_a_satisfied_complainant_ends_the_file(cast: Cast) -> None:
    complaint = cast.complaint("archived")
    call = FollowUp.objects.get()
    assert (call.work, call.outcome, call.worker) == ("complaint", "satisfied", complaint.handler)


def test_somebody_who_is_not_satisfied_opens_it_again_one_level_higher(cast: Cast) -> None:
    complaint = cast.complaint("closed")
    cast.call(complaint, overall=3, solved=False)
    complaint.refresh_from_db()
    assert (complaint.status, complaint.level) == (Status.INVESTIGATING, Level.COMPLEX)


def test_nothing_is_archived_before_its_call_has_an_outcome(cast: Cast, agent_li: User) -> None:
    complaint = cast.complaint("closed")
    with pytest.raises(TransitionRefused):
        DO["archive"](complaint, by=agent_li)
    with pytest.raises(IntegrityError, match="no outcome"), transaction.atomic():
        Complaint.objects.filter(pk=complaint.pk).update(status="archived")


def test_somebody_without_a_phone_is_not_called(cast: Cast, agent_li: User) -> None:
    complaint = cast.file(anonymous=True)
    DO["settle"](complaint, reply="已清理", by=agent_li)
    assert not FollowUp.objects.exists()
    DO["archive"](complaint, by=agent_li)


def test_a_reopened_complaint_needs_a_new_call(cast: Cast, resident_wang: User) -> None:
    complaint = cast.complaint("closed")
    DO["reopen"](complaint, reason="又没人清理", by=resident_wang)
    assert FollowUp.objects.get().outcome == "superseded"


def test_whoever_it_is_about_never_gets_the_call(cast: Cast, agent_zhou: User, supervisor_bo: User) -> None:
    complaint = cast.complaint(type="staff_attitude")
    DO["classify"](complaint, type="staff_attitude", level="ordinary", about=agent_zhou, by=supervisor_bo)
    DO["settle"](complaint, reply="已道歉", by=supervisor_bo)
    assert not FollowUp.objects.visible_to(agent_zhou).exists()
    assert surveys.claim(by=agent_zhou) is None
    assert surveys.claim(by=supervisor_bo) is not None
    assert [
        each.sentence for each in every_invariant() if each.code in ("V5", "V20") and broken(each)[0]
    ] == []


def test_the_station_shows_the_complaint_and_ends_the_call(
    cast: Cast, supervisor_bo: User, signed_in: Callable[[User], Client]
) -> None:
    complaint = cast.complaint("closed")
    browser = signed_in(supervisor_bo)
    browser.post("/desk/calls/claim/")
    page = browser.get("/desk/calls/").content.decode()
    assert complaint.number in page
    assert complaint.reply in page
    # No technician came, and nobody wore shoe covers.
    assert 'name="attitude"' in page
    assert 'name="tidiness"' not in page
    held = FollowUp.objects.get()
    sent = {"claim_no": str(held.claim_no), "outcome": "reached", "overall": "9", "solved": "yes"}
    assert browser.post(f"/desk/calls/{held.pk}/finish/", sent).status_code == 302
    complaint.refresh_from_db()
    assert complaint.status == Status.ARCHIVED
