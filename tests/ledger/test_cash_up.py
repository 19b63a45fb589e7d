"""日结: counted against the book, closed by the cashier, looked at again by a supervisor."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from servicecenter.accounts.models import Community, User
from servicecenter.ledger.actions import Counted, close_day, countersign, reverse, take
from servicecenter.ledger.models import CashUp, Charge, Entry, Line
from servicecenter.ledger.queries.days import book_of, open_days
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import Invalid, NotPermitted, Refusal
from tests.ledger.conftest import Charging


@pytest.fixture
def today() -> date:
    return local_day(database_now())


@pytest.fixture
def paid(charged: Charging, agent_li: User) -> Charge:
    """80 yuan in cash, in the drawer of agent_li."""
    charge = charged(80)
    take(charge, method="cash", by=agent_li)
    return charge


def close(community: Community, day: date, by: User, cash: str = "80", reason: str = "") -> CashUp:
    return close_day(community, day=day, counted={"cash": Counted(Decimal(cash), reason)}, by=by)


def test_a_day_that_agrees_is_closed(paid: Charge, yangguang: Community, agent_li: User, today: date) -> None:
    count = close(yangguang, today, agent_li).counts.get()
    assert (count.method, count.book, count.counted) == ("cash", Decimal(80), Decimal(80))
    assert open_days(agent_li, database_now()) == []


def test_a_difference_is_booked_with_its_reason(
    paid: Charge, yangguang: Community, agent_li: User, today: date
) -> None:
    with pytest.raises(Invalid):
        close(yangguang, today, agent_li, "79.50")
    close(yangguang, today, agent_li, "79.50", "找零少了五角")
    assert Line.objects.get(account="difference").amount == Decimal("0.50")
    assert Entry.objects.get(kind="difference").reason == "找零少了五角"


def test_what_comes_after_goes_to_the_next_day(
    paid: Charge, charged: Charging, yangguang: Community, agent_li: User, supervisor_bo: User, today: date
) -> None:
    receipt = paid.receipts.get()
    close(yangguang, today, agent_li)
    later = take(charged(30), method="cash", by=agent_li)
    entry = reverse(receipt, reason="收错户", by=supervisor_bo)
    tomorrow = today + timedelta(days=1)
    assert (later.day, later.number[:7], entry.day) == (tomorrow, f"S{tomorrow:%y%m%d}", tomorrow)
    assert book_of(yangguang.pk, agent_li, tomorrow) == {"cash": Decimal(-50)}


def test_the_drawer_of_a_colleague_stays_open(
    paid: Charge, charged: Charging, yangguang: Community, agent_li: User, agent_zhou: User, today: date
) -> None:
    close(yangguang, today, agent_li)
    assert take(charged(30), method="cash", by=agent_zhou).day == today


def test_a_day_is_closed_once(paid: Charge, yangguang: Community, agent_li: User, today: date) -> None:
    close(yangguang, today, agent_li)
    with pytest.raises(Refusal, match="day_closed"):
        close(yangguang, today, agent_li)


def test_every_method_of_the_day_is_counted(
    paid: Charge, charged: Charging, yangguang: Community, agent_li: User, today: date
) -> None:
    take(charged(30), method="wechat", by=agent_li)
    with pytest.raises(Invalid) as refused:
        close(yangguang, today, agent_li)
    assert list(refused.value.errors) == ["wechat"]


def test_there_is_nothing_to_close_without_money(
    charged: Charging, yangguang: Community, agent_li: User, today: date
) -> None:
    charged(80)
    with pytest.raises(Invalid):
        close(yangguang, today, agent_li, "0")


def test_a_supervisor_countersigns_once(
    paid: Charge, yangguang: Community, agent_li: User, supervisor_bo: User, today: date
) -> None:
    closed = close(yangguang, today, agent_li)
    first = countersign(closed, by=supervisor_bo).countersigned_at
    assert countersign(closed, by=supervisor_bo).countersigned_at == first


def test_nobody_countersigns_an_own_day(
    charged: Charging, yangguang: Community, agent_li: User, supervisor_bo: User, today: date
) -> None:
    take(charged(80), method="cash", by=supervisor_bo)
    closed = close(yangguang, today, supervisor_bo)
    for who in (supervisor_bo, agent_li):
        with pytest.raises(NotPermitted):
            countersign(closed, by=who)


def test_the_database_takes_no_entry_on_a_closed_day(
    paid: Charge, yangguang: Community, agent_li: User, today: date
) -> None:
    close(yangguang, today, agent_li)
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        Entry.objects.create(
            community=yangguang,
            kind="receipt",
            charge=paid,
            day=today,
            at=database_now(),
            by=agent_li,
            cashier=agent_li,
        )
