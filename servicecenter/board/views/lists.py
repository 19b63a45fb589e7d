"""Lists: the rows behind a figure, what is about to break, and one repair to read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from repairs.queries import case_page
from servicecenter.accounts.guards import current_user
from servicecenter.board import links
from servicecenter.board.queries import lists as listing
from servicecenter.board.queries.counting import counted
from servicecenter.board.queries.labels import narrowings
from servicecenter.board.queries.sets import SETS
from servicecenter.board.rows import call_words, columns, lines
from servicecenter.board.views.base import Asked, asked, reader
from servicecenter.board.views.tabs import Tab, capped, community_tabs
from servicecenter.lib.refusals import NotFound
from servicecenter.sla.unclaimed import Unclaimed, unclaimed

SHOWN = ("overdue", "due_4h", "due_24h", "running", "on_hold")
TONES = {"overdue": "bad", "due_4h": "waiting"}


@require_safe
@reader
@never_cache
def tickets(request: HttpRequest) -> HttpResponse:
    """The rows behind one figure; refuses `not_found` for a figure that does not exist."""
    about = asked(request)
    code = request.GET.get("figure", "reported")
    if code not in SETS:
        raise NotFound
    given = {"figure": code} | links.params(about.part)
    context = _list(about, code, given)
    each = SETS[code]
    context |= {
        "set": each,
        "count": capped(counted(code, about.part, about.at)),
        "narrowings": narrowings(about.part),
        "has_period": not each.source.now,
    }
    return render(request, "board/tickets.html", context, status=about.status)


@require_safe
@reader
@never_cache
def promises(request: HttpRequest) -> HttpResponse:
    """Running promises, the nearest deadline first; what is overdue comes before everything else."""
    about = asked(request)
    code = request.GET.get("show", "overdue")
    if code not in SHOWN:
        raise NotFound
    kept = links.narrowings(about.part)
    context = _list(about, code, {"show": code} | kept)
    counts = {each: counted(each, about.part, about.at) for each in SHOWN}
    context |= {
        "set": SETS[code],
        "tabs": [_tab(each, code, counts[each], kept) for each in SHOWN],
        "community_tabs": community_tabs(about),
        "unclaimed": _unclaimed(about) if code == "overdue" else None,
    }
    return render(request, "board/promises.html", context, status=about.status)


def _unclaimed(about: Asked) -> Unclaimed:
    return unclaimed(current_user(about.request), about.at, communities=about.part.community_ids)


def _tab(each: str, chosen: str, count: int, kept: Any) -> Tab:
    url = f"{reverse('board:promises')}?{urlencode({'show': each} | kept)}"
    tone = TONES.get(each, "") if count else ""
    return Tab(SETS[each].title, url, each == chosen, capped(count), tone, each)


def _list(about: Asked, code: str, given: dict[str, str]) -> dict[str, Any]:
    found, page = listing.page(code, about.part, about.at, about.request.GET.get("cursor", ""))

    def neighbour(cursor: str) -> str:
        return f"{about.request.path}?{urlencode(given | {'cursor': cursor})}" if cursor else ""

    result, who = columns(SETS[code].source)
    return about.context(
        rows=lines(found, about.communities),
        result_label=result,
        who_label=who,
        newer=neighbour(page.newer),
        older=neighbour(page.older),
    )


@require_safe
@reader
@never_cache
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """One repair to read: what was promised, what happened, what comes next. Nothing can be done to it here."""
    case = case_page(current_user(request), number)
    calls = [(call, call_words(call)) for call in listing.calls_about(case.ticket)]
    return render(request, "board/ticket.html", {"case": case, "calls": calls})
