"""Sites without signal: the page that the phone keeps, what it sends afterwards, and what it gives up."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from decoration.actions.later import LATER, drop_later, told_time
from decoration.forms.later import steps_ahead
from decoration.forms.site import ON_SITE
from decoration.forms.steps import form_for
from decoration.models import Permit
from decoration.queries.cases import permit_for
from decoration.queries.guide import next_step
from decoration.queries.page import pictured
from repairs.forms.later import DropForm
from repairs.models import PhoneTimeRule
from servicecenter.accounts.guards import current_user
from servicecenter.accounts.models import User
from servicecenter.audit.idempotency import answer_of, once
from servicecenter.cases.later import DROPPED
from servicecenter.field.views.jobs import field_staff
from servicecenter.field.views.later import errors_of, phone_instant, refusal_of, refused
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import KeyField
from servicecenter.lib.refusals import Invalid, NotFound, Refusal


@require_safe
@field_staff
@never_cache
def site(request: HttpRequest, number: str) -> HttpResponse:
    """With a line this is the page of the permit; without one the phone shows the copy that it kept of `ahead`."""
    return redirect("permits:case", permit_for(current_user(request), number).number)


@require_safe
@field_staff
@never_cache
def ahead(request: HttpRequest, number: str) -> HttpResponse:
    """A site as the phone keeps it: its facts, the checklist, and what is still to be put right."""
    user = current_user(request)
    permit = permit_for(user, number)
    context = {
        "case": permit,
        "ahead": steps_ahead(permit, user),
        "works": permit.works.in_force(),
        "violations": pictured("violation", permit.violations.open().select_related("rule")),
    }
    return render(request, "field/site_ahead.html", context)


@require_POST
@field_staff
@never_cache
def take(request: HttpRequest, number: str, action: str) -> JsonResponse:
    """Takes what was seen without signal, once per key however often it is sent. A refusal comes with how the permit
    stands now."""
    user = current_user(request)
    permit = permit_for(user, number)
    key, code = KeyField().clean(request.POST.get("idempotency_key", "")), action.replace("-", "_")
    if code not in LATER:
        raise NotFound
    if answer_of(user=user, key=key, route=f"permit:act:{permit.pk}:{code}") is not None:
        return JsonResponse({"version": None, "again": True})
    try:
        form = form_for(code, permit, user, request.POST, request.FILES, more=ON_SITE)
        told = phone_instant(request.POST.get("happened_at", ""))
        if told is not None:
            now, longest = database_now(), PhoneTimeRule.longest(permit.community_id)
            form.at, form.heard_at = told_time(permit, told, longest=longest, now=now), now
        if form.settle():
            return JsonResponse({"version": None, "again": False})
        return refused(refusal_of(form), _present(permit, user))
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return refused(refusal, _present(permit, user))


@require_POST
@field_staff
@never_cache
def drop(request: HttpRequest, number: str) -> JsonResponse:
    """What waited was discarded on the phone: what it was and why is written down with the permit, once."""
    user = current_user(request)
    permit = permit_for(user, number)
    form = DropForm(request.POST)
    if not form.is_valid():
        raise Invalid(errors=errors_of(form))
    said = {name: form.cleaned_data[name] for name in ("what", "reason")}

    def act() -> tuple[int, dict[str, Any]]:
        drop_later(permit, by=user, **said)
        return 200, {}

    route = f"permit:act:{permit.pk}:{DROPPED}"
    once(user=user, key=form.cleaned_data["idempotency_key"], route=route, body=said, act=act)
    return JsonResponse({"version": None, "again": False})


def _present(permit: Permit, user: User) -> dict[str, Any]:
    """How it stands, in words."""
    permit.refresh_from_db()
    return {
        "version": permit.version,
        "status": permit.status,
        "label": str(permit.get_status_display()),
        "engineer": str(permit.inspector or ""),
        "mine": True,
        "next": next_step(permit, user).sentence,
        "meanwhile": [],
    }
