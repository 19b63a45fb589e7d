"""Charges and receipts for pages and the API."""

from __future__ import annotations

import re
from typing import TypeVar

from django.db import models
from django.db.models import Q

from servicecenter.accounts.models import User
from servicecenter.ledger.models import Charge, ChargeQuerySet, Receipt, ReceiptQuerySet
from servicecenter.lib.refusals import NotFound

_NUMBER = re.compile(r"[BS][0-9]{6}-[A-Z]{0,3}[0-9]{1,9}")
R = TypeVar("R", bound=models.Model)


def charge_for(user: User, number: str) -> Charge:
    """The charge with this number; refuses `not_found`, alike for one that is out of scope."""
    rows = Charge.objects.visible_to(user).select_related("community", "raised_by")
    return _named(rows, number)


def receipt_for(user: User, number: str) -> Receipt:
    """The receipt with this number; refuses `not_found`, alike for one that is out of scope."""
    rows = Receipt.objects.visible_to(user).select_related(
        "community", "charge", "charge__community", "entry", "entry__reversed_by", "cashier"
    )
    return _named(rows, number)


def _named(rows: models.QuerySet[R], number: str) -> R:
    number = number.upper()
    # Not every string may be asked of PostgreSQL (NUL), and only numbers of ours are worth asking for.
    found = rows.filter(number=number).first() if _NUMBER.fullmatch(number) else None
    if found is None:
        raise NotFound
    return found


def charges_like(rows: ChargeQuerySet, text: str) -> ChargeQuerySet:
    """Those whose number, case, place, payer or item are like `text`."""
    return rows.filter(
        Q(number__istartswith=text)
        | Q(case_number__istartswith=text)
        | Q(place__icontains=text)
        | Q(payer__icontains=text)
        | Q(item__icontains=text)
    )


def receipts_like(rows: ReceiptQuerySet, text: str) -> ReceiptQuerySet:
    """Those whose number, case, payer or item are like `text`."""
    return rows.filter(
        Q(number__istartswith=text)
        | Q(charge__case_number__istartswith=text)
        | Q(charge__place__icontains=text)
        | Q(payer__icontains=text)
        | Q(item__icontains=text)
    )
