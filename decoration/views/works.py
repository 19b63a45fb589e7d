"""Works that go on now, and the record of contractors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from decoration.forms.rules import BanForm, ContractorCardForm
from decoration.queries.cases import with_shown
from decoration.queries.lists import works_now
from decoration.queries.records import contractors_of, records_of, rules_broken
from decoration.queries.terms import hours_of, hours_on
from decoration.views.frame import DESK, draw, readers
from decoration.workflow import Status
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role
from servicecenter.audit.sending import sent_before, settled
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import NotFound

DAYS = 28


@require_safe
@only(Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN, Role.TECHNICIAN, Role.SECURITY)
@never_cache
def calendar(request: HttpRequest) -> HttpResponse:
    """Who decorates where in the next four weeks, building by building."""
    user = current_user(request)
    today = local_day(database_now())
    days = [today + timedelta(days=number) for number in range(DAYS)]
    rows = list(works_now(user, today))
    hours = {each: hours_of(each) for each in {row.community_id for row in rows}}
    buildings: dict[Any, list[dict[str, Any]]] = {}
    for row in rows:
        cells = [
            {
                "day": day,
                "on": bool(row.starts_on and row.ends_on and row.starts_on <= day <= row.ends_on),
                "quiet": not hours_on(day, hours[row.community_id]),
            }
            for day in days
        ]
        buildings.setdefault(row.unit.building, []).append({"permit": row, "cells": cells})
    towers = [
        {
            "building": building,
            "works": len(found),
            "late": sum(each["permit"].ends_on < today for each in found),
            "stopped": sum(each["permit"].status == Status.SUSPENDED for each in found),
        }
        for building, found in buildings.items()
    ]
    context = {"buildings": buildings, "towers": towers, "days": days, "today": today}
    return draw(request, "calendar", context)


@require_safe
@readers
@never_cache
def contractors(request: HttpRequest) -> HttpResponse:
    """Contractors with permits, violations and how long works took."""
    at = database_now()
    records = records_of(current_user(request), at)
    return draw(request, "contractors", {"records": records, "today": local_day(at)})


@require_http_methods(["GET", "HEAD", "POST"])
@readers
@never_cache
def contractor(request: HttpRequest, pk: int) -> HttpResponse:
    """One contractor: papers, record, permits; keeping it out. A POST says by `do` what is meant."""
    user, at = current_user(request), database_now()
    found = contractors_of(user).select_related("community").filter(pk=min(pk, 2**62)).first()
    if found is None:
        raise NotFound
    ban = request.POST.get("do") == "ban"
    posted = request.POST if request.method == "POST" else None
    card = ContractorCardForm(None if ban else posted, contractor=found)
    banning = BanForm(posted if ban else None, contractor=found)
    form = banning if ban else card
    if posted is not None:
        done = sent_before(request, user) is not None
        if done or settled(request, form, user, lambda: form.save(user)) is not None:
            messages.success(request, _("Saved."))
            return redirect("permits:contractor", found.pk)
    permits = with_shown(found.permits.visible_to(user)).order_by("-id")[:50]
    context = {
        "contractor": found,
        "record": records_of(user, at, [found])[0],
        "rules": rules_broken(user, found),
        "card": card,
        "banning": banning,
        "permits": permits,
        "at_desk": user.role in DESK,
        "may_ban": user.role == Role.SUPERVISOR,
    }
    return draw(request, "contractor", context, status=422 if posted is not None else 200)
