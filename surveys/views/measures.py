"""Measures: one's own, and all of them for leaders."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import STAFF_ROLES, Role, User
from servicecenter.cases.story import pictures
from servicecenter.lib.faces import layout_of
from surveys.charts import figure, interval_words
from surveys.forms.steps import form_for
from surveys.queries.guide import buttons, next_words
from surveys.queries.measures import cause_of, effect_of, listed, measure_for
from surveys.views.campaigns import settled

# Whoever may open the results themselves; others read the one figure that is theirs to move.
LEADER_ROLES = frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMIN})
staff = only(*sorted(STAFF_ROLES))


@require_safe
@staff
@never_cache
def measures(request: HttpRequest) -> HttpResponse:
    """What is to be done, the most urgent first; then what was done."""
    user = current_user(request)
    return _draw(request, user, "surveys/measures.html", {"rows": listed(user)})


@require_safe
@staff
@never_cache
def measure(request: HttpRequest, number: str) -> HttpResponse:
    """One measure: what, who, until when, its evidence, and what the next campaign says."""
    user = current_user(request)
    found = measure_for(user, number)
    cause = cause_of(found)
    context = {
        "measure": found,
        "cause": cause,
        "figure": figure(cause.figure.value) if cause else "",
        "spread": interval_words(cause.figure) if cause else "",
        "reads_results": user.role in LEADER_ROLES,
        "buttons": buttons(found, user),
        "next": next_words(found),
        "photos": pictures(found),
        "effect": effect_of(found) if found.status in ("done", "verified") else None,
    }
    return _draw(request, user, "surveys/measure.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
@never_cache
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """GET: the form of a step. POST: takes it and goes back to the measure."""
    user = current_user(request)
    found = measure_for(user, number)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = form_for(action.replace("-", "_"), found, user, *sent)
    return settled(request, form, reverse("measures:measure", args=[found.number]), layout_of(user.role))


def _draw(request: HttpRequest, user: User, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context | {"layout": layout_of(user.role)})
