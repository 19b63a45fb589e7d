"""Lists that are taken away: masked, harmless in a spreadsheet, written down, one at a time."""

from __future__ import annotations

import io
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook

from owners.actions.facts import set_id_number
from owners.models import Building, Person, Unit
from owners.roll.columns import Column
from servicecenter.accounts.models import Community, User
from servicecenter.audit.exports import MOST_ROWS, export
from servicecenter.audit.models import AccessLog
from servicecenter.lib.refusals import Invalid, TooMany
from servicecenter.lib.sheets import safe, write
from tests.conftest import Walk, make_community, make_staff
from tests.owners.rolls import PAPER

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
ROLL, REPAIRS = "/desk/roll/export/", "/desk/tickets/export/"


def cells(answer: Any) -> list[list[Any]]:
    content = b"".join(answer.streaming_content)
    answer.close()
    rows: list[list[Any]] = (
        CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    )
    return rows


def ask(client: Client, community: Community, **changes: Any) -> Any:
    return client.post(ROLL, {"community": community.pk, "kind": "xlsx", "reason": "核对入住率"} | changes)


@pytest.mark.parametrize("alive", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "  =1"])
def test_no_cell_is_taken_for_a_formula(alive: str) -> None:
    assert safe(alive) == f"'{alive}"


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_file_of_either_kind_holds_the_rows(kind: str) -> None:
    with write(kind, ["甲"], [["=1+1"], ["乙"]]) as file:
        content = file.read()
    if kind == "csv":
        assert content.decode("utf-8-sig").splitlines() == ["甲", "'=1+1", "乙"]
    else:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert rows == [["甲"], ["'=1+1"], ["乙"]]


def test_the_roll_has_the_columns_of_the_import_and_masks_what_is_personal(
    yangguang: Community, person_wang: Person, unit_3_2_1202: Unit, agent_li: User, signed_in: SignedIn
) -> None:
    set_id_number(person_wang, PAPER)
    person_wang.save()
    answer = ask(signed_in(agent_li), yangguang)
    head, first, second = cells(answer)
    assert head == [column.value for column in Column]
    line = dict(zip(head, first, strict=True))
    assert (line["业主姓名"], line["手机"], line["证件号码"]) == ("王芳", "138****2222", "3503**********1993")
    assert dict(zip(head, second, strict=True))["房屋编码"] == unit_3_2_1202.code
    assert PAPER not in str(first)


def test_an_export_is_in_the_access_log_with_its_reason(
    yangguang: Community, person_wang: Person, agent_li: User, signed_in: SignedIn
) -> None:
    answer = ask(signed_in(agent_li), yangguang)
    line = AccessLog.objects.get()
    assert (line.field, line.reason, line.by) == ("list:roll", "核对入住率", agent_li)
    # Only now: the end of an answer is the end of its connection, too.
    answer.close()


def test_without_a_reason_there_is_no_list(
    yangguang: Community, person_wang: Person, agent_li: User, signed_in: SignedIn
) -> None:
    assert ask(signed_in(agent_li), yangguang, reason=" ").status_code == 422
    assert not AccessLog.objects.exists()


def test_the_roll_of_another_community_cannot_be_chosen(
    binjiang: Community, unit_binjiang: Unit, yangguang: Community, agent_li: User, signed_in: SignedIn
) -> None:
    client = signed_in(agent_li)
    assert ask(client, binjiang).status_code == 422
    building = Building.objects.get(community=binjiang)
    assert ask(client, yangguang, building=building.pk).status_code == 422


@pytest.mark.parametrize("who", ["technician_chen", "manager_mei", "resident_wang"])
@pytest.mark.parametrize("address", [ROLL, REPAIRS])
def test_only_the_desk_takes_lists_away(
    who: str, address: str, request: pytest.FixtureRequest, signed_in: SignedIn
) -> None:
    assert signed_in(request.getfixturevalue(who)).get(address).status_code == 403


def test_repairs_are_those_of_the_queue_and_its_filter(
    ticket_in: Walk, agent_li: User, signed_in: SignedIn
) -> None:
    ticket_in("reported", text='=HYPERLINK("http://x")')
    ticket_in("accepted", text="电梯异响")
    answer = signed_in(agent_li).post(f"{REPAIRS}?queue=new", {"reason": "晨会"})
    rows = cells(answer)
    assert len(rows) == 2
    assert rows[1][6].startswith("'=")


def test_the_repairs_of_others_are_in_no_list(
    ticket_in: Walk, agent_binjiang: User, signed_in: SignedIn
) -> None:
    ticket_in("reported")
    assert len(cells(signed_in(agent_binjiang).post(f"{REPAIRS}?queue=all", {"reason": "晨会"}))) == 1


def test_a_list_that_is_too_long_is_refused(yangguang: Community, agent_li: User) -> None:
    with pytest.raises(Invalid) as refused:
        export(
            lambda: None,
            rows=MOST_ROWS + 1,
            field="list:roll",
            community_ids=[yangguang.pk],
            by=agent_li,
            reason="x",
        )
    assert refused.value.code == "too_many_rows"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_second_list_of_the_same_person_waits_for_the_first() -> None:
    community = make_community("YG", "阳光花园")
    agent = make_staff("li", "agent", community)
    begun, over = Barrier(2), Barrier(2)

    def slowly() -> None:
        begun.wait(20)
        over.wait(20)

    def first() -> None:
        try:
            _export(slowly, community, agent)
        finally:
            connection.close()

    thread = Thread(target=first)
    thread.start()
    begun.wait(20)
    try:
        with pytest.raises(TooMany):
            _export(lambda: None, community, agent)
    finally:
        over.wait(20)
        thread.join(20)
    assert AccessLog.objects.count() == 1


def _export(make: Callable[[], None], community: Community, agent: User) -> None:
    export(make, rows=1, field="list:roll", community_ids=[community.pk], by=agent, reason="核对")
