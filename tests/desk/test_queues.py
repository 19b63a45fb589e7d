"""Queues: what is in them, how many, filters, pages, the side panel and what is done to several at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from repairs import actions
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.desk.queries import queues
from servicecenter.desk.queries.queues import QUEUES, counts, in_queue
from tests.conftest import Walk, make_unit
from tests.desk.pages import fragment, numbers_in, text_of

SignedIn = Callable[[User], Client]
URL = "/desk/tickets/"


def codes_of(ticket: Ticket, user: User) -> set[str]:
    """The queues that a repair is in."""
    at = timezone.now()
    return {
        code for code, queue in QUEUES.items() if in_queue(queue, user, at, {}).filter(pk=ticket.pk).exists()
    }


@pytest.mark.parametrize(
    ("status", "queued"),
    [
        (Status.REPORTED, {"new"}),
        (Status.ACCEPTED, {"dispatch", "mine"}),
        (Status.DISPATCHED, {"mine"}),
        (Status.ON_HOLD, {"hold", "mine"}),
        (Status.REWORK, {"dispatch", "mine"}),
        (Status.COMPLETED, {"confirm", "mine"}),
        (Status.FOLLOWED_UP, {"archive", "mine"}),
        (Status.ARCHIVED, set()),
        (Status.CANCELLED, set()),
    ],
)
def test_a_repair_waits_in_the_queue_of_its_status(
    status: str, queued: set[str], ticket_in: Walk, agent_li: User
) -> None:
    assert codes_of(ticket_in(status), agent_li) == queued | {"all"}


def test_mine_are_those_that_one_is_in_charge_of(ticket_in: Walk, agent_zhou: User) -> None:
    assert "mine" not in codes_of(ticket_in("accepted"), agent_zhou)


def test_late_and_nearly_late_repairs_have_queues(ticket_in: Walk, agent_li: User) -> None:
    now = timezone.now()
    late = ticket_in("accepted", by=agent_li, at=now - timedelta(hours=25))
    soon = ticket_in("accepted", by=agent_li, at=now - timedelta(hours=22))
    assert "overdue" in codes_of(late, agent_li)
    assert "soon" in codes_of(soon, agent_li)
    assert "overdue" not in codes_of(soon, agent_li)


def test_a_hold_does_not_hide_what_was_missed_before_it(ticket_in: Walk, agent_li: User) -> None:
    late = ticket_in("accepted", by=agent_li, at=timezone.now() - timedelta(hours=25))
    actions.hold(late, reason="parts", resume_at=timezone.now() + timedelta(days=1), by=agent_li)
    assert codes_of(late, agent_li) == {"hold", "mine", "all", "overdue"}


def test_a_hold_in_time_is_not_overdue(ticket_in: Walk, agent_li: User) -> None:
    early = ticket_in("accepted", by=agent_li, at=timezone.now() - timedelta(hours=1))
    actions.hold(early, reason="parts", resume_at=timezone.now() + timedelta(days=1), by=agent_li)
    assert codes_of(early, agent_li) == {"hold", "mine", "all"}


def test_counts_equal_the_rows_of_each_queue_and_take_one_query(ticket_in: Walk, agent_li: User) -> None:
    for status in ("reported", "reported", "accepted", "on_hold", "completed", "followed_up", "archived"):
        ticket_in(status)
    at = timezone.now()
    assert agent_li.community_ids
    with CaptureQueriesContext(connection) as asked:
        found = counts(agent_li, at)
    assert len(asked) == 1
    assert found.queues == {code: in_queue(queue, agent_li, at, {}).count() for code, queue in QUEUES.items()}


def test_counting_stops_at_the_cap(ticket_in: Walk, agent_li: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "COUNTED_TO", 1)
    for _ticket in range(3):
        ticket_in("reported")
    found = counts(agent_li, timezone.now())
    assert queues.words(found.queues["new"]) == "1+"


def test_somebody_without_a_community_counts_nothing(db: None) -> None:
    nobody = User.objects.create_user("nobody", role="agent")
    assert set(counts(nobody, timezone.now()).queues.values()) == {0}


def test_the_other_community_sees_none_of_it(
    signed_in: SignedIn, ticket_in: Walk, agent_binjiang: User
) -> None:
    ticket = ticket_in("reported")
    client = signed_in(agent_binjiang)
    assert numbers_in(client.get(URL, {"queue": "all"})) == []
    assert client.get(URL, {"queue": "all", "open": ticket.number}).status_code == 404
    assert counts(agent_binjiang, timezone.now()).queues["all"] == 0


def test_emergencies_come_first_among_the_new(signed_in: SignedIn, agent_li: User, ticket_in: Walk) -> None:
    first, second = ticket_in("reported"), ticket_in("reported")
    urgent = ticket_in("reported", urgency="emergency")
    listed = numbers_in(signed_in(agent_li).get(URL))
    assert listed == [urgent.number, first.number, second.number]


def test_filters_narrow_the_list(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk, yangguang: Community, technician_chen: User
) -> None:
    tap, lamp = (
        ticket_in("dispatched"),
        ticket_in("reported", text="灯不亮", trade="electrical", urgency="emergency"),
    )
    elsewhere = ticket_in("reported", unit=make_unit(yangguang, "5-1-501"), reporter=None)
    client = signed_in(agent_li)

    def listed(**filters: str | int) -> set[str]:
        return set(numbers_in(client.get(URL, {"queue": "all", **filters})))

    assert listed(trade="electrical") == {lamp.number}
    assert listed(urgency="emergency") == {lamp.number}
    assert listed(assignee=technician_chen.pk) == {tap.number}
    assert listed(q="灯不亮") == {lamp.number}
    assert listed(q="5栋501") == {elsewhere.number}
    assert elsewhere.unit is not None
    assert listed(building=elsewhere.unit.building_id) == {elsewhere.number}


@pytest.mark.parametrize(
    "filters",
    [
        {"trade": "magic"},
        {"building": "9" * 30},
        {"assignee": "x"},
        {"cursor": "o!!!"},
        {"queue": "none"},
        {"q": "%"},
    ],
)
def test_tampered_filters_break_nothing(
    filters: dict[str, str], signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    ticket_in("reported")
    assert signed_in(agent_li).get(URL, filters).status_code == 200


def test_a_building_of_the_other_community_is_no_filter(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk, stranger_sun: User, binjiang: Community
) -> None:
    ticket = ticket_in("reported")
    answer = signed_in(agent_li).get(URL, {"building": binjiang.buildings.get().pk})
    assert numbers_in(answer) == [ticket.number]


def test_pages_follow_each_other_and_lead_back(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("servicecenter.desk.views.queues.PAGE_SIZE", 2)
    numbers = [ticket_in("reported").number for _ticket in range(5)]
    client = signed_in(agent_li)
    answer = client.get(URL)
    seen = [numbers_in(answer)]
    while answer.context["older"]:
        answer = client.get(answer.context["older"])
        seen.append(numbers_in(answer))
    assert [number for page in seen for number in page] == numbers
    assert numbers_in(client.get(answer.context["newer"])) == seen[-2]


def test_the_number_of_queries_does_not_grow_with_the_list(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    client = signed_in(agent_li)
    ticket_in("dispatched")
    with CaptureQueriesContext(connection) as few:
        client.get(URL, {"queue": "all"})
    for _ticket in range(4):
        ticket_in("dispatched")
    with CaptureQueriesContext(connection) as many:
        client.get(URL, {"queue": "all"})
    assert len(many) == len(few) <= 10


def test_list_and_panel_as_fragments_equal_the_fresh_page(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("dispatched")
    ticket_in("reported")
    client = signed_in(agent_li)
    asked: dict[str, Any] = {"queue": "all", "trade": "plumbing", "open": ticket.number}
    fresh = text_of(client.get(URL, asked))
    panel = text_of(fragment(client, URL, "panel", **asked))
    listed = text_of(fragment(client, URL, "list", **asked))
    assert "<html" not in panel + listed
    assert ticket.number in panel
    assert panel in fresh
    assert listed in fresh


def test_the_live_answer_brings_the_counts_and_tells_of_news(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    ticket_in("reported")
    client = signed_in(agent_li)
    known = counts(agent_li, timezone.now())
    still = client.get("/desk/live/", {"seen": str(known.latest), "tabs": ""})
    assert "HX-Trigger" not in still.headers
    assert 'id="count-new" hx-swap-oob="true">1<' in text_of(still)
    ticket_in("reported")
    assert client.get("/desk/live/", {"seen": known.latest}).headers["HX-Trigger"] == "cases-changed"


def test_several_are_accepted_each_by_the_ordinary_action(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    fresh, other, late = ticket_in("reported"), ticket_in("reported"), ticket_in("archived")
    answer = signed_in(agent_li).post(
        f"{URL}bulk/accept/",
        {"number": [fresh.number, late.number, other.number], "next": f"{URL}?queue=new"},
    )
    assert answer.headers["Location"] == f"{URL}?queue=new"
    assert set(Ticket.objects.filter(status="accepted")) == {fresh, other}
    late.refresh_from_db()
    assert late.status == "archived"


def test_a_summary_says_what_was_refused_and_why(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    fresh, late = ticket_in("reported"), ticket_in("archived")
    client = signed_in(agent_li)
    answer = client.post(
        f"{URL}bulk/accept/", {"number": [fresh.number, late.number, "R260101-9999"]}, follow=True
    )
    said = [(message.level_tag, str(message)) for message in answer.context["messages"]]
    assert [level for level, _text in said] == ["success", "warning", "warning"]
    assert late.number in said[1][1]
    assert "R260101-9999" in said[2][1]
    assert fresh.number not in said[1][1]


def test_several_are_dispatched_at_once(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk, technician_he: User
) -> None:
    one, two, refused = ticket_in("accepted"), ticket_in("rework"), ticket_in("reported")
    numbers = [one.number, two.number, refused.number]
    client = signed_in(agent_li)
    chooser = fragment(client, f"{URL}bulk/dispatch/", "dialog-body", number=numbers)
    assert f'name="technician" value="{technician_he.pk}"' in text_of(chooser)
    client.post(f"{URL}bulk/dispatch/", {"number": numbers, "technician": technician_he.pk})
    assert set(Ticket.objects.filter(assignee=technician_he)) == {one, two}
    refused.refresh_from_db()
    assert refused.status == "reported"


def test_bulk_steps_reach_no_repair_of_the_other_community(
    signed_in: SignedIn, agent_binjiang: User, technician_binjiang: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("reported")
    client = signed_in(agent_binjiang)
    client.post(f"{URL}bulk/accept/", {"number": ticket.number})
    client.post(f"{URL}bulk/dispatch/", {"number": ticket.number, "technician": technician_binjiang.pk})
    ticket.refresh_from_db()
    assert ticket.status == "reported"
    answer = signed_in(agent_binjiang).get(f"{URL}bulk/dispatch/", {"number": ticket.number})
    assert answer.status_code == 302


def test_bulk_dispatch_without_a_technician_asks_for_one(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("accepted")
    client = signed_in(agent_li)
    chooser = client.post(f"{URL}bulk/dispatch/", {"number": ticket.number})
    assert chooser.status_code == 200
    for wrong in ({}, {"technician": ""}, {"technician": "x"}):
        answer = client.post(f"{URL}bulk/dispatch/", {"number": ticket.number, "sending": "yes", **wrong})
        assert answer.status_code == 422
        assert ticket.number in text_of(answer)


def test_nothing_selected_is_said_kindly(signed_in: SignedIn, agent_li: User, yangguang: Community) -> None:
    client = signed_in(agent_li)
    for action in ("accept", "archive", "dispatch"):
        assert client.post(f"{URL}bulk/{action}/").status_code == 302


def test_after_a_bulk_step_nobody_is_sent_elsewhere(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("reported")
    answer = signed_in(agent_li).post(
        f"{URL}bulk/accept/", {"number": ticket.number, "next": "https://evil.example/"}
    )
    assert answer.headers["Location"] == URL
