"""Outages at the desk: announced, told, moved, restored; their repairs linked, and completed together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from repairs.actions import outages as acting
from repairs.models import Outage
from repairs.outage_workflow import OutageStatus
from repairs.queries import case_for
from repairs.queries.outages import (
    linked_to,
    moves_of,
    outage_for,
    outages_of,
    place_words,
    progress_of,
    timeline,
)
from servicecenter.accounts.guards import only
from servicecenter.accounts.models import Role, User
from servicecenter.accounts.views import safe_next
from servicecenter.audit.idempotency import once
from servicecenter.desk.forms.outages import AnnounceForm, form_of
from servicecenter.desk.queries.cases import DESK
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.lib.faces import layout_of
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.pages import page_of
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.workflow.run import allowed

staff = only(Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN, Role.TECHNICIAN, Role.SECURITY)
# A page shows so many repairs; the queue has a filter for all of them.
SHOWN = 60

STEPS: dict[str, Callable[..., Outage]] = {
    "begin": acting.begin,
    "move": acting.move,
    "reword": acting.reword,
    "restore": acting.restore,
    "relapse": acting.relapse,
    "call_off": acting.call_off,
    "close": acting.close,
}


# What asks for something first; the others are done with one press.
ASKING = frozenset({"move", "reword", "relapse", "call_off", "close"})


@dataclass(frozen=True)
class Button:
    """A step that the reader may take now."""

    code: str
    label: str
    asks: bool


def buttons(outage: Outage, user: User) -> list[Button]:
    """Exactly what the transition table allows, but for what the program does by itself."""
    rows = [each for each in allowed(outage, user) if each.action in STEPS]
    return [Button(each.action, str(each.label), each.action in ASKING) for each in rows]


@require_safe
@staff
@never_cache
def outages(request: HttpRequest) -> HttpResponse:
    """Those that go on, or those that are over; the latest first."""
    user = current_user(request)
    over = request.GET.get("show") == "over"
    found = page_of(
        outages_of(user, over=over), order=("-id",), cursor=request.GET.get("cursor", ""), size=20
    )
    base = f"?show={'over' if over else 'now'}&cursor="
    context = {
        "rows": [(each, place_words(each)) for each in found.rows],
        "tabs": [
            {"label": pgettext("outage", "Now"), "url": "?show=now", "active": not over},
            {"label": pgettext("outage", "Over"), "url": "?show=over", "active": over},
        ],
        "may_announce": user.role in DESK,
        "several": len(user.community_ids) > 1,
        "newer": base + found.newer if found.newer else "",
        "older": base + found.older if found.older else "",
    }
    return _draw(request, "desk/outages.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def announce(request: HttpRequest) -> HttpResponse:
    """A new outage; everybody whom it reaches is told."""
    user = current_user(request)
    form = AnnounceForm(request.POST if request.method == "POST" else None, by=user)
    if form.is_bound and form.is_valid():
        number = _once(user, form, "announce", lambda: acting.announce(by=user, **form.announced))
        if number:
            messages.success(request, _("Announced. Those who live there are told."))
            return redirect("desk:outage", number)
    return _draw(request, "desk/outage_new.html", {"form": form}, 422 if form.is_bound else 200)


@require_safe
@staff
@never_cache
def outage(request: HttpRequest, number: str) -> HttpResponse:
    """One outage: what callers are told, until when, what happened, its repairs and how far their closing is."""
    user = current_user(request)
    found = outage_for(user, number)
    linked = linked_to(found, user)
    context = {
        "outage": found,
        "place": place_words(found),
        "actions": buttons(found, user),
        "moves": moves_of(found),
        "lines": timeline(found, staff=True),
        "linked": linked[:SHOWN],
        "count": len(linked),
        "more": len(linked) > SHOWN,
        "progress": _progress(found),
        "at_desk": user.role in DESK,
    }
    return _draw(request, "desk/outage.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def step(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Takes one step; those that ask for something show their form first."""
    user = current_user(request)
    action = action.replace("-", "_")
    found = outage_for(user, number)
    labels = {each.action: each.label for each in found.TABLE.rows}
    if action not in STEPS:
        raise NotFound
    form = form_of(action, found, request.POST if request.method == "POST" else None)
    if form is None:
        if request.method != "POST":
            return redirect("desk:outage", found.number)
        STEPS[action](found, by=user)
        messages.success(request, _("Done. Those whom it concerns are told."))
        return redirect("desk:outage", found.number)
    if form.is_bound and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "idempotency_key"}
        if _once(user, form, f"{action}:{found.pk}", lambda: STEPS[action](found, by=user, **given)):
            messages.success(request, _("Done. Those whom it concerns are told."))
            return _after(request, found, action)
    context = {"form": form, "outage": found, "label": labels[action], "action": action}
    return _draw(request, "desk/outage_step.html", context, 422 if form.is_bound else 200)


@require_POST
@only(Role.SUPERVISOR)
@never_cache
def go_on(request: HttpRequest, number: str) -> HttpResponse:
    """The next repairs of a closing outage; the page asks again until none waits. It may be left: workers go on."""
    found = outage_for(current_user(request), number)
    if found.status == OutageStatus.CLOSING:
        acting.work_on(found)
        found.refresh_from_db()
    if not request.headers.get("HX-Request"):
        return redirect("desk:outage", found.number)
    context = {"outage": found, "progress": _progress(found), "at_desk": True}
    return render(request, "desk/_outage_progress.html", context)


@require_POST
@desk
@never_cache
def link(request: HttpRequest, number: str) -> HttpResponse:
    """Links a repair to an outage, or (none named) takes it off; one key on its page."""
    user = current_user(request)
    ticket = case_for(user, number)
    named = request.POST.get("outage", "")[:24]
    try:
        if named:
            acting.join(ticket, outage_for(user, named), by=user)
            messages.success(request, _("Linked. Whoever reported it is told."))
        else:
            acting.leave(ticket, by=user)
            messages.success(request, _("Taken off the outage."))
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        messages.error(request, str(refusal.sentence))
    after = safe_next(request)
    return redirect(after) if after else redirect("desk:ticket", ticket.number)


def _after(request: HttpRequest, found: Outage, action: str) -> HttpResponse:
    """A moved end asks for one more look: the sentence may still name the earlier time."""
    if action in ("move", "relapse"):
        messages.warning(request, _("Please check the sentence: does it still name the right time?"))
        return redirect("desk:outage_step", found.number, "reword")
    return redirect("desk:outage", found.number)


def _progress(found: Outage) -> Any:
    return progress_of(found) if found.closing_at is not None else None


def _once(user: User, form: Form, route: str, act: Callable[[], Outage]) -> str:
    """The number of what was done once per key; '' when the form has to be shown again with what is wrong."""

    def counted() -> tuple[int, dict[str, Any]]:
        return 200, {"number": act().number}

    given = {name: value for name, value in form.cleaned_data.items() if name != "idempotency_key"}
    body = {
        name: [each.pk for each in value] if isinstance(value, QuerySet) else str(value)
        for name, value in given.items()
    }
    key = form.cleaned_data["idempotency_key"]
    try:
        _status, answer, _again = once(user=user, key=key, route=f"outage:{route}", body=body, act=counted)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        add_refusal(form, refusal)
        return ""
    return str(answer["number"])


def _draw(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page on the reader's own face."""
    user = current_user(request)
    context |= {"layout": "desk/base.html" if user.role in DESK else layout_of(user.role)}
    if user.role in DESK:
        return page(request, template, context, status=status)
    return render(request, template, context, status=status)
