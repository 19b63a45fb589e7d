"""Whoever left asks here to be erased, and reads what stays until when and why."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from owners.actions.asking_erasure import ask_erasure
from owners.models import ConsentChannel
from owners.queries.erasure import (
    answer_for,
    answer_today,
    in_words,
    latest_request,
    left_at,
    left_records,
)
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import NotFound
from servicecenter.portal.queries import homes_of


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.RESIDENT)
@never_cache
def erasure(request: HttpRequest) -> HttpResponse:
    """A resident's records where they have no home any more, with the answer beside each; for others why not yet."""
    user, now = current_user(request), database_now()
    records = left_records(user)
    if request.method == "POST":
        named = request.POST.get("person", "")
        person = next((each for each in records if str(each.pk) == named), None)
        if person is None:
            raise NotFound
        ask_erasure(person, channel=ConsentChannel.PORTAL, by=user)
        messages.success(request, _("Written down. Below stands what goes and what stays."))
        return redirect("portal:erasure")
    rows = []
    for person in records:
        asked, left = latest_request(person), left_at(person)
        assert left is not None
        rows.append((person, asked, in_words(asked.answer if asked else answer_for(left, now))))
    context = {"rows": rows, "homes": homes_of(user), "later": answer_today()}
    return render(request, "portal/erasure.html", context)
