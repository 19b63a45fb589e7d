"""Goods releases at the desk: the list, one of them, a new one at the counter, and the slip."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from owners.actions import releases as acting
from owners.forms.keys import ReasonForm
from owners.forms.releases import ConsentForm, CounterAskForm
from owners.models import GoodsRelease
from owners.queries.homes import owners_here, residents_here
from owners.queries.releases import release_for, releases_for, searched
from owners.slips import slip_of
from owners.workflow.releases import ReleaseStatus
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import filed
from servicecenter.attachments.queries import pictures_of
from servicecenter.audit.sending import sent_before, settled
from servicecenter.desk.forms.searching import searched_text
from servicecenter.desk.queries.callers import unit_for
from servicecenter.desk.queries.histories import lines_of
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.desk.views.lists import list_context
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal, files_of
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.workflow.run import allowed

SHOWS = {
    "open": (ReleaseStatus.ASKED, ReleaseStatus.VALID),
    "waiting": (ReleaseStatus.ASKED,),
    "used": (ReleaseStatus.USED,),
    "all": tuple(ReleaseStatus),
}
WITH_REASON: dict[str, Callable[..., GoodsRelease]] = {
    "decline": acting.decline,
    "refuse": acting.refuse,
    "cancel": acting.cancel,
}


@require_safe
@desk
@never_cache
def releases(request: HttpRequest) -> HttpResponse:
    """Goods releases: open ones, those that wait for an owner, those that were used, all."""
    user = current_user(request)
    text = searched_text(request)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else "all" if text else "open"
    every = releases_for(user)
    context = list_context(
        request, searched(every.filter(status__in=SHOWS[show]), text), show=show, text=text
    )
    waiting = every.filter(status=ReleaseStatus.ASKED).count()
    labels = {
        "open": _("Open"),
        "waiting": pgettext("release", "Waiting for the owner"),
        "used": pgettext("release status", "Let out"),
        "all": _("All"),
    }
    tabs = [
        {
            "label": label,
            "url": f"?show={code}",
            "active": code == show,
            "count": waiting if code == "waiting" else None,
        }
        for code, label in labels.items()
    ]
    return page(request, "desk/releases.html", context | {"tabs": tabs})


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def ask(request: HttpRequest, unit_id: int) -> HttpResponse:
    """A release at the counter, or for somebody who calls."""
    user = current_user(request)
    unit = unit_for(user, unit_id)
    number = sent_before(request, user)
    form = CounterAskForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        unit=unit,
        residents=residents_here(unit),
        owners=owners_here(unit),
    )
    if number is None and form.is_bound and form.is_valid():
        number = _asked(request, form, user)
    if number is not None:
        return redirect("desk:release", number)
    context = {"form": form, "unit": unit}
    return page(request, "desk/release_ask.html", context, status=422 if form.is_bound else 200)


@require_safe
@desk
@never_cache
def release(request: HttpRequest, number: str) -> HttpResponse:
    """One release: what, who, when, whose consent, and what can be done."""
    return _show(request, release_for(current_user(request), number))


@require_POST
@desk
@never_cache
def step(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Takes one step with a release."""
    user = current_user(request)
    found = release_for(user, number)
    if action not in {"consent", *WITH_REASON}:
        raise NotFound
    if sent_before(request, user) is not None:
        return redirect("desk:release", found.number)
    form = _form_of(action, found, request)

    def act() -> str:
        if isinstance(form, ConsentForm):
            return acting.consent(found, form.said(database_now()), by=user).number
        return WITH_REASON[action](found, reason=form.cleaned_data["reason"], by=user).number

    if settled(request, form, user, act) is None:
        return _show(request, release_for(user, number), {action: form}, status=422)
    messages.success(request, _("It is written down."))
    return redirect("desk:release", found.number)


@require_safe
@desk
@never_cache
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """放行条: to be carried to the gate."""
    found = release_for(current_user(request), number)
    gate = request.build_absolute_uri(reverse("field:gate"))
    return render(request, "desk/release_slip.html", slip_of(found, gate) | {"printed_at": database_now()})


def _asked(request: HttpRequest, form: CounterAskForm, user: User) -> str | None:
    try:
        with filed(files_of(form.cleaned_data["photos"] or [])) as pictures:
            now = database_now()
            return settled(request, form, user, lambda: form.save(by=user, pictures=pictures, now=now).number)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


def _form_of(
    action: str, found: GoodsRelease, request: HttpRequest | None = None
) -> ConsentForm | ReasonForm:
    sent = request.POST if request is not None else None
    if action == "consent":
        return ConsentForm(sent, owners=owners_here(found.unit))
    form = ReasonForm(sent)
    # Whoever does not need it any more owes nobody a reason.
    form.fields["reason"].required = action != "cancel"
    return form


def _show(
    request: HttpRequest, found: GoodsRelease, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    rows = [row for row in allowed(found, current_user(request)) if row.action in {"consent", *WITH_REASON}]
    context = {
        "release": found,
        "items": list(found.items.all()),
        "photos": pictures_of("goods_release", found.pk),
        "events": lines_of(found.TABLE, found.pk),
        "asking": [(row, (forms or {}).get(row.action) or _form_of(row.action, found)) for row in rows],
        "may_print": found.status == ReleaseStatus.VALID,
    }
    return page(request, "desk/release.html", context, status=status)
