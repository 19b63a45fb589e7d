"""抢单: the open jobs that a technician may take."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from repairs import actions
from repairs.queries import job_to_grab, warranties_of
from repairs.queries.grabbing import jobs_to_grab
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role
from servicecenter.lib.clock import database_now
from servicecenter.notifications.queries import unread_count

technicians = only(Role.TECHNICIAN)


@require_safe
@technicians
@never_cache
def open_jobs(request: HttpRequest) -> HttpResponse:
    """Accepted repairs that a rule has opened and that one may take now: the most pressing first."""
    user = current_user(request)
    tickets = jobs_to_grab(user, database_now(), "unit", "building", "community")
    covers = warranties_of(tickets)
    context = {
        "jobs": [{"ticket": ticket, "warranty": covers[ticket.pk]} for ticket in tickets],
        "nav_counts": {"messages": unread_count(user)},
    }
    return render(request, "field/open_jobs.html", context)


@require_POST
@technicians
@never_cache
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Takes an open job. A second tap finds it among one's own."""
    user = current_user(request)
    ticket = job_to_grab(user, number)
    if ticket.assignee_id != user.pk:
        actions.grab(ticket, by=user)
        messages.success(
            request, _("%(number)s is yours. Please call the owner first.") % {"number": ticket.number}
        )
    return redirect("field:job", ticket.number)
