"""Two people at one complaint at the same moment."""

from __future__ import annotations

import pytest

from complaints.models import Complaint
from complaints.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.lib.invariants import broken, every_invariant
from tests.complaints.conftest import DO, Cast, cast
from tests.races.test_races import codes, collide

__all__ = ["cast"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def fresh(complaint: Complaint) -> Complaint:
    return Complaint.objects.get(pk=complaint.pk)


def test_of_two_who_acknowledge_at_once_one_is_answerable(
    cast: Cast, agent_li: User, agent_zhou: User
) -> None:
    complaint = cast.file()
    one, two = fresh(complaint), fresh(complaint)
    results = collide(
        lambda: DO["acknowledge"](one, note="已回电", by=agent_li),
        lambda: DO["acknowledge"](two, note="已回电", by=agent_zhou),
    )
    assert codes(results) == ["transition_refused"]
    assert complaint.events().filter(action="acknowledge").count() == 1


def test_two_complaints_never_lead_each_other(cast: Cast, agent_li: User) -> None:
    first, second = cast.complaint(), cast.complaint()
    collide(
        lambda: DO["join"](fresh(first), lead=fresh(second), by=agent_li),
        lambda: DO["join"](fresh(second), lead=fresh(first), by=agent_li),
    )
    assert Complaint.objects.filter(status=Status.JOINED).count() == 1


def test_whoever_joins_while_the_lead_closes_is_closed_with_it_or_refused(
    cast: Cast, agent_li: User, supervisor_bo: User
) -> None:
    lead, late = cast.complaint("told"), cast.complaint()
    codes(
        collide(
            lambda: DO["close"](fresh(lead), by=supervisor_bo),
            lambda: DO["join"](fresh(late), lead=fresh(lead), by=agent_li),
        )
    )
    assert fresh(late).status in (Status.RECEIVED, Status.CLOSED)
    assert [each.sentence for each in every_invariant() if each.code == "V13" and broken(each)[0]] == []
