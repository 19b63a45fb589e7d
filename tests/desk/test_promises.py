"""Promises to callers: who may do what, what is refused, and that a broken one is heard of once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from owners.models import Person, Unit
from servicecenter.accounts.models import Community, Membership, Role, User
from servicecenter.desk.actions.promises import keep, make, withdraw
from servicecenter.desk.forms.promises import choices_at, instant_of
from servicecenter.desk.models import Promise
from servicecenter.desk.workflow import TABLE, PromiseStatus
from servicecenter.lib.clock import LOCAL
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import Invalid, Refusal
from servicecenter.notifications.models import Message
from servicecenter.sla.actions import acknowledge
from servicecenter.sla.models import Clock, Timer
from servicecenter.sla.sweep import sweep
from tests.conftest import Walk, make_staff

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
Api = Callable[[User], APIClient]


@pytest.fixture
def promised(yangguang: Community, agent_li: User) -> Callable[..., Promise]:
    """`promised(due_at=…)`: agent_li promises to call back in four hours."""

    def promise(**said: Any) -> Promise:
        usual: dict[str, Any] = {"community": yangguang, "text": "查清水费后回电", "by": agent_li, "at": NOW}
        return make(**(usual | {"due_at": said.get("at", NOW) + 4 * HOUR} | said))

    return promise


Promised = Callable[..., Promise]


def told(promise: Promise, event: str) -> list[str]:
    messages = Message.objects.filter(work="promise", case_id=promise.pk, event=event)
    return sorted(messages.values_list("recipient__username", flat=True))


def test_the_keeper_is_warned_at_three_quarters_and_the_ladder_hears_when_it_is_broken(
    promised: Promised, supervisor_bo: User, manager_mei: User
) -> None:
    promise = promised()
    sweep(at=NOW + 3 * HOUR)
    assert told(promise, "promise.warn") == ["li"]
    assert told(promise, "promise.breach") == []
    for _twice in range(2):
        sweep(at=NOW + 4 * HOUR)
    assert told(promise, "promise.breach") == ["bo"]
    sweep(at=NOW + 5 * HOUR)
    assert told(promise, "promise.escalate") == ["mei"]
    assert Timer.objects.filter(work="promise", state="fired").count() == 3


def test_a_kept_promise_is_heard_of_no_more(promised: Promised, agent_li: User) -> None:
    promise = promised()
    keep(promise, by=agent_li, at=NOW + HOUR)
    sweep(at=NOW + 30 * HOUR)
    assert not Message.objects.filter(work="promise").exists()
    clock = Clock.objects.get(work="promise")
    assert (clock.met_at, clock.due_at) == (NOW + HOUR, NOW + 4 * HOUR)


def test_a_broken_promise_is_taken_on_like_any_deadline(
    promised: Promised, supervisor_bo: User, manager_mei: User
) -> None:
    promise = promised()
    sweep(at=NOW + 4 * HOUR)
    acknowledge("promise", promise.pk, by=supervisor_bo, at=NOW + 4 * HOUR + timedelta(minutes=1))
    sweep(at=NOW + 30 * HOUR)
    assert told(promise, "promise.escalate") == []
    assert told(promise, "promise.daily") == ["bo"]


def test_a_keeper_who_left_is_not_warned(promised: Promised, agent_li: User, supervisor_bo: User) -> None:
    promise = promised()
    Membership.objects.filter(user=agent_li).delete()
    sweep(at=NOW + 3 * HOUR)
    assert told(promise, "promise.warn") == ["bo"]


def test_whoever_keeps_what_a_colleague_promised_hears_of_it(promised: Promised, agent_zhou: User) -> None:
    promise = promised(keeper=agent_zhou)
    assert told(promise, "promise.made") == ["zhou"]


@pytest.mark.parametrize("action", TABLE.actions)
@pytest.mark.parametrize("status", PromiseStatus.values)
@pytest.mark.parametrize("who", ["keeper", *sorted(set(Role.values)), "stranger"])
def test_only_what_the_table_lists_may_be_done(
    promised: Promised,
    yangguang: Community,
    binjiang: Community,
    agent_li: User,
    who: str,
    status: str,
    action: str,
) -> None:
    promise = promised(at=timezone.now())
    boss = make_staff("boss", Role.SUPERVISOR, yangguang)
    if status == PromiseStatus.KEPT:
        keep(promise, by=agent_li)
    if status == PromiseStatus.WITHDRAWN:
        withdraw(promise, reason="业主来电取消", by=boss)
    by = agent_li
    if who == "stranger":
        by = make_staff("stranger", Role.SUPERVISOR, binjiang)
    elif who != "keeper":
        phone = {"phone": "13800000097"} if who == Role.RESIDENT else {}
        by = User.objects.create_user("somebody", role=who, **phone)
        Membership.objects.create(user=by, community=yangguang)
    may = {"keep": {"keeper", "agent", "supervisor"}, "withdraw": {"keeper", "supervisor"}}
    acts = {
        "keep": lambda: keep(promise, by=by),
        "withdraw": lambda: withdraw(promise, reason="已当面答复", by=by),
    }
    if who in may[action] and status == PromiseStatus.OPEN:
        assert acts[action]().status != status
        return
    before = Promise.objects.get(pk=promise.pk)
    with pytest.raises(Refusal) as refused:
        acts[action]()
    expected = "transition_refused" if who in may[action] else "not_permitted"
    outside = who not in ("keeper", Role.AGENT, Role.SUPERVISOR, Role.MANAGER)
    assert refused.value.code == ("not_found" if outside else expected)
    assert Promise.objects.get(pk=promise.pk).version == before.version


@pytest.mark.parametrize("role", Role.values)
def test_agents_and_supervisors_promise_and_nobody_else(
    promised: Promised, yangguang: Community, role: str
) -> None:
    phone = {"phone": "13800000096"} if role == Role.RESIDENT else {}
    by = User.objects.create_user("somebody", role=role, **phone)
    Membership.objects.create(user=by, community=yangguang)
    if role in (Role.AGENT, Role.SUPERVISOR):
        assert promised(by=by).keeper == by
        return
    with pytest.raises(Refusal) as refused:
        promised(by=by)
    assert refused.value.code in ("not_permitted", "not_found")
    assert not Promise.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"due_at": NOW}, "due_at"),
        ({"due_at": NOW - HOUR}, "due_at"),
        ({"due_at": NOW + timedelta(days=61)}, "due_at"),
        ({"due_at": datetime(2026, 11, 25, 18)}, "due_at"),  # without an offset on purpose
        ({"text": "  "}, "text"),
        ({"text": "长" * 201}, "text"),
    ],
)
def test_what_cannot_be_promised_is_refused_by_field(
    promised: Promised, said: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        promised(**said)
    assert set(refused.value.errors) == {field}
    assert not Promise.objects.exists()


def test_people_units_and_keepers_of_other_communities_are_refused(
    promised: Promised, unit_binjiang: Unit, stranger_sun: User, agent_binjiang: User
) -> None:
    person = Person.objects.get(user=stranger_sun)
    for said in ({"unit": unit_binjiang}, {"person": person}, {"keeper": agent_binjiang}):
        with pytest.raises(Invalid) as refused:
            promised(**said)
        assert set(refused.value.errors) == set(said)


def test_usual_times_are_those_of_the_community() -> None:
    morning, evening = datetime(2026, 11, 25, 1, tzinfo=UTC), datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert [code for code, _label in choices_at(morning)] == ["soon", "today", "tomorrow", "other"]
    assert [code for code, _label in choices_at(evening)] == ["soon", "tomorrow", "other"]
    assert instant_of("today", morning) == datetime(2026, 11, 25, 17, tzinfo=LOCAL)
    # 1 a.m. in Shanghai is still the day before in UTC.
    night = datetime(2026, 11, 25, 17, tzinfo=UTC)
    assert instant_of("tomorrow", night) == datetime(2026, 11, 27, 10, tzinfo=LOCAL)


def test_verify_finds_an_open_promise_without_its_clock(promised: Promised) -> None:
    promise = promised(at=timezone.now())
    about = next(each for each in every_invariant() if each.code == "V4" and "promised" in each.sentence)
    assert broken(about) == (0, [])
    Clock.objects.filter(work="promise").update(cancelled_at=timezone.now())
    assert broken(about) == (1, [promise.pk])


def test_a_promise_is_made_from_a_card_and_stands_on_it(
    signed_in: Callable[[User], Client], agent_li: User, person_wang: Person
) -> None:
    browser = signed_in(agent_li)
    made = browser.post(
        f"/desk/promises/new/?person={person_wang.pk}", {"text": "回电告知水费", "when": "soon"}
    )
    assert (made.status_code, made["Location"]) == (302, f"/desk/people/{person_wang.pk}/")
    promise = Promise.objects.get()
    assert (promise.person, promise.phone, promise.keeper) == (person_wang, person_wang.phone, agent_li)
    for path in (f"/desk/people/{person_wang.pk}/", "/desk/promises/", "/desk/promises/?show=mine"):
        page = browser.get(path).content.decode()
        assert promise.number in page, path
        assert person_wang.phone not in page
    assert promise.number not in browser.get("/desk/promises/?show=overdue").content.decode()
    assert browser.post(f"/desk/promises/{promise.number}/keep/").status_code == 302
    assert promise.number not in browser.get(f"/desk/people/{person_wang.pk}/").content.decode()


def test_a_promise_is_made_from_a_unit_and_from_a_repair(
    signed_in: Callable[[User], Client], agent_li: User, unit_3_2_1201: Unit, ticket_in: Walk
) -> None:
    browser, ticket = signed_in(agent_li), ticket_in()
    said = {"text": "问好师傅后回电", "when": "tomorrow"}
    assert browser.post(f"/desk/promises/new/?unit={unit_3_2_1201.pk}", said).status_code == 302
    assert browser.post(f"/desk/promises/new/?ticket={ticket.number}", said).status_code == 302
    of_unit, of_ticket = Promise.objects.order_by("id")
    assert (of_unit.unit, of_unit.case_id) == (unit_3_2_1201, None)
    assert (of_ticket.case_number, of_ticket.case_id) == (ticket.number, ticket.pk)
    assert of_ticket.number in browser.get(f"/desk/tickets/{ticket.number}/").content.decode()


def test_made_in_place_the_box_comes_back_and_sending_twice_makes_one(
    signed_in: Callable[[User], Client], agent_li: User, person_wang: Person
) -> None:
    browser = signed_in(agent_li)
    said = {"text": "回电", "when": "soon", "idempotency_key": "5b0c3f4e-8f5e-4b0e-9a70-0d6f2c7e1a11"}
    for _twice in range(2):
        answer = browser.post(
            f"/desk/promises/new/?person={person_wang.pk}",
            said,
            headers={"HX-Request": "true", "HX-Target": "promises"},
        )
        assert answer.status_code == 200
        assert Promise.objects.get().number in answer.content.decode()


@pytest.mark.parametrize(
    "bad",
    [
        {"text": ""},
        {"text": "\u200b"},
        {"text": "a\x00b"},
        {"when": "yesterday"},
        {"when": "other"},
        {"when": "other", "due_at": "2001-01-01T10:00"},
        {"when": "other", "due_at": "2099-01-01T10:00"},
        {"when": "other", "due_at": "0001-01-01T10:00"},
        {"when": "other", "due_at": "2026-02-30T10:00"},
    ],
    ids=str,
)
def test_bad_input_is_shown_on_the_form(
    signed_in: Callable[[User], Client], agent_li: User, person_wang: Person, bad: dict[str, str]
) -> None:
    said = {"text": "回电", "when": "soon"} | bad
    answer = signed_in(agent_li).post(f"/desk/promises/new/?person={person_wang.pk}", said)
    assert answer.status_code == 422
    assert not Promise.objects.exists()


@pytest.mark.parametrize(
    "query", ["", "?person=x", "?unit=99999999999999999999", "?ticket=R000000-0000", "?person=-1"]
)
def test_a_promise_about_nothing_is_not_found(
    signed_in: Callable[[User], Client], agent_li: User, query: str
) -> None:
    assert signed_in(agent_li).get(f"/desk/promises/new/{query}").status_code == 404


def test_withdrawing_asks_why(
    signed_in: Callable[[User], Client], promised: Promised, agent_li: User, agent_zhou: User
) -> None:
    promise = promised(at=timezone.now())
    path = f"/desk/promises/{promise.number}/withdraw/"
    assert signed_in(agent_li).post(path, {"reason": " "}).status_code == 422
    assert signed_in(agent_zhou).post(path, {"reason": "不必了"}).status_code == 403
    assert signed_in(agent_li).post(path, {"reason": "业主来电说不必了"}).status_code == 302
    promise.refresh_from_db()
    assert (promise.status, promise.reason) == ("withdrawn", "业主来电说不必了")
    assert Clock.objects.get(work="promise").cancelled_at is not None


def test_a_manager_reads_the_promises_and_keeps_none(
    signed_in: Callable[[User], Client], promised: Promised, manager_mei: User
) -> None:
    promise = promised(at=timezone.now())
    browser = signed_in(manager_mei)
    page = browser.get("/desk/promises/").content.decode()
    assert promise.number in page
    assert 'data-action="keep"' not in page
    # Cards are the desk's: no link leads to a refusal.
    assert "/desk/people/" not in page and "/desk/units/" not in page  # noqa: PT018
    assert browser.post(f"/desk/promises/{promise.number}/keep/").status_code == 403


def test_the_overview_counts_them(
    signed_in: Callable[[User], Client], promised: Promised, agent_li: User
) -> None:
    promised(at=timezone.now())
    promised(at=timezone.now() - 5 * HOUR)
    page = signed_in(agent_li).get("/desk/").content.decode()
    assert 'href="/desk/promises/">2' in page.replace("\n", "")


def test_the_queue_asks_the_database_as_often_for_many_as_for_few(
    signed_in: Callable[[User], Client], promised: Promised, agent_li: User, person_wang: Person
) -> None:
    browser = signed_in(agent_li)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/desk/promises/").status_code == 200
        return len(queries)

    promised(at=timezone.now())
    few = asked()
    for _number in range(5):
        promised(at=timezone.now(), person=person_wang)
    assert asked() == few


def test_the_api_makes_lists_keeps_and_withdraws(
    api: Api, agent_li: User, agent_binjiang: User, resident_wang: User, ticket_in: Walk
) -> None:
    ticket, client = ticket_in(), api(agent_li)
    due = (timezone.now() + 2 * HOUR).isoformat()
    made = client.post(
        "/api/v1/promises/",
        {"text": "回电", "due_at": due, "ticket": ticket.number},
        format="json",
        headers={"Idempotency-Key": "one"},
    )
    assert (made.status_code, made.data["status"], made.data["ticket"]) == (201, "open", ticket.number)
    assert made.data["allowed"] == ["keep", "withdraw"]
    number = made.data["number"]
    listed = client.get(f"/api/v1/promises/?ticket={ticket.number}&mine=true&status=open&overdue=false")
    assert [row["number"] for row in listed.data["results"]] == [number]
    assert client.get("/api/v1/promises/?overdue=true").data["results"] == []
    assert api(agent_binjiang).get(f"/api/v1/promises/{number}/").status_code == 404
    assert api(agent_binjiang).get("/api/v1/promises/").data["results"] == []
    assert api(resident_wang).get("/api/v1/promises/").status_code == 403
    assert client.post(f"/api/v1/promises/{number}/withdraw/", {}, format="json").status_code == 400
    kept = client.post(f"/api/v1/promises/{number}/keep/", {"note": "已回电"}, format="json")
    assert (kept.data["status"], kept.data["kept_by"]) == ("kept", "李敏")
    again = client.post(f"/api/v1/promises/{number}/withdraw/", {"reason": "x"}, format="json")
    assert (again.status_code, again.data["code"]) == (409, "transition_refused")
    clocks = client.get(f"/api/v1/sla/explain/?ticket={number}")
    assert clocks.data["clocks"][0]["stage"] == "keep"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"due_at": "2026-11-25T17:00:00"}, "due_at"),
        ({"due_at": "2001-01-01T00:00:00+08:00"}, "due_at"),
        ({"due_at": "2098-01-01T00:00:00+08:00"}, "due_at"),
        ({"due_at": 5}, "due_at"),
        ({"text": ""}, "text"),
        ({"keeper": "nobody"}, "keeper"),
        ({"person": 2**62}, "person"),
        ({"unit": "9-9-999"}, "unit"),
        ({"community": "BJ"}, "community"),
    ],
    ids=str,
)
def test_the_api_refuses_by_field(api: Api, agent_li: User, said: dict[str, Any], field: str) -> None:
    body = {"text": "回电", "due_at": (timezone.now() + HOUR).isoformat()} | said
    answer = api(agent_li).post("/api/v1/promises/", body, format="json")
    assert (answer.status_code, list(answer.data["errors"])) == (400, [field])
    assert not Promise.objects.exists()


def test_the_api_takes_no_nul(api: Api, agent_li: User) -> None:
    body = {"text": "a\x00b", "due_at": (timezone.now() + HOUR).isoformat()}
    assert api(agent_li).post("/api/v1/promises/", body, format="json").status_code == 400
    assert not Promise.objects.exists()
