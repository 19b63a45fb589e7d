"""Inquiries, suggestions and praise: answered in time, asked again, public, closed by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from complaints.models import Inquiry
from complaints.workflow import InquiryStatus
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import Invalid
from servicecenter.notifications.models import Message
from servicecenter.sla.models import Clock
from servicecenter.sla.sweep import sweep
from tests.complaints.conftest import INQUIRE, Cast

WEEK = timedelta(days=7)


def test_an_inquiry_is_promised_an_answer_within_a_day_and_praise_in_working_days(cast: Cast) -> None:
    inquiry = cast.inquiry()
    assert inquiry.next_due_at == inquiry.received_at + timedelta(hours=24)
    praise = cast.inquiry(kind="praise")
    assert Clock.objects.get(work="inquiry", case_id=praise.pk).policy.clock == "working"


def test_an_answer_keeps_the_promise_and_reaches_the_resident(cast: Cast) -> None:
    inquiry = cast.inquiry("answered")
    assert (inquiry.next_due_at, inquiry.answered_by) == (None, cast.agent)
    assert Message.objects.filter(recipient=cast.resident, event="inquiry.answer").count() == 1


def test_what_is_asked_again_gets_a_new_promise(cast: Cast) -> None:
    inquiry = cast.inquiry("answered")
    INQUIRE["ask_again"](inquiry, reason="前台几点下班？", by=cast.resident)
    assert (inquiry.status, inquiry.round) == (InquiryStatus.RECEIVED, 2)
    assert inquiry.next_due_at is not None
    assert inquiry.answered_at is not None
    sweep(at=inquiry.answered_at + WEEK + timedelta(minutes=1))
    assert Inquiry.objects.get().status == InquiryStatus.RECEIVED


def test_an_answer_that_nobody_comes_back_to_closes_itself(cast: Cast) -> None:
    inquiry = cast.inquiry("answered")
    assert inquiry.answered_at is not None
    sweep(at=inquiry.answered_at + WEEK + timedelta(minutes=1))
    inquiry.refresh_from_db()
    assert inquiry.status == InquiryStatus.CLOSED


def test_only_a_suggestion_is_answered_in_public(cast: Cast, agent_li: User) -> None:
    with pytest.raises(Invalid):
        INQUIRE["answer"](cast.inquiry(), answer="可以", public=True, by=agent_li)
    suggestion = cast.inquiry(kind="suggestion")
    INQUIRE["answer"](suggestion, answer="已列入计划", public=True, adopted=True, by=agent_li)
    assert (suggestion.public, suggestion.adopted) == (True, True)


def test_a_colleague_who_knows_sees_what_to_answer(cast: Cast, technician_chen: User) -> None:
    inquiry = cast.inquiry()
    INQUIRE["assign"](inquiry, handler=technician_chen, by=cast.agent)
    assert list(Inquiry.objects.visible_to(technician_chen)) == [inquiry]
    INQUIRE["answer"](inquiry, answer="总阀在管道井。", by=technician_chen)
    assert inquiry.status == InquiryStatus.ANSWERED
