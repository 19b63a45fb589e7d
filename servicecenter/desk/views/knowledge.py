"""知识库 at the desk: looked up, read, printed; and what its keepers have to do."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.actions import need_not_be_written
from complaints.queries.cases import inquiry_for
from complaints.queries.lists import to_be_written
from servicecenter.accounts.models import Community, User
from servicecenter.bulletins.actions import bring_ready, say_helped
from servicecenter.bulletins.actions.keepers import PUBLISHERS, may_publish, may_write
from servicecenter.bulletins.forms import FindForm, HelpedForm
from servicecenter.bulletins.models import ArticleVersion, ArticleVersionQuerySet
from servicecenter.bulletins.queries.keeping import to_do
from servicecenter.bulletins.queries.offered import beside, for_staff, scripts
from servicecenter.bulletins.queries.reading import (
    article_for,
    differences,
    helped,
    opinion_of,
    versions_of,
)
from servicecenter.desk.actions.knowledge import article_of
from servicecenter.desk.views.frame import current_user, fragment_of, keepers, never_cache, page
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import NotFound


@require_safe
@keepers
@never_cache
def knowledge(request: HttpRequest) -> HttpResponse:
    """Search and list; while somebody types, the results alone."""
    user, day = current_user(request), local_day(database_now())
    form = FindForm(request.GET)
    found = form.found(for_staff(user, day), request.GET.get("cursor", ""))
    context: dict[str, Any] = {
        "form": form,
        "found": found,
        "asked": bool(form.wanted),
        "older": form.address(cursor=found.older) if found.older else "",
        "newer": form.address(cursor=found.newer) if found.newer else "",
    }
    if fragment_of(request) == "found":
        return render(request, "bulletins/_found.html", context)
    context["may_bring"] = user.role in PUBLISHERS and not found.rows and not form.wanted
    return page(request, "bulletins/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def article(request: HttpRequest, article_id: int) -> HttpResponse:
    """One article: what is in force, else the draft, else the last one; `?version=` shows another one, `?with=` what is
    different from it. POST says whether it helped."""
    user = current_user(request)
    found = article_for(user, article_id)
    versions = versions_of(found)
    shown = _named(versions, request.GET.get("version", "")) or _usual(versions)
    if shown is None:
        raise NotFound
    if request.method == "POST":
        return _opinion(request, user, shown)
    other = _named(versions, request.GET.get("with", ""))
    day = local_day(database_now())
    context = {
        "article": found,
        "version": shown,
        "versions": versions,
        "draft": next((each for each in versions if each.is_draft), None),
        "other": other,
        "differences": differences(other, shown) if other else [],
        "expired": shown.is_expired(day),
        "helped": helped(found),
        "opinion": opinion_of(user, shown),
        "may_write": may_write(user, found.community_id),
        "may_publish": may_publish(user, found.community_id),
    }
    return page(request, "bulletins/article.html", context)


def _named(versions: list[ArticleVersion], name: str) -> ArticleVersion | None:
    """`draft`, or a number."""
    wanted = "" if name == "draft" else name
    if not name:
        return None
    return next((each for each in versions if str(each.number or "") == wanted), None)


def _usual(versions: list[ArticleVersion]) -> ArticleVersion | None:
    in_force = next((each for each in versions if each.is_in_force), None)
    return in_force or (versions[0] if versions else None)


def _opinion(request: HttpRequest, user: User, version: ArticleVersion) -> HttpResponse:
    form = HelpedForm(request.POST)
    if form.is_valid() and version.is_in_force:
        say_helped(version, by=user, **form.said)
        messages.success(request, _("Thank you. Its keeper sees it."))
    return redirect("desk:article", version.article_id)


@require_safe
@keepers
@never_cache
def keeping(request: HttpRequest) -> HttpResponse:
    """What is to be written, published, renewed; `?mine=1`: only what one keeps."""
    user = current_user(request)
    mine = request.GET.get("mine") == "1"
    context = {
        "to_do": to_do(user, local_day(database_now()), mine=mine),
        "questions": to_be_written(user),
        "mine": mine,
    }
    return page(request, "bulletins/keeping.html", context)


@require_POST
@keepers
def from_inquiry(request: HttpRequest, number: str) -> HttpResponse:
    """Drafts an article from an answer, or (`skip`) says that none is needed."""
    user = current_user(request)
    inquiry = inquiry_for(user, number)
    if request.POST.get("skip"):
        need_not_be_written(inquiry, by=user)
        messages.success(request, _("%(number)s is off the list.") % {"number": inquiry.number})
        return redirect("desk:knowledge_keeping")
    made = article_of(inquiry, by=user)
    messages.success(request, _("Drafted. Please take out names and make it true for everybody."))
    return redirect("desk:article_edit", made.pk)


@require_POST
@keepers
def ready(request: HttpRequest) -> HttpResponse:
    """Brings the articles that come with the program, for each community that one publishes for."""
    user = current_user(request)
    brought = sum(bring_ready(each, by=user) for each in Community.objects.visible_to(user))
    said = ngettext("%(count)s article is in force.", "%(count)s articles are in force.", brought)
    messages.success(request, said % {"count": brought})
    return redirect("desk:knowledge")


def beside_text(user: User, text: str, community: Community | None) -> list[ArticleVersion]:
    """Articles that fit what is being typed, for the side of a form; of one community where it is known."""
    return beside(_offered(user, community.pk if community else None), text)


def scripts_for(user: User, situations: Collection[str], community_id: int) -> list[ArticleVersion]:
    """What to say in these situations to somebody of this community."""
    return scripts(_offered(user, community_id), situations)


def _offered(user: User, community_id: int | None) -> ArticleVersionQuerySet:
    rows = for_staff(user, local_day(database_now()))
    if community_id is None:
        return rows
    return rows.filter(Q(article__community=community_id) | Q(article__community=None))
