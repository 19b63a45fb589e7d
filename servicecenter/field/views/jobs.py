"""The work orders of a technician, and what everybody in the field has: messages, language, sign out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from complaints.queries.people import praise_of
from owners.queries.keys import keys_for
from repairs.models import Ticket
from repairs.queries import case_for, case_page
from repairs.queries.grabbing import jobs_to_grab
from repairs.workflow import WITH_WORKER, Status
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.access import NOT_IN_ROLL, record_access
from servicecenter.field.queries import coming_visits, day_of
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import NotFound, NotPermitted, Refusal
from servicecenter.notifications.queries import unread_count
from surveys.queries.measures import awaiting

field_staff = only(Role.TECHNICIAN, Role.SECURITY)
# A technician sees a number in full only while the work order is open.
OPEN_TO_CALL = frozenset({*WITH_WORKER, Status.ON_HOLD})


@require_safe
@field_staff
@never_cache
def today(request: HttpRequest) -> HttpResponse:
    """Today's jobs in visiting order, with the one to do now on top."""
    user = current_user(request)
    at = database_now()
    context = {
        "day": day_of(user, at),
        "open_jobs": len(jobs_to_grab(user, at)),
        "measures": awaiting(user),
        "visits": sum(len(visits) for _time, visits in coming_visits(user, at)),
        "nav_counts": {"messages": unread_count(user)},
    }
    return render(request, "field/today.html", context)


@require_safe
@field_staff
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """A number that was read off paper: the job, if it is one of theirs."""
    typed = request.GET.get("number", "").strip().upper()[:24]
    try:
        return redirect("field:job", case_for(current_user(request), typed).number)
    except NotFound:
        messages.error(request, _("None of your jobs has this number."))
        return redirect("field:today")


@require_safe
@field_staff
@never_cache
def inspections(request: HttpRequest) -> HttpResponse:
    """The visits to make in the next two weeks, by time; those of today whose time has passed are among them."""
    user = current_user(request)
    context = {"times": coming_visits(user, database_now()), "nav_counts": {"messages": unread_count(user)}}
    return render(request, "field/inspections.html", context)


@require_safe
@field_staff
@never_cache
def job(request: HttpRequest, number: str) -> HttpResponse:
    """One work order with its one big next step."""
    user = current_user(request)
    case = case_page(user, number)
    main, rest = case.buttons[:1], case.buttons[1:]
    if main and main[0].style != "primary":
        main, rest = [], case.buttons
    context = {
        "case": case,
        "ticket": case.ticket,
        "main": main[0] if main else None,
        "rest": rest,
        "may_call": _answers(user, case.ticket) and bool(case.ticket.contact_phone),
        "nav_counts": {"messages": unread_count(user)},
    }
    return render(request, "field/job.html", context)


@require_POST
@field_staff
@never_cache
def call(request: HttpRequest, number: str) -> HttpResponse:
    """Shows the number to dial, after it was written down who looked at it and why."""
    user = current_user(request)
    ticket = case_for(user, number)
    if not _answers(user, ticket):
        raise NotPermitted(_("The number is shown only while the work order is open."))
    if not ticket.contact_phone:
        raise Refusal(_("No phone number was left. Please ask the front desk."), code="no_phone")
    record_access(
        by=user,
        community_id=ticket.community_id,
        person_id=ticket.reporter_id or NOT_IN_ROLL,
        field="phone",
        reason=_("Work order %(number)s") % {"number": ticket.number},
    )
    template = "field/_number.html" if request.headers.get("HX-Request") else "field/call.html"
    return render(request, template, {"ticket": ticket})


def _answers(user: User, ticket: Ticket) -> bool:
    """Whoever helps or watches asks the one who answers for it."""
    return ticket.assignee_id == user.pk and ticket.status in OPEN_TO_CALL


@require_safe
@field_staff
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """Who is signed in, where they work, language, sign out."""
    user = current_user(request)
    context = {
        "communities": Community.objects.visible_to(user),
        "praise": praise_of(user),
        "keys": keys_for(user).order_by("due_at", "id"),
        "nav_counts": {"messages": unread_count(user)},
    }
    return render(request, "field/me.html", context)
