"""The preset for repairs under warranty: a community takes it on, and only new repairs under warranty feel it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from owners.models import Unit
from repairs import actions as repairs
from repairs.models import Ticket
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import NotPermitted, Stale
from servicecenter.sla.models import Clock
from servicecenter.sla.presets import adopt_warranty, drop_warranty


@pytest.fixture
def home(unit_3_2_1201: Unit) -> Unit:
    unit_3_2_1201.delivered_on = local_day(database_now()) - timedelta(days=100)
    unit_3_2_1201.save()
    return unit_3_2_1201


def report(home: Unit, by: User, *, trade: str = "plumbing", urgency: str = "normal") -> Ticket:
    return repairs.report(
        by=by, community=home.community, unit=home, text="水龙头滴水", trade=trade, urgency=urgency
    )


def clock_of(ticket: Ticket) -> str:
    return Clock.objects.get(work="repair", case_id=ticket.pk, stage="respond").policy.clock


def test_without_the_preset_a_repair_under_warranty_is_like_any_other(home: Unit, agent_li: User) -> None:
    assert clock_of(report(home, agent_li)) == "always"


def test_with_it_the_first_contact_is_within_a_working_day(
    home: Unit, agent_li: User, supervisor_bo: User
) -> None:
    adopt_warranty(home.community, by=supervisor_bo)
    ticket = report(home, agent_li)
    assert (ticket.level, clock_of(ticket)) == ("warranty", "working")


@pytest.mark.parametrize(("trade", "urgency"), [("cleaning_pest", "normal"), ("plumbing", "emergency")])
def test_what_is_not_under_warranty_and_emergencies_keep_their_promise(
    home: Unit, agent_li: User, supervisor_bo: User, trade: str, urgency: str
) -> None:
    adopt_warranty(home.community, by=supervisor_bo)
    assert clock_of(report(home, agent_li, trade=trade, urgency=urgency)) == "always"


def test_an_unknown_delivery_date_gives_no_promise_of_its_own(
    unit_3_2_1202: Unit, agent_li: User, supervisor_bo: User
) -> None:
    adopt_warranty(unit_3_2_1202.community, by=supervisor_bo)
    assert report(unit_3_2_1202, agent_li).level == ""


def test_another_community_does_not_feel_it(
    home: Unit, unit_binjiang: Unit, agent_binjiang: User, supervisor_bo: User
) -> None:
    Unit.objects.update(delivered_on=home.delivered_on)
    unit_binjiang.refresh_from_db()
    adopt_warranty(home.community, by=supervisor_bo)
    assert clock_of(report(unit_binjiang, agent_binjiang)) == "always"


def test_given_up_it_counts_for_open_repairs_only(home: Unit, agent_li: User, supervisor_bo: User) -> None:
    adopt_warranty(home.community, by=supervisor_bo)
    before = report(home, agent_li)
    drop_warranty(home.community, by=supervisor_bo)
    assert clock_of(before) == "working"
    assert clock_of(report(home, agent_li)) == "always"
    with pytest.raises(Stale):
        drop_warranty(home.community, by=supervisor_bo)


@pytest.mark.parametrize("who", ["agent_li", "manager_mei"])
def test_who_does_not_decide_promises_takes_no_preset(
    request: pytest.FixtureRequest, yangguang: Community, who: str
) -> None:
    for act in (adopt_warranty, drop_warranty):
        with pytest.raises(NotPermitted):
            act(yangguang, by=request.getfixturevalue(who))


def test_the_page_takes_it_on_and_gives_it_up(
    yangguang: Community, supervisor_bo: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(supervisor_bo)
    path = "/manage/promises/warranty/?community=YG"
    assert client.post(path).status_code == 302
    page = client.get("/manage/promises/?community=YG").content.decode()
    assert "保修期内" in page
    assert 'data-action="drop-preset"' in page
    assert (
        client.get(
            "/manage/promises/edit/?work=repair&stage=respond&urgency=normal&level=warranty&community=YG"
        ).status_code
        == 200
    )
    client.post(path, {"drop": "yes"})
    assert 'data-action="take-preset"' in client.get("/manage/promises/?community=YG").content.decode()


def test_nobody_takes_it_on_for_another_community(
    supervisor_bo: User, binjiang: Community, signed_in: Callable[[User], Client]
) -> None:
    assert signed_in(supervisor_bo).post("/manage/promises/warranty/?community=BJ").status_code == 404
