"""Lists of repairs: queues with filters, the side panel, and what can be done to several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from repairs import actions
from repairs.models import Ticket
from repairs.queries import case_for
from servicecenter.accounts.models import Role, User
from servicecenter.accounts.views import safe_next
from servicecenter.desk.forms.filters import FilterForm
from servicecenter.desk.queries.queues import DEFAULT, QUEUES, Queue, counts, in_queue, words
from servicecenter.desk.queries.technicians import candidates
from servicecenter.desk.views.frame import current_user, desk, fragment_of, never_cache, page
from servicecenter.desk.views.rows import rows
from servicecenter.desk.views.tickets import opened
from servicecenter.lib.clock import database_now
from servicecenter.lib.pages import page_of
from servicecenter.lib.refusals import Refusal

PAGE_SIZE = 50


@require_safe
@desk
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """A queue with its filters; `open=NUMBER` shows that repair in the side panel.

    HTMX gets the part that it asks for (`panel`, `list`), drawn by the same templates as the whole page.
    """
    user = current_user(request)
    chosen = QUEUES.get(request.GET.get("queue", ""), QUEUES[DEFAULT])
    form = FilterForm(request.GET, user)
    here = {"queue": chosen.code, **form.as_query}
    wanted = fragment_of(request)
    if wanted == "panel":
        return render(request, "desk/_panel.html", _panel(request, user, here))
    context = _list(request, user, chosen, form, here)
    if wanted == "list":
        return render(request, "desk/_list.html", context)
    known = counts(user, context["at"])
    context |= _panel(request, user, here) | {"form": form, "tabs": tabs(known.queues, chosen, form.as_query)}
    return page(request, "desk/queue.html", context, counted=known)


def _list(
    request: HttpRequest, user: User, chosen: Queue, form: FilterForm, here: dict[str, str]
) -> dict[str, Any]:
    at = database_now()
    cursor = request.GET.get("cursor", "")
    found = page_of(
        in_queue(chosen, user, at, form.chosen), order=chosen.order, cursor=cursor, size=PAGE_SIZE
    )
    address = reverse("desk:queue")
    shown = here | ({"cursor": cursor} if cursor else {})
    return {
        "at": at,
        "queue": chosen,
        "filtered": bool(form.chosen),
        "list_url": f"{address}?{urlencode(shown)}",
        "export_url": f"{reverse('desk:export')}?{urlencode(here)}",
        "clear_url": f"{address}?queue={chosen.code}",
        "rows": rows(
            found.rows, prefix=f"{address}?{urlencode(shown)}&open=", several=len(user.community_ids) > 1
        ),
        "newer": f"{address}?{urlencode(here | {'cursor': found.newer})}" if found.newer else "",
        "older": f"{address}?{urlencode(here | {'cursor': found.older})}" if found.older else "",
        "bulk": [(code, BULK_LABELS[code]()) for code in chosen.bulk],
    }


def _panel(request: HttpRequest, user: User, here: dict[str, str]) -> dict[str, Any]:
    """The opened repair, with buttons that lead back to this list and panel."""
    number = request.GET.get("open", "")
    cursor = request.GET.get("cursor", "")
    shown = here | ({"cursor": cursor} if cursor else {})
    close_url = f"{reverse('desk:queue')}?{urlencode(shown)}"
    if not number:
        return {"case": None, "close_url": close_url}
    back = f"{reverse('desk:queue')}?{urlencode(shown | {'open': number})}"
    return opened(user, number, back) | {"close_url": close_url}


def tabs(known: Any, chosen: Queue, filters: dict[str, str]) -> list[dict[str, Any]]:
    """The queues as tabs; filters are kept when changing between them."""
    return [
        {
            "code": code,
            "label": each.label,
            "url": f"{reverse('desk:queue')}?{urlencode({'queue': code, **filters})}",
            "count": words(known[code]),
            "active": code == chosen.code,
            "tone": each.tone if known[code] else "",
        }
        for code, each in QUEUES.items()
    ]


BULK_LABELS: dict[str, Callable[[], str]] = {
    "accept": lambda: _("Accept the selected"),
    "dispatch": lambda: _("Dispatch the selected…"),
    "archive": lambda: _("Archive the selected"),
}
# The ordinary actions, one transaction each: what one repair refuses does not stop the others.
STEPS: dict[str, Callable[[Ticket, User], Any]] = {
    "accept": lambda ticket, by: actions.accept(ticket, by=by),
    "archive": lambda ticket, by: actions.archive(ticket, by=by),
}


@require_POST
@desk
@never_cache
def bulk(request: HttpRequest, action: str) -> HttpResponse:
    """Accepts or archives the selected repairs, and says which refused and why."""
    user = current_user(request)
    step = STEPS[action]
    _tell(request, each_of(user, numbers(request), lambda ticket: step(ticket, user)))
    return _back(request)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def bulk_dispatch(request: HttpRequest) -> HttpResponse:
    """Whom to send, for all of the selected; a POST with a technician sends them.

    Without scripts the list's form comes here by POST too, as its token must not stand in an address.
    """
    user = current_user(request)
    chosen = numbers(request)
    technician = request.POST.get("technician", "")
    missing = "technician" in request.POST or "sending" in request.POST
    if (
        request.method == "POST"
        and technician.isascii()
        and technician.isdigit()
        and len(technician) < 19
        and chosen
    ):
        staff = User.objects.staff_of(user.community_ids, Role.TECHNICIAN)
        whom = get_object_or_404(staff, pk=int(technician))
        _tell(
            request, each_of(user, chosen, lambda ticket: actions.dispatch(ticket, technician=whom, by=user))
        )
        return _back(request)
    tickets = list(Ticket.objects.visible_to(user).filter(number__in=chosen).order_by("id"))
    if not tickets:
        messages.info(request, _("Select at least one repair first."))
        return _back(request)
    trades = {ticket.trade for ticket in tickets}
    context = {
        "tickets": tickets,
        "numbers": chosen,
        "candidates": candidates(
            {ticket.community_id for ticket in tickets},
            trades.pop() if len(trades) == 1 else "",
            database_now(),
        ),
        "missing": missing,
        "next": safe_next(request),
    }
    status = 422 if missing else 200
    if request.headers.get("HX-Request"):
        return render(request, "desk/_bulk_dispatch.html", context, status=status)
    return page(request, "desk/bulk_dispatch.html", context, status=status)


def numbers(request: HttpRequest) -> list[str]:
    """The selected repairs, once each, never more than a page of them."""
    sent = request.POST if request.method == "POST" else request.GET
    asked = (number for number in sent.getlist("number") if number.isascii() and number.isprintable())
    return list(dict.fromkeys(asked))[:PAGE_SIZE]


def each_of(
    user: User, chosen: Iterable[str], step: Callable[[Ticket], Any]
) -> tuple[list[str], list[tuple[str, str]]]:
    """Takes the step with each repair; returns what was done and (number, sentence) of what was refused."""
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    for number in chosen:
        try:
            step(case_for(user, number))
        except Refusal as refusal:
            sentences = [str(each) for texts in refusal.errors.values() for each in texts]
            refused.append((number, " ".join(sentences) or str(refusal.sentence)))
        else:
            done.append(number)
    return done, refused


def _tell(request: HttpRequest, came: tuple[list[str], list[tuple[str, str]]]) -> None:
    done, refused = came
    if done:
        said = ngettext("%(count)s repair done.", "%(count)s repairs done.", len(done)) % {"count": len(done)}
        messages.success(request, said)
    for sentence in dict.fromkeys(why for _number, why in refused):
        left = ", ".join(number for number, why in refused if why == sentence)
        messages.warning(
            request, _("Left as they are: %(numbers)s. %(why)s") % {"numbers": left, "why": sentence}
        )
    if not done and not refused:
        messages.info(request, _("Select at least one repair first."))


def _back(request: HttpRequest) -> HttpResponse:
    after = safe_next(request) or reverse("desk:queue")
    return HttpResponseClientRedirect(after) if request.headers.get("HX-Request") else redirect(after)
