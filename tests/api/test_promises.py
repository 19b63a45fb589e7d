"""Promises by API: who may change them, what a change does, and the explanation of a deadline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from servicecenter.accounts.models import Community, Membership, User
from servicecenter.sla.models import Policy, Timer
from surveys.models import FollowUp
from tests.conftest import Walk

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
POLICIES = "/api/v1/sla/policies/"
HOUR = 3600


def change(client: APIClient, **terms: Any) -> Any:
    """A change of the response to a normal repair, unless told otherwise."""
    body = {"work": "repair", "stage": "respond", "urgency": "normal"} | terms
    return client.post(POLICIES, body, format="json")


def current(stage: str = "respond", urgency: str = "normal", **more: Any) -> Policy:
    return Policy.objects.current().get(work="repair", stage=stage, urgency=urgency, **more)


def test_a_supervisors_change_is_a_new_row_for_their_community(
    api: Api, supervisor_bo: User, yangguang: Community
) -> None:
    answer = change(api(supervisor_bo), target_seconds=12 * HOUR)
    assert (answer.status_code, answer.data["community"], answer.data["target_seconds"]) == (
        201,
        "YG",
        12 * HOUR,
    )
    # What was not said stays as it applied until now.
    assert (answer.data["clock"], answer.data["warn_at"]) == ("always", 0.75)
    assert answer.data["escalate"] == [
        {"after": 0.0, "to": "supervisor", "channel": ""},
        {"after": 0.25, "to": "manager", "channel": ""},
    ]
    assert current(community=None).target_seconds == 24 * HOUR
    assert current(community=yangguang).changed_by == supervisor_bo


def test_a_second_change_closes_the_first_and_keeps_it(api: Api, supervisor_bo: User) -> None:
    first = change(api(supervisor_bo), target_seconds=12 * HOUR).data["id"]
    second = change(api(supervisor_bo), target_seconds=10 * HOUR).data["id"]
    old = api(supervisor_bo).get(f"{POLICIES}{first}/").data
    assert old["replaced_at"] == api(supervisor_bo).get(f"{POLICIES}{second}/").data["since"]
    history = api(supervisor_bo).get(f"{POLICIES}?history=true&community=YG").json()["results"]
    assert [each["id"] for each in history] == [first, second]
    now = api(supervisor_bo).get(f"{POLICIES}?community=YG").json()["results"]
    assert [each["id"] for each in now] == [second]


def test_the_same_terms_again_make_no_row(api: Api, supervisor_bo: User) -> None:
    first, again = (change(api(supervisor_bo), target_seconds=12 * HOUR).data["id"] for _ in range(2))
    assert first == again


def test_a_change_counts_for_new_work_only(api: Api, supervisor_bo: User, ticket_in: Walk) -> None:
    before = ticket_in("reported")
    change(api(supervisor_bo), target_seconds=12 * HOUR)
    after = ticket_in("reported")
    before.refresh_from_db()
    assert before.respond_due_at == before.reported_at + timedelta(hours=24)
    assert after.respond_due_at == after.reported_at + timedelta(hours=12)


def test_a_change_for_open_work_counts_from_its_original_start(
    api: Api, supervisor_bo: User, ticket_in: Walk
) -> None:
    ticket, done = ticket_in("reported"), ticket_in("contacted")
    answered = done.respond_due_at
    change(api(supervisor_bo), target_seconds=12 * HOUR, apply_to_open=True)
    ticket.refresh_from_db()
    done.refresh_from_db()
    assert ticket.respond_due_at == ticket.next_due_at == ticket.reported_at + timedelta(hours=12)
    # A promise that was kept is not touched.
    assert done.respond_due_at == answered
    armed = Timer.objects.filter(case_id=ticket.pk, work="repair", stage="respond", state="armed")
    assert {timer.deadline for timer in armed} == {ticket.respond_due_at}
    assert armed.get(step="breach").due_at == ticket.respond_due_at


def test_no_target_is_a_decision_that_disarms_open_work(
    api: Api, supervisor_bo: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("reported")
    assert change(api(supervisor_bo), target_seconds=None, apply_to_open=True).data["target_seconds"] is None
    ticket.refresh_from_db()
    assert (ticket.respond_due_at, ticket.next_due_at) == (None, ticket.complete_due_at)
    assert not Timer.objects.filter(case_id=ticket.pk, stage="respond", state="armed").exists()


def test_the_48_hours_of_calls_can_change_for_open_calls(
    api: Api, supervisor_bo: User, ticket_in: Walk
) -> None:
    ticket_in("completed")
    body = {"work": "follow_up", "stage": "call", "target_seconds": 24 * HOUR, "apply_to_open": True}
    assert api(supervisor_bo).post(POLICIES, body, format="json").status_code == 201
    follow_up = FollowUp.objects.get()
    assert follow_up.due_at == follow_up.completed_at + timedelta(hours=24)


def test_other_communities_keep_their_promise(
    api: Api, supervisor_bo: User, agent_binjiang: User, unit_binjiang: Any, stranger_sun: User
) -> None:
    there = {"unit": "1-1-101", "text": "漏水"}
    number = api(stranger_sun).post("/api/v1/repairs/", there, format="json").data["number"]
    change(api(supervisor_bo), target_seconds=12 * HOUR, apply_to_open=True)
    again = api(stranger_sun).post("/api/v1/repairs/", there, format="json").data
    explained = api(agent_binjiang).get("/api/v1/sla/explain/", {"ticket": number}).json()["clocks"]
    assert explained[0]["policy"]["target_seconds"] == 24 * HOUR
    assert "T" in again["respond_due_at"]


def test_a_community_out_of_scope_cannot_be_promised_anything(
    api: Api, supervisor_bo: User, binjiang: Community
) -> None:
    for code in ("BJ", "XX"):
        answer = change(api(supervisor_bo), community=code, target_seconds=HOUR)
        assert (answer.status_code, list(answer.data["errors"])) == (400, ["community"])
    assert not Policy.objects.exclude(community=None).exists()


def test_a_supervisor_of_two_communities_names_one(
    api: Api, supervisor_bo: User, binjiang: Community
) -> None:
    Membership.objects.create(user=supervisor_bo, community=binjiang)
    answer = change(api(supervisor_bo), target_seconds=HOUR)
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["community"])
    assert change(api(supervisor_bo), community="bj", target_seconds=HOUR).data["community"] == "BJ"


def test_an_administrator_decides_for_the_company(api: Api, admin_gu: User) -> None:
    assert change(api(admin_gu), target_seconds=20 * HOUR).data["community"] is None
    assert current().target_seconds == 20 * HOUR


@pytest.mark.parametrize("who", ["agent_li", "manager_mei", "technician_chen", "resident_wang"])
def test_nobody_else_changes_a_promise(request: pytest.FixtureRequest, api: Api, who: str) -> None:
    answer = change(api(request.getfixturevalue(who)), target_seconds=HOUR)
    assert (answer.status_code, answer.data["code"]) == (403, "not_permitted")


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"target_seconds": 49 * HOUR}, "target_seconds"),
        ({"target_seconds": 0}, "target_seconds"),
        ({"target_seconds": 59}, "target_seconds"),
        ({"target_seconds": -1}, "target_seconds"),
        ({"target_seconds": 2**63}, "target_seconds"),
        ({"target_seconds": 1e3}, "target_seconds"),
        ({"target_seconds": "3600"}, "target_seconds"),
        ({"target_seconds": True}, "target_seconds"),
        ({"warn_at": 0}, "warn_at"),
        ({"warn_at": 1}, "warn_at"),
        ({"warn_at": "NaN"}, "warn_at"),
        ({"clock": "sometimes"}, "clock"),
        ({"escalate": []}, "escalate"),
        ({"escalate": [{"after": 1, "to": "supervisor"}]}, "escalate"),
        ({"escalate": [{"after": 0, "to": "resident"}]}, "escalate.0.to"),
        ({"escalate": [{"after": 0, "to": "agent"}, {"after": 0, "to": "manager"}]}, "escalate"),
        ({"escalate": "supervisor"}, "escalate"),
        ({"stage": "call"}, "stage"),
        ({"stage": "never"}, "stage"),
        ({"work": "magic"}, "work"),
        ({"urgency": "soon"}, "urgency"),
        ({"level": "DROP TABLE"}, "level"),
        ({"apply_to_open": "true"}, "apply_to_open"),
    ],
)
def test_terms_that_make_no_sense_are_refused_by_field(
    api: Api, supervisor_bo: User, terms: dict[str, Any], field: str
) -> None:
    rows = Policy.objects.count()
    answer = change(api(supervisor_bo), **({"target_seconds": HOUR} | terms))
    assert (answer.status_code, list(answer.data["errors"])) == (400, [field])
    assert Policy.objects.count() == rows


def test_a_first_promise_needs_a_target(api: Api, supervisor_bo: User) -> None:
    answer = change(api(supervisor_bo), work="refund", urgency="")
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["target_seconds"])
    none = change(api(supervisor_bo), work="inquiry", urgency="", target_seconds=None)
    assert (none.status_code, none.data["target_seconds"]) == (201, None)


def test_a_completion_cannot_be_promised_before_the_response(api: Api, supervisor_bo: User) -> None:
    client = api(supervisor_bo)
    answer = change(client, stage="complete", target_seconds=23 * HOUR)
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["target_seconds"])
    change(client, target_seconds=12 * HOUR)
    assert change(client, stage="complete", target_seconds=23 * HOUR).status_code == 201


def test_the_company_cannot_undercut_what_a_community_promised(
    api: Api, admin_gu: User, supervisor_bo: User
) -> None:
    change(api(supervisor_bo), target_seconds=40 * HOUR)
    answer = change(api(admin_gu), stage="complete", target_seconds=30 * HOUR)
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["target_seconds"])


def test_a_row_can_be_revised_and_a_replaced_one_cannot(api: Api, supervisor_bo: User) -> None:
    client = api(supervisor_bo)
    made = change(client, target_seconds=12 * HOUR).data
    revised = client.patch(f"{POLICIES}{made['id']}/", {"warn_at": 0.5}, format="json")
    assert (revised.status_code, revised.data["warn_at"], revised.data["target_seconds"]) == (
        200,
        0.5,
        12 * HOUR,
    )
    stale = client.patch(f"{POLICIES}{made['id']}/", {"warn_at": 0.6}, format="json")
    assert (stale.status_code, stale.data["code"]) == (409, "stale")


def test_a_promise_of_another_community_is_not_there(
    api: Api, admin_gu: User, supervisor_bo: User, binjiang: Community
) -> None:
    row = change(api(admin_gu), community="BJ", target_seconds=HOUR).data["id"]
    client = api(supervisor_bo)
    assert client.get(f"{POLICIES}{row}/").status_code == 404
    assert client.patch(f"{POLICIES}{row}/", {"warn_at": 0.5}, format="json").status_code == 404
    assert row not in {each["id"] for each in client.get(POLICIES).json()["results"]}


def test_the_explanation_tells_every_step_of_a_deadline(
    api: Api, ticket_in: Walk, supervisor_bo: User, technician_chen: User, agent_li: User
) -> None:
    ticket = ticket_in("on_hold")
    api(technician_chen).post(f"/api/v1/repairs/{ticket.number}/resume/", {}, format="json")
    change(api(supervisor_bo), stage="complete", target_seconds=40 * HOUR, apply_to_open=True)
    answer = api(agent_li).get("/api/v1/sla/explain/", {"ticket": ticket.number.lower()})
    assert answer.status_code == 200
    complete = next(clock for clock in answer.json()["clocks"] if clock["stage"] == "complete")
    assert [event["action"] for event in complete["events"]] == [
        "clock.started",
        "clock.paused",
        "clock.resumed",
        "clock.retargeted",
    ]
    assert complete["pauses"][0]["reason"] == "parts"
    assert complete["events"][-1]["due_at"] == complete["due_at"]
    assert complete["policy"]["target_seconds"] == 40 * HOUR


def test_a_resident_reads_the_explanation_without_names(
    api: Api, ticket_in: Walk, resident_wang: User
) -> None:
    ticket = ticket_in("on_hold")
    body = api(resident_wang).get("/api/v1/sla/explain/", {"ticket": ticket.number}).content.decode()
    assert "陈刚" not in body
    assert "13811112222" not in body


@pytest.mark.parametrize("ticket", ["R000101-0001", "x", "%", "R261123-0001' or 1=1", "\u202e"])
def test_a_number_that_is_nobodys_is_404(api: Api, agent_li: User, ticket: str) -> None:
    assert api(agent_li).get("/api/v1/sla/explain/", {"ticket": ticket}).status_code == 404


def test_a_strangers_number_is_404(
    api: Api, ticket_in: Walk, agent_binjiang: User, tenant_zhao: User
) -> None:
    number = ticket_in("reported").number
    for user in (agent_binjiang, tenant_zhao):
        assert api(user).get("/api/v1/sla/explain/", {"ticket": number}).status_code == 404
