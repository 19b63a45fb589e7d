"""Registering what a caller tells, in thirty seconds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from repairs.models import Ticket, Trade, Urgency
from repairs.queries import promise_words
from repairs.queries.outages import known_now, outage_for
from servicecenter.accounts.models import User
from servicecenter.audit.idempotency import once
from servicecenter.bulletins.models import ArticleVersion
from servicecenter.desk.actions import register_repair
from servicecenter.desk.forms.register import RegisterForm, initial_for
from servicecenter.desk.queries.callers import person_for
from servicecenter.desk.queries.register import Suggestion, suggest, units_like
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.desk.views.knowledge import beside_text
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Invalid

ROUTE = "desk:register"


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """The form with its defaults; POST registers, accepts and maybe dispatches in one transaction, once per key."""
    user = current_user(request)
    if request.method != "POST":
        return _draw(request, RegisterForm(user=user, initial=_known(user, request.GET)))
    form = RegisterForm(request.POST, user=user)
    if not form.is_valid():
        return _draw(request, form, status=422)
    try:
        ticket = _register(user, form, request.POST.get("outage", "")[:24])
    except Invalid as refusal:
        add_refusal(form, refusal)
        return _draw(request, form, status=422)
    messages.success(request, _said(ticket))
    return redirect("desk:ticket", ticket.number)


def _known(user: User, asked: QueryDict) -> dict[str, Any]:
    """Defaults from the card that the form was opened from."""
    person_id, unit_id = _id(asked, "person"), _id(asked, "unit")
    person = person_for(user, person_id) if person_id else None
    return initial_for(user, person=person, unit_id=unit_id)


def _id(asked: QueryDict, name: str) -> int | None:
    text = asked.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _register(user: User, form: RegisterForm, named: str) -> Ticket:
    outage = outage_for(user, named) if named else None

    def act() -> tuple[int, dict[str, Any]]:
        ticket = register_repair(by=user, outage=outage, **form.reported)
        return 201, {"number": ticket.number}

    key = form.cleaned_data["idempotency_key"]
    _status, answer, _replayed = once(
        user=user, key=key, route=ROUTE, body=form.body | {"outage": named}, act=act
    )
    return Ticket.objects.visible_to(user).select_related("assignee").get(number=answer["number"])


def _said(ticket: Ticket) -> str:
    """The number, who goes there, and the sentence to tell the caller."""
    facts = {
        "number": ticket.number,
        "promise": promise_words(ticket),
        "technician": str(ticket.assignee or ""),
    }
    if ticket.assignee:
        return (
            _("%(number)s is registered and goes to %(technician)s. Tell the caller: “%(promise)s”") % facts
        )
    return _("%(number)s is registered and accepted. Tell the caller: “%(promise)s”") % facts


def _draw(request: HttpRequest, form: RegisterForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "suggestion": _suggestion(request, form),
        "articles": _articles(request, form),
        "outage_banner": known_now(current_user(request), database_now()),
    }
    return page(request, "desk/register.html", context, status=status)


def _suggestion(request: HttpRequest, form: RegisterForm) -> Suggestion:
    """What is known about the form as it is typed so far."""
    values = {
        name: str(form[name].value() or "").strip() for name in ("text", "public_area", "trade", "urgency")
    }
    values["trade"] = values["trade"] if values["trade"] in Trade.values else ""
    values["urgency"] = values["urgency"] if values["urgency"] in Urgency.values else ""
    unit = form.unit_now
    return suggest(
        current_user(request),
        community=unit.community if unit else form.community_now,
        unit=unit,
        building=form.building_now,
        part=form.part_now,
        at=database_now(),
        **values,
    )


def _articles(request: HttpRequest, form: RegisterForm) -> list[ArticleVersion]:
    """What the caller can be told at once, as far as the text says."""
    unit = form.unit_now
    community = unit.community if unit else form.community_now
    text = str(form["text"].value() or "").replace("\0", "")
    return beside_text(current_user(request), text, community)


@require_POST
@desk
@never_cache
def propose(request: HttpRequest) -> HttpResponse:
    """While typing: trade and urgency with the reason, possible duplicates and repeats. Nothing is stored."""
    form = RegisterForm(request.POST, user=current_user(request))
    context = {"suggestion": _suggestion(request, form), "articles": _articles(request, form)}
    return render(request, "desk/_suggestion.html", context)


@require_POST
@desk
@never_cache
def place(request: HttpRequest) -> HttpResponse:
    """When the unit changes: who lives there."""
    form = RegisterForm(request.POST, user=current_user(request))
    return render(request, "desk/_place.html", {"form": form})


@require_safe
@desk
@never_cache
def units(request: HttpRequest) -> HttpResponse:
    """Units for the picker while it is typed into."""
    user = current_user(request)
    form = RegisterForm(request.GET, user=user)
    found = units_like(user, request.GET.get("unit", "")[:80], form.community_now)
    return render(request, "desk/_units.html", {"units": found, "several": len(user.community_ids) > 1})
