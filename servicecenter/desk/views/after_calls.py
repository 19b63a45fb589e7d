"""Three questions by message, answered without a login by whoever could not be reached by telephone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from servicecenter.desk.actions.repairs import take_after_call
from servicecenter.desk.forms.calls import AfterCallForm
from surveys.actions.after_calls import asked_by


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def after_call(request: HttpRequest, token: str) -> HttpResponse:
    """One screen; sent, it counts, and what is not well goes back to work at once."""
    asked = asked_by(token)
    community = asked.follow_up.community
    if request.user.is_anonymous:
        # The emergency line of the community stands in the frame.
        request.hotline = community.hotline  # type: ignore[attr-defined]
    form = AfterCallForm(request.POST if request.method == "POST" else None)
    context = {"follow_up": asked.follow_up, "community": community, "form": form}
    if form.is_bound and form.is_valid():
        done = take_after_call(token, **form.cleaned_data)
        return render(request, "desk/after_call_thanks.html", context | {"asked": done})
    return render(request, "desk/after_call.html", context, status=422 if form.is_bound else 200)
