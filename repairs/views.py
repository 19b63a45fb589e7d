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

from repairs.forms import ActionForm, form_for, headers_of, said_after, shown_again
from repairs.models import Ticket
from repairs.queries import case_for, clock_stories, resolution_words
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.views import safe_next
from servicecenter.lib.clock import database_now
from servicecenter.lib.faces import face_of, layout_of
from servicecenter.lib.problems import headed
from servicecenter.lib.refusals import TooMany

# Whoever takes such a step sees the case no more: they are led home.
GIVES_AWAY = frozenset({"send_back"})
CASE_PAGES = {"portal": "portal:ticket", "field": "field:job", "desk": "desk:ticket", "board": "board:ticket"}


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
    # A button without any field is still a form that was sent.
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = form_for(action.replace("-", "_"), ticket, user, *sent)
    after = safe_next(request) or reverse("repairs:lookup", args=[ticket.number])
    if form.action in GIVES_AWAY:
        after = reverse("home")
    if request.method == "POST" and _settled(request, form):
        fragment = bool(request.headers.get("HX-Request"))
        return HttpResponseClientRedirect(after) if fragment else redirect(after)
    _frame(request, ticket)
    return _draw(request, form, after)


def _settled(request: HttpRequest, form: ActionForm) -> bool:
    """Takes the step and says so; False when the form has to be shown again with what is wrong."""
    try:
        if not form.settle():
            return False
        messages.success(request, *said_after(form.action, form.ticket))
    except TooMany as enough:
        # Nothing to correct: it was done a moment ago.
        messages.warning(request, str(enough.sentence))
    return True


def _draw(request: HttpRequest, form: ActionForm, after: str) -> HttpResponse:
    """The form, as a page or in a dialog; after a conflict with what others did meanwhile and what can be done now."""
    fragment = bool(request.headers.get("HX-Request"))
    if form.refusal and fragment and not form.visible_fields():
        # A single button: its refusal stands among the messages of the page that it is on.
        raise form.refusal
    context = {"ticket": form.ticket, "form": form, "next": after, "layout": layout_of(form.user.role)}
    answer = render(
        request,
        "repairs/_act.html" if fragment else "repairs/act.html",
        context | shown_again(form, after),
        status=form.status,
    )
    return headed(answer, headers_of(form, fragment=fragment))


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
        "took": resolution_words(ticket),
        "stories": clock_stories(ticket, user, database_now()),
        "layout": layout_of(user.role),
        "title": _("Why this deadline?"),
    }
    fragment = request.headers.get("HX-Request")
    return render(request, "repairs/_explain.html" if fragment else "repairs/explain.html", context)


def _frame(request: HttpRequest, ticket: Ticket) -> None:
    """The emergency line of the ticket's community stands in the frame of the residents' pages."""
    request.hotline = ticket.community.hotline  # type: ignore[attr-defined]
