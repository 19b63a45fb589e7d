"""The table of promises and the page of one: who reads, who decides, what is shown before it counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from servicecenter.accounts.models import Community, User
from servicecenter.sla import policies, recounts
from servicecenter.sla.models import Clock, Policy
from servicecenter.sla.policies import Subject, Terms
from tests.conftest import Walk

SignIn = Callable[[User], Client]
HOUR = 3600


def page(community: str = "YG", *, route: str = "edit", **subject: str) -> str:
    """The address of a promise; the response to a normal repair if nothing is said."""
    named = {"work": "repair", "stage": "respond", "urgency": "normal"} | subject
    return f"/manage/promises/{route}/?{urlencode(named | ({'community': community} if community else {}))}"


def typed(**fields: Any) -> dict[str, Any]:
    """The form as it stands for the company's promise, with some fields typed anew."""
    return {
        "promise": "target",
        "amount": "24",
        "unit": "hours",
        "clock": "always",
        "warn_percent": "75",
        "rung_0_to": "supervisor",
        "rung_1_to": "manager",
        "rung_1_after": "25",
        "seen": "0",
    } | fields


def current(**subject: Any) -> Policy:
    named = {"work": "repair", "stage": "respond", "urgency": "normal", "community": None} | subject
    return Policy.objects.current().get(**named)


def words(answer: Any) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.content.decode()))


@pytest.mark.parametrize("who", ["supervisor_bo", "manager_mei", "admin_gu"])
def test_leaders_read_the_whole_table(who: str, request: pytest.FixtureRequest, signed_in: SignIn) -> None:
    answer = signed_in(request.getfixturevalue(who)).get("/manage/promises/")
    for work in ("repair", "follow_up", "complaint", "inquiry", "permit", "refund", "incident"):
        assert f'data-work="{work}"' in answer.content.decode()


@pytest.mark.parametrize("who", ["agent_li", "technician_chen", "resident_wang"])
@pytest.mark.parametrize("address", ["/manage/promises/", page()])
def test_others_do_not(who: str, address: str, request: pytest.FixtureRequest, signed_in: SignIn) -> None:
    assert signed_in(request.getfixturevalue(who)).get(address).status_code == 403


def test_a_promise_of_the_trade_is_told_in_working_days(supervisor_bo: User, signed_in: SignIn) -> None:
    answer = signed_in(supervisor_bo).get(page(work="complaint", stage="close", urgency="", level="ordinary"))
    assert "3 个工作日" in words(answer)


def test_no_target_is_shown_as_a_decision(supervisor_bo: User, signed_in: SignIn) -> None:
    answer = signed_in(supervisor_bo).get("/manage/promises/").content.decode()
    assert "said-open" in answer


def test_a_supervisor_gives_the_community_a_promise_of_its_own(
    supervisor_bo: User, yangguang: Community, signed_in: SignIn
) -> None:
    answer = signed_in(supervisor_bo).post(page(), typed(amount="12"))
    assert answer.status_code == 302
    assert current(community=yangguang).target_seconds == 12 * HOUR
    assert current().target_seconds == 24 * HOUR


def test_an_administrator_changes_the_companys(admin_gu: User, signed_in: SignIn) -> None:
    seen = str(current().pk)
    assert signed_in(admin_gu).post(page(""), typed(amount="20", seen=seen)).status_code == 302
    assert current().target_seconds == 20 * HOUR


@pytest.mark.parametrize(
    ("who", "community", "status"),
    [("supervisor_bo", "", 403), ("manager_mei", "YG", 403), ("supervisor_bo", "BJ", 404)],
)
def test_nobody_decides_for_others(
    who: str,
    community: str,
    status: int,
    binjiang: Community,
    request: pytest.FixtureRequest,
    signed_in: SignIn,
) -> None:
    client = signed_in(request.getfixturevalue(who))
    before = Policy.objects.count()
    assert client.post(page(community), typed(amount="12")).status_code == status
    assert Policy.objects.count() == before


def test_calculating_saves_nothing(supervisor_bo: User, signed_in: SignIn) -> None:
    before = Policy.objects.count()
    answer = signed_in(supervisor_bo).post(page(), typed(amount="12", calculate="1"))
    assert answer.status_code == 200
    assert 'data-step="due"' in answer.content.decode()
    assert "比现行提前 12 小时" in words(answer)
    assert Policy.objects.count() == before


def test_the_trial_shows_a_chosen_instant_exactly(supervisor_bo: User, signed_in: SignIn) -> None:
    # Friday 17:55 in the office week: 5 minutes today, the rest on Monday morning.
    fields = typed(amount="1", clock="working", trial_at="2027-03-05T17:55")
    answer = signed_in(supervisor_bo).post(page(route="trial"), fields)
    assert "2027年3月8日 星期一 09:25" in words(answer)


def test_the_trial_says_which_year_is_only_estimated(supervisor_bo: User, signed_in: SignIn) -> None:
    fields = typed(amount="2", unit="days", clock="working", trial_at="2090-03-03T10:00")
    answer = signed_in(supervisor_bo).post(page(route="trial"), fields)
    assert "2090 年调休安排国务院尚未公布，暂按法定节日推算" in words(answer)


def test_a_response_later_than_the_completion_is_refused_at_the_field(
    supervisor_bo: User, signed_in: SignIn
) -> None:
    answer = signed_in(supervisor_bo).post(page(), typed(amount="60"))
    assert answer.status_code == 422
    assert "“响应”的时限不能晚于“完工”" in words(answer)
    assert 'value="60"' in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"amount": ""}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "9" * 400}, "amount"),
        ({"amount": "1e3"}, "amount"),
        ({"amount": "一天"}, "amount"),
        ({"amount": "\x00"}, "amount"),
        ({"amount": "400", "unit": "days"}, "amount"),
        ({"unit": "years"}, "unit"),
        ({"clock": "moon"}, "clock"),
        ({"warn_percent": "100"}, "warn_percent"),
        ({"rung_0_to": "resident"}, "rung_0_to"),
        ({"rung_1_after": "NaN"}, "rung_1_after"),
        ({"rung_1_after": "0"}, "rung_0_to"),
        ({"trial_at": "2026-02-30T10:00"}, "trial_at"),
        ({"trial_at": "9999-01-01T10:00"}, "trial_at"),
    ],
)
def test_bad_input_is_refused_with_a_sentence_and_kept(
    fields: dict[str, str], name: str, supervisor_bo: User, signed_in: SignIn
) -> None:
    before = Policy.objects.count()
    client = signed_in(supervisor_bo)
    answer = client.post(page(), typed(**fields))
    assert answer.status_code == 422
    assert f"id_{name}_error" in answer.content.decode()
    assert client.post(page(route="trial"), typed(**fields)).status_code == 200
    assert Policy.objects.count() == before


@pytest.mark.parametrize(
    "subject",
    [
        {"work": "repair1"},
        {"stage": "nothing"},
        {"urgency": "'"},
        {"level": "ordinary"},
        {"work": "permit", "stage": "arrive", "urgency": ""},
    ],
)
def test_a_promise_that_nobody_made_has_no_page(
    subject: dict[str, str], supervisor_bo: User, signed_in: SignIn
) -> None:
    assert signed_in(supervisor_bo).get(page(**subject)).status_code == 404


def test_a_stale_edit_is_refused_and_keeps_what_was_typed(
    supervisor_bo: User, yangguang: Community, signed_in: SignIn
) -> None:
    client = signed_in(supervisor_bo)
    policies.change(Subject("repair", "respond", yangguang, "normal"), Terms(10 * HOUR), by=supervisor_bo)
    answer = client.post(page(), typed(amount="12", seen="0"))
    assert answer.status_code == 409
    assert 'value="12"' in answer.content.decode()
    assert current(community=yangguang).target_seconds == 10 * HOUR
    # Looked at again, it may be saved.
    again = client.post(page(), typed(amount="12", seen=str(current(community=yangguang).pk)))
    assert again.status_code == 302


def test_a_community_goes_back_to_the_companys_promise(
    supervisor_bo: User, yangguang: Community, signed_in: SignIn
) -> None:
    client = signed_in(supervisor_bo)
    client.post(page(), typed(amount="12"))
    mine = current(community=yangguang)
    assert client.post(page(route="company"), {"seen": str(mine.pk)}).status_code == 302
    mine.refresh_from_db()
    assert (mine.replaced_by, Policy.objects.current().filter(community=yangguang).count()) == (
        supervisor_bo,
        0,
    )
    assert client.post(page(route="company"), {"seen": str(mine.pk)}).status_code == 409


def test_the_history_says_who_changed_what(
    supervisor_bo: User, signed_in: SignIn, yangguang: Community
) -> None:
    client = signed_in(supervisor_bo)
    client.post(page(), typed(amount="12"))
    client.post(page(), typed(amount="90", unit="minutes", seen=str(current(community=yangguang).pk)))
    said = words(client.get(page()))
    assert "薄文" in said
    assert "12 小时 → 1 小时 30 分" in said


def test_the_page_says_how_far_a_change_has_come_until_it_is_done(
    supervisor_bo: User, ticket_in: Walk, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recounts, "AT_ONCE", 1)
    for _number in range(3):
        ticket_in("accepted")
    client = signed_in(supervisor_bo)
    saved = client.post(page(), typed(amount="12", apply_to_open="on"), follow=True)
    said = "已应用于 1 件未结工单"
    assert words(saved).count(said) == 2
    assert said in words(client.get(page()))
    while recounts.go_on():
        pass
    assert said not in words(client.get(page()))


def test_going_back_to_the_companys_promise_says_how_many_follow(
    supervisor_bo: User, yangguang: Community, ticket_in: Walk, signed_in: SignIn
) -> None:
    ticket_in("accepted")
    client = signed_in(supervisor_bo)
    client.post(page(), typed(amount="12", apply_to_open="on"))
    seen = str(current(community=yangguang).pk)
    back = client.post(page(route="company"), {"seen": seen, "apply_to_open": "on"}, follow=True)
    assert "已应用于 1 件未结工单" in words(back)


def test_a_change_reaches_open_cases_when_asked(
    supervisor_bo: User, ticket_in: Walk, signed_in: SignIn
) -> None:
    ticket = ticket_in("accepted")
    client = signed_in(supervisor_bo)
    assert "同时适用于 1 个未办结的事项" in words(client.get(page()))
    client.post(page(), typed(amount="12", apply_to_open="on"))
    clock = Clock.objects.get(case_id=ticket.pk, work="repair", stage="respond")
    assert clock.due_at is not None
    assert (clock.due_at - clock.started_at).total_seconds() == 12 * HOUR
