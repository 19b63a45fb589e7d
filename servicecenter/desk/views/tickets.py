"""The page of one repair, and whom to send."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from repairs.forms import form_for, headers_of, said_after, shown_again
from repairs.models import Ticket
from repairs.queries import case_for
from repairs.queries.outages import may_leave, offered
from servicecenter.accounts.guards import only
from servicecenter.accounts.models import Role, User
from servicecenter.accounts.views import safe_next
from servicecenter.desk.queries.cases import DESK, case
from servicecenter.desk.queries.technicians import candidates_for
from servicecenter.desk.views.facts import facts
from servicecenter.desk.views.frame import current_user, desk, fragment_of, never_cache, page
from servicecenter.desk.views.people import shows_number
from servicecenter.desk.views.promises import About, box
from servicecenter.lib.clock import database_now
from servicecenter.lib.faces import layout_of
from servicecenter.lib.problems import headed

# Managers and administrators read cases here too: on their faces a figure leads to the ticket behind it.
readers = only(Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)


def opened(user: User, number: str, next_url: str) -> dict[str, Any]:
    """A repair with its facts in words, for the panel and the page."""
    found = case(user, number, next_url)
    several = len(user.community_ids) > 1
    known = facts(found.ticket, linked=found.at_desk, several=several, warranty=found.warranty)
    promised = box(user, About(found.ticket.community, ticket=found.ticket), database_now())
    return {
        "case": found,
        "known": known,
        "promised": promised if found.at_desk else None,
        "outages": offered(user, found.ticket) if found.at_desk else [],
        "may_leave_outage": may_leave(found.ticket),
    }


@require_safe
@readers
@never_cache
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """The whole case; as a fragment for a side panel when HTMX asks for one."""
    user = current_user(request)
    if fragment_of(request) == "panel":
        own = reverse("desk:ticket", args=[number])
        return render(request, "desk/_panel.html", opened(user, number, own))
    context = opened(user, number, request.path) | {"show_phone": shows_number(request)}
    if user.role not in DESK:
        return render(request, "desk/ticket.html", context | {"layout": layout_of(user.role)})
    return page(request, "desk/ticket.html", context | {"layout": "desk/base.html"})


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def dispatch(request: HttpRequest, number: str) -> HttpResponse:
    """Whom to send, the proposal first and chosen, with reasons; where somebody has the job already, whom to send
    instead and why."""
    user = current_user(request)
    found = case_for(user, number)
    form = form_for(_asked(request, found), found, user, request.POST or None)
    after = safe_next(request) or reverse("desk:ticket", args=[found.number])
    in_dialog = bool(request.headers.get("HX-Request"))
    if form.is_bound and form.settle():
        messages.success(request, *said_after(form.action, found))
        return HttpResponseClientRedirect(after) if in_dialog else redirect(after)
    context = {
        "ticket": found,
        "form": form,
        "next": after,
        "candidates": candidates_for(found, database_now()),
        "chosen": str(form["technician"].value() or ""),
    } | shown_again(form, after)
    if in_dialog:
        answer = render(request, "desk/_dispatch.html", context, status=form.status)
    else:
        answer = page(request, "desk/dispatch.html", context, status=form.status)
    return headed(answer, headers_of(form, fragment=in_dialog))


def _asked(request: HttpRequest, ticket: Ticket) -> str:
    """What the form was drawn for: a second tap means the same as the first, although somebody has the job by now."""
    asked = request.POST.get("action", "")
    if asked in ("dispatch", "reassign"):
        return asked
    return "dispatch" if ticket.TABLE.find("dispatch", ticket.status) else "reassign"
