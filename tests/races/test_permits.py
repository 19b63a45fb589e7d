"""Two people at one permit at the same moment."""

from __future__ import annotations

from decimal import Decimal

import pytest

from decoration.models import Permit
from servicecenter.accounts.models import User
from servicecenter.ledger.models import Entry
from tests.decoration.conftest import DO, Site, site
from tests.races.test_races import codes, collide

__all__ = ["site"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def fresh(permit: Permit) -> Permit:
    return Permit.objects.get(pk=permit.pk)


def test_of_two_who_approve_or_refuse_at_once_one_decides(site: Site) -> None:
    permit = site.permit("engineer_passed")
    one, two = fresh(permit), fresh(permit)
    results = collide(
        lambda: DO["approve"](one, by=site.supervisor),
        lambda: DO["refuse"](two, reason="不同意", by=site.supervisor),
    )
    assert codes(results) == ["transition_refused"]


def test_a_refund_that_is_paid_twice_at_once_leaves_the_drawer_once(site: Site, agent_zhou: User) -> None:
    permit = site.permit("refund_agreed")
    one, two = fresh(permit), fresh(permit)
    results = collide(
        lambda: DO["pay_refund"](one, method="cash", by=site.agent),
        lambda: DO["pay_refund"](two, method="cash", by=agent_zhou),
    )
    assert codes(results) == ["transition_refused"]
    assert Entry.objects.filter(kind="refund").count() == 1
    assert fresh(permit).held == Decimal(0)


def test_two_applications_for_the_same_days_do_not_both_go_in(site: Site) -> None:
    one, two = site.draft(), site.draft()
    results = collide(
        lambda: DO["submit"](fresh(one), by=site.owner),
        lambda: DO["submit"](fresh(two), by=site.owner),
    )
    assert set(codes(results)) <= {"incomplete", "permit_overlaps"}
    assert Permit.objects.filter(status="submitted").count() == 1
