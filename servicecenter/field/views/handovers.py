"""The inspection of a move-in on a tablet or phone: by room, with photos; meters, signature, second looks.

Each room is one form that stays on the device until it is sent; sent twice, it is written down once.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handovers.forms.base import settle
from handovers.forms.lines import PartForm
from handovers.forms.rooms import AgainForm, RoomForm
from handovers.forms.steps import FinalSignForm, SimpleForm
from handovers.models import Handover
from handovers.queries.cases import (
    LABELS,
    actions_of,
    defect_counts,
    finding_for,
    handover_for,
    items_of,
    lines_of,
    room_named,
    rooms_of,
    to_look_at_again,
)
from handovers.queries.days import inspections_of
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import NotFound
from servicecenter.notifications.queries import unread_count

technicians = only(Role.TECHNICIAN)
STEPS = frozenset({"start_inspection", "leave", "finish_inspection", "reopen_inspection"})
UNDO = {"start_inspection": "leave", "finish_inspection": "reopen_inspection"}


@require_safe
@technicians
@never_cache
def handovers(request: HttpRequest) -> HttpResponse:
    """Units that wait for an inspection, one's own, and mended defects to look at again."""
    user = current_user(request)
    context = {"handovers": inspections_of(user, database_now()), "again": to_look_at_again(user)}
    return _draw(request, "handovers", context)


@require_safe
@technicians
@never_cache
def handover(request: HttpRequest, number: str) -> HttpResponse:
    """One unit: its rooms, its meters, and the next step."""
    user = current_user(request)
    found = handover_for(user, number)
    lines = lines_of(found)["meters"]
    rooms = rooms_of(found)
    context = {
        "handover": found,
        "may": actions_of(found, user),
        "rooms": rooms,
        "ready": all(room.is_done for room in rooms),
        "meters": lines,
        "meters_done": sum(line.is_done for line in lines),
        "counts": defect_counts(found),
        "defects": items_of(found, only_defects=True),
    }
    return _draw(request, "handover", context)


@require_POST
@technicians
def step(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Start, leave, finish, or go back to the inspection."""
    user = current_user(request)
    found = handover_for(user, number)
    if action not in STEPS:
        raise NotFound
    form = SimpleForm(request.POST, handover=found, user=user)
    if settle(form, action=action):
        back = UNDO.get(action)
        undo = f"undo={reverse('field:handover_step', args=[number, back])}" if back else ""
        said = _("%(unit)s: %(step)s") % {"unit": found.unit.code, "step": LABELS[action]}
        messages.success(request, said, extra_tags=undo)
    else:
        for errors in form.errors.values():
            for error in errors:
                messages.error(request, str(error))
    return redirect("field:handovers" if action == "leave" else "field:handover", *_args(action, number))


def _args(action: str, number: str) -> list[str]:
    return [] if action == "leave" else [number]


@require_http_methods(["GET", "HEAD", "POST"])
@technicians
@never_cache
def room(request: HttpRequest, number: str, room_no: int) -> HttpResponse:
    """A room: each item in order or not; saved, the next room that is not done comes."""
    user = current_user(request)
    found = handover_for(user, number)
    here, rooms = room_named(found, room_no)
    shown = items_of(found, room=here.name)
    bound = request.method == "POST"
    form = RoomForm(
        request.POST if bound else None,
        request.FILES if bound else None,
        handover=found,
        user=user,
        room=here.name,
        items=[each.item for each in shown],
    )
    if bound and settle(form, action=f"room-{here.number}"):
        messages.success(request, _("%(room)s is written down.") % {"room": here.name})
        return redirect(_next_room(found, here.number))
    context = {
        "handover": found,
        "form": form,
        "room": here,
        "rooms": rooms,
        "rows": [(each, dict(form.rows)[each.item]) for each in shown],
        "may_write": "look" in actions_of(found, user),
        "lost_photos": bool(form.errors and request.FILES),
    }
    return _draw(request, "room", context, status=422 if form.is_bound else 200)


def _next_room(found: Handover, number: int) -> str:
    rooms = rooms_of(found)
    for each in [*rooms[number:], *rooms[: number - 1]]:
        if not each.is_done:
            return reverse("field:handover_room", args=[found.number, each.number])
    return reverse("field:handover", args=[found.number])


@require_http_methods(["GET", "HEAD", "POST"])
@technicians
@never_cache
def meters(request: HttpRequest, number: str) -> HttpResponse:
    """What the meters show on the day."""
    user = current_user(request)
    found = handover_for(user, number)
    form = PartForm(request.POST or None, handover=found, user=user, part="meters")
    if request.method == "POST" and settle(form, action="meters"):
        messages.success(request, _("The readings are written down."))
        return redirect("field:handover", found.number)
    context = {"handover": found, "form": form, "may_write": "read_meters" in actions_of(found, user)}
    return _draw(request, "meters", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@technicians
@never_cache
def sign(request: HttpRequest, number: str) -> HttpResponse:
    """The owner signs on the tablet for the unit, with the defects that are to be mended."""
    user = current_user(request)
    found = handover_for(user, number)
    form = FinalSignForm(request.POST or None, handover=found, user=user)
    if request.method == "POST" and settle(form, action="sign"):
        messages.success(request, _("Signed. A supervisor reviews it; the keys are at the front desk."))
        return redirect("field:handover", found.number)
    context = {
        "handover": found,
        "form": form,
        "defects": items_of(found, only_defects=True),
        "may_write": "sign" in actions_of(found, user),
    }
    return _draw(request, "sign", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@technicians
@never_cache
def again(request: HttpRequest, number: str, finding_id: int) -> HttpResponse:
    """复验: a mended defect, in order or to be mended again."""
    user = current_user(request)
    shown = finding_for(user, number, finding_id)
    found = shown.item.handover
    form = AgainForm(
        request.POST or None, request.FILES or None, handover=found, user=user, finding=shown.item
    )
    if request.method == "POST" and settle(form, action=f"again-{shown.item.pk}"):
        messages.success(request, _("It is written down."))
        return redirect("field:handovers")
    context = {"handover": found, "form": form, "shown": shown, "may_write": shown.again}
    return _draw(request, "again", context, status=422 if form.is_bound else 200)


def _draw(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    counts = {"nav_counts": {"messages": unread_count(current_user(request))}}
    return render(request, f"field/handovers/{template}.html", counts | context, status=status)
