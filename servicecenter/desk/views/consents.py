"""Consents and guardians at the desk: what a person said, and writing down what they say on paper or by telephone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from owners.actions.consenting import say
from owners.actions.guarding import name_guardian
from owners.forms.consents import DeskSayForm, GuardianForm
from owners.queries.consents import history_of, said_by, version_asked
from owners.queries.wards import guardian_of
from servicecenter.desk.queries.callers import person_for
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def consents(request: HttpRequest, person_id: int) -> HttpResponse:
    """What the person said to each purpose; a yes or no that we were told is written down with how."""
    user = current_user(request)
    person = person_for(user, person_id)
    status, refusal = 200, ""
    if request.method == "POST":
        form = DeskSayForm(request.POST)
        try:
            version, given = form.said()
            channel = form.cleaned_data["channel"]
            say(person, version_asked(version), given=given, channel=channel, by=user)
        except Refusal as refused:
            status, refusal = refused.status, str(refused.sentence)
        else:
            messages.success(request, _("Written down."))
            return redirect("desk:consents", person.pk)
    context = {
        "person": person,
        "rows": said_by(person),
        "lines": history_of(person),
        "channels": DeskSayForm.base_fields["channel"].choices,  # type: ignore[attr-defined]
        "guardian": guardian_of(person) if person.is_minor else None,
        "refusal": refusal,
    }
    return page(request, "desk/consents.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def guardian(request: HttpRequest, person_id: int) -> HttpResponse:
    """Names who speaks for a child."""
    user = current_user(request)
    person = person_for(user, person_id)
    form = GuardianForm(request.POST if request.method == "POST" else None, child=person)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["guardian"]
        try:
            name_guardian(person, chosen, by=user)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(
                request,
                _("%(guardian)s speaks for %(child)s.") % {"guardian": chosen.name, "child": person.name},
            )
            return redirect("desk:person", person.pk)
    context = {"person": person, "form": form}
    return page(request, "desk/guardian.html", context, status=422 if form.is_bound else 200)
