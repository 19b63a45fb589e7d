"""Money at the desk: what is owed, taking it, the receipt, and undoing what was wrong."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicecenter.accounts.models import User
from servicecenter.audit.sending import sent_before, settled
from servicecenter.desk.forms.searching import searched_text
from servicecenter.desk.queries.callers import unit_for
from servicecenter.desk.views.charges import charge_page
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.desk.views.lists import list_context
from servicecenter.ledger import actions
from servicecenter.ledger.actions.posting import LEADERS
from servicecenter.ledger.forms import BillForm, ReasonForm, TakeForm
from servicecenter.ledger.models import Charge, Receipt, Refund
from servicecenter.ledger.queries.charges import charge_for, charges_like, receipt_for, receipts_like
from servicecenter.ledger.queries.days import open_days
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import new_key
from servicecenter.lib.money import capitals
from servicecenter.lib.refusals import NotFound

SHOWS = ("unpaid", "refunds", "all", "receipts")


@require_safe
@desk
@never_cache
def money(request: HttpRequest) -> HttpResponse:
    """What is unpaid, every charge, and every receipt; with the days that wait to be closed."""
    user = current_user(request)
    text, show = searched_text(request), request.GET.get("show", "")
    show = show if show in SHOWS else "unpaid"
    labels = {
        "unpaid": _("Unpaid"),
        "refunds": _("Refunds"),
        "all": _("All charges"),
        "receipts": _("Receipts"),
    }
    tabs = [{"label": labels[code], "url": f"?show={code}", "active": code == show} for code in SHOWS]
    context = list_context(request, _rows(user, show, text), show=show, text=text)
    return page(
        request, "desk/money.html", context | {"tabs": tabs, "open_days": open_days(user, database_now())}
    )


def _rows(user: User, show: str, text: str) -> Any:
    if show == "receipts":
        receipts = Receipt.objects.visible_to(user).select_related(
            "charge", "entry__reversed_by", "community"
        )
        return receipts_like(receipts, text) if text else receipts
    charges = Charge.objects.visible_to(user).select_related("community")
    if show == "unpaid":
        charges = charges.unpaid()
    if show == "refunds":
        charges = charges.filter(pk__in=Refund.objects.open().values("charge"))
    return charges_like(charges, text) if text else charges


@require_safe
@desk
@never_cache
def charge(request: HttpRequest, number: str) -> HttpResponse:
    """One charge: what it is for, how it stands, what can be done, and all that happened to it."""
    return charge_page(request, charge_for(current_user(request), number))


@require_POST
@desk
@never_cache
def take(request: HttpRequest, number: str) -> HttpResponse:
    """Takes the money; the receipt comes next."""
    user = current_user(request)
    found = charge_for(user, number)
    done = sent_before(request, user)
    if done is not None:
        return redirect("desk:receipt", done)
    form = TakeForm(request.POST, charge=found)

    def act() -> str:
        given = {name: form.cleaned_data[name] for name in ("method", "reference", "payer", "amount")}
        return actions.take(found, by=user, **given).number

    done = settled(request, form, user, act)
    if done is None:
        return charge_page(request, charge_for(user, number), {"take": form}, status=422)
    messages.success(request, _("Paid. Here is the receipt."))
    return redirect("desk:receipt", done)


@require_safe
@desk
@never_cache
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """One receipt, to print or to undo."""
    return _receipt(request, receipt_for(current_user(request), number))


@require_POST
@desk
@never_cache
def reverse_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """冲销: the payment was none."""
    user = current_user(request)
    found = receipt_for(user, number)
    if sent_before(request, user) is not None:
        return redirect("desk:receipt", found.number)
    form = ReasonForm(request.POST)

    def act() -> str:
        actions.reverse(found, reason=form.cleaned_data["reason"], by=user)
        return found.number

    if settled(request, form, user, act) is None:
        return _receipt(request, receipt_for(user, number), form, status=422)
    messages.success(request, _("The receipt is void; the charge is owed again."))
    return redirect("desk:receipt", found.number)


def _receipt(
    request: HttpRequest, found: Receipt, form: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    undone = getattr(found.entry, "reversed_by", None)
    leads = current_user(request).role in LEADERS and undone is None
    context = {
        "receipt": found,
        "undone": undone,
        "prints": found.prints.count(),
        "capitals": capitals(found.amount),
        "form": (form or ReasonForm()) if leads else None,
        "print_key": new_key(),
    }
    return page(request, "desk/receipt.html", context, status=status)


@require_POST
@desk
@never_cache
def print_receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Counts a print and shows the sheet."""
    user = current_user(request)
    found = receipt_for(user, number)
    printed = sent_before(request, user)
    if printed is None:
        form = ReasonForm(request.POST)
        del form.fields["reason"]
        printed = settled(request, form, user, lambda: str(actions.print_receipt(found, by=user).print_no))
    return redirect("desk:receipt_sheet", found.number, int(printed or 1))


@require_safe
@desk
@never_cache
def sheet(request: HttpRequest, number: str, print_no: int) -> HttpResponse:
    """收据 on paper; every print but the first says that it is one more."""
    found = receipt_for(current_user(request), number)
    if print_no > 9999:
        raise NotFound
    printed = found.prints.select_related("by").filter(print_no=print_no).first()
    if printed is None:
        raise NotFound
    context = {
        "receipt": found,
        "printed": printed,
        "undone": getattr(found.entry, "reversed_by", None),
        "capitals": capitals(found.amount),
    }
    return render(request, "desk/receipt_sheet.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def bill(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Charges a unit by hand: a card, a deposit, another service."""
    user = current_user(request)
    unit = unit_for(user, unit_id)
    number = sent_before(request, user)
    names = [stay.person.name for stay in unit.residents]  # type: ignore[attr-defined]
    form = BillForm(request.POST if request.method == "POST" else None, initial={"payer": (names or [""])[0]})

    def act() -> str:
        given = dict(form.cleaned_data)
        about = actions.About(unit.community, "unit", unit.pk, "", unit.code, given.pop("payer"))
        return actions.bill(about, key=given.pop("idempotency_key") or new_key(), by=user, **given).number

    number = number or settled(request, form, user, act)
    if number is not None:
        messages.success(request, _("It is charged. Take the money now, or later."))
        return redirect("desk:charge", number)
    context = {"form": form, "unit": unit}
    return page(request, "desk/bill.html", context, status=422 if form.is_bound else 200)
