"""The overview."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from servicecenter.accounts.models import User
from tests.conftest import Walk
from tests.desk.pages import fragment, numbers_in, text_of

SignedIn = Callable[[User], Client]


def test_what_is_broken_is_shown_before_what_is_about_to_break(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    now = timezone.now()
    soon = ticket_in("accepted", by=agent_li, at=now - timedelta(hours=22))
    client = signed_in(agent_li)
    assert numbers_in(client.get("/desk/")) == [soon.number]
    late = ticket_in("accepted", by=agent_li, at=now - timedelta(hours=30))
    assert numbers_in(client.get("/desk/")) == [late.number]


def test_tiles_lead_to_their_queues_with_their_counts(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    ticket_in("reported")
    tiles = {tile["url"]: tile["value"] for tile in signed_in(agent_li).get("/desk/").context["tiles"]}
    assert tiles["/desk/tickets/?queue=new"] == "1"
    assert tiles["/desk/tickets/?queue=overdue"] == "0"


def test_the_refreshed_overview_equals_a_fresh_page(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    ticket_in("accepted", by=agent_li, at=timezone.now() - timedelta(hours=30))
    client = signed_in(agent_li)
    overview = text_of(fragment(client, "/desk/", "overview"))
    assert "<html" not in overview
    assert overview in text_of(client.get("/desk/"))


def test_the_live_counts_of_the_rail_equal_those_of_a_fresh_page(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    ticket_in("completed")
    ticket_in("reported")
    client = signed_in(agent_li)
    page, live = text_of(client.get("/desk/")), text_of(client.get("/desk/live/"))
    for code in ("queue", "calls", "messages"):
        start = f'<span class="nav-count" id="nav-count-{code}"'
        inner = live.split(f'{start} hx-swap-oob="true">')[1].split("</span></span>")[0]
        assert f"{start}>{inner}" in page
