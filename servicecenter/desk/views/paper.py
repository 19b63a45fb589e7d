"""The paper twin: work order, acceptance sheet, a technician's day, and what comes back on paper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from repairs.models import Ticket
from repairs.queries import case_for
from repairs.workflow import WITH_WORKER, Status
from servicecenter.accounts.guards import only
from servicecenter.accounts.models import Role
from servicecenter.attachments.actions import filed
from servicecenter.audit.access import NOT_IN_ROLL, record_access
from servicecenter.audit.idempotency import once
from servicecenter.desk.actions.paper import type_in
from servicecenter.desk.forms.paper import SIGNED, UNHAPPY, PaperForm, PileForm
from servicecenter.desk.forms.reveal import RevealForm
from servicecenter.desk.queries.cases import DESK
from servicecenter.desk.queries.paper import ASKED, jobs_of, pile, sheet
from servicecenter.desk.views.facts import slip_facts
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.formtools import add_refusal, files_of
from servicecenter.lib.refusals import NotPermitted, Refusal
from servicecenter.lib.words import on_paper

readers = only(Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)
# What a sheet that comes back may still tell something new about.
TYPABLE = frozenset({*WITH_WORKER, Status.COMPLETED}) - {Status.PLAN_PROPOSED}


@require_http_methods(["GET", "HEAD", "POST"])
@readers
@never_cache
@on_paper()
def work_order(request: HttpRequest, number: str) -> HttpResponse:
    """派工单: what a technician takes along. The phone is masked; in full it takes a reason, which is written down."""
    user = current_user(request)
    found = case_for(user, number)
    form = RevealForm(request.POST if request.method == "POST" else None, initial={"reason": "appointment"})
    full = form.is_bound and form.is_valid() and _written_down(request, found, form)
    context = {
        "sheet": sheet(found, _address(request, found), full_phone=full),
        "form": form,
        "may_reveal": user.role in DESK and bool(found.contact_phone) and not full,
    }
    status = 422 if form.is_bound and not full else 200
    return _print(request, "desk/slip.html", context | {"ticket": found, "known": _known(found)}, status)


def _written_down(request: HttpRequest, ticket: Ticket, form: RevealForm) -> bool:
    user = current_user(request)
    if user.role not in DESK:
        raise NotPermitted
    try:
        record_access(
            by=user,
            community_id=ticket.community_id,
            person_id=ticket.reporter_id or NOT_IN_ROLL,
            field="phone",
            reason=form.said,
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    return True


def _known(ticket: Ticket) -> Any:
    return slip_facts(ticket)


@require_safe
@readers
@never_cache
@on_paper()
def acceptance(request: HttpRequest, number: str) -> HttpResponse:
    """验收单: what the owner ticks and signs."""
    found = case_for(current_user(request), number)
    context = {"ticket": found, "sheet": sheet(found, _address(request, found))}
    return _print(request, "desk/acceptance.html", context)


@require_safe
@desk
@never_cache
@on_paper()
def day(request: HttpRequest) -> HttpResponse:
    """The jobs of a technician on a day, a sheet each, to print at once."""
    user = current_user(request)
    at = database_now()
    asked = "technician" in request.GET
    form = PileForm(
        request.GET if asked else None, by=user, initial={"day": local_day(at), "acceptance": True}
    )
    sheets = []
    if asked and form.is_valid():
        given = form.cleaned_data
        jobs = jobs_of(user, given["technician"], given["day"], at)
        sheets = pile(jobs, [_address(request, each) for each in jobs])
    context = {
        "form": form,
        "asked": asked and form.is_valid(),
        "sheets": [(each, slip_facts(each.ticket)) for each in sheets],
        "with_acceptance": asked and form.is_valid() and form.cleaned_data["acceptance"],
    }
    return _print(request, "desk/paper_day.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.SUPERVISOR)
@never_cache
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """A sheet came back: its answers, by the ordinary steps."""
    user = current_user(request)
    found = case_for(user, number)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = PaperForm(data, files, initial={"summary": found.summary, "accepted": SIGNED})
    if form.is_bound and form.is_valid() and _typed(request, found, form):
        messages.success(request, _("It is written down."))
        return redirect("desk:ticket", found.number)
    context = {"form": form, "ticket": found, "typable": found.status in TYPABLE}
    return page(request, "desk/paper.html", context, status=422 if form.is_bound else 200)


def _typed(request: HttpRequest, ticket: Ticket, form: PaperForm) -> bool:
    """Takes the steps once per key; False when the form has to be shown again with what is wrong."""
    user = current_user(request)
    given = form.cleaned_data
    accepted = given["accepted"]

    with filed(files_of(given["photos"])) as pictures:

        def act() -> tuple[int, dict[str, Any]]:
            type_in(
                ticket,
                summary=given["summary"],
                note=form.note,
                signed=accepted == SIGNED,
                complaint=given["complaint"] if accepted == UNHAPPY else "",
                pictures=pictures,
                by=user,
            )
            return 200, {"number": ticket.number}

        body = {
            name: str(value) for name, value in given.items() if name not in ("idempotency_key", "photos")
        }
        try:
            once(
                user=user,
                key=given["idempotency_key"],
                route=f"desk:paper:{ticket.pk}",
                body=body,
                act=act,
            )
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            add_refusal(form, refusal)
            return False
    return True


def _address(request: HttpRequest, ticket: Ticket) -> str:
    return request.build_absolute_uri(reverse("short", args=[ticket.number]))


def _print(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    context |= {"printed_at": database_now(), "asked_of_owner": ASKED}
    return render(request, template, context, status=status)
