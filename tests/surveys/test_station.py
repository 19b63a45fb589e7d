"""The call station: queues within the queue, what a bad answer becomes, three questions by message, listening."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from complaints.models import Complaint, Link
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.desk.actions import finish_call
from servicecenter.desk.actions.repairs import take_after_call
from servicecenter.desk.models import Promise
from servicecenter.desk.queries.station import lines_of
from servicecenter.lib.refusals import Invalid, NotPermitted
from servicecenter.notifications.models import Message
from surveys import actions as surveys
from surveys.actions.calls import Result
from surveys.actions.entering import LinkOver
from surveys.actions.reviews import Listened, OwnCall, review
from surveys.models import AfterCall, Attempt, CallReview, FollowUp
from surveys.queries.reviews import drawn_for
from surveys.work import after_call_entrance
from surveys.workflow import Outcome
from tests.conftest import Walk


def called(by: User, result: Result, at: datetime | None = None) -> FollowUp:
    held = surveys.claim(by=by, at=at)
    assert held is not None
    return finish_call(held, by=by, claim_no=held.claim_no, result=result, at=at)


def bad(consequence: str = "", *, solved: bool = True, **more: Any) -> Result:
    return Result("reached", {"overall": 4}, solved, "态度差", consequence=consequence, **more)


def given_up(by: User, outcome: str = "no_answer") -> FollowUp:
    """Called until nobody calls any more."""
    for _try in range(6):
        follow_up = FollowUp.objects.get()
        if follow_up.outcome:
            break
        called(by, Result(outcome), max(follow_up.next_call_at, timezone.now()))
    return FollowUp.objects.get()


def test_whoever_was_promised_a_call_is_called_at_that_time(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.COMPLETED)
    when = timezone.now() + timedelta(hours=5)
    called(agent_zhou, Result("call_back", call_back_at=when))
    assert surveys.claim(by=agent_zhou, line="promised", at=when - timedelta(minutes=1)) is None
    assert [(each.code, each.waiting) for each in lines_of(agent_zhou, when)] == [("promised", 1)]
    assert surveys.claim(by=agent_zhou, line="promised", at=when) is not None


def test_a_queue_holds_those_who_speak_its_language(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in.person.language = "en"
    ticket_in.person.save()
    ticket_in(Status.COMPLETED)
    now = timezone.now()
    assert [each.code for each in lines_of(agent_zhou, now)] == ["en"]
    assert surveys.claim(by=agent_zhou, line="zh-hant") is None
    assert surveys.claim(by=agent_zhou, line="en") is not None


def test_a_bad_answer_becomes_a_complaint_in_the_same_step(ticket_in: Walk, agent_zhou: User) -> None:
    ticket = ticket_in(Status.COMPLETED)
    called(agent_zhou, bad("complaint"))
    assert Link.objects.get().complaint == Complaint.objects.get(unit=ticket.unit)
    assert Ticket.objects.get().status == Status.FOLLOWED_UP


def test_a_bad_answer_becomes_a_promise_in_the_same_step(ticket_in: Walk, agent_zhou: User) -> None:
    ticket = ticket_in(Status.COMPLETED)
    until = timezone.now() + timedelta(hours=3)
    called(agent_zhou, bad("promise", promise_by=until))
    promise = Promise.objects.get()
    assert (promise.due_at, promise.case_id, promise.text) == (until, ticket.pk, "态度差")


def test_what_is_not_solved_goes_back_to_work_whatever_was_chosen(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.COMPLETED)
    called(agent_zhou, bad("complaint", solved=False))
    assert (Ticket.objects.get().status, Complaint.objects.count()) == (Status.REWORK, 1)


@pytest.mark.parametrize(
    ("result", "field"),
    [
        (Result("reached", {"overall": 9}, True, consequence="complaint"), "consequence"),
        (bad("nonsense"), "consequence"),
        (bad("promise"), "promise_by"),
    ],
)
def test_a_consequence_without_a_reason_is_refused(
    ticket_in: Walk, agent_zhou: User, result: Result, field: str
) -> None:
    ticket_in(Status.COMPLETED)
    with pytest.raises(Invalid) as refused:
        called(agent_zhou, result)
    assert list(refused.value.errors) == [field]
    assert FollowUp.objects.get().outcome == ""


def test_whoever_cannot_be_reached_is_asked_by_message(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.CONFIRMED)
    assert given_up(agent_zhou).outcome == Outcome.UNREACHABLE
    asked = AfterCall.objects.get()
    message = Message.objects.get(event="after_call.invite")
    assert (message.case_id, message.recipient_id, asked.digest) == (asked.pk, None, "")


def test_a_wrong_number_gets_no_message(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.CONFIRMED)
    assert given_up(agent_zhou, "wrong_number").outcome == Outcome.UNREACHABLE
    assert not AfterCall.objects.exists()


def test_a_bad_answer_by_message_goes_back_to_work_once(
    ticket_in: Walk, agent_zhou: User, client: Client
) -> None:
    ticket_in(Status.CONFIRMED)
    given_up(agent_zhou)
    path = after_call_entrance(AfterCall.objects.get().pk)
    assert client.get(path).status_code == 200
    assert client.post(path, {"overall": "11"}).status_code == 422
    sent = client.post(path, {"solved": "no", "overall": "3", "comment": "还在漏"})
    assert 'data-status="answered"' in sent.content.decode()
    assert Ticket.objects.get().status == Status.REWORK
    assert client.post(path, {"solved": "yes", "overall": "9"}).status_code == 404


def test_a_good_answer_by_message_changes_nothing_and_a_newer_link_replaces_an_older_one(
    ticket_in: Walk, agent_zhou: User
) -> None:
    ticket_in(Status.CONFIRMED)
    given_up(agent_zhou)
    asked = AfterCall.objects.get()
    old, new = (after_call_entrance(asked.pk).split("/")[3] for _each in range(2))
    with pytest.raises(LinkOver):
        take_after_call(old, solved=True, overall=9)
    assert take_after_call(new, solved=True, overall=9).answered_at is not None
    assert Ticket.objects.get().status == Status.FOLLOWED_UP


MARKS = dict.fromkeys(CallReview.MARKS, True)


def test_two_calls_of_each_caller_and_week_are_listened_to(
    ticket_in: Walk, agent_zhou: User, supervisor_bo: User
) -> None:
    ticket_in(Status.COMPLETED)
    called(agent_zhou, bad())
    follow_up, now = FollowUp.objects.get(), timezone.now()
    Attempt.objects.bulk_create(
        Attempt(
            follow_up=follow_up, community_id=follow_up.community_id, claim_no=n, by=agent_zhou,
            started_at=now, ended_at=now, outcome="reached",
        )
        for n in range(2, 6)
    )  # fmt: skip
    drawn = drawn_for(supervisor_bo, timezone.now())
    assert len(drawn) == 2
    assert [each.attempt.pk for each in drawn_for(supervisor_bo, timezone.now())] == [
        each.attempt.pk for each in drawn
    ]


def test_a_call_is_reviewed_once_and_not_by_its_caller(
    ticket_in: Walk, agent_zhou: User, supervisor_bo: User, signed_in: Callable[[User], Client]
) -> None:
    ticket_in(Status.COMPLETED)
    called(supervisor_bo, bad())
    attempt = Attempt.objects.get()
    with pytest.raises(OwnCall):
        review(attempt, marks=MARKS, by=supervisor_bo)
    with pytest.raises(NotPermitted):
        review(attempt, marks=MARKS, by=agent_zhou)
    Attempt.objects.update(by=agent_zhou)
    page = signed_in(supervisor_bo)
    path = f"/desk/calls/listening/{attempt.pk}/"
    assert page.get(path).status_code == 200
    page.post(path, {"marks": ["greeted", "polite"], "note": "请问完所有问题"})
    assert CallReview.objects.get().marks == 2
    with pytest.raises(Listened):
        review(Attempt.objects.get(), marks=MARKS, by=supervisor_bo)
    assert "请问完所有问题" in signed_in(agent_zhou).get("/desk/calls/listening/").content.decode()
