"""One visit of an inspection: booked for a caller, and what was found. The desk and technicians share the page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from owners.actions import visits as actions
from owners.forms.inspections import PLAIN, BookingForm, actions_of, take
from owners.models import InspectionVisit
from owners.models.inspections import READERS
from owners.queries.inspections import slot_words, visit_for
from servicecenter.accounts.guards import only
from servicecenter.accounts.models import Role
from servicecenter.attachments.actions import filed
from servicecenter.audit.idempotency import once
from servicecenter.desk.actions import Finding, record_findings
from servicecenter.desk.forms.inspections import FindingForm
from servicecenter.desk.queries.cases import DESK
from servicecenter.desk.queries.inspections import visit_page
from servicecenter.desk.views.frame import current_user, never_cache, page
from servicecenter.lib.clock import database_now
from servicecenter.lib.faces import layout_of
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import NotFound, Refusal

readers = only(*READERS, Role.TECHNICIAN)
LONGEST_NOTE = 500


@require_safe
@readers
@never_cache
def visit(request: HttpRequest, visit_id: int) -> HttpResponse:
    """The unit, its time, its warranty, what was found, and what can be done now."""
    return _show(request, visit_for(current_user(request), visit_id))


def _show(
    request: HttpRequest,
    found: InspectionVisit,
    *,
    booking: BookingForm | None = None,
    finding: FindingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = current_user(request)
    context: dict[str, Any] = {
        "shown": visit_page(user, found),
        "visit": found,
        "time": slot_words(found.slot) if found.slot else "",
        "actions": actions_of(found, user),
        "booking": booking or BookingForm(visit=found, at=database_now()),
        "finding": finding or FindingForm(campaign=found.campaign),
        "at_desk": user.role in DESK,
    }
    if user.role in DESK:
        return page(request, "desk/visit.html", context | {"layout": "desk/base.html"}, status=status)
    return render(request, "desk/visit.html", context | {"layout": layout_of(user.role)}, status=status)


@require_POST
@readers
def book(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Books a time, or another one, for a caller."""
    user = current_user(request)
    found = visit_for(user, visit_id)
    form = BookingForm(request.POST, visit=found, at=database_now())
    if form.is_valid():
        try:
            form.save(by=user)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The time is booked. The owner is told."))
            return redirect("visit", found.pk)
    return _show(request, found, booking=form, status=422)


@require_POST
@readers
def step(request: HttpRequest, visit_id: int, action: str) -> HttpResponse:
    """A step that needs at most a note."""
    user = current_user(request)
    found = visit_for(user, visit_id)
    note = "".join(each for each in request.POST.get("note", "") if each.isprintable())[:LONGEST_NOTE]
    try:
        if action in PLAIN:
            take(found, action, by=user)
        elif action == "find_nothing":
            actions.find_nothing(found, by=user, note=note)
        elif action == "miss":
            actions.miss(found, by=user, note=note)
        else:
            raise NotFound
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("Saved."))
    return redirect("visit", found.pk)


@require_POST
@readers
def find(request: HttpRequest, visit_id: int) -> HttpResponse:
    """A defect with its pictures becomes a repair, once per form."""
    user = current_user(request)
    found = visit_for(user, visit_id)
    form = FindingForm(request.POST, request.FILES, campaign=found.campaign)
    if form.is_valid():
        try:
            number = _record(request, found, form)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            add_refusal(form, refusal)
        else:
            messages.success(
                request, _("%(number)s is registered. You can add the next defect.") % {"number": number}
            )
            return redirect("visit", found.pk)
    return _show(request, found, finding=form, status=422)


def _record(request: HttpRequest, found: InspectionVisit, form: FindingForm) -> str:
    user, given = current_user(request), form.cleaned_data
    uploads = [(each, each.name or "") for each in given["photos"]]
    with filed(uploads) as pictures:

        def act() -> tuple[int, dict[str, Any]]:
            finding = Finding(given["text"], given["part"], pictures)
            return 201, {"number": record_findings(found, [finding], by=user)[0].number}

        _status, answer, _replayed = once(
            user=user,
            key=given["idempotency_key"],
            route=request.path[:100],
            body={"text": given["text"], "part": getattr(given["part"], "pk", None)},
            act=act,
        )
    return str(answer["number"])
