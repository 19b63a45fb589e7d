"""The knowledge base on its pages: at the desk, beside a case, in the portal, by API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from complaints.actions import CALLS
from complaints.models import Inquiry
from servicecenter.accounts.models import Community, User
from servicecenter.bulletins.models import Article, ArticleVersion
from servicecenter.lib.refusals import Invalid
from tests.bulletins.conftest import Make
from tests.complaints.conftest import Cast, cast

__all__ = ["cast"]
SignedIn = Callable[[User], Client]
Api = Callable[[User | None], APIClient]


def body(page: Any) -> str:
    text: str = page.content.decode()
    return text


def test_a_supervisor_writes_publishes_and_finds_an_article(
    signed_in: SignedIn, supervisor_bo: User, yangguang: Community
) -> None:
    desk = signed_in(supervisor_bo)
    form = {
        "kind": "question",
        "place": yangguang.pk,
        "title_zh_hans": "游泳池几点开放",
        "text_zh_hans": "每天 9:00–21:00。",
        "category": desk.get("/desk/knowledge/new/").context["form"].fields["category"].queryset[0].pk,
        "public": "on",
        "then": "publish",
    }
    answer = desk.post("/desk/knowledge/new/", form)
    assert answer.status_code == 302
    found = desk.get("/desk/knowledge/?q=游泳", headers={"HX-Request": "true", "HX-Target": "found"})
    assert "游泳池几点开放" in body(found)
    assert "<html" not in body(found)


def test_an_agent_drafts_what_only_a_supervisor_puts_in_force(
    signed_in: SignedIn, article: Make, agent_li: User
) -> None:
    version = article()
    desk = signed_in(agent_li)
    assert desk.post(reverse("desk:article_step", args=[version.article_id, "withdraw"])).status_code == 403
    assert 'data-action="edit"' in body(desk.get(reverse("desk:article", args=[version.article_id])))


def test_what_colleagues_know_never_reaches_a_resident(
    signed_in: SignedIn, api: Api, article: Make, resident_wang: User
) -> None:
    inside = article("业主欠费话术", "先核对账单。", kind="script", situation="angry")
    secret = article("内部停水预案", "总阀在地库。", public=False)
    shown = article("停水怎么办", "看公告。")
    browser, client = signed_in(resident_wang), api(resident_wang)
    page = body(browser.get("/portal/faq/?q=停水"))
    assert shown.title in page
    assert secret.title not in page
    for hidden in (inside, secret):
        assert browser.get(f"/portal/faq/{hidden.article_id}/").status_code == 404
        assert client.get(f"/api/v1/articles/{hidden.article_id}/").status_code == 404
    assert [each["title"] for each in client.get("/api/v1/articles/?search=停水").json()["results"]] == [
        shown.title
    ]
    assert client.get("/api/v1/articles/?search=欠费").json()["results"] == []


def test_a_neighbouring_community_reads_nothing_of_it(api: Api, article: Make, stranger_sun: User) -> None:
    version = article()
    assert api(stranger_sun).get(f"/api/v1/articles/{version.article_id}/").status_code == 404


def test_a_resident_says_that_it_helped_and_the_keeper_sees_it(
    signed_in: SignedIn, article: Make, resident_wang: User, supervisor_bo: User
) -> None:
    address = f"/portal/faq/{article().article_id}/"
    assert signed_in(resident_wang).post(address, {"helped": "no", "words": "没写电话"}).status_code == 302
    page = body(signed_in(supervisor_bo).get(address.replace("portal/faq", "desk/knowledge")))
    assert 'data-not-helped="1"' in page
    assert "没写电话" in page


def test_the_api_takes_an_opinion(api: Api, article: Make, resident_wang: User) -> None:
    version = article()
    answer = api(resident_wang).post(
        f"/api/v1/articles/{version.article_id}/helped/", {"helped": True}, format="json"
    )
    assert answer.json() == {"helped": True, "words": ""}
    assert version.opinions.get().by == resident_wang


def test_an_answer_stands_beside_the_question_that_is_being_typed(
    signed_in: SignedIn, article: Make, agent_li: User
) -> None:
    article("停水怎么办", "看公告。")
    desk = signed_in(agent_li)
    for address in ("/desk/voices/proposal/", "/desk/register/propose/"):
        assert "停水怎么办" in body(desk.post(address, {"text": "我家突然停水了"}))


def test_a_script_stands_on_the_card_of_a_caller(
    signed_in: SignedIn, article: Make, agent_li: User, person_wang: Any
) -> None:
    article("燃气话术", "马上开窗。", kind="script", situation="gas")
    article("结束语", "谢谢来电。", kind="script", situation="closing")
    page = body(signed_in(agent_li).get(f"/desk/people/{person_wang.pk}/"))
    assert "马上开窗" in page
    assert "谢谢来电" not in page


def test_an_inquiry_is_answered_from_an_article_in_one_step(
    signed_in: SignedIn, article: Make, cast: Cast
) -> None:
    version = article("物业费怎么交", "前台或转账都可以。")
    inquiry = cast.inquiry()
    desk = signed_in(cast.agent)
    page = desk.get(reverse("complaints:case", args=[inquiry.number]))
    (offer,) = page.context["page"].offers
    sent = {"answer": offer.answer, "article": offer.article.pk, "version": inquiry.version}
    desk.post(reverse("complaints:act", args=[inquiry.number, "answer"]), sent)
    inquiry.refresh_from_db()
    assert (inquiry.answer, inquiry.article, inquiry.to_write) == ("前台或转账都可以。", version, False)


def test_what_residents_may_not_read_answers_nobody(article: Make, cast: Cast) -> None:
    inside = article("内部口径", "先核对账单。", public=False)
    with pytest.raises(Invalid):
        CALLS["inquiry"]["answer"](cast.inquiry(), answer="先核对账单。", article=inside, by=cast.agent)


def test_an_answer_without_an_article_becomes_a_draft_once(signed_in: SignedIn, cast: Cast) -> None:
    inquiry = cast.inquiry("answered")
    assert inquiry.to_write
    desk = signed_in(cast.agent)
    for _time in range(2):
        desk.post(reverse("desk:knowledge_from", args=[inquiry.number]))
    article = Article.objects.get(source=inquiry.number)
    assert ArticleVersion.objects.get(article=article).text == inquiry.answer
    assert not Inquiry.objects.get().to_write


def test_a_question_that_nobody_asks_again_is_taken_off_the_list(signed_in: SignedIn, cast: Cast) -> None:
    inquiry = cast.inquiry("answered")
    desk = signed_in(cast.agent)
    assert desk.get("/desk/knowledge/keeping/").context["questions"] == [inquiry]
    desk.post(reverse("desk:knowledge_from", args=[inquiry.number]), {"skip": "1"})
    assert desk.get("/desk/knowledge/keeping/").context["questions"] == []
