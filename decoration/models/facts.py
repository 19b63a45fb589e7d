"""Facts about a permit that its transition table and its pages ask for."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

from servicecenter.ledger.models import Charge, ChargeQuerySet, Kind, Refund

if TYPE_CHECKING:
    from decoration.models.changes import Change

NOTHING = Decimal(0)


class Facts(models.Model):
    """Yes-or-no questions, and what they are answered from."""

    if TYPE_CHECKING:
        by_owner: bool
        consent_at: datetime | None
        accepted_at: datetime | None
        looked_again_at: datetime | None
        starts_on: date | None
        ends_on: date | None
        violations: Any
        changes: Any
        works: Any
        water_tests: Any
        deductions: Any

    class Meta:
        abstract = True

    @property
    def needs_consent(self) -> bool:
        """Whether an owner still has to agree."""
        return not self.by_owner and self.consent_at is None

    @property
    def charges(self) -> ChargeQuerySet:
        """What is to be paid for it: the deposit and the fee for rubbish."""
        return Charge.objects.of("permit", self.pk)

    @property
    def deposit(self) -> Charge | None:
        """The deposit, once the agreement is signed."""
        return self.charges.filter(kind=Kind.DEPOSIT).first()

    @property
    def held(self) -> Decimal:
        """What of the deposit is still held."""
        charge = self.deposit
        return charge.held if charge else NOTHING

    @property
    def is_paid(self) -> bool:
        """Whether nothing is owed."""
        return not self.charges.unpaid().exists()

    @property
    def has_nothing_paid(self) -> bool:
        """Whether no money was taken."""
        return not self.charges.filter(paid__gt=0).exists()

    @property
    def holds_deposit(self) -> bool:
        """Whether there is money to give back."""
        return self.held > 0

    @property
    def holds_nothing(self) -> bool:
        """Whether there is none."""
        return not self.holds_deposit

    @property
    def has_open_violations(self) -> bool:
        """Whether something is still to be put right."""
        return bool(self.violations.filter(mended_at=None).exists())

    @property
    def open_change(self) -> Change | None:
        """The change that waits for an answer."""
        found: Change | None = self.changes.filter(agreed=None).first()
        return found

    @property
    def has_open_change(self) -> bool:
        """Whether a change waits for an answer."""
        return self.open_change is not None

    @property
    def has_no_open_change(self) -> bool:
        """Whether none does."""
        return self.open_change is None

    @property
    def wet_rooms(self) -> list[str]:
        """Rooms that have to be tested for water, in the order in which they were named."""
        rows = self.works.in_force().filter(wet=True).values_list("room", flat=True)
        return list(dict.fromkeys(rows))

    @property
    def has_wet_rooms(self) -> bool:
        """Whether any room is tested for water."""
        return bool(self.wet_rooms)

    @property
    def untested_rooms(self) -> list[str]:
        """Wet rooms whose last test is missing or did not hold."""
        last = dict(self.water_tests.order_by("id").values_list("room", "tight"))
        return [room for room in self.wet_rooms if not last.get(room)]

    @property
    def is_ready_to_accept(self) -> bool:
        """Whether every violation is put right and every wet room holds its water."""
        return not self.has_open_violations and not self.untested_rooms

    @property
    def proposal(self) -> Refund | None:
        """The refund in the ledger that waits for agreement or payment, or is done."""
        charge = self.deposit
        if charge is None:
            return None
        return charge.refunds.exclude(agreed=False).order_by("-id").first()

    @property
    def has_proposal(self) -> bool:
        """Whether a refund was proposed that nobody declined."""
        return self.proposal is not None

    @property
    def has_no_proposal(self) -> bool:
        """Whether none was."""
        return self.proposal is None

    @property
    def has_deductions_to_drop(self) -> bool:
        """Whether a deduction stands that no proposal rests on yet."""
        return self.has_no_proposal and bool(self.deductions.filter(dropped_at=None).exists())

    @property
    def has_no_second_look(self) -> bool:
        """Whether nobody looked again after the works."""
        return self.accepted_at is not None and self.looked_again_at is None

    @property
    def days(self) -> int:
        """How long the works take, both days counted."""
        if self.starts_on is None or self.ends_on is None:
            return 0
        return (self.ends_on - self.starts_on).days + 1
