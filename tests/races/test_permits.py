"""Two people at one permit at the same moment."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from decoration.models import Permit
from servicecenter.accounts.models import User
from servicecenter.ledger import actions as ledger
from servicecenter.ledger.models import Entry, Refund
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


def test_an_extension_and_another_application_do_not_take_the_same_days(site: Site) -> None:
    running = site.permit("permit_active")
    after = site.later(running, 1)
    other = site.draft(starts_on=after, ends_on=after + timedelta(days=9))
    DO["ask_change"](
        fresh(running), kind="extension", reason="瓷砖晚到", ends_on=after + timedelta(days=3), by=site.owner
    )
    results = collide(
        lambda: DO["grant_change"](fresh(running), by=site.supervisor),
        lambda: DO["submit"](fresh(other), by=site.owner),
    )
    assert set(codes(results)) <= {"permit_overlaps", "incomplete"}
    assert (fresh(running).ends_on == running.ends_on) == (fresh(other).status == "submitted")


def test_a_change_and_the_final_acceptance_are_not_both_asked_for(site: Site) -> None:
    permit = site.permit("permit_active")
    results = collide(
        lambda: DO["ask_change"](
            fresh(permit),
            kind="extension",
            reason="瓷砖晚到",
            ends_on=site.later(permit, 3),
            by=site.owner,
        ),
        lambda: DO["ask_acceptance"](fresh(permit), by=site.owner),
    )
    assert codes(results) == ["transition_refused"]
    assert fresh(permit).has_open_change == (fresh(permit).status == "permit_active")


def test_two_deductions_at_once_do_not_come_to_more_than_the_deposit(site: Site) -> None:
    permit = site.permit("works_accepted")
    most = str(permit.held - 1)
    results = collide(
        lambda: site.deduct(fresh(permit), most, "走廊墙面修补"),
        lambda: site.deduct(fresh(permit), most, "电梯轿厢划伤"),
    )
    assert codes(results) == ["invalid"]
    assert permit.deductions.count() == 1


def test_of_two_who_propose_a_refund_at_once_one_does(site: Site, agent_zhou: User) -> None:
    permit = site.permit("refund_asked")
    results = collide(
        lambda: DO["propose_refund"](fresh(permit), by=site.agent),
        lambda: DO["propose_refund"](fresh(permit), by=agent_zhou),
    )
    assert codes(results) == ["transition_refused"]
    assert Refund.objects.count() == 1


def test_of_two_who_agree_to_a_refund_or_decline_it_at_once_one_decides(site: Site) -> None:
    permit = site.permit("refund_asked")
    DO["propose_refund"](permit, by=site.agent)
    results = collide(
        lambda: DO["agree_refund"](fresh(permit), by=site.supervisor),
        lambda: DO["decline_refund"](fresh(permit), reason="扣款有误", by=site.manager),
    )
    assert codes(results) == ["transition_refused"]
    assert (fresh(permit).status == "refund_agreed") == (Refund.objects.get().agreed is True)


def test_a_refund_that_is_paid_on_two_pages_at_once_leaves_the_drawer_once(
    site: Site, agent_zhou: User
) -> None:
    permit = site.permit("refund_agreed")
    asked = Refund.objects.get()
    results = collide(
        lambda: DO["pay_refund"](fresh(permit), method="cash", by=site.agent),
        lambda: ledger.pay_refund(asked, method="cash", by=agent_zhou),
    )
    assert len(codes(results)) <= 1
    assert Entry.objects.filter(kind="refund").count() == 1
    assert fresh(permit).held == Decimal(0)
