"""Pages for places without signal: a job with all the steps that may follow, and what waits to be sent."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from decoration.forms import later as on_sites
from repairs.forms.later import action_labels, field_labels, steps_ahead, value_labels
from repairs.queries import case_page
from servicecenter.accounts.guards import current_user
from servicecenter.field.views.jobs import field_staff


@require_safe
@field_staff
@never_cache
def ahead(request: HttpRequest, number: str) -> HttpResponse:
    """A work order as the phone keeps it: its facts, and a form for each step that may follow."""
    user = current_user(request)
    case = case_page(user, number)
    context = {"case": case, "ticket": case.ticket, "ahead": steps_ahead(case.ticket, user)}
    return render(request, "field/ahead.html", context)


@require_safe
@field_staff
@never_cache
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits on this phone; the phone itself fills it in, the server has not heard of it yet."""
    user = current_user(request)
    words = {
        "actions": action_labels() | on_sites.action_labels(),
        "fields": field_labels() | on_sites.field_labels(user),
        "values": value_labels(user) | on_sites.value_labels(user),
    }
    return render(request, "field/waiting.html", {"words": words})
