"""日结 at the desk: count the day, close it, and look at those of colleagues."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicecenter.accounts.models import Community
from servicecenter.audit.sending import sent_before, settled
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.desk.views.lists import list_context
from servicecenter.ledger.actions import close_day, countersign
from servicecenter.ledger.actions.posting import LEADERS
from servicecenter.ledger.forms import CashUpForm
from servicecenter.ledger.models import CashUp
from servicecenter.ledger.queries.days import book_of, open_days
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import NotFound


@require_safe
@desk
@never_cache
def days(request: HttpRequest) -> HttpResponse:
    """One's own days that wait to be closed, and the closed ones: one's own, for a supervisor everybody's."""
    user = current_user(request)
    closed = CashUp.objects.visible_to(user).select_related("agent", "community", "countersigned_by")
    if user.role not in LEADERS:
        closed = closed.filter(agent=user)
    context = list_context(request, closed.prefetch_related("counts"), show="", text="")
    context |= {"open_days": open_days(user, database_now()), "leads": user.role in LEADERS}
    return page(request, "desk/cash_ups.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def close(request: HttpRequest) -> HttpResponse:
    """Counts one's own day of `?community=` and `?day=` against the book."""
    user = current_user(request)
    community, day = _meant(request)
    done = sent_before(request, user)
    if done is not None:
        return redirect("desk:cash_up", int(done))
    book = book_of(community.pk, user, day)
    form = CashUpForm(request.POST if request.method == "POST" else None, book=book)

    def act() -> str:
        return str(close_day(community, day=day, counted=form.counted, by=user).pk)

    done = settled(request, form, user, act)
    if done is not None:
        messages.success(request, _("The day is closed. What comes now belongs to the next one."))
        return redirect("desk:cash_up", int(done))
    context: dict[str, Any] = {"form": form, "community": community, "day": day}
    return page(request, "desk/cash_up_close.html", context, status=422 if form.is_bound else 200)


def _meant(request: HttpRequest) -> tuple[Community, date]:
    mine = list(Community.objects.visible_to(current_user(request)))
    found = next((each for each in mine if each.code == request.GET.get("community")), None)
    try:
        day = parse_date(request.GET.get("day", ""))
    except ValueError:
        day = None
    if found is None or day is None:
        raise NotFound
    return found, day


@require_safe
@desk
@never_cache
def cash_up(request: HttpRequest, pk: int) -> HttpResponse:
    """One closed day."""
    user = current_user(request)
    found = _found(request, pk)
    may_sign = user.role in LEADERS and found.agent_id != user.pk and found.countersigned_by_id is None
    context = {"cash_up": found, "methods": found.counts.order_by("id"), "may_sign": may_sign}
    return page(request, "desk/cash_up.html", context)


@require_POST
@desk
@never_cache
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """A supervisor has looked at it."""
    found = countersign(_found(request, pk), by=current_user(request))
    messages.success(request, _("Countersigned."))
    return redirect("desk:cash_up", found.pk)


def _found(request: HttpRequest, pk: int) -> CashUp:
    user = current_user(request)
    rows = CashUp.objects.visible_to(user).select_related("agent", "community", "countersigned_by")
    if user.role not in LEADERS:
        rows = rows.filter(agent=user)
    found = rows.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise NotFound
    return found
