"""Correcting one's own record: proposed here, checked at the desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from owners.actions import changing
from owners.forms import ChangeForm
from owners.models import Person
from owners.queries.changes import change_for, correctable, latest_of
from owners.workflow import Field
from servicecenter.audit.idempotency import answered, once
from servicecenter.lib.formtools import KeyField, add_refusal
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.portal.entry import Here, draw, resident_page
from servicecenter.portal.queries import record_of


@require_safe
@resident_page()
def changes(request: HttpRequest, here: Here) -> HttpResponse:
    """Every value of the record with a way to correct it, and what was proposed so far."""
    person = _own(here)
    context = {"lines": correctable(person), "changes": latest_of(person, here.user)}
    return draw(request, here, "changes", context)


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page()
def change(request: HttpRequest, here: Here) -> HttpResponse:
    """One value: what it is now, masked, and what it should be."""
    person = _own(here)
    field = request.GET.get("field", "")
    if field not in Field.values:
        raise NotFound
    line = next((each for each in correctable(person) if each.field == field), None)
    if line is None:
        raise NotFound
    key = KeyField().clean(request.POST.get("idempotency_key", ""))
    if answered(user=here.user, key=key, route=request.path):
        return redirect("portal:changes")
    form = ChangeForm(request.POST if request.method == "POST" else None, person=person, field=field)
    if request.method == "POST" and form.is_valid():
        try:
            _propose(request, here, person, form)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Thank you. A colleague checks it; you hear from us."))
            return redirect("portal:changes")
    context = {"form": form, "line": line}
    return draw(request, here, "change", context, status=422 if form.is_bound else 200)


@require_POST
@resident_page(chosen=False)
def withdraw(request: HttpRequest, here: Here, change_id: int) -> HttpResponse:
    """Takes a proposed correction back."""
    changing.withdraw(change_for(here.user, change_id), by=here.user)
    messages.success(request, _("Withdrawn. Your record stays as it is."))
    return redirect("portal:changes")


def _own(here: Here) -> Person:
    record = record_of(here.user, here.home)
    if record is None:
        raise NotFound
    return record.person


def _propose(request: HttpRequest, here: Here, person: Person, form: ChangeForm) -> None:
    def act() -> tuple[int, dict[str, int]]:
        return 200, {"change": changing.propose(person, form.what, form.value, by=here.user).pk}

    key = form.cleaned_data["idempotency_key"]
    # The key of a form is drawn once: with it the typed value needs no digest of its own.
    once(user=here.user, key=key, route=request.path, body={"field": form.what}, act=act)
