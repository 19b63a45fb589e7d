"""The first page, and the choice between homes in two communities."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from handovers.queries.cases import open_of_resident
from owners.queries.inspections import invitations
from owners.workflow import VisitStatus
from repairs.queries.outages import known_now
from servicecenter.accounts.views import safe_next
from servicecenter.bulletins.queries.notices import on_the_board
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import NotFound
from servicecenter.portal.entry import CHOSEN, Here, draw, resident_page
from servicecenter.portal.queries import open_now
from servicecenter.portal.views.surveys import asked_of

# What the first page asks about; the rest stands under “Warranty”.
# The others are one tap away.
MOST_NOTICES = 3
WAITING = (VisitStatus.INVITED, VisitStatus.BOOKED, VisitStatus.MISSED)


@require_safe
@resident_page()
def home(request: HttpRequest, here: Here) -> HttpResponse:
    """What is open now and what happens next; everything else is one tap away."""
    context = {
        "open": open_now(here.user, here.home),
        "outages": known_now(here.user, database_now(), here.home.community.pk),
        "notices": on_the_board(here.user, here.home.community.pk)[:MOST_NOTICES],
        "handovers": open_of_resident(here.user),
        "surveys": asked_of(here),
        "visits": [each for each in invitations(here.user, here.home.community) if each.status in WAITING],
    }
    return draw(request, here, "home", context)


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page(chosen=False)
def homes(request: HttpRequest, here: Here) -> HttpResponse:
    """Chooses the home that the portal is about, for residents of two communities."""
    if request.method != "POST":
        return draw(request, here, "homes", {"next": safe_next(request)})
    code = request.POST.get("community", "")
    if code not in {each.community.code for each in here.homes}:
        raise NotFound
    request.session[CHOSEN] = code
    return redirect(safe_next(request) or "portal:home")
