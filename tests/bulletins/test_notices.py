"""Notices: written by the desk, published by who leads, read where they reach until their last day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from owners.models import Building, Unit
from servicecenter.accounts.models import Community, User
from servicecenter.bulletins.actions.notices import (
    Announced,
    change_notice,
    draft_notice,
    publish_notice,
    take_back_notice,
)
from servicecenter.bulletins.models import Notice
from servicecenter.bulletins.queries.notices import notice_for, on_the_board, reach_of
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Stale
from servicecenter.notifications.models import Message
from servicecenter.notifications.texts import render

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TANK = {
    "zh-hans": {"title": "水箱清洗", "text": "周五 9:00 起停水两小时，请提前储水。"},
    "en": {"title": "Cleaning of the water tank", "text": "No water on Friday from 9:00 for two hours."},
}
Write = Callable[..., Notice]


def today() -> date:
    return local_day(database_now())


@pytest.fixture
def write(yangguang: Community, agent_li: User) -> Write:
    """A draft for the whole community unless `buildings` are named, until the day after tomorrow."""

    def make(**more: Any) -> Notice:
        by = more.pop("by", agent_li)
        given: dict[str, Any] = {"texts": TANK, "valid_until": today() + 2 * DAY} | more
        return draft_notice(yangguang, said=Announced(**given), by=by)

    return make


@pytest.fixture
def published(write: Write, supervisor_bo: User) -> Write:
    return lambda **more: publish_notice(write(**more), by=supervisor_bo)


def elsewhere(community: Community) -> Building:
    return Building.objects.create(community=community, code="19", position=19)


def test_an_agent_writes_a_notice_and_does_not_publish_it(write: Write, agent_li: User) -> None:
    with pytest.raises(NotPermitted):
        publish_notice(write(), by=agent_li)


def test_nobody_who_lives_here_sees_a_draft(write: Write, resident_wang: User) -> None:
    with pytest.raises(NotFound):
        notice_for(resident_wang, write().number)


def test_a_technician_sees_no_draft(write: Write, technician_chen: User) -> None:
    with pytest.raises(NotFound):
        notice_for(technician_chen, write().number)


def test_everybody_who_lives_here_is_told_once(
    published: Write, resident_wang: User, stranger_sun: User
) -> None:
    told = Message.objects.filter(event="notice.publish", case_id=published().pk)
    assert (told.filter(recipient=resident_wang).count(), told.filter(recipient=stranger_sun).count()) == (
        1,
        0,
    )


def test_a_notice_for_one_building_reaches_nobody_of_another(
    published: Write, yangguang: Community, resident_wang: User
) -> None:
    published(buildings=(elsewhere(yangguang),))
    assert on_the_board(resident_wang, yangguang.pk) == []


def test_a_notice_for_the_own_building_is_on_the_board(
    published: Write, unit_3_2_1201: Unit, resident_wang: User
) -> None:
    found = published(buildings=(unit_3_2_1201.building,))
    assert on_the_board(resident_wang, found.community_id) == [found]


def test_after_its_last_day_it_is_gone(published: Write, resident_wang: User) -> None:
    found = published()
    Notice.objects.filter(pk=found.pk).update(valid_until=today() - DAY)
    with pytest.raises(NotFound):
        notice_for(resident_wang, found.number)


def test_it_is_read_on_its_last_day(published: Write, resident_wang: User) -> None:
    found = published(valid_until=today())
    assert notice_for(resident_wang, found.number) == found


def test_the_message_of_a_notice_that_is_over_leads_nowhere(published: Write, resident_wang: User) -> None:
    found = published()
    Notice.objects.filter(pk=found.pk).update(valid_until=today() - DAY)
    assert not Message.objects.visible_to(resident_wang).filter(case_id=found.pk, work="notice").exists()


def test_what_is_taken_back_is_a_draft_that_nobody_reads(
    published: Write, supervisor_bo: User, resident_wang: User
) -> None:
    found = take_back_notice(published(), reason="时间改了", by=supervisor_bo)
    assert (found.status, found.published_at) == ("draft", None)
    with pytest.raises(NotFound):
        notice_for(resident_wang, found.number)


def test_published_anew_everybody_is_told_again(
    published: Write, supervisor_bo: User, resident_wang: User
) -> None:
    found = take_back_notice(published(), reason="时间改了", by=supervisor_bo)
    publish_notice(found, by=supervisor_bo)
    assert Message.objects.filter(event="notice.publish", recipient=resident_wang).count() == 2


def test_a_page_of_an_older_draft_is_refused(write: Write, agent_li: User) -> None:
    found = write()
    said = Announced(TANK, today())
    change_notice(found, said=said, by=agent_li, version=found.version)
    with pytest.raises(Stale):
        change_notice(found, said=said, by=agent_li, version=0)


@pytest.mark.parametrize("days", [-1, 367])
def test_a_last_day_that_is_over_or_far_away_is_refused(write: Write, days: int) -> None:
    with pytest.raises(Invalid):
        write(valid_until=today() + days * DAY)


def test_a_draft_whose_day_has_passed_is_not_published(write: Write, supervisor_bo: User) -> None:
    found = write()
    Notice.objects.filter(pk=found.pk).update(valid_until=today() - DAY)
    with pytest.raises(Invalid):
        publish_notice(found, by=supervisor_bo)


def test_without_chinese_words_there_is_no_notice(write: Write) -> None:
    with pytest.raises(Invalid):
        write(texts={"en": TANK["en"]})


def test_a_building_of_another_community_is_refused(write: Write, binjiang: Community) -> None:
    with pytest.raises(Invalid):
        write(buildings=(elsewhere(binjiang),))


def test_the_message_says_the_title_in_the_readers_language(published: Write, resident_wang: User) -> None:
    published()
    message = Message.objects.get(event="notice.publish", recipient=resident_wang)
    with override("en"):
        assert "Cleaning of the water tank" in render(message).title
    with override("zh-hant"):
        assert "水箱清洗" in render(message).title


def test_who_was_reached_is_counted(published: Write, resident_wang: User) -> None:
    found = published()
    Message.objects.filter(case_id=found.pk, recipient=resident_wang).update(read_at=database_now())
    reach = reach_of(found)
    assert (reach.told >= 1, reach.read) == (True, 1)


def test_as_a_text_message_it_leaves_the_house_whatever_somebody_chose(
    published: Write, resident_wang: User
) -> None:
    found = published(by_sms=True)
    assert {tuple(each.channels) for each in Message.objects.filter(case_id=found.pk)} == {("sms",)}


def test_the_desk_writes_publishes_and_reads_it_by_clicking(
    signed_in: Callable[[User], Client], supervisor_bo: User, resident_wang: User
) -> None:
    desk = signed_in(supervisor_bo)
    sent = {
        "title_zh_hans": "电梯年检",
        "text_zh_hans": "周六上午 2 号梯停运。",
        "everywhere": "on",
        "valid_until": str(today()),
        "community": str(next(iter(supervisor_bo.community_ids))),
    }
    written = desk.post(reverse("desk:notice_new"), sent)
    found = Notice.objects.get()
    assert written.url == reverse("desk:notice", args=[found.number])  # type: ignore[attr-defined]
    desk.post(reverse("desk:notice_step", args=[found.number, "publish"]), {"version": found.version})
    assert "电梯年检" in desk.get(reverse("desk:notice", args=[found.number])).content.decode()
    home = signed_in(resident_wang)
    assert "电梯年检" in home.get(reverse("portal:home")).content.decode()
    assert "2 号梯停运" in home.get(reverse("portal:notice", args=[found.number])).content.decode()
