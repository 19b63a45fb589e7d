"""What the program proposes and people overrule, and teaching it better: for supervisors and administrators."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from repairs.actions import teaching
from repairs.models import Ticket, Trade, TriageExample, TriageVersion
from repairs.queries import case_for
from repairs.queries.overruled import shares, told, wrong
from servicecenter.accounts.guards import current_user
from servicecenter.audit.idempotency import once
from servicecenter.desk.forms.triage import ExampleForm
from servicecenter.desk.queries.triage import models
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import NotFound, NotPermitted, Refusal
from servicecenter.sla.views.base import readers

# How far back the share of overruled proposals looks.
PERIOD = timedelta(days=90)
ABOUT_INPUT = frozenset({400, 409, 422})


@require_safe
@readers
@never_cache
def overruled(request: HttpRequest) -> HttpResponse:
    """The share of overruled proposals by trade, and the repairs where somebody decided otherwise."""
    user, since = current_user(request), database_now() - PERIOD
    trade = request.GET.get("trade", "")
    trade = trade if trade in Trade.values else ""
    page = wrong(user, since=since, trade=trade, cursor=request.GET.get("at", "")[:300])
    context = {
        "shares": shares(user, since=since),
        "lines": told(page.rows),
        "trade": trade,
        "trade_label": Trade(trade).label if trade else "",
        "newer": _neighbour(trade, page.newer),
        "older": _neighbour(trade, page.older),
        "may_teach": teaching.may_teach(user),
    }
    return render(request, "triage/overruled.html", context)


def _neighbour(trade: str, cursor: str) -> str:
    return f"?{urlencode({'trade': trade, 'at': cursor})}" if cursor else ""


@require_http_methods(["GET", "HEAD", "POST"])
@readers
@never_cache
def add(request: HttpRequest, number: str = "") -> HttpResponse:
    """A new example, from the ticket with this number or thought of."""
    user = current_user(request)
    if not teaching.may_teach(user):
        raise NotPermitted
    ticket = case_for(user, number) if number else None
    form = ExampleForm(request.POST if request.method == "POST" else None, user=user, ticket=ticket)
    if form.is_bound and form.is_valid() and _kept(request, form):
        messages.success(request, _("The example is kept. The next version learns from it."))
        return redirect("triage:models" if ticket is None else "triage:overruled")
    context = {
        "form": form,
        "case": ticket,
        "case_url": reverse("repairs:lookup", args=[ticket.number]) if ticket else "",
        "proposed": _proposed(ticket),
        "back": reverse("triage:overruled"),
    }
    return render(request, "triage/add.html", context, status=422 if form.is_bound else 200)


def _kept(request: HttpRequest, form: ExampleForm) -> bool:
    """Stores it once per form; False when what was typed has to be shown again."""
    user, given = current_user(request), form.example

    def act() -> tuple[int, dict[str, Any]]:
        return 201, {"example": teaching.add_example(by=user, **given).pk}

    body = {name: str(getattr(value, "pk", value)) for name, value in given.items()}
    try:
        once(user=user, key=form.cleaned_data["idempotency_key"], route="triage:add", body=body, act=act)
    except Refusal as refusal:
        if refusal.status not in ABOUT_INPUT:
            raise
        add_refusal(form, refusal)
        return False
    return True


def _proposed(ticket: Ticket | None) -> str:
    if ticket is None or ticket.proposed_trade not in Trade.values:
        return ""
    return str(Trade(ticket.proposed_trade).label)


@require_safe
@readers
@never_cache
def versions(request: HttpRequest) -> HttpResponse:
    """The shipped model, the learned ones with their figures, and the examples."""
    user = current_user(request)
    found = models(user)
    context = {"models": found, "may_teach": teaching.may_teach(user)}
    if not request.headers.get("HX-Request"):
        return render(request, "triage/models.html", context)
    if found.moving:
        return render(request, "triage/_moving.html", context)
    # What the page waited for has come: there is more to show than the line that asked.
    return HttpResponse(headers={"HX-Refresh": "true"})


@require_POST
@readers
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes an example back."""
    user = current_user(request)
    example = TriageExample.objects.visible_to(user).filter(pk=pk).first()
    if example is None:
        raise NotFound
    teaching.drop_example(example, by=user)
    messages.success(request, _("The example is removed."))
    return redirect("triage:models")


@require_POST
@readers
def learn(request: HttpRequest) -> HttpResponse:
    """Asks for a new version; a second tap finds the first one on its way."""
    try:
        teaching.ask_for_version(by=current_user(request))
    except Refusal as refusal:
        if refusal.code != "already_learning":
            raise
    messages.success(
        request, _("A version is being learned. That takes some minutes; you may leave this page.")
    )
    return redirect("triage:models")


@require_POST
@readers
def use(request: HttpRequest, pk: int = 0) -> HttpResponse:
    """Takes a version into use; without a number, back to the shipped model."""
    version = TriageVersion.objects.filter(pk=pk).first() if pk else None
    if pk and version is None:
        raise NotFound
    try:
        teaching.use(version, by=current_user(request))
    except Refusal as refusal:
        if refusal.status not in ABOUT_INPUT:
            raise
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("It proposes from now on, everywhere."))
    return redirect(reverse("triage:models"))
