"""The follow-up station: claim, sheet, one-key outcomes, and what follows from an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import AccessLog
from servicecenter.desk.forms.calls import QUESTIONS
from servicecenter.desk.queries.station import call_back_choices, standing
from servicecenter.lib.clock import LOCAL
from surveys import actions as surveys
from surveys.models import Attempt, FollowUp
from surveys.workflow import RATINGS
from tests.conftest import Walk
from tests.desk.pages import post_fragment, text_of

SignedIn = Callable[[User], Client]
URL = "/desk/calls/"
SPOKEN = "138 1111 2222"
GOOD = {"outcome": "reached", "overall": "9", "attitude": "10", "solved": "yes", "comment": "师傅很耐心"}


def claimed(client: Client) -> FollowUp:
    """Presses the big button and returns the case that is now held."""
    client.post(f"{URL}claim/")
    return FollowUp.objects.get(status="claimed")


def finish(client: Client, held: FollowUp, **data: object) -> Any:
    return client.post(f"{URL}{held.pk}/finish/", {"claim_no": held.claim_no, **data})


def test_the_attempt_and_the_access_are_written_before_the_number_is_shown(
    signed_in: SignedIn, agent_zhou: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("completed")
    client = signed_in(agent_zhou)
    assert SPOKEN not in text_of(client.get(URL))
    held = claimed(client)
    assert Attempt.objects.get().by == agent_zhou
    line = AccessLog.objects.get()
    assert (line.field, line.reason, line.person_id) == (
        "phone",
        f"follow-up call {ticket.number}",
        ticket.reporter_id,
    )
    page = text_of(client.get(URL))
    assert SPOKEN in page
    assert ticket.summary in page
    assert f"/desk/calls/{held.pk}/finish/" in page


def test_a_key_stands_for_one_thing_in_a_call_and_is_shown_on_it(
    signed_in: SignedIn, agent_zhou: User, ticket_in: Walk
) -> None:
    ticket_in("completed")
    client = signed_in(agent_zhou)
    claimed(client)
    page = client.get(URL).content.decode()
    keys = re.findall(r'data-shortcut="(.)"', page[page.index('<main id="main"') :])
    assert len(keys) == len(set(keys)) >= 7
    assert {key for key in keys if f">{key}</kbd>" not in page} == set()


def test_looking_again_writes_no_second_line(signed_in: SignedIn, agent_zhou: User, ticket_in: Walk) -> None:
    ticket_in("completed")
    client = signed_in(agent_zhou)
    claimed(client)
    client.get(URL)
    client.post(f"{URL}claim/")
    assert AccessLog.objects.count() == 1


def test_a_case_claimed_elsewhere_shows_no_number_before_it_is_recorded(
    signed_in: SignedIn, agent_zhou: User, ticket_in: Walk
) -> None:
    ticket_in("completed")
    surveys.claim(by=agent_zhou)
    assert SPOKEN not in text_of(signed_in(agent_zhou).get(URL))


def test_a_good_answer_confirms_and_follows_the_repair_up(
    signed_in: SignedIn, agent_zhou: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("completed")
    client = signed_in(agent_zhou)
    finish(client, claimed(client), **GOOD)
    ticket.refresh_from_db()
    assert ticket.status == "followed_up"
    attempt = Attempt.objects.get()
    assert (attempt.overall, attempt.attitude, attempt.solved, attempt.comment) == (9, 10, True, "师傅很耐心")


@pytest.mark.parametrize("answer", [{"overall": "5", "solved": "yes"}, {"overall": "9", "solved": "no"}])
def test_a_bad_answer_opens_a_rework_and_says_so(
    answer: dict[str, str], signed_in: SignedIn, agent_zhou: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("completed")
    client = signed_in(agent_zhou)
    held = claimed(client)
    page = client.post(
        f"{URL}{held.pk}/finish/", {"claim_no": held.claim_no, "outcome": "reached", **answer}, follow=True
    )
    ticket.refresh_from_db()
    assert ticket.status == "rework"
    (message,) = page.context["messages"]
    assert message.level_tag == "warning"
    assert ticket.number in str(message)


@pytest.mark.parametrize("outcome", ["no_answer", "busy", "wrong_number"])
def test_one_key_for_a_missed_call_says_when_to_try_again(
    outcome: str, signed_in: SignedIn, agent_zhou: User, ticket_in: Walk
) -> None:
    ticket_in("completed")
    client = signed_in(agent_zhou)
    held = claimed(client)
    finish(client, held, outcome=outcome)
    held.refresh_from_db()
    assert (held.status, held.missed) == ("due", 1)
    assert held.next_call_at > timezone.now()


def test_calling_back_at_a_time_from_the_list_takes_one_click(
    signed_in: SignedIn, agent_zhou: User, ticket_in: Walk
) -> None:
    ticket_in("completed")
    client = signed_in(agent_zhou)
    held = claimed(client)
    page = client.get(URL)
    value, _label = page.context["choices"][0]
    finish(client, held, call_back_choice=value)
    held.refresh_from_db()
    assert (held.status, held.next_call_at) == ("due", datetime.fromisoformat(value))


@pytest.mark.parametrize("field", ["call_back_choice", "call_back_at"])
@pytest.mark.parametrize("offset", ["+23:59", "-23:59", "+14:00", "Z"])
def test_a_time_to_call_back_may_carry_any_offset(
    signed_in: SignedIn, agent_zhou: User, ticket_in: Walk, field: str, offset: str
) -> None:
    ticket_in("completed")
    client = signed_in(agent_zhou)
    held = claimed(client)
    value = f"{timezone.now() + timedelta(days=3):%Y-%m-%dT%H:%M:%S}{offset}"
    assert finish(client, held, outcome="call_back", **{field: value}).status_code == 302
    held.refresh_from_db()
    assert held.next_call_at == datetime.fromisoformat(value)


@pytest.mark.parametrize("field", ["call_back_choice", "call_back_at"])
@pytest.mark.parametrize(
    "value",
    [
        "x",
        "\0",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-02-30T10:00",
        "5" * 5000,
        "-1",
    ],
)
def test_a_time_that_is_none_is_said_so_and_the_case_stays(
    signed_in: SignedIn, agent_zhou: User, ticket_in: Walk, field: str, value: str
) -> None:
    ticket_in("completed")
    client = signed_in(agent_zhou)
    held = claimed(client)
    assert finish(client, held, outcome="call_back", **{field: value}).status_code in (400, 422)
    held.refresh_from_db()
    assert (held.status, held.claimed_by) == ("claimed", agent_zhou)


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("overall", {"outcome": "reached", "solved": "yes"}),
        ("solved", {"outcome": "reached", "overall": "9"}),
        ("overall", GOOD | {"overall": "11"}),
        ("call_back_at", {"outcome": "call_back"}),
        ("call_back_at", {"outcome": "call_back", "call_back_at": "2001-01-01T10:00"}),
    ],
)
def test_what_is_missing_is_marked_and_the_rest_stays(
    field: str, data: dict[str, str], signed_in: SignedIn, agent_zhou: User, ticket_in: Walk
) -> None:
    ticket_in("completed")
    client = signed_in(agent_zhou)
    held = claimed(client)
    answer = client.post(f"{URL}{held.pk}/finish/", {"claim_no": held.claim_no, **data, "comment": "说明白"})
    assert answer.status_code == 422
    page = text_of(answer)
    assert f'id="id_{field}_error"' in page
    assert "说明白" in page
    held.refresh_from_db()
    assert held.status == "claimed"


def test_a_lost_claim_keeps_what_was_typed_and_hides_the_number(
    signed_in: SignedIn, agent_zhou: User, agent_li: User, ticket_in: Walk
) -> None:
    ticket_in("completed")
    client = signed_in(agent_zhou)
    held = claimed(client)
    FollowUp.objects.filter(pk=held.pk).update(
        dispatcher=None, claimed_until=timezone.now() - timedelta(minutes=1)
    )
    assert surveys.claim(by=agent_li) == held
    answer = client.post(f"{URL}{held.pk}/finish/", {"claim_no": held.claim_no, **GOOD})
    assert answer.status_code == 409
    page = text_of(answer)
    assert "师傅很耐心" in page
    assert SPOKEN not in page
    held.refresh_from_db()
    assert held.claimed_by == agent_li


def test_the_lease_is_renewed_by_the_open_page(
    signed_in: SignedIn, agent_zhou: User, ticket_in: Walk
) -> None:
    ticket_in("completed")
    client = signed_in(agent_zhou)
    held = claimed(client)
    FollowUp.objects.filter(pk=held.pk).update(claimed_until=timezone.now() + timedelta(minutes=1))
    answer = post_fragment(client, f"{URL}{held.pk}/renew/", "lease", {"claim_no": held.claim_no})
    assert 'id="lease"' in text_of(answer)
    held.refresh_from_db()
    assert held.claimed_until is not None
    assert held.claimed_until > timezone.now() + timedelta(minutes=14)


def test_nobody_renews_or_releases_the_case_of_another(
    signed_in: SignedIn, agent_zhou: User, supervisor_bo: User, ticket_in: Walk
) -> None:
    ticket_in("completed")
    held = claimed(signed_in(agent_zhou))
    other = signed_in(supervisor_bo)
    for verb in ("renew", "release"):
        assert other.post(f"{URL}{held.pk}/{verb}/", {"claim_no": held.claim_no}).status_code == 409
    held.refresh_from_db()
    assert held.claimed_by == agent_zhou


def test_a_case_that_is_given_back_waits_again(
    signed_in: SignedIn, agent_zhou: User, ticket_in: Walk
) -> None:
    ticket_in("completed")
    client = signed_in(agent_zhou)
    held = claimed(client)
    client.post(f"{URL}{held.pk}/release/", {"claim_no": held.claim_no})
    held.refresh_from_db()
    assert (held.status, held.missed) == ("due", 0)


def test_outside_calling_hours_nothing_is_claimed_and_the_page_says_when(
    signed_in: SignedIn, agent_zhou: User, ticket_in: Walk, yangguang: Community
) -> None:
    ticket_in("completed")
    hour = timezone.now().astimezone(LOCAL).hour
    opens = (hour + 2) % 24
    if opens == 23:
        opens = 1
    Community.objects.update(calls_from=time(opens), calls_until=time(opens, 30))
    client = signed_in(agent_zhou)
    assert f"{opens:02d}:00" in text_of(client.get(URL))
    client.post(f"{URL}claim/")
    assert not FollowUp.objects.filter(status="claimed").exists()


def test_the_other_community_neither_gets_nor_finishes_the_case(
    signed_in: SignedIn, agent_zhou: User, agent_binjiang: User, ticket_in: Walk
) -> None:
    ticket_in("completed")
    stranger = signed_in(agent_binjiang)
    stranger.post(f"{URL}claim/")
    assert not FollowUp.objects.filter(status="claimed").exists()
    held = claimed(signed_in(agent_zhou))
    for verb in ("finish", "renew", "release"):
        data = {"claim_no": held.claim_no, **GOOD}
        assert stranger.post(f"{URL}{held.pk}/{verb}/", data).status_code == 404


def test_the_figures_beside_the_button_are_plain_counts(agent_zhou: User, ticket_in: Walk) -> None:
    ticket_in("completed")
    ticket_in("followed_up")
    FollowUp.objects.update(due_at=timezone.now())
    found = standing(agent_zhou, timezone.now())
    assert (found.promised, found.kept, found.coverage) == (2, 1, 50)
    assert (found.waiting, found.late, found.mine) == (1, 1, 1)


def test_offered_times_lie_in_calling_hours_and_ahead(yangguang: Community) -> None:
    yangguang.calls_from, yangguang.calls_until = time(9), time(20)
    for hour in range(24):
        at = datetime(2026, 11, 23, hour, 10, tzinfo=LOCAL)
        choices = call_back_choices(at, yangguang)
        assert choices
        for choice in choices:
            assert choice > at
            assert time(9) <= choice.astimezone(LOCAL).time() < time(20)


def test_the_form_asks_every_rating_that_the_action_knows() -> None:
    assert set(QUESTIONS) == set(RATINGS)
