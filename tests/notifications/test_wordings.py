"""Editing what messages say: placeholders only, versions kept, the narrower text wins, strangers refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.utils import timezone, translation

from servicecenter.accounts.models import Community, User
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.notifications.actions import Scope, reset_wording, save_wording
from servicecenter.notifications.catalogue import catalogue, editable_text
from servicecenter.notifications.models import Message, Wording
from servicecenter.notifications.outbox import send_due
from servicecenter.notifications.planning import WINDOW
from servicecenter.notifications.queries import inbox
from tests.notifications.conftest import Write, reachable

SignedIn = Callable[[User], Client]
NOTE = "repair.note"


def edit(by: User, subject: str, *, body: str = "", event: str = NOTE, **scope: Any) -> Wording:
    where = Scope(**({"audience": "staff", "language": "zh-hans"} | scope))
    return save_wording(catalogue()[event], where, subject=subject, body=body, by=by)


@pytest.fixture
def note(write: Write, agent_li: User, yangguang: Community) -> Message:
    """A note about R1 that agent_li is told of."""
    facts = {"number": "R1", "due_at": "2026-11-22T06:20:00+00:00"}
    return write(agent_li, event=NOTE, community_id=yangguang.pk, params=facts)[0]


def title(reader: User) -> str:
    with translation.override("zh-hans"):
        return inbox(reader).notices[0].title


def test_an_edited_text_is_read_in_the_app(
    note: Message, agent_li: User, supervisor_bo: User, yangguang: Community
) -> None:
    edit(supervisor_bo, "{community}有新留言：{number}", community=yangguang)
    assert title(agent_li) == "阳光花园有新留言：R1"


def test_the_text_of_the_community_and_of_the_channel_wins(
    note: Message, agent_li: User, admin_gu: User, yangguang: Community
) -> None:
    edit(admin_gu, "everywhere {number}")
    edit(admin_gu, "here {number}", community=yangguang)
    assert title(agent_li) == "here R1"
    edit(admin_gu, "here and in the app {number}", community=yangguang, channel="in_app")
    assert title(agent_li) == "here and in the app R1"


def test_a_reset_goes_back_to_the_default_and_keeps_the_version(
    note: Message, agent_li: User, admin_gu: User
) -> None:
    default = title(agent_li)
    edit(admin_gu, "changed {number}")
    edit(admin_gu, "changed again {number}")
    assert reset_wording(catalogue()[NOTE], Scope("staff", "zh-hans"), by=admin_gu)
    assert title(agent_li) == default
    assert Wording.objects.filter(replaced_by=admin_gu).count() == 2


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("{number} {password}", ""),
        ("nothing", ""),
        ("{number}", "{{ settings.SECRET_KEY }}"),
        ("{number}", "{number.__class__}"),
        ("{number}", "{number!r:>100}"),
        ("{number}", "}"),
    ],
)
def test_what_is_not_a_known_placeholder_is_refused(subject: str, body: str, admin_gu: User) -> None:
    with pytest.raises(Invalid):
        edit(admin_gu, subject, body=body)
    assert not Wording.objects.exists()


def test_the_stock_taking_keeps_its_numbers_however_its_words_are_edited(admin_gu: User) -> None:
    text = editable_text(catalogue()["complaint.stock"], "staff")
    assert {"{count}", "{red_count}", "{late_count}"} <= set(
        re.findall(r"\{\w+\}", f"{text.title} {text.body}")
    )
    with pytest.raises(Invalid):
        edit(admin_gu, "{count}", body="{late_count}", event="complaint.stock")
    edit(admin_gu, "{count}", body="{red_count} {late_count}", event="complaint.stock")


def test_template_tags_and_facts_that_look_like_placeholders_stay_text(
    write: Write, agent_li: User, admin_gu: User, yangguang: Community
) -> None:
    edit(admin_gu, "{number} %(count)s {% now 'Y' %}".replace("{% now 'Y' %}", "[now]"))
    write(agent_li, event=NOTE, community_id=yangguang.pk, params={"number": "{hotline}"})
    assert title(agent_li) == "{hotline} %(count)s [now]"


def test_a_supervisor_edits_own_communities_only(
    supervisor_bo: User, yangguang: Community, binjiang: Community
) -> None:
    edit(supervisor_bo, "ok {number}", community=yangguang)
    with pytest.raises(NotPermitted):
        edit(supervisor_bo, "all {number}")
    with pytest.raises(NotFound):
        edit(supervisor_bo, "theirs {number}", community=binjiang)


def test_managers_and_agents_edit_nothing(manager_mei: User, agent_li: User, yangguang: Community) -> None:
    for person in (manager_mei, agent_li):
        with pytest.raises(NotPermitted):
            edit(person, "no {number}", community=yangguang)


@pytest.mark.django_db(transaction=True)
def test_a_line_break_typed_into_the_subject_never_reaches_the_mail(
    mail: None, write: Write, agent_li: User, admin_gu: User
) -> None:
    reachable(agent_li)
    User.objects.filter(pk=agent_li.pk).update(language="zh-hans")
    Wording.objects.create(
        event=NOTE, audience="staff", language="zh-hans", subject="a\r\nBcc: x@example.com {number}",
        by=admin_gu, at=timezone.now(),
    )  # fmt: skip
    write(agent_li, event=NOTE, channels=["email"], params={"number": "R1"})
    send_due(at=timezone.now() + WINDOW)
    assert django_mail.outbox[0].subject == "a Bcc: x@example.com R1"


def test_the_list_and_every_editing_page_open(signed_in: SignedIn, supervisor_bo: User) -> None:
    browser = signed_in(supervisor_bo)
    assert browser.get("/manage/messages/").status_code == 200
    for event in catalogue():
        assert browser.get(f"/manage/messages/{event}/").status_code == 200


def test_an_unknown_message_is_not_found(signed_in: SignedIn, supervisor_bo: User) -> None:
    assert signed_in(supervisor_bo).get("/manage/messages/no.such/").status_code == 404


def test_saving_by_page_and_what_is_wrong_is_said_at_the_field(
    signed_in: SignedIn, supervisor_bo: User, yangguang: Community
) -> None:
    browser = signed_in(supervisor_bo)
    where = {"audience": "staff", "language": "zh-hans", "channel": "", "community": "YG"}
    answer = browser.post(f"/manage/messages/{NOTE}/", where | {"subject": "没有编号", "body": ""})
    assert (answer.status_code, Wording.objects.count()) == (422, 0)
    assert "没有编号" in answer.content.decode()
    assert (
        browser.post(f"/manage/messages/{NOTE}/", where | {"subject": "新留言 {number}"}).status_code == 302
    )
    assert Wording.objects.get().subject == "新留言 {number}"


def test_the_preview_fills_in_and_escapes(signed_in: SignedIn, supervisor_bo: User) -> None:
    words = {
        "audience": "staff",
        "language": "en",
        "community": "YG",
        "subject": "<b>{number}",
        "body": "{nope}",
    }
    page = signed_in(supervisor_bo).post(f"/manage/messages/{NOTE}/preview/", words).content.decode()
    assert "&lt;b&gt;R261122-0042" in page
    assert "form-error" in page
    assert not Wording.objects.exists()


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_editing_begins_with_words_that_may_be_saved_as_they_are(language: str, admin_gu: User) -> None:
    for entry in catalogue().values():
        for audience in entry.audiences:
            with translation.override(language):
                text = editable_text(entry, audience)
            edit(
                admin_gu,
                text.title,
                body=text.body,
                event=entry.event,
                audience=audience.value,
                language=language,
            )


@pytest.mark.parametrize("who", ["agent_li", "technician_chen", "resident_wang"])
def test_others_may_not_open_the_pages(who: str, signed_in: SignedIn, request: pytest.FixtureRequest) -> None:
    browser = signed_in(request.getfixturevalue(who))
    for path in ("messages/", f"messages/{NOTE}/", "channels/", "outbox/", "channels/new/"):
        assert browser.get(f"/manage/{path}").status_code == 403
