"""Standards of a repair: what a community asks for, ticked before the work is complete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from rest_framework.test import APIClient

from repairs import actions
from repairs.actions.standards import USUAL, take_usual, use_standard, write_standard
from repairs.forms import form_for
from repairs.models import Standard, Tick, Ticket
from repairs.queries import timeline
from servicecenter.accounts.models import Community, User
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from tests.conftest import Walk

DONE: dict[str, Any] = {"summary": "已更换阀芯"}


@pytest.fixture
def covers(yangguang: Community, supervisor_bo: User) -> Standard:
    """Shoe covers are needed, whatever the trade."""
    return write_standard(yangguang, text="入户穿鞋套", required=True, by=supervisor_bo)


@pytest.fixture
def on_site(ticket_in: Walk) -> Ticket:
    return ticket_in("on_site")


def test_without_a_needed_line_the_work_is_not_complete(
    covers: Standard, on_site: Ticket, technician_chen: User
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.complete(on_site, by=technician_chen, **DONE)
    assert "入户穿鞋套" in str(refused.value.errors["ticks"][0])
    assert Ticket.objects.get(pk=on_site.pk).status == "on_site"


def test_what_was_ticked_is_kept_with_its_words(
    covers: Standard, on_site: Ticket, technician_chen: User, supervisor_bo: User
) -> None:
    actions.complete(on_site, ticks=[covers.pk], by=technician_chen, **DONE)
    write_standard(covers.community, text="入户戴鞋套并铺地垫", required=True, line=covers, by=supervisor_bo)
    assert Tick.objects.get(ticket=on_site).standard.text == "入户穿鞋套"
    assert "入户穿鞋套" in timeline(on_site, technician_chen)[-1].text


def test_a_line_ticked_under_its_earlier_words_is_ticked(
    covers: Standard, on_site: Ticket, technician_chen: User, supervisor_bo: User
) -> None:
    write_standard(covers.community, text="入户戴鞋套", required=True, line=covers, by=supervisor_bo)
    actions.complete(on_site, ticks=[covers.pk], by=technician_chen, **DONE)
    assert on_site.status == "completed"


def test_lines_of_other_trades_are_not_asked_for(
    yangguang: Community, on_site: Ticket, technician_chen: User, supervisor_bo: User
) -> None:
    write_standard(yangguang, text="送电后测试", trade="electrical", required=True, by=supervisor_bo)
    actions.complete(on_site, by=technician_chen, **DONE)
    assert on_site.status == "completed"


def test_a_line_of_another_community_cannot_be_ticked(
    binjiang: Community, on_site: Ticket, technician_chen: User, manager_mei: User
) -> None:
    other = Standard.objects.create(community=binjiang, text="佩戴工牌")
    with pytest.raises(Invalid) as refused:
        actions.complete(on_site, ticks=[other.pk], by=technician_chen, **DONE)
    assert list(refused.value.errors) == ["ticks"]


def test_each_round_of_a_rework_is_ticked_anew(
    covers: Standard, on_site: Ticket, ticket_in: Walk, technician_chen: User, resident_wang: User
) -> None:
    actions.complete(on_site, ticks=[covers.pk], by=technician_chen, **DONE)
    actions.rework(on_site, reason="还在滴水", by=resident_wang)
    for step in ("_dispatch", "_contact", "_arrive"):
        getattr(ticket_in, step)(on_site)
    with pytest.raises(Invalid):
        actions.complete(on_site, by=technician_chen, **DONE)


def test_the_form_asks_for_the_lines_and_says_which_is_open(
    covers: Standard, on_site: Ticket, technician_chen: User
) -> None:
    empty = form_for("complete", on_site, technician_chen, DONE)
    assert not empty.settle()
    assert "入户穿鞋套" in str(empty.errors["ticks"])
    ticked: dict[str, Any] = {**DONE, "ticks": [str(covers.pk)]}
    assert form_for("complete", on_site, technician_chen, ticked).settle()


def test_without_a_checklist_nothing_is_asked_for(on_site: Ticket, technician_chen: User) -> None:
    form = form_for("complete", on_site, technician_chen)
    assert "ticks" not in {each.name for each in form.visible_fields()}
    assert form_for("complete", on_site, technician_chen, DONE).settle()


def test_the_api_lists_the_lines_and_refuses_an_open_one(
    covers: Standard, on_site: Ticket, technician_chen: User, api: Callable[[User], APIClient]
) -> None:
    client, base = api(technician_chen), f"/api/v1/repairs/{on_site.number}"
    (line,) = client.get(f"{base}/standards/").json()["results"]
    assert line == {"id": covers.pk, "text": "入户穿鞋套", "required": True, "ticked": False}
    refused = client.post(f"{base}/complete/", DONE, format="json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["ticks"])
    done = client.post(f"{base}/complete/", {**DONE, "ticks": [line["id"]]}, format="json")
    assert done.status_code == 200


def test_the_words_of_a_line_and_a_tick_never_change(
    covers: Standard, on_site: Ticket, technician_chen: User
) -> None:
    actions.complete(on_site, ticks=[covers.pk], by=technician_chen, **DONE)
    for rows, change in (
        (Standard.objects.all(), {"text": "别的"}),
        (Tick.objects.all(), {"completion_no": 2}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)


def test_only_supervisors_and_administrators_of_the_community_keep_standards(
    yangguang: Community, technician_chen: User, agent_li: User, agent_binjiang: User
) -> None:
    for user in (technician_chen, agent_li):
        with pytest.raises(NotPermitted):
            write_standard(yangguang, text="佩戴工牌", by=user)
    with pytest.raises(NotFound):
        write_standard(yangguang, text="佩戴工牌", by=agent_binjiang)


def test_the_same_line_stands_once_and_can_be_put_back(covers: Standard, supervisor_bo: User) -> None:
    with pytest.raises(Invalid):
        write_standard(covers.community, text=covers.text, by=supervisor_bo)
    use_standard(covers, active=False, by=supervisor_bo)
    write_standard(covers.community, text=covers.text, by=supervisor_bo)
    with pytest.raises(Invalid):
        use_standard(covers, active=True, by=supervisor_bo)


def test_the_usual_list_is_taken_once(yangguang: Community, supervisor_bo: User) -> None:
    assert take_usual(yangguang, by=supervisor_bo) == len(USUAL)
    assert take_usual(yangguang, by=supervisor_bo) == 0


def test_a_supervisor_edits_the_checklist_on_its_page(
    yangguang: Community, supervisor_bo: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(supervisor_bo)
    assert 'data-action="take-usual"' in client.get("/manage/standards/").content.decode()
    client.post("/manage/standards/new/?community=YG", {"text": "佩戴工牌", "trade": "", "required": "on"})
    line = Standard.objects.get()
    client.post(f"/manage/standards/{line.pk}/", {"text": "佩戴工牌，着装整洁", "trade": ""})
    assert list(Standard.objects.in_use().values_list("text", "required")) == [("佩戴工牌，着装整洁", False)]
    client.post(f"/manage/standards/{Standard.objects.in_use().get().pk}/use/")
    assert not Standard.objects.in_use().exists()
    assert client.get("/manage/standards/").status_code == 200
