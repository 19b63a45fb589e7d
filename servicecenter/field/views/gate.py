"""The gate: a code is scanned or typed, goods are ticked off, and leave once.

Nothing about a release is in an address: its code comes in a form, and what the guard may do next is tied to the guard
and to a quarter of an hour by a signature.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from owners.actions.releases import let_out, look_up, refuse
from owners.actions.releases.gate import check_gate
from owners.forms.releases import CodeForm, GateForm
from owners.models import GoodsRelease
from owners.queries.releases import checked_by, releases_for
from owners.workflow.releases import ReleaseStatus
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.queries import pictures_of
from servicecenter.audit.sending import sent_before, settled
from servicecenter.lib.clock import database_now, local_day, start_of_day
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.notifications.queries import unread_count
from servicecenter.workflow.run import allowed

guard = only(Role.SECURITY)
SALT, QUARTER = "gate", 15 * 60


@require_safe
@guard
@never_cache
def gate(request: HttpRequest) -> HttpResponse:
    """Scan or type a code; below, what this guard dealt with today."""
    return _gate(request, CodeForm())


@require_POST
@guard
@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """What the slip of this code says: goods, times, vehicle. Changes nothing."""
    user = current_user(request)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _gate(request, form, status=422)
    try:
        release = look_up(form.cleaned_data["code"], by=user)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return _gate(request, form, status=429 if refusal.status == 429 else 422)
    return _slip(request, release)


@require_POST
@guard
@never_cache
def settle(request: HttpRequest, action: str) -> HttpResponse:
    """The goods leave, or they stay with a reason."""
    user = current_user(request)
    if action not in ("let_out", "refuse"):
        raise NotFound
    number = sent_before(request, user)
    if number is None:
        release = _meant(request, user)
        form = GateForm(request.POST, release=release)
        number = settled(request, form, user, lambda: _act(action, release, form, user))
        if number is None:
            return _slip(request, release, form, status=422)
    said = _("%(number)s: let out.") if action == "let_out" else _("%(number)s: refused.")
    messages.success(request, said % {"number": number})
    return redirect("field:gate")


def _act(action: str, release: GoodsRelease, form: GateForm, user: User) -> str:
    if action == "let_out":
        return let_out(release, taken=form.taken, by=user).number
    return refuse(release, reason=form.cleaned_data["reason"], by=user).number


def _pass(release: GoodsRelease, user: User) -> str:
    """Says that this guard has shown the code of this release just now."""
    return signing.dumps([release.pk, user.pk], salt=SALT)


def _meant(request: HttpRequest, user: User) -> GoodsRelease:
    """The release whose code was shown; refuses `not_found` for a forged or another guard's pass, and an old one."""
    try:
        pk, guard_id = signing.loads(request.POST.get("pass", "")[:200], salt=SALT, max_age=QUARTER)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotFound(_("Please scan or type the code again.")) from error
    release = releases_for(user).filter(pk=pk).first() if guard_id == user.pk else None
    if release is None:
        raise NotFound(_("Please scan or type the code again."))
    return release


def _slip(
    request: HttpRequest, release: GoodsRelease, form: GateForm | None = None, status: int = 200
) -> HttpResponse:
    """As much as a guard needs: which unit, which goods, when, the end of the plate. No name, no phone."""
    user = current_user(request)
    release.refresh_from_db()
    why_not: str = ""
    if release.status == ReleaseStatus.VALID:
        try:
            check_gate(release, database_now())
        except Refusal as refusal:
            why_not = str(refusal.sentence)
    context: dict[str, Any] = {
        "release": release,
        "items": list(release.items.all()),
        "photos": pictures_of("goods_release", release.pk) if release.status == ReleaseStatus.VALID else [],
        "form": form or GateForm(release=release),
        "may": {row.action for row in allowed(release, user)},
        "why_not": why_not,
        "pass": _pass(release, user),
        "nav_counts": {"messages": unread_count(user)},
    }
    return render(request, "field/gate_slip.html", context, status=status)


def _gate(request: HttpRequest, form: CodeForm, status: int = 200) -> HttpResponse:
    user = current_user(request)
    context = {
        "form": form,
        "done": checked_by(user, start_of_day(local_day(database_now()))),
        "nav_counts": {"messages": unread_count(user)},
    }
    return render(request, "field/gate.html", context, status=status)
