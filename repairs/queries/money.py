"""What a repair costs and whether it is paid: the latest quote, and the charges that arose."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from repairs.models import Quote, QuoteLine, Ticket
from servicecenter.ledger.models import Charge, PaymentNote, Receipt


@dataclass(frozen=True)
class Bill:
    """One charge with its receipts that count and what a technician noted."""

    charge: Charge
    receipts: list[Receipt]
    notes: list[PaymentNote]

    @property
    def noted(self) -> PaymentNote | None:
        """What a technician says was paid, while the desk does not have it."""
        return self.notes[-1] if self.notes and self.charge.owed > 0 else None


@dataclass(frozen=True)
class Money:
    """What a page says of the money of a repair; empty for one that never had a plan."""

    quote: Quote | None = None
    lines: list[QuoteLine] = field(default_factory=list)
    bills: list[Bill] = field(default_factory=list)

    @property
    def owed(self) -> Decimal:
        """What is still to pay."""
        return sum((bill.charge.owed for bill in self.bills), Decimal(0))


def quote_of(ticket: Ticket) -> Quote | None:
    """The latest quote with its lines; two queries."""
    return ticket.quotes.prefetch_related("lines").order_by("-quote_no").first()


def money_of(ticket: Ticket) -> Money:
    """Quote and charges: no query for a repair without a plan and a completion, else five at most."""
    if ticket.price is None and not ticket.completion_no:
        return Money()
    quote = quote_of(ticket) if ticket.price is not None else None
    charges = Charge.objects.of("repair", ticket.pk).prefetch_related(
        "receipts__entry__reversed_by", "notes__by"
    )
    return Money(
        quote=quote, lines=list(quote.lines.all()) if quote else [], bills=[_bill(each) for each in charges]
    )


def _bill(charge: Charge) -> Bill:
    valid = [each for each in charge.receipts.all() if not hasattr(each.entry, "reversed_by")]
    return Bill(charge, valid, list(charge.notes.all()))
