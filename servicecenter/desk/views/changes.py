"""Corrections of records at the desk: the queue, side by side, checked or not applied."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from owners.actions import changing
from owners.forms import ChangeForm, RefuseForm
from owners.queries.changes import change_for, changes_for, compared, correctable, latest_of
from owners.workflow import Field
from servicecenter.audit.access import record_access
from servicecenter.audit.idempotency import answered, once
from servicecenter.desk.actions import changing as applying
from servicecenter.desk.forms.reveal import RevealForm
from servicecenter.desk.queries.callers import person_for
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.lib.formtools import KeyField, add_refusal
from servicecenter.lib.pages import page_of
from servicecenter.lib.refusals import NotFound, Refusal

SIZE = 50


@require_safe
@desk
@never_cache
def changes(request: HttpRequest) -> HttpResponse:
    """What waits to be checked, the oldest first; and what was decided lately."""
    user = current_user(request)
    decided = request.GET.get("show") == "decided"
    rows = changes_for(user)
    found = page_of(
        rows.exclude(status="proposed") if decided else rows.open(),
        order=["-id"] if decided else ["id"],
        cursor=request.GET.get("cursor", ""),
        size=SIZE,
    )
    base = f"?show={'decided' if decided else 'open'}&cursor="
    context = {
        "rows": [compared(each, user) for each in found.rows],
        "decided": decided,
        "several": len(user.community_ids) > 1,
        "newer": base + found.newer if found.newer else "",
        "older": base + found.older if found.older else "",
    }
    return page(request, "desk/changes.html", context)


@require_safe
@desk
@never_cache
def change(request: HttpRequest, change_id: int) -> HttpResponse:
    """One correction, side by side and masked."""
    return _show(request, change_id, form=RefuseForm())


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def full(request: HttpRequest, change_id: int) -> HttpResponse:
    """Asks why, writes it down, shows both values in full once."""
    user = current_user(request)
    found = change_for(user, change_id)
    form = RevealForm(request.POST or None, initial={"reason": "identity"})
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            record_access(
                by=user,
                community_id=found.community_id,
                person_id=found.person_id,
                field="plate" if found.field.startswith("vehicle") else found.field,
                reason=form.said,
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
            status = max(status, refusal.status)
        else:
            return _show(request, change_id, form=RefuseForm(), full=True)
    context = {"form": form, "change": found, "back": reverse("desk:change", args=[found.pk])}
    return page(request, "desk/change_full.html", context, status=status)


@require_POST
@desk
def verify_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """Checked: the record reads as proposed."""
    found = change_for(current_user(request), change_id)
    seen = request.POST.get("seen", "")[:64] or None
    applying.verify_change(found, by=current_user(request), seen=seen, version=_version(request))
    messages.success(request, _("The record of %(name)s is corrected.") % {"name": found.person.name})
    return redirect("desk:changes")


@require_POST
@desk
@never_cache
def refuse_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """The record stays as it is, with a reason."""
    user = current_user(request)
    found = change_for(user, change_id)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _show(request, change_id, form=form, status=422)
    changing.refuse(found, reason=form.cleaned_data["reason"], by=user, version=_version(request))
    messages.success(request, _("Not applied. Whoever proposed it reads why."))
    return redirect("desk:changes")


@require_POST
@desk
def withdraw_change(request: HttpRequest, change_id: int) -> HttpResponse:
    """Takes one's own proposal back."""
    user = current_user(request)
    changing.withdraw(change_for(user, change_id), by=user, version=_version(request))
    messages.success(request, _("Withdrawn. The record stays as it is."))
    return redirect("desk:changes")


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def propose_change(request: HttpRequest, person_id: int) -> HttpResponse:
    """A caller says that their record is wrong: which value, and what it should read."""
    user = current_user(request)
    person = person_for(user, person_id)
    field = request.GET.get("field", "")
    lines = correctable(person)
    line = next((each for each in lines if each.field == field), None)
    context: dict[str, Any] = {"person": person, "lines": lines, "line": line}
    if line is None:
        if field or request.method == "POST":
            raise NotFound
        return page(request, "desk/change_what.html", context | {"changes": latest_of(person, user)})
    key = KeyField().clean(request.POST.get("idempotency_key", ""))
    if answered(user=user, key=key, route=request.path):
        return redirect("desk:changes")
    form = ChangeForm(request.POST if request.method == "POST" else None, person=person, field=field)
    if request.method == "POST" and form.is_valid():

        def act() -> tuple[int, dict[str, Any]]:
            return 200, {"change": changing.propose(person, field, form.value, by=user).pk}

        try:
            _status, answer, _again = once(
                user=user,
                key=form.cleaned_data["idempotency_key"],
                route=request.path,
                body={"field": field},
                act=act,
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return redirect("desk:change", answer["change"])
    return page(
        request, "desk/change_form.html", context | {"form": form}, status=422 if form.is_bound else 200
    )


def _show(
    request: HttpRequest, change_id: int, *, form: RefuseForm, full: bool = False, status: int = 200
) -> HttpResponse:
    user = current_user(request)
    found = change_for(user, change_id)
    shown = compared(found, user, full=full)
    context = {
        "shown": shown,
        "form": form,
        "full": full,
        "takes_two": shown.change.status == "proposed" and "verify" not in shown.actions,
        "is_phone": found.field == Field.PHONE,
    }
    return page(request, "desk/change.html", context, status=status)


def _version(request: HttpRequest) -> int | None:
    said = request.POST.get("version", "")
    return int(said) if said.isdigit() and len(said) < 9 else None
