"""Somebody who left asks at the desk to be erased: what goes, what stays until when, and why."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from owners.actions.asking_erasure import ask_erasure
from owners.queries.erasure import answer_for, in_words, latest_request, left_at
from servicecenter.desk.forms.retention import AskForm
from servicecenter.desk.queries.callers import person_for
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def erasure(request: HttpRequest, person_id: int) -> HttpResponse:
    """Says what the answer would be; written down, the answer that was given stays here."""
    user = current_user(request)
    person = person_for(user, person_id)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_erasure(person, channel=form.cleaned_data["channel"], by=user)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Written down. This is the answer to read out."))
            return redirect("desk:erasure", person.pk)
    left, asked = left_at(person), latest_request(person)
    answer = asked.answer if asked else answer_for(left, database_now()) if left else []
    context = {
        "person": person,
        "left": left,
        "asked": asked,
        "answer": in_words(answer),
        "form": form,
    }
    return page(request, "desk/erasure.html", context, status=422 if form.is_bound else 200)
