"""The book: charges, receipts, refunds and reversals. Nothing is edited, everything sums to zero."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from servicecenter.accounts.models import Community, User
from servicecenter.ledger.actions import note_payment, print_receipt, refund, reverse, take, withdraw
from servicecenter.ledger.models import Charge, Entry, Line, PaymentNote, Receipt
from servicecenter.lib.clock import database_now
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from tests.ledger.conftest import Charging


def balance(account: str) -> object:
    return sum(Line.objects.filter(account=account).values_list("amount", flat=True), Decimal(0))


def totals(charge: Charge) -> tuple[object, object, str]:
    charge.refresh_from_db()
    return charge.due, charge.paid, charge.state.value


# Charging


def test_a_charge_is_owed_until_it_is_paid(charged: Charging) -> None:
    charge = charged(80)
    assert totals(charge) == (80, 0, "unpaid")
    assert (balance("receivable"), balance("income_repair")) == (80, -80)


def test_the_same_charge_is_made_once(charged: Charging) -> None:
    assert charged(80, key="completion-1") == charged(80, key="completion-1")
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"amount": 0}, {"amount": "-1"}, {"amount": "0.001"}, {"amount": "NaN"}, {"amount": "1000000"},
              {"kind": "tip"}, {"item": " "}],
)  # fmt: skip
def test_a_charge_needs_a_kind_an_item_and_an_amount(charged: Charging, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        charged(**wrong)


def test_a_withdrawn_charge_is_not_owed(charged: Charging, supervisor_bo: User, agent_li: User) -> None:
    charge = withdraw(charged(80), reason="重复收费", by=supervisor_bo)
    assert totals(charge) == (0, 0, "withdrawn")
    with pytest.raises(Refusal, match="charge_settled"):
        take(charge, method="cash", by=agent_li)


# Taking


def test_money_that_is_taken_has_a_numbered_receipt(charged: Charging, agent_li: User) -> None:
    charge = charged(80)
    receipt = take(charge, method="wechat", by=agent_li)
    assert totals(charge) == (80, 80, "paid")
    assert (receipt.amount, receipt.payer) == (Decimal(80), "王芳")
    assert (receipt.cashier_name, receipt.sequence) == ("李敏", 1)
    assert receipt.number == f"S{receipt.day:%y%m%d}-0001"
    assert (balance("wechat"), balance("receivable")) == (80, 0)


def test_a_charge_is_paid_once(charged: Charging, agent_li: User) -> None:
    charge = charged(80)
    take(charge, method="cash", by=agent_li)
    with pytest.raises(Refusal, match="charge_settled"):
        take(charge, method="cash", by=agent_li)


def test_a_refused_payment_uses_no_number(charged: Charging, agent_li: User) -> None:
    charge = charged(80)
    with pytest.raises(Invalid), transaction.atomic():
        take(charge, method="cash", amount=Decimal(79), by=agent_li)
    assert take(charge, method="cash", amount=Decimal(80), by=agent_li).sequence == 1


@pytest.mark.parametrize("wrong", [{"method": "barter"}, {"method": "transfer"}])
def test_a_payment_says_how(charged: Charging, agent_li: User, wrong: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        take(charged(80), by=agent_li, **wrong)  # type: ignore[arg-type]


def test_every_print_after_the_first_is_counted(charged: Charging, agent_li: User) -> None:
    receipt = take(charged(80), method="cash", by=agent_li)
    assert [print_receipt(receipt, by=agent_li).print_no for _number in range(2)] == [1, 2]


# Going back


def test_a_reversed_receipt_leaves_the_charge_owed_again(
    charged: Charging, agent_li: User, supervisor_bo: User
) -> None:
    charge = charged(80)
    entry = reverse(take(charge, method="cash", by=agent_li), reason="收错户", by=supervisor_bo)
    assert totals(charge) == (80, 0, "unpaid")
    assert (entry.cashier, balance("cash")) == (agent_li, 0)
    assert take(charge, method="wechat", by=agent_li).sequence == 2


def test_a_receipt_is_reversed_once(charged: Charging, agent_li: User, supervisor_bo: User) -> None:
    charge = charged(80)
    receipt = take(charge, method="cash", by=agent_li)
    reverse(receipt, reason="收错户", by=supervisor_bo)
    take(charge, method="cash", by=agent_li)
    with pytest.raises(Refusal, match="receipt_reversed"):
        reverse(receipt, reason="再来一次", by=supervisor_bo)


def test_a_part_is_refunded_for_good(charged: Charging, agent_li: User, supervisor_bo: User) -> None:
    charge = charged(80)
    take(charge, method="cash", by=agent_li)
    refund(
        charge, amount=Decimal(30), method="cash", reason="配件便宜了", by=agent_li, agreed_by=supervisor_bo
    )
    assert totals(charge) == (50, 50, "paid")
    assert (balance("cash"), balance("income_repair")) == (50, -50)


def test_no_more_goes_back_than_was_paid(charged: Charging, agent_li: User, supervisor_bo: User) -> None:
    charge = charged(80)
    for paid in (False, True):
        if paid:
            take(charge, method="cash", by=agent_li)
        with pytest.raises(Invalid):
            refund(
                charge,
                amount=Decimal("80.01"),
                method="cash",
                reason="多退",
                by=agent_li,
                agreed_by=supervisor_bo,
            )


# Who


@pytest.mark.parametrize("who", ["technician_chen", "manager_mei", "resident_wang", "agent_binjiang"])
def test_only_the_desk_takes_money(charged: Charging, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises((NotPermitted, NotFound)):
        take(charged(80), method="cash", by=request.getfixturevalue(who))


def test_only_a_supervisor_undoes(charged: Charging, agent_li: User) -> None:
    charge = charged(80)
    with pytest.raises(NotPermitted):
        withdraw(charge, reason="算了", by=agent_li)
    receipt = take(charge, method="cash", by=agent_li)
    with pytest.raises(NotPermitted):
        reverse(receipt, reason="错了", by=agent_li)


def test_a_technician_notes_payments_of_own_jobs_only(charged: Charging, technician_chen: User) -> None:
    with pytest.raises(NotFound):
        note_payment(charged(80), method="cash", by=technician_chen)


def test_another_community_sees_no_charge(charged: Charging, agent_binjiang: User, manager_mei: User) -> None:
    charge = charged(80)
    assert not Charge.objects.visible_to(agent_binjiang).exists()
    assert list(Charge.objects.visible_to(manager_mei)) == [charge]


# The database


def constraints_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def unbalanced(charge: Charge, agent: User) -> None:
    day = charge.raised_at.date()
    entry = Entry.objects.create(
        community=charge.community,
        kind="receipt",
        charge=charge,
        day=day,
        at=charge.raised_at,
        by=agent,
        cashier=agent,
    )
    Line.objects.create(community=charge.community, entry=entry, account="cash", amount=80)


def test_the_database_refuses_an_entry_that_does_not_balance(charge_80: Charge, agent_li: User) -> None:
    charge = charge_80
    unbalanced(charge, agent_li)
    with pytest.raises(IntegrityError, match="does not balance"):
        constraints_now()
    transaction.set_rollback(True)


def test_an_entry_takes_no_lines_of_a_later_transaction(charge_80: Charge) -> None:
    with pgtrigger.ignore("ledger.Entry:written_now"):
        entry = Entry.objects.create(
            community=charge_80.community,
            kind="charge",
            charge=charge_80,
            day=charge_80.raised_at.date(),
            at=charge_80.raised_at,
        )
    with pytest.raises(IntegrityError, match="takes no more lines"), transaction.atomic():
        Line.objects.create(community=charge_80.community, entry=entry, account="cash", amount=80)
    transaction.set_rollback(True)


def test_the_database_refuses_a_receipt_after_a_gap(charged: Charging, agent_li: User) -> None:
    receipt = take(charged(80), method="cash", by=agent_li)
    receipt.pk, receipt.number, receipt.sequence = None, "S261126-0003", 3
    with pytest.raises(IntegrityError, match="does not follow"), transaction.atomic():
        receipt.save(force_insert=True)


def test_the_database_refuses_to_have_a_charge_paid_twice(charged: Charging, agent_li: User) -> None:
    charge = charged(80)
    take(charge, method="cash", by=agent_li)
    with pytest.raises(IntegrityError, match="charge_paid_once"), transaction.atomic():
        unbalanced(charge, agent_li)


@pytest.mark.parametrize("table", ["entry", "line", "receipt", "charge"])
def test_nothing_in_the_book_is_changed_or_deleted(charged: Charging, agent_li: User, table: str) -> None:
    take(charged(80), method="cash", by=agent_li)
    column = {"entry": "reason", "line": "account", "receipt": "payer", "charge": "paid"}[table]
    for sql in (f"UPDATE ledger_{table} SET {column} = {column}", f"DELETE FROM ledger_{table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_charge_stays_in_its_community(charge_80: Charge, binjiang: Community, agent_li: User) -> None:
    PaymentNote.objects.create(
        community=binjiang, charge=charge_80, method="cash", by=agent_li, at=database_now()
    )
    with pytest.raises(IntegrityError):
        constraints_now()
    transaction.set_rollback(True)


def test_verify_finds_a_receipt_that_is_missing(charged: Charging, agent_li: User) -> None:
    take(charged(80), method="cash", by=agent_li)
    take(charged(90), method="cash", by=agent_li)
    with transaction.atomic():
        with pgtrigger.ignore("ledger.Receipt:append_only"):
            Receipt.objects.filter(sequence=1).delete()
        found = [each.sentence for each in every_invariant() if each.code == "V19" and broken(each)[0]]
        transaction.set_rollback(True)
    assert len(found) == 3


@pytest.mark.parametrize("amount", ["1e40", "0.001", "Infinity", "-0.01"])
def test_no_amount_upsets_the_book(charged: Charging, amount: str) -> None:
    with pytest.raises(Invalid):
        charged(amount)
