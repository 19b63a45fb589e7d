"""Materials: taken by completions, brought in, counted; never less than nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from rest_framework.test import APIClient

from repairs import actions
from repairs.actions import stock
from repairs.forms import form_for
from repairs.models import StockItem, StockMove, Ticket
from repairs.queries import timeline
from servicecenter.accounts.models import Community, User
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from tests.conftest import Walk

DONE: dict[str, Any] = {"summary": "已更换角阀"}


@pytest.fixture
def valves(yangguang: Community, supervisor_bo: User) -> StockItem:
    """Five angle valves lie there; two or less are to be ordered again."""
    item = stock.write_item(yangguang, name="角阀", unit="个", reorder_at=Decimal(2), by=supervisor_bo)
    stock.receive(item, quantity=Decimal(5), by=supervisor_bo)
    return item


@pytest.fixture
def on_site(ticket_in: Walk) -> Ticket:
    return ticket_in("on_site")


def left(item: StockItem) -> Decimal:
    return StockItem.objects.get(pk=item.pk).on_hand


def test_a_completion_takes_its_materials_from_the_stock(
    valves: StockItem, on_site: Ticket, technician_chen: User
) -> None:
    actions.complete(on_site, materials=[(valves.pk, Decimal(2))], by=technician_chen, **DONE)
    assert left(valves) == 3
    move = on_site.materials.get()
    assert (move.kind, move.quantity, move.on_hand, move.by) == (
        "used",
        Decimal(-2),
        Decimal(3),
        technician_chen,
    )
    assert "角阀 2 个" in timeline(on_site, technician_chen)[-1].text


def test_nobody_takes_more_than_there_is(valves: StockItem, on_site: Ticket, technician_chen: User) -> None:
    twice = [(valves.pk, Decimal(3)), (valves.pk, Decimal(3))]
    with pytest.raises(Invalid) as refused:
        actions.complete(on_site, materials=twice, by=technician_chen, **DONE)
    assert "5 个" in str(refused.value.errors["materials"][0])
    assert (left(valves), Ticket.objects.get(pk=on_site.pk).status) == (Decimal(5), "on_site")


def test_a_count_corrects_the_list_and_says_why(valves: StockItem, supervisor_bo: User) -> None:
    with pytest.raises(Invalid):
        stock.count(valves, on_hand=Decimal(4), why=" ", by=supervisor_bo)
    stock.count(valves, on_hand=Decimal(1), why="盘点少四个", by=supervisor_bo)
    assert stock.count(valves, on_hand=Decimal(1), why="盘点无差异", by=supervisor_bo) is None
    assert StockMove.objects.latest("id").quantity == -4
    assert list(StockItem.objects.low()) == [valves]


def test_materials_of_another_community_cannot_be_taken(
    binjiang: Community, on_site: Ticket, technician_chen: User
) -> None:
    other = StockItem.objects.create(community=binjiang, name="角阀", unit="个")
    with pytest.raises(Invalid):
        actions.complete(on_site, materials=[(other.pk, Decimal(1))], by=technician_chen, **DONE)


def test_only_keepers_of_the_community_change_the_stock(
    valves: StockItem, technician_chen: User, agent_binjiang: User
) -> None:
    with pytest.raises(NotPermitted):
        stock.receive(valves, quantity=Decimal(1), by=technician_chen)
    with pytest.raises(NotFound):
        stock.count(valves, on_hand=Decimal(1), why="盘点", by=agent_binjiang)


def test_the_database_keeps_movements_and_refuses_less_than_nothing(valves: StockItem) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        StockItem.objects.filter(pk=valves.pk).update(on_hand=-1)
    with pytest.raises(DatabaseError), transaction.atomic():
        StockMove.objects.update(why="别的")


def test_the_form_takes_materials_and_asks_for_their_quantity(
    valves: StockItem, on_site: Ticket, technician_chen: User
) -> None:
    data: dict[str, Any] = {**DONE, "material_1": str(valves.pk)}
    assert "quantity_1" in form_for("complete", on_site, technician_chen, data).errors
    too_many = form_for("complete", on_site, technician_chen, {**data, "quantity_1": "9"})
    assert not too_many.settle()
    assert "material_1" in too_many.errors
    assert form_for("complete", on_site, technician_chen, {**data, "quantity_1": "1.5"}).settle()
    assert left(valves) == Decimal("3.5")


def test_the_api_lists_the_stock_and_takes_from_it(
    valves: StockItem, on_site: Ticket, technician_chen: User, api: Callable[[User], APIClient]
) -> None:
    client = api(technician_chen)
    (row,) = client.get("/api/v1/stock/").json()["results"]
    assert (row["name"], row["on_hand"], row["low"]) == ("角阀", "5.00", False)
    used = {**DONE, "materials": [{"item": row["id"], "quantity": "2"}]}
    assert client.post(f"/api/v1/repairs/{on_site.number}/complete/", used, format="json").status_code == 200
    assert left(valves) == 3


def test_a_supervisor_keeps_the_stock_on_its_pages(
    yangguang: Community, supervisor_bo: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(supervisor_bo)
    client.post(
        "/manage/stock/new/?community=YG", {"name": "角阀", "unit": "个", "reorder_at": "2", "active": "on"}
    )
    item = StockItem.objects.get()
    client.post(f"/manage/stock/{item.pk}/receive/", {"quantity": "3", "why": "送货单 12"})
    assert client.post(f"/manage/stock/{item.pk}/count/", {"on_hand": "1", "why": ""}).status_code == 422
    client.post(f"/manage/stock/{item.pk}/count/", {"on_hand": "1", "why": "盘点"})
    assert left(item) == 1
    assert f'data-stock="{item.pk}"' in client.get("/manage/stock/").content.decode()
    assert 'data-kind="counted"' in client.get(f"/manage/stock/{item.pk}/").content.decode()
