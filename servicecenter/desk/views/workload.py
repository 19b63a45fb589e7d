"""The workload by day and technician, and moving a job on it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from repairs.models import Ticket
from repairs.queries import case_for
from servicecenter.accounts.models import Community, User
from servicecenter.accounts.views import safe_next
from servicecenter.audit.idempotency import once
from servicecenter.desk.actions.workload import move_job
from servicecenter.desk.forms.workload import MoveForm
from servicecenter.desk.queries.workload import workload as board_of
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.formtools import YEARS, add_refusal
from servicecenter.lib.refusals import NotFound, Refusal

ABOUT_INPUT = frozenset({400, 409, 422})


@require_safe
@desk
@never_cache
def workload(request: HttpRequest) -> HttpResponse:
    """Five days from `?day=` on, of `?community=`."""
    user, at = current_user(request), database_now()
    mine = list(Community.objects.visible_to(user).order_by("code"))
    code = request.GET.get("community", "")
    community = next((each for each in mine if each.code == code or not code), None)
    if community is None:
        raise NotFound
    today = local_day(at)
    context = {
        "board": board_of(community, _day(request) or today, at),
        "today": today,
        "communities": mine,
    }
    return page(request, "desk/workload.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def move(request: HttpRequest, number: str) -> HttpResponse:
    """Moves one job; `?technician=` and `?day=` say where it was dropped."""
    user = current_user(request)
    ticket = case_for(user, number)
    wanted = {"day": _day(request), "technician": _id(request.GET.get("technician", ""))}
    # What was sent may be nothing at all: a form that was sent all the same.
    sent = request.POST if request.method == "POST" else None
    form = MoveForm(sent, ticket=ticket, user=user, wanted=wanted)
    after = safe_next(request) or reverse("desk:workload")
    in_dialog = bool(request.headers.get("HX-Request"))
    if form.is_bound and form.is_valid() and _moved(form, ticket, user):
        messages.success(request, _("%(number)s is moved.") % {"number": ticket.number})
        return HttpResponseClientRedirect(after) if in_dialog else redirect(after)
    context = {"form": form, "ticket": ticket, "next": after}
    status = 422 if form.errors else 200
    if in_dialog:
        return render(request, "desk/_move.html", context, status=status)
    return page(request, "desk/workload_move.html", context, status=status)


def _moved(form: MoveForm, ticket: Ticket, user: User) -> bool:
    """Takes the steps, once per form; False when it has to be shown again."""
    given = form.arguments
    said = {name: getattr(value, "pk", value) for name, value in given.items() if name != "version"}

    def act() -> tuple[int, dict[str, Any]]:
        move_job(ticket, by=user, **given)
        return 200, {}

    body = {name: str(value) for name, value in said.items()}
    try:
        once(
            user=user,
            key=form.cleaned_data["idempotency_key"],
            route=f"desk:move:{ticket.pk}",
            body=body,
            act=act,
        )
    except Refusal as refusal:
        if refusal.status not in ABOUT_INPUT:
            raise
        add_refusal(form, refusal, {"start": "day", "end": "ends"})
        return False
    return True


def _day(request: HttpRequest) -> date | None:
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        return None
    return day if day is not None and day.year in YEARS else None


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
