"""What people overruled of the proposals for voices, and keeping it as examples; beside the triage of repairs."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.actions.teaching import accept_example, drop_example, may_teach
from complaints.models import VoiceExample
from complaints.queries.cases import case_for
from complaints.queries.overruled import overruled
from servicecenter.accounts.guards import current_user
from servicecenter.audit.sending import sent_before, settled
from servicecenter.desk.forms.voice_examples import VoiceExampleForm
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import NotFound, NotPermitted
from servicecenter.sla.views.base import readers

# How far back the share of overruled proposals looks.
PERIOD = timedelta(days=90)
EXAMPLES_LISTED = 50


@require_safe
@readers
@never_cache
def voices(request: HttpRequest) -> HttpResponse:
    """How many proposals were overruled, which, and the examples that were accepted."""
    user = current_user(request)
    examples = VoiceExample.objects.visible_to(user).select_related("by").order_by("-id")
    context = {
        "found": overruled(user, since=database_now() - PERIOD),
        "examples": examples[:EXAMPLES_LISTED],
        "may_teach": may_teach(user),
    }
    return render(request, "triage/voices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@readers
@never_cache
def teach(request: HttpRequest, number: str) -> HttpResponse:
    """The words of a case with what would have been right; accepted, it is an example."""
    user = current_user(request)
    if not may_teach(user):
        raise NotPermitted
    case = case_for(user, number)
    form = VoiceExampleForm(request.POST if request.method == "POST" else None, case=case)

    def keep() -> str:
        given = {name: value for name, value in form.cleaned_data.items() if name != "idempotency_key"}
        return str(accept_example(case, by=user, **given).pk)

    if (sent_before(request, user) or settled(request, form, user, keep)) is not None:
        messages.success(request, _("The example is kept. The next training learns from it."))
        return redirect("triage:voices")
    context = {
        "form": form,
        "case": case,
        "case_url": reverse("complaints:case", args=[case.number]),
        "back": reverse("triage:voices"),
    }
    return render(request, "triage/add.html", context, status=422 if form.is_bound else 200)


@require_POST
@readers
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes an example back."""
    user = current_user(request)
    example = VoiceExample.objects.visible_to(user).filter(pk=pk).first() if pk < 2**63 else None
    if example is None:
        raise NotFound
    drop_example(example, by=user)
    messages.success(request, _("The example is removed."))
    return redirect("triage:voices")
