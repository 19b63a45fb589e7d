"""Promises to callers: the queue, making one from a card, a case or a call, and one tap when it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from owners.models import Person, Unit
from repairs.models import Ticket
from repairs.queries import case_for
from servicecenter.accounts.guards import only
from servicecenter.accounts.models import Community, User
from servicecenter.accounts.views import safe_next
from servicecenter.audit.idempotency import once
from servicecenter.desk.actions import promises as actions
from servicecenter.desk.forms.promises import PromiseForm, WithdrawForm
from servicecenter.desk.models import READERS, Promise
from servicecenter.desk.queries.callers import person_for, unit_for
from servicecenter.desk.queries.promises import Shown, open_promises, promise_named, promises_about, shown
from servicecenter.desk.views.frame import current_user, desk, fragment_of, never_cache, page
from servicecenter.lib.clock import database_now
from servicecenter.lib.faces import face_of, layout_of
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.pages import page_of
from servicecenter.lib.refusals import Invalid, NotFound
from servicecenter.lib.words import moment_words

SHOWN = ("open", "mine", "overdue")
SIZE = 50
# A page may hold other forms.
AUTO_ID = "promise_%s"


@require_safe
@only(*READERS)
@never_cache
def promises(request: HttpRequest) -> HttpResponse:
    """What is to be kept, the nearest first: all of it, one's own, what is late."""
    user = current_user(request)
    at = database_now()
    show = request.GET.get("show", "open")
    if show not in SHOWN:
        raise NotFound
    found = page_of(
        open_promises(user, at, mine=show == "mine", overdue=show == "overdue"),
        order=("due_at", "id"),
        cursor=request.GET.get("cursor", ""),
        size=SIZE,
    )
    base = f"{request.path}?show={show}&cursor="
    context = {
        "rows": shown(found.rows, user),
        "show": show,
        "several": len(user.community_ids) > 1,
        "newer": base + found.newer if found.newer else "",
        "older": base + found.older if found.older else "",
    }
    if face_of(user.role) != "desk":
        context |= {"layout": layout_of(user.role), "elsewhere": True}
        return render(request, "desk/promises.html", context)
    return page(request, "desk/promises.html", context | {"layout": "desk/base.html"})


@dataclass(frozen=True)
class About:
    """Whom and what a promise is about."""

    community: Community
    person: Person | None = None
    unit: Unit | None = None
    ticket: Ticket | None = None

    @property
    def arguments(self) -> dict[str, Any]:
        """As the action wants it."""
        ticket = self.ticket
        said: dict[str, Any] = {"community": self.community, "person": self.person, "unit": self.unit}
        if ticket is not None:
            said |= {
                "work": "repair",
                "case_id": ticket.pk,
                "phone": ticket.contact_phone,
                "person": ticket.reporter,
                "unit": ticket.unit,
            }
        return said

    @property
    def query(self) -> str:
        """As `about` reads it."""
        if self.ticket is not None:
            return f"ticket={self.ticket.number}"
        return (
            f"person={self.person.pk}"
            if self.person is not None
            else f"unit={self.unit.pk if self.unit else ''}"
        )

    @property
    def back(self) -> str:
        """The page that it was made from."""
        if self.ticket is not None:
            return reverse("desk:ticket", args=[self.ticket.number])
        if self.person is not None:
            return reverse("desk:person", args=[self.person.pk])
        assert self.unit is not None
        return reverse("desk:unit", args=[self.unit.pk])


def about(user: User, given: QueryDict) -> About:
    """What the address names: a repair, a person or a unit; refuses `not_found`."""
    if given.get("ticket"):
        ticket = case_for(user, given.get("ticket", "")[:24])
        return About(ticket.community, ticket=ticket)
    if person_id := _id(given, "person"):
        person = person_for(user, person_id)
        return About(person.community, person=person)
    if unit_id := _id(given, "unit"):
        unit = unit_for(user, unit_id)
        return About(unit.community, unit=unit)
    raise NotFound


def _id(given: QueryDict, name: str) -> int | None:
    text = given.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@dataclass(frozen=True)
class Box:
    """What is promised to a caller or about a case, and the line to promise more, as every page draws it."""

    rows: list[Shown]
    form: PromiseForm
    query: str
    back: str


def box(user: User, subject: About, at: datetime, form: PromiseForm | None = None) -> Box:
    """The promises of a card, a case or a call."""
    ticket, unit, person = subject.ticket, subject.unit, subject.person
    homes = [home.unit_id for home in getattr(person, "homes", [])]
    rows = promises_about(
        user,
        person_id=person.pk if person else None,
        unit_ids=[unit.pk] if unit else homes,
        work="repair",
        case_id=ticket.pk if ticket else None,
    )
    query = (
        f"ticket={ticket.number}"
        if ticket
        else f"person={person.pk}"
        if person
        else f"unit={unit.pk}"
        if unit
        else ""
    )
    return Box(rows, form or PromiseForm(at=at, auto_id=AUTO_ID), query, subject.back)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def make(request: HttpRequest) -> HttpResponse:
    """`?person=`, `?unit=` or `?ticket=`: what it is about. Sending twice makes one promise."""
    user = current_user(request)
    subject = about(user, request.GET)
    at = database_now()
    form = PromiseForm(request.POST or None, at=at, auto_id=AUTO_ID)
    in_place = fragment_of(request) == "promises"
    after = safe_next(request) or subject.back
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = _make(user, subject, form)
            except Invalid as refusal:
                add_refusal(form, refusal)
            else:
                if in_place:
                    return render(request, "desk/_promises.html", {"promised": box(user, subject, at)})
                facts = {"when": moment_words(made.due_at, at), "text": made.text}
                messages.success(request, _("Promised by %(when)s: %(text)s") % facts)
                return redirect(after)
    context = {"promised": box(user, subject, at, form), "next": after, "alone": True}
    template = "desk/_promises.html" if in_place else "desk/promise.html"
    return (render if in_place else page)(request, template, context, status=status)


def _make(user: User, subject: About, form: PromiseForm) -> Promise:
    given = form.cleaned_data

    def act() -> tuple[int, dict[str, Any]]:
        made = actions.make(text=given["text"], due_at=form.moment, by=user, **subject.arguments)
        return 201, {"number": made.number}

    # The usual times move on with the clock, so what was chosen is compared, not the instant.
    body = {name: str(given[name] or "") for name in ("text", "when", "due_at")} | {"about": subject.back}
    key = given["idempotency_key"]
    _status, answer, _replayed = once(user=user, key=key, route="desk:promise", body=body, act=act)
    return promise_named(user, answer["number"])


@require_POST
@desk
def keep(request: HttpRequest, number: str) -> HttpResponse:
    """It is done."""
    user = current_user(request)
    actions.keep(promise_named(user, number), by=user)
    messages.success(request, _("The promise is kept."))
    return redirect(safe_next(request) or "desk:promises")


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """It cannot or need not be kept; the reason is asked for."""
    user = current_user(request)
    promise = promise_named(user, number)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.withdraw(promise, reason=form.cleaned_data["reason"], by=user)
        messages.success(request, _("The promise is withdrawn. Please see that the caller knows."))
        return redirect(safe_next(request) or "desk:promises")
    context = {"form": form, "promise": promise, "next": safe_next(request)}
    return page(request, "desk/withdraw.html", context, status=422 if request.method == "POST" else 200)
