"""`/articles/`: the knowledge base for other programs, and writing it; residents find what is offered to them, nothing
else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import Community, User
from servicecenter.audit.idempotent import answer_once
from servicecenter.bulletins.actions import Said, change, publish, say_helped, write
from servicecenter.bulletins.models import (
    ArticleKind,
    ArticleVersion,
    ArticleVersionQuerySet,
    Category,
    Situation,
)
from servicecenter.bulletins.queries.offered import (
    BEST_FIRST,
    LONGEST_SEARCH,
    NEWEST_FIRST,
    for_residents,
    for_staff,
    narrowed,
    searched,
)
from servicecenter.bulletins.queries.reading import article_for
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
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


class WordsIn(Input):
    """Title and text in one language."""

    title = TextSerializerField(max_length=80)
    text = TextSerializerField(max_length=2000, multiline=True)


class VersionIn(Input):
    """What the next version says: a draft, unless it is published at once."""

    texts = serializers.DictField(
        child=WordsIn(), help_text="By language: `zh-hans` is needed, `zh-hant` and `en` may be."
    )
    category = serializers.SlugRelatedField(
        slug_field="code", queryset=Category.objects.filter(is_active=True), help_text="Its code."
    )
    keywords = TextSerializerField(max_length=200, required=False)
    situation = serializers.ChoiceField([("", "—"), *Situation.choices], required=False)
    public = TruthField(required=False, help_text="Residents may read it.")
    valid_until = serializers.DateField(required=False, allow_null=True)
    review_on = serializers.DateField(required=False, allow_null=True)
    note = TextSerializerField(max_length=200, required=False)
    publish = TruthField(required=False, help_text="Put it in force at once: supervisors and above.")

    def validate_texts(self, texts: dict[str, Any]) -> dict[str, Any]:
        """No language that nobody reads here."""
        if unknown := set(texts) - set(LANGUAGES):
            raise serializers.ValidationError(f"{sorted(unknown)[0]}: zh-hans, zh-hant, en")
        return texts


class NewArticleIn(VersionIn):
    """A first version; what it is for and where never changes."""

    kind = serializers.ChoiceField(ArticleKind.choices)
    community = TextSerializerField(
        max_length=32, required=False, allow_null=True, help_text="Its code; none: all communities."
    )


class DraftOut(serializers.Serializer[Any]):
    """What was written."""

    id = serializers.IntegerField(source="article_id")
    version = serializers.IntegerField(source="pk")
    number = serializers.IntegerField(allow_null=True, help_text="null: a draft, offered to nobody.")
    title = serializers.CharField()


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

    @operation("article_new", "Write an article", body=NewArticleIn, answer=DraftOut, status=201, once=True)
    def post(self, request: Request) -> Response:
        """A draft, or published at once. Refuses `not_found` for a community out of scope, `not_permitted`."""
        given = self.body(NewArticleIn)
        code, kind = given.pop("community", None), given.pop("kind")
        community = (
            Community.objects.visible_to(self.user).filter(code=code.upper()).first() if code else None
        )
        if code and community is None:
            raise Invalid(errors={"community": [_("There is no such community here.")]})

        def act() -> tuple[int, dict[str, Any]]:
            publish_it = given.pop("publish", False)
            made = write(kind=kind, community=community, said=Said(**given), by=self.user)
            return 201, written(publish(made.article, by=self.user) if publish_it else made)

        return answer_once(request, self.user, act)


class OneArticleEndpoint(ArticleEndpoint):
    """One article."""

    @operation("article", "One article", answer=ArticleOut)
    def get(self, request: Request, pk: int) -> Response:
        """Refuses `not_found`."""
        return Response(self.drawn([self.one(pk)])[0])

    @operation("article_change", "Write the next version", body=VersionIn, answer=DraftOut, once=True)
    def post(self, request: Request, pk: int) -> Response:
        """The draft of the next version, or that version at once; what is in force stays until then."""
        given = self.body(VersionIn)
        if not self.user.is_employee:
            raise NotPermitted
        article = article_for(self.user, pk)

        def act() -> tuple[int, dict[str, Any]]:
            publish_it = given.pop("publish", False)
            made = change(article, said=Said(**given), by=self.user)
            return 200, written(publish(article, by=self.user) if publish_it else made)

        return answer_once(request, self.user, act)


def written(version: ArticleVersion) -> dict[str, Any]:
    """What is answered to whoever wrote."""
    return dict(DraftOut(version).data)


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
