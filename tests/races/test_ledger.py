"""Two desks take the same money, or close a day that money still comes in on: one thing happens, and the book holds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from servicecenter.accounts.models import Community, User
from servicecenter.ledger.actions import (
    About,
    Counted,
    agree_refund,
    ask_refund,
    bill,
    close_day,
    decline_refund,
    pay_refund,
    reverse,
    take,
)
from servicecenter.ledger.models import CashUp, Charge, Receipt
from servicecenter.ledger.queries.days import book_of
from servicecenter.lib.clock import database_now, local_day
from tests.ledger.conftest import the_book_holds
from tests.races.test_races import codes, collide

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def charge(yangguang: Community, agent_li: User) -> Iterator[Charge]:
    yield make(yangguang, agent_li, "one")
    the_book_holds()


def make(community: Community, by: User, key: str) -> Charge:
    about = About(community, "unit", 1)
    return bill(about, kind="repair", item="换阀", amount=Decimal(80), key=key, by=by)


def test_two_agents_who_take_one_charge_take_it_once(
    charge: Charge, agent_li: User, agent_zhou: User
) -> None:
    results = collide(
        *(lambda by=by: take(charge, method="cash", by=by) for by in (agent_li, agent_zhou, agent_li))
    )
    assert codes(results) == ["charge_settled"] * 2
    assert Receipt.objects.get().sequence == 1


def test_numbers_have_no_gap_whoever_takes_money_at_once(
    charge: Charge, yangguang: Community, agent_li: User, agent_zhou: User
) -> None:
    charges = [make(yangguang, agent_li, f"k{number}") for number in range(4)]
    codes(
        collide(
            *(
                lambda each=each, by=by: take(each, method="cash", by=by)
                for each, by in zip(charges, [agent_li, agent_zhou] * 2, strict=True)
            )
        )
    )
    assert sorted(Receipt.objects.values_list("sequence", flat=True)) == [1, 2, 3, 4]


def test_a_payment_goes_back_once(
    charge: Charge, agent_li: User, agent_zhou: User, supervisor_bo: User
) -> None:
    receipt = take(charge, method="cash", by=agent_li)
    asked = ask_refund(charge, amount=Decimal(80), reason="退款", by=agent_li)
    agreed = agree_refund(asked, by=supervisor_bo)
    results = collide(
        lambda: pay_refund(agreed, method="cash", by=agent_li),
        lambda: pay_refund(agreed, method="cash", by=agent_zhou),
        lambda: reverse(receipt, reason="收错", by=supervisor_bo),
    )
    assert len(codes(results)) == 2


def test_two_supervisors_decide_one_refund_once(
    charge: Charge, agent_li: User, supervisor_bo: User, manager_mei: User
) -> None:
    take(charge, method="cash", by=agent_li)
    asked = ask_refund(charge, amount=Decimal(80), reason="退款", by=agent_li)
    results = collide(
        lambda: agree_refund(asked, by=supervisor_bo),
        lambda: decline_refund(asked, reason="不退", by=manager_mei),
    )
    assert codes(results) == ["refund_moved"]


def test_money_that_comes_while_a_day_is_closed_is_in_its_count_or_on_the_next_day(
    charge: Charge, yangguang: Community, agent_li: User
) -> None:
    today = local_day(database_now())
    take(charge, method="cash", by=agent_li)
    late = make(yangguang, agent_li, "late")
    results = collide(
        lambda: take(late, method="cash", by=agent_li),
        lambda: close_day(yangguang, day=today, counted={"cash": Counted(Decimal(80))}, by=agent_li),
    )
    closed = CashUp.objects.exists()
    assert codes(results) == ([] if closed else ["invalid"])
    assert book_of(yangguang.pk, agent_li, today) == {"cash": Decimal(80 if closed else 160)}
