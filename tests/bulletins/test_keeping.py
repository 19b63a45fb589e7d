"""What keeps the knowledge base true: keepers reminded, categories, own articles only, writing by API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from complaints.models import Inquiry
from servicecenter.accounts.models import Community, User
from servicecenter.bulletins.actions import remind_keepers
from servicecenter.bulletins.models import ArticleVersion, Category
from servicecenter.lib.clock import database_now, local_day
from servicecenter.notifications.models import Message
from tests.bulletins.conftest import Make
from tests.complaints.conftest import Cast, cast

__all__ = ["cast"]
SignedIn = Callable[[User], Client]
Api = Callable[[User | None], APIClient]
URL = "/api/v1/articles/"
TEXTS = {"zh-hans": {"title": "快递放哪里", "text": "放在快递柜。"}}


def test_a_keeper_is_told_once_of_what_falls_due(article: Make, supervisor_bo: User) -> None:
    today = local_day(database_now())
    article("停车收费", "每小时五元。", review_on=today)
    assert [remind_keepers(), remind_keepers()] == [1, 0]
    article("宠物登记", "请到前台。", valid_until=today + timedelta(days=3))
    assert remind_keepers() == 1
    last = Message.objects.filter(recipient=supervisor_bo, event="article.review").latest("id")
    assert last.params == {"count": 2}


def test_the_database_answers_no_inquiry_from_an_article_of_another_community(
    article: Make, cast: Cast, binjiang: Community, manager_mei: User
) -> None:
    inquiry, own = cast.inquiry(), article("停车收费", "每小时五元。")
    Inquiry.objects.filter(pk=inquiry.pk).update(article=own)
    other = article("停车收费", "每小时六元。", community=binjiang, by=manager_mei)
    with pytest.raises(IntegrityError, match="another community"), transaction.atomic():
        Inquiry.objects.filter(pk=inquiry.pk).update(article=other)


def test_an_administrator_names_a_category_and_others_only_read(
    signed_in: SignedIn, admin_gu: User, manager_mei: User
) -> None:
    given = {"code": "pets", "name_zh_hans": "宠物", "position": "5", "is_active": "on"}
    assert signed_in(admin_gu).post("/desk/knowledge/categories/new/", given).status_code == 302
    assert str(Category.objects.get(code="pets")) == "宠物"
    manager = signed_in(manager_mei)
    assert "宠物" in manager.get("/desk/knowledge/categories/").content.decode()
    assert manager.get("/desk/knowledge/categories/new/").status_code == 403


def test_a_manager_and_an_administrator_read_and_keep_articles(
    article: Make, signed_in: SignedIn, manager_mei: User, admin_gu: User
) -> None:
    version = article("停车收费", "每小时五元。")
    admin_gu.memberships.all().delete()
    assert signed_in(manager_mei).get(f"/desk/knowledge/{version.article_id}/").status_code == 200
    assert signed_in(admin_gu).get("/desk/knowledge/").status_code == 200


def test_an_article_is_written_and_published_by_api(
    api: Api, supervisor_bo: User, yangguang: Community
) -> None:
    body = {"kind": "question", "community": yangguang.code, "category": "repairs", "texts": TEXTS}
    answer = api(supervisor_bo).post(URL, body | {"publish": True}, format="json")
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert made["number"] == 1
    again = {"category": "repairs", "texts": {"zh-hans": {"title": "快递", "text": "放在门岗。"}}}
    changed = api(supervisor_bo).post(f"{URL}{made['id']}/", again, format="json")
    assert (changed.status_code, changed.json()["number"]) == (200, None)


def test_an_agent_publishes_nothing_by_api(api: Api, agent_li: User, yangguang: Community) -> None:
    body = {"kind": "question", "community": yangguang.code, "category": "repairs", "texts": TEXTS}
    assert api(agent_li).post(URL, body | {"publish": True}, format="json").status_code == 403
    assert not ArticleVersion.objects.exists()


def test_a_resident_writes_nothing_by_api(api: Api, cast: Cast) -> None:
    body = {"kind": "question", "community": "YG", "category": "repairs", "texts": TEXTS}
    assert api(cast.resident).post(URL, body, format="json").status_code == 400
    assert not ArticleVersion.objects.exists()
