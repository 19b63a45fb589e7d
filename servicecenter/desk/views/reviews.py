"""Listening to recorded calls: the sample that the program drew, and what was heard."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from servicecenter.accounts.guards import only
from servicecenter.accounts.models import Role
from servicecenter.desk.forms.calls import ReviewForm
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import NotFound, Refusal
from surveys.actions.reviews import review as write_review
from surveys.models import CallReview
from surveys.queries.reviews import EACH_WEEK, drawn_for, own_reviews


@require_safe
@desk
@never_cache
def reviews(request: HttpRequest) -> HttpResponse:
    """Supervisors: the sample, what is still to be listened to first. Callers: what was said about their own calls."""
    user = current_user(request)
    leads = user.role == Role.SUPERVISOR
    context = {
        "drawn": drawn_for(user, database_now()) if leads else [],
        "leads": leads,
        "mine": own_reviews(user),
        "each_week": EACH_WEEK,
        "marks": len(CallReview.MARKS),
    }
    return page(request, "desk/reviews.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.SUPERVISOR)
@never_cache
def review(request: HttpRequest, id: int) -> HttpResponse:
    """What was written down of a call beside four marks; POST keeps them, once."""
    user = current_user(request)
    found = next((each for each in drawn_for(user, database_now()) if each.attempt.pk == id), None)
    if found is None:
        raise NotFound
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        marks = {name: name in given["marks"] for name in CallReview.MARKS}
        try:
            write_review(
                found.attempt, marks=marks, by=user, recording=given["recording"], note=given["note"]
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Kept. The caller can read it."))
            return redirect("desk:reviews")
    context = {"drawn": found, "form": form}
    return page(request, "desk/review.html", context, status=422 if form.is_bound else 200)
