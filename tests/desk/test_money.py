"""Money at the counter: taking it, the receipt on paper, undoing, the day's cash-up, the price list, the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from rest_framework.test import APIClient

from owners.models import Unit
from repairs.models import PriceList
from servicecenter.accounts.models import Community, User
from servicecenter.ledger.models import CashUp, Charge, Receipt
from servicecenter.lib.clock import database_now, local_day

SignedIn = Callable[[User], Client]


@pytest.fixture
def today(db: None) -> date:
    return local_day(database_now())


@pytest.fixture
def li(signed_in: SignedIn, agent_li: User) -> Client:
    return signed_in(agent_li)


@pytest.fixture
def charge(li: Client, unit_3_2_1201: Unit) -> Charge:
    """An access card, billed on the page of the unit."""
    bill = {"kind": "card", "item": "门禁卡工本费", "amount": "30", "payer": "王芳"}
    li.post(f"/desk/units/{unit_3_2_1201.pk}/charge/", bill)
    return Charge.objects.get()


@pytest.fixture
def receipt(li: Client, charge: Charge) -> Receipt:
    li.post(f"/desk/money/charges/{charge.number}/take/", {"method": "cash", "amount": "30"})
    return Receipt.objects.get()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_charge_stands_under_unpaid_until_its_receipt_is_written(li: Client, charge: Charge) -> None:
    assert charge.number in text(li.get("/desk/money/"))
    sent = {"method": "wechat", "amount": "30.00", "idempotency_key": str(uuid4())}
    first, second = (li.post(f"/desk/money/charges/{charge.number}/take/", sent) for _tap in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert charge.number not in text(li.get("/desk/money/"))
    assert Receipt.objects.get().number in text(li.get("/desk/money/?show=receipts"))


def test_what_is_wrong_with_a_payment_is_said_on_the_form(li: Client, charge: Charge) -> None:
    answer = li.post(f"/desk/money/charges/{charge.number}/take/", {"method": "transfer", "amount": "30"})
    assert answer.status_code == 422
    assert "id_reference_error" in text(answer)


def test_the_second_print_says_that_it_is_one(li: Client, receipt: Receipt) -> None:
    sheets = [
        text(li.post(f"/desk/money/receipts/{receipt.number}/print/", follow=True)) for _print in range(2)
    ]
    assert all("人民币叁拾元整" in sheet and receipt.number in sheet for sheet in sheets)
    assert ["data-reprint" in sheet for sheet in sheets] == [False, True]


def test_a_supervisor_undoes_a_receipt_with_a_reason(
    signed_in: SignedIn, supervisor_bo: User, li: Client, receipt: Receipt
) -> None:
    address = f"/desk/money/receipts/{receipt.number}/reverse/"
    assert li.post(address, {"reason": "收错"}).status_code == 422
    bo = signed_in(supervisor_bo)
    bo.post(address, {"reason": "收错户了"})
    assert "收错户了" in text(bo.get(f"/desk/money/receipts/{receipt.number}/"))
    assert Charge.objects.get().owed == 30


def test_money_goes_back_when_a_second_person_agrees(
    signed_in: SignedIn, supervisor_bo: User, li: Client, receipt: Receipt
) -> None:
    page = f"/desk/money/charges/{receipt.charge.number}/"
    assert li.post(f"{page}ask-refund/", {"amount": "31", "reason": "退卡"}).status_code == 422
    li.post(f"{page}ask-refund/", {"amount": "30", "reason": "退卡"})
    assert li.post(f"{page}agree-refund/").status_code == 422
    bo = signed_in(supervisor_bo)
    assert receipt.charge.number in text(bo.get("/desk/money/?show=refunds"))
    assert "agree-refund" in text(bo.get(page))
    bo.post(f"{page}agree-refund/")
    assert "pay-refund" in text(li.get(page))
    li.post(f"{page}pay-refund/", {"method": "cash"})
    assert Charge.objects.get().state == "returned"
    assert receipt.charge.number not in text(bo.get("/desk/money/?show=refunds"))


def test_a_day_is_counted_closed_and_countersigned(
    li: Client, receipt: Receipt, today: date, yangguang: Community, signed_in: SignedIn, supervisor_bo: User
) -> None:
    address = f"/desk/money/days/close/?community=YG&day={today}"
    assert "30.00" in text(li.get(address))
    assert li.post(address, {"cash": "29"}).status_code == 422
    li.post(address, {"cash": "29", "cash_reason": "找错了一元"})
    closed = CashUp.objects.get()
    bo = signed_in(supervisor_bo)
    assert "countersign" in text(bo.get(f"/desk/money/days/{closed.pk}/"))
    bo.post(f"/desk/money/days/{closed.pk}/sign/")
    closed.refresh_from_db()
    assert closed.countersigned_by == supervisor_bo


@pytest.mark.parametrize(
    "wrong", ["", "?community=YG&day=x", "?community=YG&day=2026-02-30", "?community=BJ&day=2026-01-01"]
)
def test_a_day_that_is_none_is_not_found(li: Client, yangguang: Community, wrong: str) -> None:
    assert li.get(f"/desk/money/days/close/{wrong}").status_code == 404


def test_a_supervisor_writes_and_publishes_prices_that_residents_read(
    signed_in: SignedIn, supervisor_bo: User, resident_wang: User, today: date
) -> None:
    bo = signed_in(supervisor_bo)
    bo.post("/manage/prices/draft/?community=YG")
    draft = PriceList.objects.get()
    item = {"trade": "plumbing", "name": "换角阀", "unit": "个", "labour": "30", "material": "25"}
    bo.post(f"/manage/prices/{draft.pk}/items/", item)
    assert "换角阀" not in text(signed_in(resident_wang).get("/portal/prices/"))
    bo.post(f"/manage/prices/{draft.pk}/publish/", {"valid_from": str(today)})
    assert "55" in text(signed_in(resident_wang).get("/portal/prices/"))


def test_managers_read_prices_and_write_none(signed_in: SignedIn, manager_mei: User) -> None:
    mei = signed_in(manager_mei)
    assert mei.get("/manage/prices/").status_code == 200
    assert mei.post("/manage/prices/draft/?community=YG").status_code == 403


def test_money_by_api(
    api: Callable[[User], APIClient],
    agent_li: User,
    agent_binjiang: User,
    supervisor_bo: User,
    unit_3_2_1201: Unit,
) -> None:
    client = api(agent_li)
    body = {"unit": "3-2-1201", "kind": "deposit", "item": "装修押金", "amount": "2000.00"}
    made = client.post("/api/v1/charges/", body, format="json")
    assert (made.status_code, made.json()["state"], made.json()["currency"]) == (201, "unpaid", "CNY")
    number = made.json()["number"]
    paid = client.post(f"/api/v1/charges/{number}/pay/", {"method": "cash"}, format="json")
    assert (paid.status_code, paid.json()["capitals"]) == (201, "贰仟元整")
    again = client.post(f"/api/v1/charges/{number}/pay/", {"method": "cash"}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "charge_settled")
    assert api(agent_binjiang).get(f"/api/v1/charges/{number}/").status_code == 404
    refund = f"/api/v1/charges/{number}/refund/"
    back = {"amount": "1800", "kept": "200", "reason": "垃圾未清"}
    assert client.post(refund, back, format="json").json()["state"] == "asked"
    assert client.post(f"{refund}agree/", format="json").status_code == 403
    assert api(supervisor_bo).post(f"{refund}agree/", format="json").json()["state"] == "agreed"
    assert client.post(f"{refund}pay/", {"method": "cash"}, format="json").json()["state"] == "done"
    assert client.get(f"/api/v1/charges/{number}/").json()["state"] == "settled"
    assert (
        client.post(f"/api/v1/charges/{number}/withdraw/", {"reason": "x"}, format="json").status_code == 403
    )
