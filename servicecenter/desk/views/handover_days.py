"""Move-in days at the desk: planning them, and the board of a day."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handovers.actions import planning
from handovers.forms.base import settle_any
from handovers.forms.days import DayForm, PlacesForm, PlanForm
from handovers.models import Slot
from handovers.queries.cases import handover_of_unit
from handovers.queries.days import board_of, day_for, days_for, handovers_for, printed_list
from servicecenter.accounts.guards import only
from servicecenter.accounts.models import Role
from servicecenter.desk.queries.callers import unit_for
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.pages import page_of
from servicecenter.lib.refusals import NotFound

supervisors = only(Role.SUPERVISOR)
SIZE = 50


@require_safe
@desk
@never_cache
def days(request: HttpRequest) -> HttpResponse:
    """The move-in days from today on (or those that are over), and who is in the house now."""
    user = current_user(request)
    past = request.GET.get("show") == "past"
    today = local_day(database_now())
    rows = days_for(user)
    found = page_of(
        rows.filter(day__lt=today) if past else rows.filter(day__gte=today),
        order=["-day", "-id"] if past else ["day", "id"],
        cursor=request.GET.get("cursor", ""),
        size=SIZE,
    )
    base = f"?show={'past' if past else 'open'}&cursor="
    context = {
        "days": found.rows,
        "past": past,
        "present": list(handovers_for(user).present().order_by("since")[:SIZE]),
        "may_plan": user.role == Role.SUPERVISOR,
        "newer": base + found.newer if found.newer else "",
        "older": base + found.older if found.older else "",
    }
    return page(request, "desk/handovers/days.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@supervisors
@never_cache
def plan_day(request: HttpRequest) -> HttpResponse:
    """A new move-in day; every unit of the building that waits for its owner gets a handover."""
    user = current_user(request)
    form = DayForm(request.POST or None, user=user)
    if request.method == "POST":
        made: list[int] = []
        if settle_any(form, user=user, route="handovers:day", act=lambda: made.append(form.save(by=user).pk)):
            messages.success(request, _("The day is planned. Invite the owners when you are ready."))
            return redirect("desk:handover_day", made[0]) if made else redirect("desk:handovers")
    context = {"form": form, "title": _("New move-in day")}
    return page(request, "desk/handovers/form.html", context, status=422 if form.is_bound else 200)


@require_safe
@desk
@never_cache
def board(request: HttpRequest, day_id: int) -> HttpResponse:
    """Who is at which step, how long they have waited, who is still to come, who did not."""
    user = current_user(request)
    day = day_for(user, day_id)
    at = database_now()
    context = {
        "day": day,
        "board": board_of(day, user, at),
        "may_plan": user.role == Role.SUPERVISOR,
        "is_over": day.day < local_day(at),
        "drawn_at": at,
    }
    return page(request, "desk/handovers/board.html", context)


@require_safe
@desk
@never_cache
def print_day(request: HttpRequest, day_id: int) -> HttpResponse:
    """The list of the day on paper: phone numbers stay masked."""
    user = current_user(request)
    day = day_for(user, day_id)
    context = {"day": day, "rows": printed_list(day, user), "printed_at": database_now()}
    return render(request, "desk/handovers/print_day.html", context)


@require_POST
@supervisors
def invite(request: HttpRequest, day_id: int) -> HttpResponse:
    """Asks everybody without an appointment to choose one; units that came since get their handover, too."""
    user = current_user(request)
    day = day_for(user, day_id)
    planning.plan_building(day.building, by=user)
    told = planning.invite(day, by=user)
    said = ngettext("%(count)s owner is invited.", "%(count)s owners are invited.", told)
    messages.success(request, said % {"count": told})
    return redirect("desk:handover_day", day.pk)


@require_POST
@supervisors
def places(request: HttpRequest, slot_id: int) -> HttpResponse:
    """More or fewer places of a slot."""
    user = current_user(request)
    slot = Slot.objects.visible_to(user).filter(pk=slot_id).first() if slot_id < 2**63 else None
    if slot is None:
        raise NotFound
    form = PlacesForm(request.POST)
    if form.is_valid():
        planning.change_places(slot, capacity=form.cleaned_data["capacity"], by=user)
        messages.success(request, _("The places are changed."))
    else:
        messages.error(request, _("Please choose between 0 and 200 places."))
    return redirect("desk:handover_day", slot.day_id)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def plan_unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """One unit is to be handed over to somebody; a unit that has a handover shows it."""
    user = current_user(request)
    unit = unit_for(user, unit_id)
    known = handover_of_unit(user, unit.pk)
    if known is not None:
        return redirect("desk:handover", known.number)
    form = PlanForm(request.POST or None, community=unit.community)

    def act() -> None:
        planning.plan(unit, person=form.who(by=user), by=user)

    if request.method == "POST" and settle_any(form, user=user, route=request.path[:100], act=act):
        planned = handover_of_unit(user, unit.pk)
        return redirect("desk:handover", planned.number) if planned else redirect("desk:handovers")
    context = {
        "form": form,
        "title": _("Hand over %(unit)s") % {"unit": unit.code},
        "hint": _("Who takes it over? They need not live here yet: the sign-off makes them the owner."),
    }
    return page(request, "desk/handovers/form.html", context, status=422 if form.is_bound else 200)
