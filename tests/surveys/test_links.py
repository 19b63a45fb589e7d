"""Links: unguessable, worth one answer, and what is behind an anonymous one is nobody's."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from servicecenter.lib.refusals import Invalid
from servicecenter.lib.works import get
from surveys.actions import running
from surveys.actions.answering import answer
from surveys.actions.entering import (
    Entry,
    LinkOver,
    by_poster,
    digest_of,
    draft_of,
    draw_link,
    enter,
    keep_draft,
)
from surveys.models import Campaign, Link, Response
from tests.surveys.conftest import GOOD, Town, waiting


def entered(campaign: Campaign) -> Entry:
    """By a link to the first of those who are asked."""
    return enter(draw_link(waiting(campaign)[0], "link"))


def test_of_a_link_only_the_digest_is_kept(town: Town) -> None:
    entry = entered(town.running())
    assert len(entry.token) == 22
    assert Link.objects.get().digest == digest_of(entry.token)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM surveys_link l WHERE l::text LIKE %s", [f"%{entry.token}%"])
        assert cursor.fetchone() == (0,)


def test_every_message_that_leaves_has_a_link_of_its_own_and_all_end_with_the_answer(town: Town) -> None:
    asked = waiting(town.running())[0]
    entrance = get("survey_ask").entrance
    assert entrance is not None
    first, second = draw_link(asked, "link"), draw_link(asked, "link")
    assert first != second
    answer(enter(first).invitation, GOOD, channel="link")
    for token in (first, second):
        with pytest.raises(LinkOver):
            enter(token)
    assert entrance(asked.pk) == ""


def test_a_guess_opens_nothing(town: Town) -> None:
    town.running()
    with pytest.raises(LinkOver):
        enter("A" * 22)


def test_a_link_ends_with_its_campaign(town: Town) -> None:
    campaign = town.running()
    entry = entered(campaign)
    running.close(campaign, by=town.supervisor)
    with pytest.raises(LinkOver):
        enter(entry.token)


def test_what_was_filled_in_is_taken_up_again_from_the_same_link(town: Town) -> None:
    entry = entered(town.running())
    keep_draft(entry, {"a_desk": 9})
    assert draft_of(enter(entry.token)) == {"a_desk": 9}


def test_a_draft_is_read_by_nobody_without_the_link(town: Town) -> None:
    entry = entered(town.running())
    keep_draft(entry, {"wish": "电梯"})
    link = Link.objects.get()
    assert "电梯".encode() not in bytes(link.draft)
    assert draft_of(Entry(link, "B" * 22)) == {}


def test_who_scans_the_poster_names_the_unit_and_the_end_of_a_number_on_record(town: Town) -> None:
    campaign = town.running(channels=["poster"])
    entry = enter(by_poster(campaign, unit_code="1-1-201", phone_end="0001"))
    assert str(entry.invitation) == "1-1-201"
    assert entry.link.channel == "poster"


@pytest.mark.parametrize(("unit", "end"), [("1-1-201", "0002"), ("9-9-999", "0001"), ("1-1-201", "")])
def test_the_poster_opens_nothing_to_others(town: Town, unit: str, end: str) -> None:
    campaign = town.running(channels=["poster"])
    with pytest.raises(Invalid):
        by_poster(campaign, unit_code=unit, phone_end=end)


def test_an_anonymous_answer_holds_nobody_and_no_instant(town: Town) -> None:
    campaign = town.running(anonymous=True)
    response = answer(entered(campaign).invitation, GOOD, channel="link", by=town.supervisor)
    response.refresh_from_db()
    assert (response.invitation, response.by, response.at) == (None, None, None)


def test_the_database_refuses_an_anonymous_answer_with_somebody_behind_it(town: Town) -> None:
    campaign = town.running(anonymous=True)
    asked = waiting(campaign)[0]
    response = Response(
        community=town.community,
        campaign=campaign,
        stratum=asked.stratum,
        channel="link",
        anonymous=True,
        answers=GOOD,
        invitation=asked,
    )
    with pytest.raises(IntegrityError, match="response_anonymous_holds_nobody"), transaction.atomic():
        response.save(force_insert=True)


def test_the_database_refuses_a_named_answer_to_an_anonymous_campaign(town: Town) -> None:
    named = town.answer(town.running(), town.units[0])
    campaign = town.running(anonymous=True)
    named.pk, named.campaign, named.stratum = None, campaign, waiting(campaign)[0].stratum
    named.invitation = waiting(campaign)[0]
    with pytest.raises(IntegrityError, match="as anonymous as its campaign"), transaction.atomic():
        named.save(force_insert=True)


def test_after_the_end_not_even_postgresql_knows_which_answer_belongs_to_which_invitation(town: Town) -> None:
    """Each row bears the number of the transaction that wrote it: it must be the same for all of them."""
    campaign = town.running(anonymous=True)
    for asked in waiting(campaign)[:3]:
        with transaction.atomic():
            answer(asked, GOOD, channel="portal")
    before = set(Response.objects.values_list("pk", flat=True))
    running.close(campaign, by=town.supervisor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT xmin::text FROM surveys_response")
        answers = cursor.fetchall()
        cursor.execute("SELECT DISTINCT xmin::text FROM surveys_invitation")
        assert cursor.fetchall() == answers
    assert len(answers) == 1
    assert not before & set(Response.objects.values_list("pk", flat=True))


def test_an_answer_is_never_changed(town: Town) -> None:
    town.answer(town.running(), town.units[0])
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Response.objects.update(answers={})
