"""Every action by API does what the action itself does, and refuses as it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from repairs import actions
from repairs.api.steps import ACTIONS, FIELDS, OPTIONAL, shape_of
from repairs.forms.base import CALLS
from repairs.models import Appointment, Ticket
from repairs.workflow import TABLE
from servicecenter.accounts.models import User
from servicecenter.audit.models import Event
from tests.conftest import Walk
from tests.repairs.rules import open_rule

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]

START = (timezone.now() + timedelta(days=1)).replace(microsecond=0)
END = START + timedelta(hours=2)
# action: (status before, who, body by API, arguments of the action)
STEPS: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "accept": ("reported", "agent_li", {}, {}),
    "dispatch": ("accepted", "agent_li", {"technician": "chen"}, {"technician": "technician_chen"}),
    "grab": ("accepted", "technician_chen", {}, {}),
    "send_back": ("contacted", "technician_chen", {"reason": "不会修"}, {"reason": "不会修"}),
    "involve": (
        "contacted",
        "technician_chen",
        {"person": "he", "part": "helper"},
        {"person": "technician_he", "part": "helper"},
    ),
    "contact": ("dispatched", "technician_chen", {"note": "约好明天"}, {"note": "约好明天"}),
    "schedule": (
        "contacted",
        "technician_chen",
        {"start": START.isoformat(), "end": END.isoformat()},
        {"start": START, "end": END},
    ),
    "offer_windows": (
        "contacted",
        "resident_wang",
        {"windows": [{"start": START.isoformat(), "end": END.isoformat()}]},
        {"windows": [(START, END)]},
    ),
    "choose_window": ("dispatched", "technician_chen", {"window": 0}, {"window": 0}),
    "accept_window": ("contacted", "resident_wang", {"window": 0}, {"window": 0}),
    "on_way": ("contacted", "technician_chen", {"minutes": 20}, {"minutes": 20}),
    "nobody_home": ("scheduled", "technician_chen", {"note": "敲门无人"}, {"note": "敲门无人"}),
    "nobody_came": ("scheduled", "resident_wang", {"note": "等了一上午"}, {"note": "等了一上午"}),
    "arrive": ("contacted", "technician_chen", {}, {}),
    "secure": ("on_site", "technician_chen", {"note": "已关总阀"}, {"note": "已关总阀"}),
    "propose_plan": (
        "on_site",
        "technician_chen",
        {"plan": "换阀芯", "price": "60.00"},
        {"plan": "换阀芯", "price": Decimal("60.00")},
    ),
    "approve_plan": ("plan_proposed", "resident_wang", {}, {}),
    "decline_plan": ("plan_proposed", "resident_wang", {"reason": "太贵"}, {"reason": "太贵"}),
    "complete": ("on_site", "technician_chen", {"summary": "修好了"}, {"summary": "修好了"}),
    "confirm": (
        "completed",
        "resident_wang",
        {"method": "portal", "rating": 9, "comment": "很好"},
        {"method": "portal", "rating": 9, "comment": "很好"},
    ),
    "archive": ("followed_up", "agent_li", {}, {}),
    "hold": (
        "contacted",
        "technician_chen",
        {"reason": "parts", "resume_at": START.isoformat(), "note": "等配件"},
        {"reason": "parts", "resume_at": START, "note": "等配件"},
    ),
    "resume": ("on_hold", "technician_chen", {}, {}),
    "rework": ("completed", "resident_wang", {"reason": "还滴水"}, {"reason": "还滴水"}),
    "cancel": ("accepted", "resident_wang", {"reason": "好了"}, {"reason": "好了"}),
    "mark_duplicate": ("accepted", "agent_li", {"duplicate_of": ""}, {"duplicate_of": None}),
    "reassign": (
        "contacted",
        "supervisor_bo",
        {"technician": "he", "reason": "请假"},
        {"technician": "technician_he", "reason": "请假"},
    ),
    "classify": (
        "accepted",
        "supervisor_bo",
        {"trade": "gas", "urgency": "emergency", "reason": "闻到燃气"},
        {"trade": "gas", "urgency": "emergency", "reason": "闻到燃气"},
    ),
    "urge": ("dispatched", "resident_wang", {"note": "快点"}, {"note": "快点"}),
    "note": (
        "dispatched",
        "agent_li",
        {"note": "老人在家", "internal": True},
        {"note": "老人在家", "internal": True},
    ),
}


def take(client: APIClient, ticket: Ticket, action: str, body: dict[str, Any], **more: Any) -> Any:
    """The step by API."""
    path = f"/api/v1/repairs/{ticket.number}/{action.replace('_', '-')}/"
    return client.post(path, body, format="json", **more)


def urgency_for(action: str) -> str:
    """Of a repair that meets the condition of the action, if it is danger."""
    return "emergency" if TABLE.rows_of(action)[0].when == "is_dangerous" else "normal"


def ready_for(ticket: Ticket, action: str, resident: User, technician: User) -> Ticket:
    """The same repair with what the action answers: offered times, or an appointment that is over."""
    if action in ("choose_window", "accept_window"):
        by = resident if action == "choose_window" else technician
        actions.offer_windows(ticket, windows=[(START, END)], by=by)
    if action in ("nobody_home", "nobody_came"):
        ended = timezone.now() - timedelta(minutes=1)
        ticket.appointment_start, ticket.appointment_end = ended - timedelta(hours=1), ended
        ticket.save(update_fields=["appointment_start", "appointment_end"])
    return ticket


def offered(ticket: Ticket, given: dict[str, Any]) -> dict[str, Any]:
    """The same input, naming the window that this repair was offered."""
    row = ticket.appointments.offered().first()
    return given | {"window": row.pk} if "window" in given and row else given


def facts(ticket: Ticket, first: int) -> list[tuple[Any, ...]]:
    """What the events of a ticket from the `first` one on say, without what differs by instant or id."""
    changing = {"window", "start", "end", "due_at", "policy", "completion_no", "technician_before", "price"}
    return [
        (
            event.action,
            event.from_status,
            event.to_status,
            event.by_id,
            event.internal,
            event.text,
            {name: value for name, value in event.data.items() if name not in changing},
        )
        for event in ticket.events()[first:]
    ]


def test_every_action_of_the_table_is_walked_here() -> None:
    assert set(STEPS) == set(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_step_by_api_leaves_the_same_events_as_the_action_itself(
    request: pytest.FixtureRequest, api: Api, ticket_in: Walk, technician_he: User, action: str
) -> None:
    before, who, body, arguments = STEPS[action]
    by = request.getfixturevalue(who)
    if action == "mark_duplicate":
        other = ticket_in("reported")
        body, arguments = {"duplicate_of": other.number.lower()}, {"duplicate_of": other}
    if action == "grab":
        open_rule()
    arguments = {
        name: request.getfixturevalue(value) if name in ("technician", "person") else value
        for name, value in arguments.items()
    }
    by_api, directly = (
        ready_for(
            ticket_in(before, urgency=urgency_for(action)), action, ticket_in.resident, ticket_in.technician
        )
        for _number in range(2)
    )
    first = directly.events().count()
    body, arguments = offered(by_api, body), offered(directly, arguments)
    answer = take(api(by), by_api, action, body)
    assert answer.status_code == 200, answer.content
    # One technician is not in two places: the first repair gives its time back.
    Appointment.objects.filter(ticket=by_api).delete()
    call = CALLS.get(action) or getattr(actions, action)
    # One person urges two tickets: neither is a repeat of the other.
    call(directly, by=by, **arguments)
    assert facts(by_api, first) == facts(directly, first) != []
    directly.refresh_from_db()
    assert (answer.data["status"], answer.data["version"]) == (directly.status, directly.version)


@pytest.mark.parametrize("action", ACTIONS)
def test_what_the_table_needs_is_what_the_body_requires(action: str) -> None:
    fields = shape_of(action)().fields
    required = {name for name, field in fields.items() if field.required}
    assert required == set(TABLE.rows_of(action)[0].needs)
    assert set(fields) - required <= {*OPTIONAL.get(action, ()), "version", "happened_at"}


def test_every_need_of_the_table_has_a_field() -> None:
    needs = {need for row in TABLE.rows for need in row.needs}
    assert needs <= set(FIELDS)


@pytest.mark.parametrize("action", [action for action in ACTIONS if TABLE.rows_of(action)[0].needs])
def test_a_step_without_what_it_needs_names_what_is_missing(
    request: pytest.FixtureRequest, api: Api, ticket_in: Walk, action: str
) -> None:
    before, who, _body, _arguments = STEPS[action]
    made = ticket_in(before, urgency=urgency_for(action))
    ticket = ready_for(made, action, ticket_in.resident, ticket_in.technician)
    events = Event.objects.count()
    answer = take(api(request.getfixturevalue(who)), ticket, action, {})
    assert (answer.status_code, set(answer.data["errors"])) == (400, set(TABLE.rows_of(action)[0].needs))
    assert Event.objects.count() == events


def test_a_step_out_of_order_is_409_with_what_is_possible_instead(
    api: Api, ticket_in: Walk, technician_chen: User
) -> None:
    ticket = ticket_in("dispatched")
    # Even with nothing in the body: the state is looked at first.
    answer = take(api(technician_chen), ticket, "complete", {})
    assert (answer.status_code, answer.data["code"]) == (409, "transition_refused")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.data["allowed"] == [
        "photos",
        "contact",
        "hold",
        "involve",
        "note",
        "offer-windows",
        "send-back",
    ]


def test_what_is_possible_instead_is_named_like_its_address(
    api: Api, ticket_in: Walk, technician_chen: User
) -> None:
    ticket = ticket_in("on_site")
    answer = take(api(technician_chen), ticket, "contact", {"note": "x"})
    assert "propose-plan" in answer.data["allowed"]


def test_a_role_that_never_may_is_403(api: Api, ticket_in: Walk, technician_chen: User) -> None:
    answer = take(api(technician_chen), ticket_in("dispatched"), "reassign", {})
    assert (answer.status_code, answer.data["code"]) == (403, "not_permitted")


@pytest.mark.parametrize("action", ACTIONS)
def test_a_stranger_is_404_for_every_action(
    api: Api, ticket_in: Walk, agent_binjiang: User, action: str
) -> None:
    answer = take(api(agent_binjiang), ticket_in("reported"), action, STEPS[action][2])
    assert (answer.status_code, answer.data["code"]) == (404, "not_found")


def test_a_version_that_is_not_the_present_one_is_stale(api: Api, ticket_in: Walk, agent_li: User) -> None:
    ticket = ticket_in("reported")
    answer = take(api(agent_li), ticket, "accept", {"version": ticket.version + 1})
    assert (answer.status_code, answer.data["code"]) == (409, "stale")
    assert take(api(agent_li), ticket, "accept", {"version": ticket.version}).status_code == 200


def test_a_repeated_step_with_its_key_gives_the_first_answer_again(
    api: Api, ticket_in: Walk, agent_li: User
) -> None:
    ticket = ticket_in("reported")
    key = {"headers": {"Idempotency-Key": "step-1"}}
    first = take(api(agent_li), ticket, "accept", {}, **key)
    again = take(api(agent_li), ticket, "accept", {}, **key)
    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert take(api(agent_li), ticket, "accept", {}).status_code == 409


@pytest.mark.parametrize("name", ["he", "id", "digits"])
def test_a_technician_is_named_by_user_name_or_id(
    api: Api, ticket_in: Walk, agent_li: User, technician_he: User, name: str
) -> None:
    ref = {"he": "he", "id": technician_he.pk, "digits": str(technician_he.pk)}[name]
    answer = take(api(agent_li), ticket_in("accepted"), "dispatch", {"technician": ref})
    assert answer.data["assignee"] == {"id": technician_he.pk, "name": "何勇"}


@pytest.mark.parametrize("ref", ["bjtech", "li", "nobody", 0, -1, 2**63, 1.5, True, None, [], {}])
def test_only_a_technician_of_the_community_can_be_sent(
    api: Api, ticket_in: Walk, agent_li: User, technician_binjiang: User, ref: Any
) -> None:
    ticket = ticket_in("accepted")
    answer = take(api(agent_li), ticket, "dispatch", {"technician": ref})
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["technician"])
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_a_duplicate_of_a_repair_elsewhere_is_refused(
    api: Api, ticket_in: Walk, agent_li: User, stranger_sun: User, unit_binjiang: Any
) -> None:
    other = actions.report(
        by=stranger_sun, community=unit_binjiang.community, unit=unit_binjiang, text="漏水"
    )
    answer = take(api(agent_li), ticket_in("accepted"), "mark_duplicate", {"duplicate_of": other.number})
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["duplicate_of"])


def test_the_repair_cannot_be_followed_up_without_its_call(api: Api, ticket_in: Walk, agent_li: User) -> None:
    ticket = ticket_in("confirmed")
    offered = api(agent_li).get(f"/api/v1/repairs/{ticket.number}/").data["allowed"]
    assert "follow-up" not in {each["action"] for each in offered}
    assert take(api(agent_li), ticket, "follow_up", {}).status_code == 404


def test_the_whole_loop_goes_by_api(
    api: Api,
    resident_wang: User,
    agent_li: User,
    agent_zhou: User,
    technician_chen: User,
) -> None:
    resident, desk, caller, field = (
        api(user) for user in (resident_wang, agent_li, agent_zhou, technician_chen)
    )
    body = {"unit": "3-2-1201", "text": "厨房水龙头滴水"}
    number = resident.post("/api/v1/repairs/", body, format="json").data["number"]
    ticket = Ticket.objects.get(number=number)
    walk: list[tuple[APIClient, str, dict[str, Any], str]] = [
        (desk, "accept", {}, "accepted"),
        (desk, "dispatch", {"technician": "chen"}, "dispatched"),
        (field, "contact", {"note": "明天上午"}, "contacted"),
        (field, "schedule", {"start": START.isoformat(), "end": END.isoformat()}, "scheduled"),
        (field, "arrive", {}, "on_site"),
        (field, "propose-plan", {"plan": "换阀芯", "price": 60}, "plan_proposed"),
        (resident, "approve-plan", {}, "plan_approved"),
        (field, "complete", {"summary": "已更换"}, "completed"),
        (resident, "confirm", {"method": "portal"}, "confirmed"),
    ]
    for client, action, sent, status in walk:
        answer = take(client, ticket, action, sent)
        assert (answer.status_code, answer.data["status"]) == (200, status), answer.content
    call = caller.post("/api/v1/follow-ups/claim/", {}, format="json").data
    assert call["number"] == number
    heard = {"claim_no": call["claim_no"], "outcome": "reached", "ratings": {"overall": 9}, "solved": True}
    done = caller.post(f"/api/v1/follow-ups/{call['id']}/attempts/", heard, format="json")
    assert (done.status_code, done.data["outcome"]) == (201, "satisfied"), done.content
    assert take(desk, ticket, "archive", {}).data["status"] == "archived"
