"""Appointments at the desk: a day's visits, what waits for an answer, what was missed, who keeps them in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from servicecenter.accounts.guards import only
from servicecenter.accounts.models import User
from servicecenter.desk.models import READERS
from servicecenter.desk.queries.appointments import figures, missed_lately, visits_on, waiting
from servicecenter.desk.views.frame import current_user, never_cache, page
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.faces import face_of, layout_of
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.words import date_words

ONE_DAY = timedelta(days=1)
# A day that somebody turns to, not one that overflows a calendar.
YEARS = range(2000, 2100)


@require_safe
@only(*READERS)
@never_cache
def appointments(request: HttpRequest) -> HttpResponse:
    """One of four lists; a day can be turned."""
    user, at = current_user(request), database_now()
    show = request.GET.get("show", "day")
    if show not in LISTS:
        raise NotFound
    context = {"show": show, "several": len(user.community_ids) > 1} | LISTS[show](request, user, at)
    if face_of(user.role) != "desk":
        return render(request, "desk/appointments.html", context | {"layout": layout_of(user.role)})
    return page(request, "desk/appointments.html", context | {"layout": "desk/base.html"})


def _day(request: HttpRequest, user: User, at: datetime) -> dict[str, Any]:
    day = _asked(request.GET.get("day", ""), local_day(at))
    return {
        "day": day,
        "day_words": date_words(day),
        "before": (day - ONE_DAY).isoformat(),
        "after": (day + ONE_DAY).isoformat(),
        "rows": visits_on(user, day, at),
    }


def _asked(said: str, today: date) -> date:
    try:
        day = parse_date(said) or today
    except ValueError:
        return today
    return day if day.year in YEARS else today


LISTS: Mapping[str, Callable[[HttpRequest, User, datetime], dict[str, Any]]] = {
    "day": _day,
    "waiting": lambda _request, user, at: {"waiting": waiting(user, at)},
    "missed": lambda _request, user, at: {"rows": missed_lately(user, at)},
    "figures": lambda _request, user, at: {"figures": figures(user, at)},
}
