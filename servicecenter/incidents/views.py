"""The pages of the duty roster."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Community, Role, User
from servicecenter.incidents.actions import ROSTER_KEEPERS, copy_week, remove_shift
from servicecenter.incidents.forms import FIELDS, ShiftForm, initial_of
from servicecenter.incidents.models import DutyKind, DutyShift
from servicecenter.incidents.queries.duty import monday_of, on_duty, week_of
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.formtools import YEARS, add_refusal
from servicecenter.lib.nav import LEADERS
from servicecenter.lib.refusals import NotFound, Refusal

readers = only(Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)
keepers = only(*ROSTER_KEEPERS)


@require_safe
@readers
@never_cache
def roster(request: HttpRequest) -> HttpResponse:
    """The week that `?week=` (any day of it) lies in, of `?community=`; who is on duty now."""
    user = current_user(request)
    at = database_now()
    community = _community(user, request.GET.get("community", ""))
    week = week_of(community, monday_of(_day(request.GET.get("week", ""), local_day(at))))
    context = {
        "week": week,
        "today": local_day(at),
        "now": on_duty([community.pk], at).get(community.pk, []),
        "communities": _communities(user),
        "may_keep": user.role in ROSTER_KEEPERS,
        "layout": _layout(user),
        "printed_at": at,
    }
    return render(request, "incidents/roster.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """A new shift; `?day=` and `?kind=` come from the place in the week where it was asked for."""
    user = current_user(request)
    community = _community(user, request.GET.get("community", ""))
    today = local_day(database_now())
    kind = request.GET.get("kind", "")
    initial = {
        "day": _day(request.GET.get("day", ""), today),
        "kind": kind if kind in DutyKind.values else DutyKind.FRONT_DESK,
    }
    form = ShiftForm(request.POST or None, by=user, community=community, initial=initial)
    return _edit(request, form, _("New shift"))


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def change(request: HttpRequest, shift_id: int) -> HttpResponse:
    """A shift that is not over."""
    user = current_user(request)
    shift = _shift(user, shift_id)
    form = ShiftForm(
        request.POST or None, by=user, community=shift.community, shift=shift, initial=initial_of(shift)
    )
    return _edit(request, form, _("Change the shift"))


def _edit(request: HttpRequest, form: ShiftForm, title: str) -> HttpResponse:
    user = current_user(request)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                shift = form.save(by=user)
            except Refusal as refusal:
                if refusal.status != 400:
                    raise
                add_refusal(form, refusal, FIELDS)
            else:
                messages.success(request, _("The roster is written."))
                return redirect(_week_url(shift.community, local_day(shift.starts_at)))
    context: dict[str, Any] = {
        "form": form,
        "title": title,
        "community": form.community,
        "shift": form.shift,
        "layout": _layout(user),
        "back": _week_url(form.community, _day(request.GET.get("day", ""), local_day(database_now()))),
    }
    return render(request, "incidents/shift.html", context, status=status)


@require_POST
@keepers
def remove(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Off the roster."""
    user = current_user(request)
    shift = _shift(user, shift_id)
    back = _week_url(shift.community, local_day(shift.starts_at))
    remove_shift(shift, by=user)
    messages.success(request, _("The shift is off the roster."))
    return redirect(back)


@require_POST
@keepers
def copy(request: HttpRequest) -> HttpResponse:
    """The week before once more."""
    user = current_user(request)
    community = _community(user, request.POST.get("community", ""))
    monday = monday_of(_day(request.POST.get("week", ""), local_day(database_now())))
    copied = copy_week(community=community, monday=monday, by=user)
    if copied:
        said = ngettext("%(count)s shift is copied.", "%(count)s shifts are copied.", copied)
        messages.success(request, said % {"count": copied})
    else:
        messages.info(request, _("The week before has nothing that could be copied."))
    return redirect(_week_url(community, monday))


def _layout(user: User) -> str:
    """Leaders come from the management page, everybody else from the desk."""
    return "layouts/manage.html" if user.role in LEADERS else "layouts/desk.html"


def _communities(user: User) -> list[Community]:
    return list(Community.objects.visible_to(user).filter(is_active=True).order_by("code"))


def _community(user: User, code: str) -> Community:
    """The community with this code, the first of one's own where none is named; refuses `not_found`."""
    mine = _communities(user)
    found = next((each for each in mine if not code or each.code == code.upper()), None)
    if found is None:
        raise NotFound
    return found


def _shift(user: User, shift_id: int) -> DutyShift:
    shifts = DutyShift.objects.visible_to(user).select_related("community", "user")
    shift = shifts.filter(pk=shift_id).first() if shift_id < 2**63 else None
    if shift is None:
        raise NotFound
    return shift


def _day(text: str, fallback: date) -> date:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    return day if day is not None and day.year in YEARS else fallback


def _week_url(community: Community, day: date) -> str:
    return f"{reverse('duty:roster')}?community={community.code}&week={monday_of(day):%Y-%m-%d}"
