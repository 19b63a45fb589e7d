"""The search box."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from decoration.models import Permit
from owners.models import Person, Unit
from servicecenter.desk.forms.filters import SearchForm
from servicecenter.desk.queries.search import search as find
from servicecenter.desk.views.frame import current_user, desk, fragment_of, never_cache, page

REMEMBERED = "desk_search"


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """While typing: a fragment for the search box. Enter: the only thing that fits, or a page of results.

    What is searched for may be a phone number, which must not stand in addresses and logs: it comes by POST and is
    remembered in the session for the page that follows. A link may still carry `?q=` (a unit code).
    """
    posted = request.method == "POST"
    form = SearchForm(
        request.POST if posted else {"q": request.GET.get("q", request.session.get(REMEMBERED, ""))}
    )
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = find(current_user(request), text)
    context = {"form": form, "found": found}
    if fragment_of(request) == "search-results":
        return render(request, "desk/_search.html", context, status=200 if form.is_valid() else 422)
    if posted or "q" in request.GET:
        if found.single is not None:
            return open_single(found.single)
        if posted and form.is_valid():
            request.session[REMEMBERED] = text
            return redirect("desk:search")
    return page(request, "desk/search.html", context, status=200 if form.is_valid() else 422)


def open_single(hit: object) -> HttpResponse:
    """The page of the only thing that was found."""
    if isinstance(hit, Person):
        return redirect("desk:person", hit.pk)
    if isinstance(hit, Unit):
        return redirect("desk:unit", hit.pk)
    return redirect("permits:case" if isinstance(hit, Permit) else "desk:ticket", str(hit))
