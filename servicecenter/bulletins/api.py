"""`/articles/`: the knowledge base for other programs; residents find what is offered to them, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import Community, User
from servicecenter.audit.idempotent import answer_once
from servicecenter.bulletins.actions import say_helped
from servicecenter.bulletins.models import ArticleKind, ArticleVersion, ArticleVersionQuerySet, Situation
from servicecenter.bulletins.queries.offered import (
    BEST_FIRST,
    LONGEST_SEARCH,
    NEWEST_FIRST,
    for_residents,
    for_staff,
    narrowed,
    searched,
)
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.serializers import Input, InstantField, TruthField
from servicecenter.lib.spoken import LANGUAGES


class ArticleOut(serializers.Serializer[Any]):
    """An article as it reads now, in the reader's language where it is translated."""

    id = serializers.IntegerField(source="article_id")
    version = serializers.IntegerField(source="pk", help_text="What an inquiry is answered from.")
    number = serializers.IntegerField(help_text="Of the version: 1, 2, 3 …")
    kind = serializers.ChoiceField(ArticleKind.choices, source="article.kind")
    community = serializers.CharField(
        source="article.community.code", allow_null=True, default=None, help_text="null: all communities."
    )
    category = serializers.CharField(source="category.code")
    situation = serializers.ChoiceField([("", "—"), *Situation.choices])
    title = serializers.CharField()
    text = serializers.CharField()
    language = serializers.ChoiceField(LANGUAGES, help_text="What title and text are really in.")
    public = serializers.BooleanField(source="is_for_residents", help_text="Residents may read it.")
    published_at = InstantField()
    valid_until = serializers.DateField(allow_null=True)
    review_on = serializers.SerializerMethodField(help_text="Staff only.")

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_review_on(self, version: ArticleVersion) -> Any:
        """When its keeper looks again."""
        return version.review_on if self.context["user"].is_employee else None


class ArticleQuery(Page):
    """Parameters of the list."""

    search = TextSerializerField(
        max_length=LONGEST_SEARCH, required=False, help_text="Any part of it; titles come first."
    )
    kind = serializers.ChoiceField(ArticleKind.choices, required=False)
    category = serializers.SlugField(max_length=24, required=False)


class HelpedIn(Input):
    """What a reader thinks."""

    helped = TruthField()
    words = TextSerializerField(
        max_length=300, required=False, multiline=True, help_text="If not: what was missing."
    )


class ArticleEndpoint(Endpoint):
    """What the reader is offered."""

    # Where a resident lives is known above this room.
    communities: Callable[[User], Iterable[Community]] | None = None

    def rows(self) -> ArticleVersionQuerySet:
        """For the staff that of their communities, for residents what is for them."""
        day = local_day(database_now())
        if self.user.is_employee:
            return for_staff(self.user, day)
        homes = self.communities(self.user) if self.communities else ()
        return for_residents([each.pk for each in homes], day)

    def one(self, pk: int) -> ArticleVersion:
        """Refuses `not_found` for whatever is not offered to the reader now."""
        found = self.rows().filter(article=pk).first()
        if found is None:
            raise NotFound
        return found

    def drawn(self, page: list[ArticleVersion]) -> Any:
        """Several of them."""
        return ArticleOut(page, many=True, context={"user": self.user}).data


class ArticlesEndpoint(ArticleEndpoint):
    """The knowledge base."""

    @operation("articles", "Articles of the knowledge base", query=ArticleQuery, answer=paged(ArticleOut))
    def get(self, request: Request) -> Response:
        """A page of those that are in force and offered to the reader; the newest first."""
        query = self.query(ArticleQuery)
        rows = narrowed(self.rows(), query)
        order: tuple[str, ...] = NEWEST_FIRST
        if query.get("search"):
            rows, order = searched(rows, query["search"]), BEST_FIRST
        return self.page(rows, query, order=order, draw=self.drawn)


class OneArticleEndpoint(ArticleEndpoint):
    """One article."""

    @operation("article", "One article", answer=ArticleOut)
    def get(self, request: Request, pk: int) -> Response:
        """Refuses `not_found`."""
        return Response(self.drawn([self.one(pk)])[0])


class HelpedEndpoint(ArticleEndpoint):
    """Did it help?"""

    @operation("article_helped", "Say whether an article helped", body=HelpedIn, answer=HelpedIn, once=True)
    def post(self, request: Request, pk: int) -> Response:
        """Said again, it takes the place of what was said before."""
        version, given = self.one(pk), self.body(HelpedIn)

        def act() -> tuple[int, dict[str, Any]]:
            said = say_helped(version, helped=given["helped"], words=given.get("words", ""), by=self.user)
            return 200, {"helped": said.helped, "words": said.words}

        return answer_once(request, self.user, act)
