"""Prices in versions, quotes that say who pays and why, and the charge of work that was agreed and done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from owners.models import Unit
from repairs import actions
from repairs.actions.quoting import Wanted
from repairs.models import PriceItem, PriceList, Quote, Ticket
from repairs.queries.money import money_of
from repairs.queries.prices import prices_on
from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.attachments.actions import filed
from servicecenter.ledger.actions import note_payment, take
from servicecenter.ledger.models import Charge
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from tests.conftest import Walk

SignedIn = Callable[[User], Client]
TAP: dict[str, Any] = {
    "trade": "plumbing",
    "name": "换角阀",
    "unit": "个",
    "labour": Decimal(30),
    "material": Decimal("25.50"),
}


@pytest.fixture
def today(db: None) -> date:
    return local_day(database_now())


@pytest.fixture
def tap(yangguang: Community, supervisor_bo: User, today: date) -> PriceItem:
    """换角阀, 55.50 yuan each, on the list in force."""
    draft = actions.begin_draft(yangguang, by=supervisor_bo)
    item = actions.set_item(draft, by=supervisor_bo, **TAP)
    actions.publish(draft, valid_from=today, by=supervisor_bo)
    return item


def under_warranty(unit: Unit, today: date) -> None:
    Unit.objects.filter(pk=unit.pk).update(delivered_on=today - timedelta(days=30))


def signature(colour: str = "black") -> Any:
    drawn = BytesIO()
    Image.new("RGB", (40, 20), colour).save(drawn, "PNG")
    drawn.seek(0)
    return filed([(drawn, "signature.png")])


def sign(ticket: Ticket, by: User) -> None:
    with signature() as pictures:
        actions.add_photo(ticket, picture=pictures[0], kind="signature", by=by)


# The price list


def test_a_draft_counts_from_the_day_it_is_published_for(
    yangguang: Community, supervisor_bo: User, today: date, tap: PriceItem
) -> None:
    draft = actions.begin_draft(yangguang, by=supervisor_bo)
    actions.set_item(draft, item=draft.items.get(), by=supervisor_bo, **TAP | {"labour": Decimal(40)})
    actions.publish(draft, valid_from=today + timedelta(days=1), by=supervisor_bo)
    prices = [prices_on(yangguang.pk, today + timedelta(days=later))[0].labour for later in (0, 1)]
    assert prices == [30, 40]


def test_a_community_has_one_draft(yangguang: Community, supervisor_bo: User) -> None:
    assert actions.begin_draft(yangguang, by=supervisor_bo) == actions.begin_draft(
        yangguang, by=supervisor_bo
    )


def test_what_was_published_stays(tap: PriceItem, supervisor_bo: User) -> None:
    with pytest.raises(Refusal, match="price_list_published"):
        actions.set_item(tap.price_list, item=tap, by=supervisor_bo, **TAP)
    for table in ("pricelist", "priceitem"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM repairs_{table}")


@pytest.mark.parametrize(
    "wrong",
    [{"trade": "magic"}, {"name": " "}, {"unit": ""}, {"labour": Decimal(-1)}, {"labour": 0, "material": 0}],
)
def test_a_service_has_a_trade_a_name_a_unit_and_a_price(
    yangguang: Community, supervisor_bo: User, wrong: dict[str, Any]
) -> None:
    draft = actions.begin_draft(yangguang, by=supervisor_bo)
    given = TAP | {
        name: Decimal(value) if name in ("labour", "material") else value for name, value in wrong.items()
    }
    with pytest.raises(Invalid):
        actions.set_item(draft, by=supervisor_bo, **given)


def test_an_empty_list_or_a_past_day_is_not_published(
    yangguang: Community, supervisor_bo: User, today: date
) -> None:
    draft = actions.begin_draft(yangguang, by=supervisor_bo)
    with pytest.raises(Invalid):
        actions.publish(draft, valid_from=today, by=supervisor_bo)
    actions.set_item(draft, by=supervisor_bo, **TAP)
    with pytest.raises(Invalid):
        actions.publish(draft, valid_from=today - timedelta(days=1), by=supervisor_bo)
    assert not PriceList.objects.published().exists()


@pytest.mark.parametrize("who", ["agent_li", "technician_chen", "manager_mei", "agent_binjiang"])
def test_only_a_supervisor_of_the_community_writes_prices(
    yangguang: Community, who: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises((NotPermitted, NotFound)):
        actions.begin_draft(yangguang, by=request.getfixturevalue(who))


# Quotes


def test_a_quote_is_the_sum_of_its_services(ticket_in: Walk, technician_chen: User, tap: PriceItem) -> None:
    ticket = ticket_in(Status.ON_SITE)
    lines = [Wanted(tap, Decimal("1.5")), Wanted(tap, is_free=True)]
    actions.propose_plan(ticket, plan="换两个角阀", lines=lines, by=technician_chen)
    quote = ticket.quotes.get()
    assert (ticket.price, quote.total, quote.payer) == (Decimal("83.25"), Decimal("83.25"), "owner")
    assert [line.amount for line in quote.lines.order_by("id")] == [Decimal("83.25"), 0]


def test_a_price_that_is_not_the_sum_is_refused(
    ticket_in: Walk, technician_chen: User, tap: PriceItem
) -> None:
    with pytest.raises(Invalid):
        actions.propose_plan(
            ticket_in(Status.ON_SITE), plan="换", price=Decimal(50), lines=[Wanted(tap)], by=technician_chen
        )


def test_neither_price_nor_services_is_refused(ticket_in: Walk, technician_chen: User) -> None:
    with pytest.raises(Invalid):
        actions.propose_plan(ticket_in(Status.ON_SITE), plan="换", by=technician_chen)


def test_a_service_of_another_list_is_refused(
    ticket_in: Walk, technician_chen: User, supervisor_bo: User, tap: PriceItem, yangguang: Community
) -> None:
    draft = actions.begin_draft(yangguang, by=supervisor_bo)
    with pytest.raises(Invalid):
        actions.propose_plan(
            ticket_in(Status.ON_SITE), plan="换", lines=[Wanted(draft.items.get())], by=technician_chen
        )


def test_under_warranty_nothing_is_to_pay(
    ticket_in: Walk, technician_chen: User, unit_3_2_1201: Unit, today: date, tap: PriceItem
) -> None:
    under_warranty(unit_3_2_1201, today)
    ticket = ticket_in(Status.ON_SITE)
    actions.propose_plan(ticket, plan="换", payer="warranty", lines=[Wanted(tap)], by=technician_chen)
    assert (ticket.price, ticket.quotes.get().warranty) == (Decimal(0), "in")


def test_an_owner_who_pays_under_warranty_is_told_why(
    ticket_in: Walk, technician_chen: User, unit_3_2_1201: Unit, today: date
) -> None:
    under_warranty(unit_3_2_1201, today)
    ticket = ticket_in(Status.ON_SITE)
    with pytest.raises(Invalid) as refused:
        actions.propose_plan(ticket, plan="换", price=Decimal(60), by=technician_chen)
    assert list(refused.value.errors) == ["payer_reason"]
    actions.propose_plan(ticket, plan="换", price=Decimal(60), payer_reason="人为损坏", by=technician_chen)
    assert ticket.quotes.get().reason == "人为损坏"


@pytest.mark.parametrize("payer", ["warranty", "free"])
def test_work_for_nothing_needs_a_reason_where_the_register_knows_none(
    payer: str, ticket_in: Walk, technician_chen: User, tap: PriceItem
) -> None:
    with pytest.raises(Invalid):
        actions.propose_plan(
            ticket_in(Status.ON_SITE), plan="换", payer=payer, lines=[Wanted(tap)], by=technician_chen
        )


def test_a_changed_quote_asks_the_owner_again(ticket_in: Walk, technician_chen: User) -> None:
    ticket = ticket_in(Status.PLAN_APPROVED)
    actions.propose_plan(ticket, plan="连管子一起换", price=Decimal(180), by=technician_chen)
    assert (ticket.status, ticket.plan_approved_at) == (Status.PLAN_PROPOSED, None)
    assert list(Quote.objects.order_by("id").values_list("quote_no", "total")) == [
        (1, Decimal(60)),
        (2, Decimal(180)),
    ]


def test_the_owner_signs_on_the_engineers_phone(ticket_in: Walk, technician_chen: User) -> None:
    ticket = ticket_in(Status.PLAN_PROPOSED)
    with pytest.raises(Invalid):
        actions.approve_plan(ticket, by=technician_chen)
    sign(ticket, technician_chen)
    assert actions.approve_plan(ticket, by=technician_chen).status == Status.PLAN_APPROVED


def test_a_signature_for_an_earlier_quote_does_not_count(ticket_in: Walk, technician_chen: User) -> None:
    ticket = ticket_in(Status.PLAN_PROPOSED)
    sign(ticket, technician_chen)
    actions.propose_plan(ticket, plan="更贵的", price=Decimal(90), by=technician_chen)
    with pytest.raises(Invalid):
        actions.approve_plan(ticket, by=technician_chen)


# Paying


def test_paid_work_is_owed_from_its_completion_on(ticket_in: Walk, technician_chen: User) -> None:
    ticket = ticket_in(Status.PLAN_APPROVED)
    assert not Charge.objects.exists()
    actions.complete(ticket, summary="好了", by=technician_chen)
    charge = Charge.objects.get()
    assert (charge.owed, charge.case_number, charge.payer, charge.item) == (
        Decimal(60),
        ticket.number,
        "王芳",
        "换陶瓷阀芯",
    )


def test_free_work_is_not_charged(ticket_in: Walk) -> None:
    ticket_in(Status.COMPLETED)
    assert not Charge.objects.exists()


def test_verify_misses_the_charge_of_paid_work(ticket_in: Walk, technician_chen: User) -> None:
    ticket = ticket_in(Status.PLAN_APPROVED)
    actions.complete(ticket, summary="好了", by=technician_chen)
    rule = next(each for each in every_invariant() if "without its charge" in each.sentence)
    assert broken(rule)[0] == 0
    Ticket.objects.filter(pk=ticket.pk).update(completion_no=2)
    assert broken(rule)[0] == 1


def test_the_page_says_unpaid_noted_and_paid(
    ticket_in: Walk, technician_chen: User, agent_li: User, resident_wang: User, signed_in: SignedIn
) -> None:
    ticket = ticket_in(Status.PLAN_APPROVED)
    actions.complete(ticket, summary="好了", by=technician_chen)
    charge = Charge.objects.get()
    page = f"/portal/tickets/{ticket.number}/"
    assert 'data-paid="unpaid"' in signed_in(resident_wang).get(page).content.decode()
    note_payment(charge, method="cash", by=technician_chen)
    noted = money_of(ticket).bills[0].noted
    assert noted is not None
    take(charge, method="cash", by=agent_li)
    bill = money_of(ticket).bills[0]
    assert (bill.noted, len(bill.receipts)) == (None, 1)
    assert 'data-paid="paid"' in signed_in(resident_wang).get(page).content.decode()


def test_the_api_takes_services_by_their_ids(
    api: Callable[[User], APIClient], ticket_in: Walk, technician_chen: User, tap: PriceItem
) -> None:
    ticket = ticket_in(Status.ON_SITE)
    body = {"plan": "换", "lines": [{"item": tap.pk, "quantity": "2"}]}
    answer = api(technician_chen).post(f"/api/v1/repairs/{ticket.number}/propose-plan/", body, format="json")
    assert (answer.status_code, answer.json()["price"]) == (200, "111.00")


def test_the_form_takes_services_from_the_list(
    signed_in: SignedIn, ticket_in: Walk, technician_chen: User, tap: PriceItem
) -> None:
    ticket = ticket_in(Status.ON_SITE)
    client, address = signed_in(technician_chen), f"/repairs/{ticket.number}/propose-plan/"
    assert "换角阀" in client.get(address).content.decode()
    client.post(address, {"plan": "换", "item_1": str(tap.pk), "quantity_1": "2"})
    ticket.refresh_from_db()
    assert ticket.price == 111
    assert timezone.now() >= ticket.quotes.get().at
