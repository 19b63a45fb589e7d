"""“I take care of it”: one tap on a missed deadline, from wherever it is shown."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.views import safe_next
from servicecenter.desk.forms.missed import AcknowledgeForm
from servicecenter.lib import works
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.serializers import LARGEST_ID
from servicecenter.sla.actions import ACKNOWLEDGERS, acknowledge


@require_POST
@only(*ACKNOWLEDGERS)
def take(request: HttpRequest, work: str, case_id: int) -> HttpResponse:
    """Takes on what is missed of a case; refuses as the action does."""
    if work not in {each.code for each in works.all_works()} or case_id > LARGEST_ID:
        raise NotFound
    form = AcknowledgeForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    acknowledge(work, case_id, by=current_user(request), note=note)
    messages.success(
        request, _("You take care of it. Reminders now come to you, once a day, until it is done.")
    )
    return redirect(safe_next(request) or "/")
