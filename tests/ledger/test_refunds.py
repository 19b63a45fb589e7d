"""Money goes back by two people; of a deposit a part may be kept, and every yuan of it is accounted for."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from servicecenter.accounts.models import User
from servicecenter.ledger.actions import (
    agree_refund,
    ask_refund,
    decline_refund,
    deduct,
    pay_refund,
    refund,
    reverse,
    take,
    withdraw,
)
from servicecenter.ledger.models import Charge, Entry, Refund
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from tests.ledger.conftest import Charging
from tests.ledger.test_book import balance, totals


@pytest.fixture
def deposit(charged: Charging, agent_li: User) -> Charge:
    """2000 yuan that were paid in cash."""
    charge = charged(2000, "deposit")
    take(charge, method="cash", by=agent_li)
    return charge


@pytest.fixture
def asked(deposit: Charge, agent_li: User) -> Refund:
    """1700 back, 300 kept."""
    return ask_refund(deposit, amount=Decimal(1700), kept=Decimal(300), reason="电梯门划伤", by=agent_li)


def test_nothing_moves_before_a_second_person_agrees(asked: Refund) -> None:
    assert (str(asked.state), balance("deposits"), balance("cash")) == ("asked", -2000, 2000)


def test_what_is_kept_becomes_income_and_the_rest_is_paid_out(
    asked: Refund, agent_li: User, supervisor_bo: User
) -> None:
    agreed = agree_refund(asked, by=supervisor_bo)
    assert (str(agreed.state), balance("deposits"), balance("income_decoration")) == ("agreed", -1700, -300)
    done = pay_refund(agreed, method="cash", by=agent_li)
    assert (str(done.state), balance("deposits"), balance("cash")) == ("done", 0, 300)
    assert totals(done.charge) == (300, 300, "settled")
    assert [done.charge.held, done.charge.returned, done.charge.kept] == [0, 1700, 300]


def test_a_deposit_that_is_kept_whole_is_done_when_agreed(
    deposit: Charge, agent_li: User, supervisor_bo: User
) -> None:
    asked = ask_refund(deposit, amount=Decimal(0), kept=Decimal(2000), reason="未清运", by=agent_li)
    assert agree_refund(asked, by=supervisor_bo).state == "done"
    assert totals(deposit)[2] == "settled"


def test_all_that_goes_back_makes_a_charge_returned(
    deposit: Charge, agent_li: User, supervisor_bo: User
) -> None:
    asked = ask_refund(deposit, amount=Decimal(2000), reason="验收合格", by=agent_li)
    pay_refund(agree_refund(asked, by=supervisor_bo), method="transfer", reference="B-1", by=agent_li)
    assert totals(deposit) == (0, 0, "returned")


def test_a_declined_refund_says_why_and_frees_the_charge(
    asked: Refund, agent_li: User, supervisor_bo: User
) -> None:
    declined = decline_refund(asked, reason="先复验", by=supervisor_bo)
    assert (str(declined.state), declined.answer, balance("deposits")) == ("declined", "先复验", -2000)
    ask_refund(asked.charge, amount=Decimal(1), reason="再申请", by=agent_li)


@pytest.mark.parametrize(("amount", "kept"), [("2000.01", "0"), ("1700", "300.01"), ("0", "0"), ("-1", "5"),
                                              ("0.001", "0"), ("NaN", "0")])  # fmt: skip
def test_no_more_is_asked_for_than_is_held(deposit: Charge, agent_li: User, amount: str, kept: str) -> None:
    with pytest.raises(Invalid):
        ask_refund(deposit, amount=Decimal(amount), kept=Decimal(kept), reason="退", by=agent_li)


def test_nothing_is_kept_of_what_is_no_deposit(charged: Charging, agent_li: User) -> None:
    charge = charged(80)
    take(charge, method="cash", by=agent_li)
    with pytest.raises(Invalid):
        ask_refund(charge, amount=Decimal(0), kept=Decimal(10), reason="扣", by=agent_li)


def test_a_charge_has_one_open_refund(asked: Refund, agent_li: User) -> None:
    with pytest.raises(Refusal, match="refund_moved"):
        ask_refund(asked.charge, amount=Decimal(1), reason="又退", by=agent_li)


def test_nobody_agrees_alone(deposit: Charge, agent_li: User, supervisor_bo: User) -> None:
    asked = ask_refund(deposit, amount=Decimal(10), reason="退", by=supervisor_bo)
    for who in (supervisor_bo, agent_li):
        with pytest.raises(NotPermitted):
            agree_refund(asked, by=who)


def test_whoever_agreed_does_not_pay_out(asked: Refund, supervisor_bo: User) -> None:
    agreed = agree_refund(asked, by=supervisor_bo)
    with pytest.raises(NotPermitted):
        pay_refund(agreed, method="cash", by=supervisor_bo)


def test_a_manager_may_agree(asked: Refund, manager_mei: User) -> None:
    assert agree_refund(asked, by=manager_mei).decided_by == manager_mei


def test_a_refund_is_decided_and_paid_out_once(asked: Refund, agent_li: User, supervisor_bo: User) -> None:
    agree_refund(asked, by=supervisor_bo)
    with pytest.raises(Refusal, match="refund_moved"):
        decline_refund(asked, reason="反悔", by=supervisor_bo)
    pay_refund(asked, method="cash", by=agent_li)
    with pytest.raises(Refusal, match="refund_moved"):
        pay_refund(asked, method="cash", by=agent_li)


@pytest.mark.parametrize("who", ["technician_chen", "resident_wang", "agent_binjiang", "manager_mei"])
def test_only_the_desk_asks(deposit: Charge, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises((NotPermitted, NotFound)):
        ask_refund(deposit, amount=Decimal(1), reason="退", by=request.getfixturevalue(who))


def test_a_receipt_is_not_undone_under_an_open_refund_or_a_deduction(
    asked: Refund, agent_li: User, supervisor_bo: User
) -> None:
    receipt = asked.charge.receipts.get()
    with pytest.raises(Refusal, match="receipt_reversed"):
        reverse(receipt, reason="收错", by=supervisor_bo)
    pay_refund(agree_refund(asked, by=supervisor_bo), method="cash", by=agent_li)
    with pytest.raises(Refusal, match="receipt_reversed"):
        reverse(receipt, reason="收错", by=supervisor_bo)


def test_an_app_that_proves_two_people_settles_a_deposit_itself(
    deposit: Charge, agent_li: User, supervisor_bo: User
) -> None:
    with pytest.raises(NotPermitted):
        deduct(deposit, amount=Decimal(1), reason="自批", by=supervisor_bo, agreed_by=supervisor_bo)
    deduct(deposit, amount=Decimal(500), reason="垃圾", by=agent_li, agreed_by=supervisor_bo)
    with pytest.raises(Invalid):
        refund(
            deposit, amount=Decimal(2000), method="cash", reason="退", by=agent_li, agreed_by=supervisor_bo
        )
    refund(deposit, amount=Decimal(1500), method="cash", reason="退", by=agent_li, agreed_by=supervisor_bo)
    assert totals(deposit) == (500, 500, "settled")


def test_a_deposit_that_was_never_paid_is_withdrawn(charged: Charging, supervisor_bo: User) -> None:
    deposit = charged(2000, "deposit")
    withdraw(deposit, reason="不装修了", by=supervisor_bo)
    assert totals(deposit) == (0, 0, "withdrawn")


def test_the_database_refuses_a_refund_by_one_person(deposit: Charge, agent_li: User) -> None:
    for agreed_by in (None, agent_li):
        with pytest.raises(IntegrityError, match="entry_of_two_people"), transaction.atomic():
            Entry.objects.create(
                community=deposit.community,
                kind="deduction",
                charge=deposit,
                day=deposit.raised_at.date(),
                at=deposit.raised_at,
                by=agent_li,
                agreed_by=agreed_by,
                reason="扣",
            )


def test_the_database_keeps_a_decided_refund_as_it_is(asked: Refund, supervisor_bo: User) -> None:
    agree_refund(asked, by=supervisor_bo)
    for sql in (
        "UPDATE ledger_refund SET agreed = false, answer = 'x'",
        "UPDATE ledger_refund SET amount = 1",
        "DELETE FROM ledger_refund",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_verify_misses_a_part_of_a_deposit(deposit: Charge) -> None:
    rule = next(each for each in every_invariant() if each.sentence.startswith("deposits of which"))
    for returned, wrong in ((100, 1), (0, 0)):
        with pgtrigger.ignore("ledger.Charge:counted_only"):
            Charge.objects.filter(pk=deposit.pk).update(returned=returned)
        assert broken(rule)[0] == wrong
