"""Writing articles: a new one, the next version, and its steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from servicecenter.accounts.models import User
from servicecenter.audit.sending import sent_before, settled
from servicecenter.bulletins.actions import discard, publish, renew, withdraw
from servicecenter.bulletins.actions.keepers import check_publisher, check_writer
from servicecenter.bulletins.forms import ArticleForm, RenewForm
from servicecenter.bulletins.models import Article
from servicecenter.bulletins.queries.reading import article_for, versions_of
from servicecenter.desk.views.frame import current_user, keepers, never_cache, page
from servicecenter.lib.refusals import NotFound


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """The first draft of an article."""
    user = current_user(request)
    data = request.POST if request.method == "POST" else None
    return _write(request, user, ArticleForm(data, by=user, initial={"kind": request.GET.get("kind", "")}))


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def edit(request: HttpRequest, article_id: int) -> HttpResponse:
    """The draft of the next version, which begins with what is in force."""
    user = current_user(request)
    found = article_for(user, article_id)
    check_writer(user, found.community_id)
    # The draft stands first, then the latest.
    version = versions_of(found)[0]
    data = request.POST if request.method == "POST" else None
    return _write(request, user, ArticleForm(data, by=user, article=found, version=version))


def _write(request: HttpRequest, user: User, form: ArticleForm) -> HttpResponse:
    written = sent_before(request, user) or settled(request, form, user, lambda: str(form.save().article_id))
    if written is None:
        context = {"form": form, "article": form.article}
        return page(request, "bulletins/edit.html", context, status=422 if form.is_bound else 200)
    if request.POST.get("then") == "publish":
        return _take(request, article_for(user, int(written)), "publish", user)
    messages.success(request, _("The draft is saved. Nobody is offered it before it is published."))
    return redirect("desk:article", int(written))


Act = Callable[..., Any]
STEPS: Mapping[str, tuple[Act, str | Promise]] = {
    "publish": (publish, _("Published. It is found from now on.")),
    "withdraw": (withdraw, _("Withdrawn. Nobody is offered it any more.")),
    "discard": (discard, _("The draft is thrown away.")),
}


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def step(request: HttpRequest, article_id: int, action: str) -> HttpResponse:
    """Publishes, renews, withdraws, throws a draft away. Renewing asks for its days."""
    user = current_user(request)
    found = article_for(user, article_id)
    if action == "renew":
        return _renew(request, user, found)
    if action not in STEPS or request.method != "POST":
        raise NotFound
    return _take(request, found, action, user)


def _take(request: HttpRequest, article: Article, action: str, user: User) -> HttpResponse:
    act, said = STEPS[action]
    gone = act(article, by=user) is True
    messages.success(request, str(said))
    return redirect("desk:knowledge_keeping") if gone else redirect("desk:article", article.pk)


def _renew(request: HttpRequest, user: User, article: Article) -> HttpResponse:
    check_publisher(user, article)
    current = next((each for each in versions_of(article) if each.is_in_force), None)
    if current is None:
        raise NotFound
    data = request.POST if request.method == "POST" else None
    form = RenewForm(data, initial={"valid_until": current.valid_until, "review_on": current.review_on})

    def act() -> str:
        days = {name: form.cleaned_data[name] for name in ("valid_until", "review_on")}
        return str(renew(article, by=user, **days).article_id)

    if sent_before(request, user) or settled(request, form, user, act):
        messages.success(request, _("Looked at and still true."))
        return redirect("desk:article", article.pk)
    context = {"form": form, "article": article, "version": current}
    return page(request, "bulletins/renew.html", context, status=422 if form.is_bound else 200)
