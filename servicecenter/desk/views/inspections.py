"""Inspection campaigns at the desk: planned, announced, watched and brought to an end by a supervisor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from owners.actions import inspections as actions
from owners.models import Inspection, InspectionSlot, InspectionVisit
from owners.models.inspections import READERS
from owners.queries import unit_named
from owners.queries.inspections import campaign_for, progress_by_building, progress_of, slot_words, visits_of
from owners.workflow import VisitStatus
from servicecenter.accounts.guards import only
from servicecenter.accounts.models import Role
from servicecenter.audit.exports import export
from servicecenter.audit.idempotency import once
from servicecenter.desk import charts
from servicecenter.desk.forms.exports import ReasonForm
from servicecenter.desk.forms.inspections import CancelForm, PlanForm, SlotForm, UnitForm
from servicecenter.desk.queries.cases import DESK
from servicecenter.desk.queries.inspections import campaigns_of
from servicecenter.desk.views.exports import sent_file
from servicecenter.desk.views.frame import current_user, never_cache, page
from servicecenter.lib.clock import LOCAL, database_now
from servicecenter.lib.faces import layout_of
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.pages import page_of
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.lib.sheets import write
from servicecenter.workflow.run import allowed

readers = only(*READERS)
leaders = only(Role.SUPERVISOR)
# A page shows so many units; the file has all of them.
SIZE = 30


@require_safe
@readers
@never_cache
def campaigns(request: HttpRequest) -> HttpResponse:
    """The campaigns of one's communities, the latest first, with how far they are."""
    user = current_user(request)
    found = page_of(campaigns_of(user), order=("-id",), cursor=request.GET.get("cursor", ""), size=20)
    progress = progress_of(found.rows)
    context = {
        "rows": [(each, progress[each.pk]) for each in found.rows],
        "may_plan": user.role == Role.SUPERVISOR,
        "several": len(user.community_ids) > 1,
        "newer": f"?cursor={found.newer}" if found.newer else "",
        "older": f"?cursor={found.older}" if found.older else "",
    }
    return _draw(request, "desk/inspections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@leaders
@never_cache
def plan(request: HttpRequest) -> HttpResponse:
    """A new campaign with its units; nobody is told yet."""
    user = current_user(request)
    form = PlanForm(request.POST if request.method == "POST" else None, by=user)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        number = _once(request, form, lambda: actions.plan(by=user, **_without_key(given)).number, given)
        if number:
            return redirect("desk:inspection", number)
    return _draw(request, "desk/inspection_plan.html", {"form": form}, 422 if form.is_bound else 200)


@require_safe
@readers
@never_cache
def campaign(request: HttpRequest, number: str) -> HttpResponse:
    """One campaign: how far it is, its times, its units."""
    return _show(request, campaign_for(current_user(request), number))


def _show(
    request: HttpRequest,
    found: Inspection,
    *,
    slot_form: SlotForm | None = None,
    unit_form: UnitForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = current_user(request)
    rows = progress_by_building(found)
    asked, building = request.GET.get("status", ""), request.GET.get("building", "")
    building_id = int(building) if building.isascii() and building.isdigit() and len(building) < 19 else None
    visits = visits_of(found, status=asked, building_id=building_id)
    context = {
        "campaign": found,
        "actions": {row.action for row in allowed(found, user)},
        "progress": progress_of([found])[found.pk],
        "option": charts.progress_option(found, rows),
        "columns": charts.progress_columns(),
        "chart_rows": charts.progress_rows(rows),
        "slots": [(slot, slot_words(slot)) for slot in found.slots.select_related("inspector")],
        "visits": [_line(visit) for visit in visits[:SIZE]],
        "more": visits.count() > SIZE,
        "statuses": VisitStatus,
        "asked": asked,
        "slot_form": slot_form or SlotForm(campaign=found),
        "unit_form": unit_form or UnitForm(auto_id="unit_%s"),
        "may_change": user.role == Role.SUPERVISOR and found.status in ("planned", "open"),
    }
    return _draw(request, "desk/inspection.html", context, status)


def _line(visit: InspectionVisit) -> dict[str, Any]:
    return {"visit": visit, "time": slot_words(visit.slot) if visit.slot else ""}


@require_POST
@leaders
def step(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Announces or finishes a campaign."""
    user = current_user(request)
    found = campaign_for(user, number)
    steps = {
        "open": (actions.open_campaign, _("The owners are invited to book.")),
        "finish": (actions.finish, _("The campaign is finished.")),
    }
    if action not in steps:
        raise NotFound
    act, said = steps[action]
    try:
        act(found, by=user)
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, said)
    return redirect("desk:inspection", found.number)


@require_http_methods(["GET", "HEAD", "POST"])
@leaders
@never_cache
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Calls a campaign off, with a reason."""
    user = current_user(request)
    found = campaign_for(user, number)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.cancel(found, reason=form.cleaned_data["reason"], by=user)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The campaign is called off. Those who had booked are told."))
            return redirect("desk:inspection", found.number)
    context = {"form": form, "campaign": found}
    return _draw(request, "desk/inspection_cancel.html", context, 422 if form.is_bound else 200)


@require_POST
@leaders
def add_slots(request: HttpRequest, number: str) -> HttpResponse:
    """Times that can be booked."""
    user = current_user(request)
    found = campaign_for(user, number)
    form = SlotForm(request.POST, campaign=found)
    if form.is_valid():
        given = form.cleaned_data
        starts_at, ends_at = form.span

        def act() -> str:
            made = actions.add_slots(
                found,
                starts_at=starts_at,
                ends_at=ends_at,
                by=user,
                **{name: given[name] for name in ("capacity", "days", "inspector")},
            )
            return str(len(made))

        if _once(request, form, act, given):
            messages.success(request, _("The times can be booked as soon as the campaign is announced."))
            return redirect("desk:inspection", found.number)
    return _show(request, found, slot_form=form, status=422)


@require_POST
@leaders
def drop_slot(request: HttpRequest, slot_id: int) -> HttpResponse:
    """Takes a time away that nobody has booked."""
    user = current_user(request)
    slots = InspectionSlot.objects.filter(campaign__in=Inspection.objects.visible_to(user))
    slot = slots.select_related("campaign", "community").filter(pk=min(slot_id, 2**63 - 1)).first()
    if slot is None:
        raise NotFound
    try:
        actions.drop_slot(slot, by=user)
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("The time is taken away."))
    return redirect("desk:inspection", slot.campaign.number)


@require_POST
@leaders
def add_unit(request: HttpRequest, number: str) -> HttpResponse:
    """One more unit."""
    user = current_user(request)
    found = campaign_for(user, number)
    form = UnitForm(request.POST, auto_id="unit_%s")
    if form.is_valid():

        def act() -> str:
            unit = unit_named(user, form.cleaned_data["unit"], found.community)
            return str(actions.add_unit(found, unit, by=user).pk)

        if _once(request, form, act, form.cleaned_data):
            messages.success(request, _("The unit is in the campaign."))
            return redirect("desk:inspection", found.number)
    return _show(request, found, unit_form=form, status=422)


@require_safe
@readers
@never_cache
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """What a technician takes along: the booked units by time, with room to write."""
    found = campaign_for(current_user(request), number)
    booked = visits_of(found, status=VisitStatus.BOOKED).order_by("slot__starts_at", "unit__code", "id")
    context = {
        "campaign": found,
        "visits": [_line(visit) for visit in booked],
        "printed_at": database_now(),
    }
    return render(request, "desk/inspection_sheet.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@readers
@never_cache
def take_away(request: HttpRequest, number: str) -> HttpResponseBase:
    """The units of a campaign as a file, with a reason in the access log."""
    user = current_user(request)
    found = campaign_for(user, number)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        visits = visits_of(found)
        file = export(
            lambda: write("xlsx", _head(), _cells(visits)),
            rows=visits.count(),
            field="list:inspection",
            community_ids=[found.community_id],
            by=user,
            reason=form.cleaned_data["reason"],
        )
        return sent_file(file, found.number, "xlsx")
    context = {"form": form, "campaign": found}
    return _draw(request, "desk/inspection_export.html", context, 422 if form.is_bound else 200)


def _head() -> tuple[str, ...]:
    return (
        _("Building"), _("Unit"), _("Status"), _("Time"), _("Technician"), _("Inspected on"), _("Repairs"),
    )  # fmt: skip


def _cells(visits: Any) -> Iterator[tuple[str, ...]]:
    for visit in visits.prefetch_related("found"):
        at = visit.inspected_at
        yield (
            visit.unit.building.name,
            visit.unit.code,
            visit.get_status_display(),
            slot_words(visit.slot) if visit.slot else "",
            str(visit.inspected_by or (visit.slot.inspector if visit.slot else "")),
            at.astimezone(LOCAL).strftime("%Y-%m-%d %H:%M") if at else "",
            " ".join(each.ticket_number for each in visit.found.all()),
        )


def _draw(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """In the frame of the reader's face."""
    user = current_user(request)
    if user.role in DESK:
        return page(request, template, context | {"layout": "desk/base.html"}, status=status)
    return render(request, template, context | {"layout": layout_of(user.role)}, status=status)


def _without_key(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "idempotency_key"}


def _once(request: HttpRequest, form: Form, act: Callable[[], str], given: dict[str, Any]) -> str:
    """Runs `act` once for the key of the form and returns what it answered; '' when it was refused, with the reason on
    the form."""
    body = {name: str(getattr(value, "pk", value)) for name, value in _without_key(given).items()}
    try:
        _status, answer, _replayed = once(
            user=current_user(request),
            key=given["idempotency_key"],
            route=request.path[:100],
            body=body,
            act=lambda: (201, {"made": act()}),
        )
    except Refusal as refusal:
        add_refusal(form, refusal)
        return ""
    return str(answer["made"])
