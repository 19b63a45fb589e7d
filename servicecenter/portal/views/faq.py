"""常见问题: what residents can look up by themselves."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from servicecenter.bulletins.actions import say_helped
from servicecenter.bulletins.forms import FindForm, HelpedForm
from servicecenter.bulletins.queries.offered import for_residents
from servicecenter.bulletins.queries.reading import opinion_of
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.serializers import LARGEST_ID
from servicecenter.portal.entry import Here, draw, resident_page


@require_safe
@resident_page()
def faq(request: HttpRequest, here: Here) -> HttpResponse:
    """Search, categories, and the questions of the community."""
    form = FindForm(request.GET)
    del form.fields["kind"]
    rows = for_residents([here.home.community.pk], local_day(database_now()))
    found = form.found(rows, request.GET.get("cursor", ""))
    context = {
        "form": form,
        "found": found,
        "asked": bool(form.wanted),
        "here_category": form.wanted.get("category", ""),
        "older": form.address(cursor=found.older) if found.older else "",
        "newer": form.address(cursor=found.newer) if found.newer else "",
    }
    return draw(request, here, "faq", context)


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page()
def answer(request: HttpRequest, here: Here, article_id: int) -> HttpResponse:
    """One question and its answer; POST says whether it helped. Refuses `not_found` for everything that is not offered
    to residents here now."""
    rows = for_residents([here.home.community.pk], local_day(database_now()))
    version = rows.filter(article=article_id).first() if article_id <= LARGEST_ID else None
    if version is None:
        raise NotFound
    form = HelpedForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        say_helped(version, by=here.user, **form.said)
        messages.success(request, _("Thank you. We write it better where it did not help."))
        return redirect("portal:faq_answer", article_id)
    context = {"version": version, "form": form, "opinion": opinion_of(here.user, version)}
    return draw(request, here, "faq_answer", context, status=422 if form.is_bound else 200)
