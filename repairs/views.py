"""The page of one action, the explanation of a deadline, and the way from a number to one's own face."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from repairs.forms import ActionForm, form_for, said_after
from repairs.models import Ticket
from repairs.queries import case_for, clock_stories
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.views import safe_next
from servicecenter.lib.clock import database_now
from servicecenter.lib.faces import face_of, layout_of
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Refusal

CASE_PAGES = {"portal": "portal:ticket", "field": "field:job", "desk": "desk:ticket", "board": "board:ticket"}
# These refusals are about what was typed; the others are about the case and get a page of their own.
ABOUT_INPUT = frozenset({400, 422})
TOO_MANY = 429


@require_safe
@only()
@never_cache
def lookup(request: HttpRequest, number: str) -> HttpResponse:
    """The case page of the reader's own face."""
    user = current_user(request)
    ticket = case_for(user, number)
    return redirect(CASE_PAGES[face_of(user.role)], ticket.number)


@require_http_methods(["GET", "HEAD", "POST"])
@only()
@never_cache
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """GET: the form of an action (a fragment in a dialog). POST: takes the step and goes back."""
    user = current_user(request)
    ticket = case_for(user, number)
    fragment = bool(request.headers.get("HX-Request"))
    # A button without any field is still a form that was sent.
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = form_for(action.replace("-", "_"), ticket, user, *sent)
    after = safe_next(request) or reverse("repairs:lookup", args=[ticket.number])
    if request.method == "POST" and _settled(request, form):
        return HttpResponseClientRedirect(after) if fragment else redirect(after)
    _frame(request, ticket)
    context = {"ticket": ticket, "form": form, "next": after, "layout": layout_of(user.role)}
    return render(
        request,
        "repairs/_act.html" if fragment else "repairs/act.html",
        context,
        status=422 if form.is_bound else 200,
    )


def _settled(request: HttpRequest, form: ActionForm) -> bool:
    """Takes the step and says so; False when the form has to be shown again with what is wrong."""
    if not form.is_valid():
        return False
    try:
        form.act(by=form.user)
    except Refusal as refusal:
        if refusal.status == TOO_MANY:
            # Nothing to correct: it was done a moment ago.
            messages.warning(request, str(refusal.sentence))
            return True
        if refusal.status not in ABOUT_INPUT:
            raise
        add_refusal(form, refusal, form.argument_fields)
        return False
    messages.success(request, *said_after(form.action, form.ticket))
    return True


@require_safe
@only()
@never_cache
def explain(request: HttpRequest, number: str) -> HttpResponse:
    """Why each deadline of a repair is what it is: every start, pause, change, warning and stop."""
    user = current_user(request)
    ticket = case_for(user, number)
    _frame(request, ticket)
    context = {
        "ticket": ticket,
        "stories": clock_stories(ticket, user, database_now()),
        "layout": layout_of(user.role),
        "title": _("Why this deadline?"),
    }
    fragment = request.headers.get("HX-Request")
    return render(request, "repairs/_explain.html" if fragment else "repairs/explain.html", context)


def _frame(request: HttpRequest, ticket: Ticket) -> None:
    """The emergency line of the ticket's community stands in the frame of the residents' pages."""
    request.hotline = ticket.community.hotline  # type: ignore[attr-defined]
