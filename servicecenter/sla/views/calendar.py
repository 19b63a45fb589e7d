"""Working time: the week, the exceptions, and the next twelve months drawn as a calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from servicecenter.accounts.guards import current_user
from servicecenter.accounts.models import Community
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Stale
from servicecenter.sla import hours
from servicecenter.sla.forms.calendar import FIELDS, ExceptionForm, WeekForm
from servicecenter.sla.hours.history import changes_of
from servicecenter.sla.spans import write_spans
from servicecenter.sla.views.base import chosen_community, communities, readers
from servicecenter.sla.wording import estimate_words
from servicecenter.sla.year import LETTERS, LOOKS, WEEKDAYS, draw

NEAR_YEARS = timedelta(days=366)


@require_safe
@readers
@never_cache
def calendar(request: HttpRequest) -> HttpResponse:
    """The calendar of `?community=`, or of the company."""
    community = _place(request)
    return _page(request, community, _week_form(community, None), _exception_form(community, None))


@require_POST
@readers
def week(request: HttpRequest) -> HttpResponse:
    """Changes the week."""
    community = _place(request)
    form = _week_form(community, request.POST)
    return _saved(
        request,
        community,
        form,
        lambda: hours.set_week(
            community,
            form.week,
            by=current_user(request),
            version=form.seen,
            apply_to_open=form.cleaned_data["apply_to_open"],
        ),
    ) or _page(request, community, form, _exception_form(community, None), _status(form))


@require_POST
@readers
def add(request: HttpRequest) -> HttpResponse:
    """Adds an exception."""
    community = _place(request)
    form = _exception_form(community, request.POST)
    return _saved(
        request,
        community,
        form,
        lambda: hours.add_exception(
            community,
            form.cleaned_data["day"],
            form.hours,
            form.cleaned_data["reason"],
            by=current_user(request),
            version=form.seen,
            apply_to_open=form.cleaned_data["apply_to_open"],
        ),
    ) or _page(request, community, _week_form(community, None), form, _status(form))


@require_POST
@readers
def drop(request: HttpRequest) -> HttpResponse:
    """Removes an exception."""
    community = _place(request)
    day, version = _day(request.POST.get("day", "")), request.POST.get("version", "")
    if day is None or not version.isdecimal():
        raise NotFound
    hours.drop_exception(
        community,
        day,
        by=current_user(request),
        version=min(int(version[:19]), 2**63 - 1),
        apply_to_open="apply_to_open" in request.POST,
    )
    messages.success(request, _("The exception is removed."))
    return redirect(_address(community))


def _saved(
    request: HttpRequest, community: Community | None, form: Form, save: Callable[[], None]
) -> HttpResponseRedirect | None:
    """Saves what a form says and goes on; None where the page has to be shown again, with what was typed."""
    if not hours.may_keep(community, current_user(request)):
        raise NotPermitted
    if not form.is_valid():
        return None
    try:
        save()
    except Invalid as refusal:
        add_refusal(form, refusal, FIELDS)
        return None
    except Stale as refusal:
        form.data = request.POST.copy()
        form.data["version"] = str(_own(community).version)
        form.add_error(None, str(refusal.sentence))
        return None
    messages.success(request, _("Working time is changed."))
    return redirect(_address(community))


def _status(form: Form) -> int:
    return 409 if form.is_bound and list(form.errors) == ["__all__"] else 422


def _page(
    request: HttpRequest,
    community: Community | None,
    week_form: WeekForm,
    exception_form: ExceptionForm,
    status: int = 200,
) -> HttpResponse:
    user = current_user(request)
    counted = hours.calendar_for(community.pk if community else 0)
    today = local_day(database_now())
    own, company = _own(community), hours.company_hours()
    reasons = {day: reason for row in (company, own) for day, (reason, _spans) in row.exceptions.items()}
    months = draw(counted, reasons, today)
    context = {
        "community": community,
        "communities": communities(user),
        "may_keep": hours.may_keep(community, user),
        "week_form": week_form,
        "exception_form": exception_form,
        "week": list(zip(WEEKDAYS, map(write_spans, counted.weekly), strict=True)),
        "keeps_the_companys": community is not None and own.week is None,
        "exceptions": _exceptions(own, today),
        "companys_exceptions": _exceptions(company, today) if community else [],
        "version": own.version,
        "months": months,
        "today": today,
        "weekday_letters": LETTERS,
        "looks": LOOKS.items(),
        "estimates": estimate_words(tuple(sorted({each.first.year for each in months if each.estimated}))),
        "changes": changes_of(community),
    }
    return render(request, "sla/calendar.html", context, status=status)


def _exceptions(row: hours.Hours, today: date) -> list[tuple[date, str, str]]:
    """Day, hours in words ('' closed) and reason, of a year back and all to come."""
    return [
        (day, write_spans(spans), reason)
        for day, (reason, spans) in sorted(row.exceptions.items())
        if day >= today - NEAR_YEARS
    ]


def _place(request: HttpRequest) -> Community | None:
    return chosen_community(request, first=request.method != "POST")


def _own(community: Community | None) -> hours.Hours:
    return hours.hours_of(community.pk if community else None)


def _week_form(community: Community | None, data: Any) -> WeekForm:
    own = _own(community)
    return WeekForm(
        data,
        week=hours.calendar_for(community.pk if community else 0).weekly,
        own=own.week is not None,
        company=community is None,
        version=own.version,
        reached=hours.open_cases(community),
    )


def _exception_form(community: Community | None, data: Any) -> ExceptionForm:
    return ExceptionForm(data, version=_own(community).version, reached=hours.open_cases(community))


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _address(community: Community | None) -> str:
    return f"{reverse('sla:calendar')}?community={community.code if community else ''}"
