"""The page of one charge, and what can be done with it besides taking the money."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from servicecenter.accounts.models import User
from servicecenter.audit.sending import sent_before, settled
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.ledger import actions
from servicecenter.ledger.actions.posting import LEADERS
from servicecenter.ledger.forms import AgreeForm, PayOutForm, ReasonForm, RefundForm, TakeForm
from servicecenter.ledger.models import Charge, RefundState
from servicecenter.ledger.queries.charges import charge_for
from servicecenter.lib import works
from servicecenter.lib.refusals import NotFound

Act = Callable[..., Any]
Shape = Callable[..., forms.Form]
# action: what it does, to the charge or to the refund that is open; its form; what the page says afterwards
ON_CHARGE: dict[str, tuple[Act, Shape, str | Promise]] = {
    "withdraw": (actions.withdraw, ReasonForm, _("Nothing has to be paid any more.")),
    "ask-refund": (actions.ask_refund, RefundForm, _("Asked for. A second person has to agree now.")),
}
ON_REFUND: dict[str, tuple[Act, Shape, str | Promise]] = {
    "agree-refund": (actions.agree_refund, AgreeForm, _("Agreed.")),
    "decline-refund": (actions.decline_refund, ReasonForm, _("The refund is declined.")),
    "pay-refund": (actions.pay_refund, PayOutForm, _("The refund is in the book.")),
}


@require_POST
@desk
@never_cache
def step(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Withdraws a charge; asks for a refund, agrees to it, declines it, pays it out."""
    user = current_user(request)
    found = charge_for(user, number)
    if action not in ON_CHARGE | ON_REFUND:
        raise NotFound
    if sent_before(request, user) is not None:
        return redirect("desk:charge", found.number)
    act, shape, said = (ON_CHARGE | ON_REFUND)[action]
    form = shape(request.POST, **({"charge": found} if shape is RefundForm else {}))

    def take_it() -> str:
        on = found if action in ON_CHARGE else actions.open_refund(found)
        given = {name: value for name, value in form.cleaned_data.items() if name != "idempotency_key"}
        act(on, by=user, **given)
        return found.number

    if settled(request, form, user, take_it) is None:
        return charge_page(request, charge_for(user, number), {action: form}, status=422)
    messages.success(request, str(said))
    return redirect("desk:charge", found.number)


def charge_page(
    request: HttpRequest, found: Charge, sent: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """What it is for, how it stands, what can be done, and all that happened to it."""
    user, sent = current_user(request), sent or {}
    note = found.notes.select_related("by").order_by("-id").first() if found.owed else None
    said = {"method": note.method, "reference": note.reference} if note else {}
    leads = user.role in LEADERS
    context: dict[str, Any] = {
        "charge": found,
        "note": note,
        "entries": found.entries.select_related("receipt", "agreed_by")
        .prefetch_related("lines")
        .order_by("id"),
        "take": (sent.get("take") or TakeForm(charge=found, **said)) if found.owed else None,
        "withdraw": (sent.get("withdraw") or ReasonForm()) if leads and found.owed else None,
    }
    context |= _refunds(found, user, sent) | _case_of(found, user)
    # A step that somebody else has taken meanwhile: its form is gone, what was wrong is said all the same.
    shown = [form for form in context.values() if isinstance(form, forms.Form)]
    context["gone"] = next((form for form in sent.values() if form not in shown), None)
    return page(request, "desk/charge.html", context, status=status)


# What a charge may be about.
CASES = {"repair": _("Repair"), "permit": _("Decoration permit"), "handover": _("Move-in")}


def _case_of(found: Charge, user: User) -> dict[str, Any]:
    """The case that it is about: what it is called, and its page."""
    work = works.find(found.work)
    line = work.lines(user, [found.case_id]).get(found.case_id) if work and work.lines else None
    label = CASES.get(found.work, _("Case"))
    return {"case_label": label, "case_url": line.url if line else ""}


def _refunds(found: Charge, user: User, sent: dict[str, Any]) -> dict[str, Any]:
    """The refunds of a charge, and the forms of the next step for this reader."""
    known = list(found.refunds.select_related("asked_by", "decided_by").order_by("-id"))
    now = next((each for each in known if each.state in (RefundState.ASKED, RefundState.AGREED)), None)
    context: dict[str, Any] = {"refunds": known, "refund_open": now}
    if now is None:
        if found.held > 0:
            context["ask"] = sent.get("ask-refund") or RefundForm(charge=found)
    elif now.state == RefundState.ASKED:
        if user.role in LEADERS and now.asked_by_id != user.pk:
            context["agree"] = AgreeForm()
            context["decline"] = sent.get("decline-refund") or ReasonForm(auto_id="decline_%s")
    elif now.decided_by_id != user.pk:
        context["pay"] = sent.get("pay-refund") or PayOutForm(auto_id="pay_%s")
    return context
