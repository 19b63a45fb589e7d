"""The warranties of one's own homes, and booking a free inspection before they end."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from owners.forms.inspections import BookingForm, actions_of, take
from owners.queries.inspections import invitations, slot_words, visit_for
from owners.queries.warranty import register_of, rules_of
from servicecenter.audit.idempotency import answered, once
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.formtools import KeyField, add_refusal
from servicecenter.lib.refusals import Refusal
from servicecenter.portal.entry import Here, draw, resident_page


@require_safe
@resident_page()
def warranty(request: HttpRequest, here: Here) -> HttpResponse:
    """Every part of every home here: until when the builder answers for it."""
    place = here.home.community.pk
    rules, today = rules_of([place])[place], local_day(database_now())
    homes = [(unit, register_of(unit, on=today, rules=rules)) for unit in here.home.units]
    context = {"homes": homes, "visits": invitations(here.user, here.home.community)}
    return draw(request, here, "warranty", context)


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page(chosen=False)
def inspection(request: HttpRequest, here: Here, visit_id: int) -> HttpResponse:
    """One invitation: choose a time, or another one."""
    visit = visit_for(here.user, visit_id)
    key = KeyField().clean(request.POST.get("idempotency_key", ""))
    if answered(user=here.user, key=key, route=request.path[:100]):
        return redirect("portal:inspection", visit.pk)
    sent = request.POST if request.method == "POST" else None
    form = BookingForm(sent, visit=visit, at=database_now())
    if sent is not None and form.is_valid():
        try:
            _book(request, here, form)
        except Refusal as refusal:
            if refusal.status in (403, 404):
                raise
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Booked. We remind you the day before."))
            return redirect("portal:inspection", visit.pk)
    context = {
        "visit": visit,
        "time": slot_words(visit.slot) if visit.slot else "",
        "form": form,
        "actions": actions_of(visit, here.user),
    }
    return draw(request, here, "inspection", context, status=422 if form.is_bound else 200)


@require_POST
@resident_page(chosen=False)
def step(request: HttpRequest, here: Here, visit_id: int, action: str) -> HttpResponse:
    """Gives the time back, or says that no inspection is needed."""
    visit = visit_for(here.user, visit_id)
    try:
        take(visit, action, by=here.user)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("Saved. You can still book as long as there are times."))
    return redirect("portal:inspection", visit.pk)


def _book(request: HttpRequest, here: Here, form: BookingForm) -> None:
    def act() -> tuple[int, dict[str, int]]:
        return 200, {"visit": form.save(by=here.user).pk}

    given = form.cleaned_data
    body = {"slot": given["slot"].pk}
    once(user=here.user, key=given["idempotency_key"], route=request.path[:100], body=body, act=act)
