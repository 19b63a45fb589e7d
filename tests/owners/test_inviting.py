"""What the service does not need is written to those who agreed, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from owners.actions import consent_texts as words
from owners.actions.consenting import say
from owners.actions.inviting import NobodyAgreed, invite
from owners.models import ConsentVersion, Occupancy, Person
from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import Event
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.notifications.models import Delivery, Message
from servicecenter.notifications.texts import render

SignIn = Callable[[User], Client]
TEXTS = {"zh-hans": {"title": "社区活动", "text": "我们可以向您发送活动消息。"}}
NEWS: dict[str, Any] = {"title": "周六手工课", "text": "下午三点，会所一楼。"}


@pytest.fixture
def asked(admin_gu: User) -> ConsentVersion:
    return words.publish(words.add_purpose("offers", texts=TEXTS, by=admin_gu), by=admin_gu)


@pytest.fixture
def agreed(asked: ConsentVersion, person_wang: Person, resident_wang: User, tenant_zhao: User) -> None:
    """王芳 said yes; 赵强 next door did not answer."""
    say(person_wang, asked, given=True, channel="portal", by=resident_wang)


def test_only_who_agreed_hears_of_it(
    agreed: None, asked: ConsentVersion, yangguang: Community, supervisor_bo: User, resident_wang: User
) -> None:
    assert invite(asked.purpose, yangguang, by=supervisor_bo, **NEWS) == 1
    message = Message.objects.get(event="consent.news")
    assert message.recipient == resident_wang
    assert render(message).title == "周六手工课"
    assert render(message).body.startswith("下午三点，会所一楼。")


def test_what_waits_for_the_morning_is_called_off_with_the_consent(
    agreed: None,
    asked: ConsentVersion,
    yangguang: Community,
    supervisor_bo: User,
    person_wang: Person,
    resident_wang: User,
    settings: Any,
) -> None:
    settings.SMS_URL = "json://127.0.0.1:1/{phone}"
    invite(asked.purpose, yangguang, by=supervisor_bo, **NEWS)
    say(person_wang, asked, given=False, channel="portal", by=resident_wang)
    assert list(Delivery.objects.values_list("state", "reason")) == [("skipped", "taken_back")]


def test_it_leaves_by_text_message_unless_they_chose_otherwise(
    agreed: None,
    asked: ConsentVersion,
    yangguang: Community,
    supervisor_bo: User,
    settings: Any,
) -> None:
    settings.SMS_URL = "json://127.0.0.1:1/{phone}"
    invite(asked.purpose, yangguang, by=supervisor_bo, **NEWS)
    assert list(Delivery.objects.values_list("kind", "channel")) == [("offers", "sms")]


def test_the_history_says_how_many_and_not_who(
    agreed: None, asked: ConsentVersion, yangguang: Community, supervisor_bo: User
) -> None:
    invite(asked.purpose, yangguang, by=supervisor_bo, **NEWS)
    assert Event.objects.get(work="consent_purpose", action="invite").data == {"people": 1}


def test_who_moved_out_is_not_written_to(
    agreed: None, asked: ConsentVersion, person_wang: Person, yangguang: Community, supervisor_bo: User
) -> None:
    now = database_now()
    Occupancy.objects.filter(person=person_wang).update(until=now - timedelta(minutes=1), is_primary=False)
    with pytest.raises(NobodyAgreed):
        invite(asked.purpose, yangguang, by=supervisor_bo, **NEWS)


def test_new_words_have_to_be_agreed_to_first(
    agreed: None, asked: ConsentVersion, yangguang: Community, supervisor_bo: User, admin_gu: User
) -> None:
    words.draft(asked.purpose, texts=TEXTS, by=admin_gu)
    words.publish(asked.purpose, by=admin_gu)
    with pytest.raises(NobodyAgreed):
        invite(asked.purpose, yangguang, by=supervisor_bo, **NEWS)


@pytest.mark.parametrize(
    ("who", "refusal"), [("agent_li", NotPermitted), ("admin_gu", NotPermitted), ("agent_binjiang", NotFound)]
)
def test_nobody_else_writes(
    who: str,
    refusal: type[Exception],
    agreed: None,
    asked: ConsentVersion,
    yangguang: Community,
    request: pytest.FixtureRequest,
) -> None:
    with pytest.raises(refusal):
        invite(asked.purpose, yangguang, by=request.getfixturevalue(who), **NEWS)


def test_it_is_not_sent_without_words(
    agreed: None, asked: ConsentVersion, yangguang: Community, supervisor_bo: User
) -> None:
    with pytest.raises(Invalid):
        invite(asked.purpose, yangguang, title=" ", text="x", by=supervisor_bo)


def test_the_page_says_how_many_agreed_and_sends_once(
    agreed: None, asked: ConsentVersion, yangguang: Community, supervisor_bo: User, signed_in: SignIn
) -> None:
    manage, address = signed_in(supervisor_bo), "/manage/consents/offers/news/"
    assert 'data-agreed="1"' in manage.get(address).content.decode()
    body = NEWS | {"community": yangguang.pk, "idempotency_key": str(uuid4())}
    for _tap in range(2):
        assert manage.post(address, body).status_code == 302
    assert Message.objects.filter(event="consent.news").count() == 1
    assert "周六手工课" in manage.get("/manage/consents/offers/").content.decode()


def test_the_page_writes_to_no_other_community(
    agreed: None, asked: ConsentVersion, binjiang: Community, supervisor_bo: User, signed_in: SignIn
) -> None:
    manage, address = signed_in(supervisor_bo), "/manage/consents/offers/news/"
    assert manage.post(address, NEWS | {"community": binjiang.pk}).status_code == 422


def test_what_the_service_needs_is_no_invitation(supervisor_bo: User, signed_in: SignIn) -> None:
    assert signed_in(supervisor_bo).get("/manage/consents/service/news/").status_code == 403
