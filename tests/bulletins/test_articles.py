"""Articles: drafted, published, renewed, withdrawn; what was published stays as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils.translation import override

from servicecenter.accounts.models import Community, Role, User
from servicecenter.bulletins.actions import (
    bring_ready,
    change,
    discard,
    publish,
    renew,
    say_helped,
    withdraw,
    write,
)
from servicecenter.bulletins.models import Article, ArticleVersion
from servicecenter.bulletins.queries.keeping import to_do
from servicecenter.bulletins.queries.offered import for_residents, for_staff, scripts, searched
from servicecenter.bulletins.queries.reading import differences, helped
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from tests.bulletins.conftest import Make, said
from tests.conftest import make_staff

DAY = timedelta(days=1)


def today() -> object:
    return local_day(database_now())


def test_nobody_is_offered_a_draft(yangguang: Community, agent_li: User) -> None:
    write(kind="question", community=yangguang, said=said(public=True), by=agent_li)
    assert not for_residents([yangguang.pk], local_day(database_now())).exists()
    assert not for_staff(agent_li, local_day(database_now())).exists()


def test_the_next_version_takes_the_place_of_the_one_before(article: Make, supervisor_bo: User) -> None:
    first = article("停水", "看公告。")
    change(first.article, said=said("停水", "看公告，或拨打热线。"), by=supervisor_bo)
    assert for_staff(supervisor_bo, local_day(database_now())).get() == first
    second = publish(first.article, by=supervisor_bo)
    first.refresh_from_db()
    assert (second.number, first.retired_by) == (2, supervisor_bo)
    assert for_staff(supervisor_bo, local_day(database_now())).get() == second


def test_what_was_published_can_neither_be_changed_nor_deleted(article: Make) -> None:
    rows = ArticleVersion.objects.filter(pk=article().pk)
    for forbidden in (lambda: rows.update(keywords="x"), rows.delete):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            forbidden()


def test_an_agent_drafts_and_a_supervisor_publishes(
    yangguang: Community, agent_li: User, supervisor_bo: User
) -> None:
    draft = write(kind="question", community=yangguang, said=said(), by=agent_li)
    with pytest.raises(NotPermitted):
        publish(draft.article, by=agent_li)
    assert publish(draft.article, by=supervisor_bo).published_by == supervisor_bo


def test_whoever_works_elsewhere_writes_nothing_here(yangguang: Community, agent_binjiang: User) -> None:
    with pytest.raises(NotFound):
        write(kind="question", community=yangguang, said=said(), by=agent_binjiang)


def test_what_all_communities_read_is_written_by_whoever_works_in_all(
    supervisor_bo: User, manager_mei: User, agent_binjiang: User
) -> None:
    with pytest.raises(NotPermitted):
        write(kind="question", community=None, said=said(), by=supervisor_bo)
    draft = write(kind="question", community=None, said=said(), by=manager_mei)
    shared = publish(draft.article, by=manager_mei)
    assert for_staff(agent_binjiang, local_day(database_now())).get() == shared


def test_a_technician_writes_nothing(yangguang: Community, technician_chen: User) -> None:
    with pytest.raises(NotPermitted):
        write(kind="question", community=yangguang, said=said(), by=technician_chen)


def test_call_scripts_and_typical_cases_are_never_for_residents(article: Make, yangguang: Community) -> None:
    with pytest.raises(Invalid):
        article("话术", "先道歉。", kind="script", public=True)
    script = article("话术", "先道歉。", kind="script", situation="angry")
    assert list(scripts(for_staff(script.published_by, today()), ["angry"])) == [script]  # type: ignore[arg-type]
    assert not for_residents([yangguang.pk], local_day(database_now())).exists()


def test_what_is_over_is_offered_to_nobody_and_listed_for_its_keeper(
    article: Make, supervisor_bo: User
) -> None:
    day = local_day(database_now())
    version = article("春节值班安排", "初一至初三。", valid_until=day)
    later = day + DAY
    assert for_staff(supervisor_bo, day).get() == version
    assert not for_staff(supervisor_bo, later).exists()
    assert to_do(supervisor_bo, later, mine=True).expired == [version]


def test_a_last_day_that_is_over_is_refused(article: Make) -> None:
    with pytest.raises(Invalid):
        article("停水", "看公告。", valid_until=local_day(database_now()) - DAY)


def test_renewing_keeps_the_words_and_leaves_a_draft_alone(article: Make, supervisor_bo: User) -> None:
    first = article("停水", "看公告。", review_on=local_day(database_now()))
    change(first.article, said=said("停水", "新的说法"), by=supervisor_bo)
    assert to_do(supervisor_bo, local_day(database_now())).review == [first]
    again = renew(first.article, valid_until=None, review_on=None, by=supervisor_bo)
    assert (again.number, again.texts, again.review_on) == (2, first.texts, None)
    assert first.article.versions.drafts().get().title == "停水"
    assert searched(for_staff(supervisor_bo, local_day(database_now())), "公告").get() == again


def test_a_withdrawn_article_stays_on_record(article: Make, supervisor_bo: User) -> None:
    version = article()
    withdraw(version.article, by=supervisor_bo)
    assert not for_staff(supervisor_bo, local_day(database_now())).exists()
    assert version.article.versions.count() == 1
    with pytest.raises(Refusal):
        withdraw(version.article, by=supervisor_bo)


def test_a_draft_that_is_thrown_away_takes_an_article_along_that_never_was(
    yangguang: Community, article: Make, agent_li: User
) -> None:
    draft = write(kind="question", community=yangguang, said=said(), by=agent_li)
    assert discard(draft.article, by=agent_li)
    kept = article()
    change(kept.article, said=said("停水", "别的"), by=agent_li)
    assert not discard(kept.article, by=agent_li)
    assert Article.objects.get() == kept.article


def test_a_reader_gets_the_own_language_or_the_next_best(article: Make) -> None:
    english = {"en": {"title": "No water?", "text": "See the notices."}}
    version = article("停水", "看公告。", texts=english)
    for language, title, translated in (
        ("en", "No water?", True),
        ("zh-hant", "停水", False),
        ("zh-hans", "停水", True),
    ):
        again = ArticleVersion.objects.get(pk=version.pk)
        with override(language):
            assert (again.title, again.is_translated) == (title, translated)


def test_a_reader_thinks_again_and_the_keeper_sees_counts(article: Make, resident_wang: User) -> None:
    version = article()
    say_helped(version, helped=False, words="没写电话", by=resident_wang)
    assert helped(version.article).words == ["没写电话"]
    say_helped(version, helped=True, by=resident_wang)
    assert (helped(version.article).yes, helped(version.article).no) == (1, 0)


def test_what_does_not_help_is_listed_for_rewriting(
    article: Make, supervisor_bo: User, resident_wang: User, tenant_zhao: User, agent_li: User
) -> None:
    version = article()
    for reader in (resident_wang, tenant_zhao, agent_li):
        say_helped(version, helped=False, by=reader)
    assert to_do(supervisor_bo, local_day(database_now())).unhelpful == [version]


def test_a_comparison_shows_what_went_and_what_came(article: Make, supervisor_bo: User) -> None:
    first = article("停水", "看公告。\n拨打热线。")
    second = change(first.article, said=said("停水", "看公告。\n在门户报修。"), by=supervisor_bo)
    (found,) = differences(first, second)
    assert [(each.state, each.text) for each in found.lines] == [
        ("same", "停水"),
        ("same", "看公告。"),
        ("gone", "拨打热线。"),
        ("new", "在门户报修。"),
    ]


def test_ready_articles_come_once_and_in_three_languages(yangguang: Community, supervisor_bo: User) -> None:
    brought = bring_ready(yangguang, by=supervisor_bo)
    assert brought >= 25
    assert bring_ready(yangguang, by=supervisor_bo) == 0
    assert not ArticleVersion.objects.exclude(texts__has_keys=["zh-hans", "zh-hant", "en"]).exists()


def test_an_agent_brings_no_ready_articles(yangguang: Community) -> None:
    with pytest.raises(NotPermitted):
        bring_ready(yangguang, by=make_staff("agent", Role.AGENT, yangguang))
