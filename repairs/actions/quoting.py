"""What a plan costs and who pays for it, decided with a reason; and the charge of work that was agreed and done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from repairs.models import Payer, PriceItem, Quote, QuoteLine, Ticket
from repairs.queries.prices import prices_on
from repairs.queries.warranty import warranty_of
from servicecenter.attachments.models import Photo, PhotoKind
from servicecenter.ledger.actions import About, charge
from servicecenter.ledger.models import Kind
from servicecenter.lib.clock import local_day
from servicecenter.lib.money import is_whole_cents
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import Step

HIGHEST_PRICE = Decimal("999999.99")
MOST_LINES = 20
MOST_OF_ONE = Decimal("9999.99")
LONGEST_REASON = 300


@dataclass(frozen=True)
class Wanted:
    """A service of the price list, how much of it, and whether it is given for free."""

    item: PriceItem
    quantity: Decimal = Decimal(1)
    is_free: bool = False


@dataclass(frozen=True)
class Offer:
    """What is put to the owner: who pays, why, for which services, and what it comes to."""

    payer: str
    reason: str
    warranty: str
    total: Decimal
    lines: tuple[QuoteLine, ...] = ()


def offer(
    ticket: Ticket,
    *,
    price: Decimal | None,
    payer: str = "",
    reason: str = "",
    lines: Sequence[Wanted] = (),
    at: datetime,
) -> Offer:
    """Decides what a plan costs: the sum of its `lines`, or the `price` that was named where it has none.

    Who pays is what was said, else the owner where it costs something, else the warranty where the home has one.
    Refuses `invalid`: neither price nor lines; a price that is not the sum; services that are not on the list in
    force; and, without a reason, work for free, a paying owner under warranty, and warranty where there is none.
    """
    drawn = _lines(ticket, lines, at)
    total = _total(drawn, price)
    standing = str(warranty_of(ticket).state)
    who = payer or (Payer.OWNER if total else Payer.WARRANTY if standing == "in" else Payer.FREE)
    said = reason.strip()[:LONGEST_REASON]
    _check(who, said, standing, total, explicit=bool(payer))
    if who != Payer.OWNER:
        for line in drawn:
            line.is_free = True
        total = Decimal(0)
    return Offer(str(who), said, standing, total, tuple(drawn))


def _lines(ticket: Ticket, wanted: Sequence[Wanted], at: datetime) -> list[QuoteLine]:
    if not wanted:
        return []
    listed = {item.pk for item in prices_on(ticket.community_id, local_day(at))}
    if len(wanted) > MOST_LINES or any(each.item.pk not in listed for each in wanted):
        raise Invalid(errors={"lines": [_("Please choose from the price list that is in force.")]})
    for each in wanted:
        if not is_whole_cents(each.quantity) or not 0 < each.quantity <= MOST_OF_ONE:
            raise Invalid(errors={"lines": [_("Please check the quantities.")]})
    return [
        QuoteLine(
            community_id=ticket.community_id,
            item=each.item,
            name=each.item.name,
            unit=each.item.unit,
            quantity=each.quantity,
            labour=each.item.labour,
            material=each.item.material,
            is_free=each.is_free,
        )
        for each in wanted
    ]


def _total(lines: Sequence[QuoteLine], price: Decimal | None) -> Decimal:
    if price is not None and not (is_whole_cents(price) and 0 <= price <= HIGHEST_PRICE):
        raise Invalid(errors={"price": [_("Please enter a price between 0 and 999 999.99 yuan.")]})
    if not lines:
        if price is None:
            raise Invalid(
                errors={"price": [_("Please choose services from the price list, or name a price.")]}
            )
        return price
    total = sum((line.amount for line in lines), Decimal(0))
    if total > HIGHEST_PRICE or price not in (None, total):
        raise Invalid(
            errors={
                "price": [
                    _("The services come to ¥%(total)s. Please leave the price empty.") % {"total": total}
                ]
            }
        )
    return total


def _check(payer: str, reason: str, warranty: str, total: Decimal, *, explicit: bool) -> None:
    if payer not in Payer.values:
        raise Invalid(errors={"payer": [_("This is not one of the choices.")]})
    if payer == Payer.OWNER and not total:
        raise Invalid(errors={"payer": [_("It costs nothing: please say why it is free.")]})
    contradicts = (payer == Payer.OWNER and warranty == "in") or (
        payer == Payer.WARRANTY and warranty != "in"
    )
    if not reason and (contradicts or (explicit and payer == Payer.FREE)):
        sentence = (
            _("Please say why: the register of warranties says otherwise.")
            if contradicts
            else _("Please say why nothing is to pay.")
        )
        raise Invalid(errors={"payer_reason": [sentence]})


def keep(step: Step[Ticket], offered: Offer) -> None:
    """Writes the quote with the step that proposed it."""
    ticket = step.case
    last = ticket.quotes.aggregate(last=Max("quote_no"))["last"] or 0
    quote = Quote.objects.create(
        community_id=ticket.community_id,
        ticket=ticket,
        quote_no=last + 1,
        payer=offered.payer,
        reason=offered.reason,
        warranty=offered.warranty,
        total=offered.total,
        by=step.by,
        at=step.at,
    )
    for line in offered.lines:
        line.quote = quote
    QuoteLine.objects.bulk_create(offered.lines)


def check_signed(ticket: Ticket) -> None:
    """The owner signed for the quote that is on the table; refuses `invalid` without a signature since it was made."""
    quote = ticket.quotes.order_by("-quote_no").first()
    signed = Photo.objects.filter(work="repair", case_id=ticket.pk, kind=PhotoKind.SIGNATURE)
    if quote is not None:
        signed = signed.filter(at__gte=quote.at)
    if not signed.exists():
        raise Invalid(errors={"signature": [_("Please let the owner sign in the field below.")]})


def bill_work(step: Step[Ticket]) -> None:
    """Work that the owner agreed to pay for is owed from its completion on, once a completion."""
    ticket = step.case
    if not ticket.price or ticket.plan_approved_at is None:
        return
    about = About(ticket.community, "repair", ticket.pk, ticket.number, ticket.where(), ticket.reporter_name)
    item = ticket.plan.strip().splitlines()[0] if ticket.plan.strip() else ticket.number
    charge(
        about,
        kind=Kind.REPAIR,
        item=item,
        amount=ticket.price,
        key=f"completion-{ticket.completion_no}",
        by=step.by,
        at=step.at,
    )
