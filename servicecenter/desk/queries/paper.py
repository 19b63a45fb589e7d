"""What stands on paper: the work order 派工单 and the acceptance sheet 验收单 of a repair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from owners.queries.warranty import Cover
from repairs.models import Ticket
from repairs.queries import Picture, pictures, warranties_of, warranty_of
from repairs.queries.cases import SHOWN
from repairs.queries.said import price_words
from repairs.workflow import WITH_WORKER
from servicecenter.accounts.models import User
from servicecenter.desk.queries.cases import Deadline, deadlines
from servicecenter.lib.clock import start_of_day
from servicecenter.lib.qr import qr_image

# What a pile of paper may hold.
MOST = 40
PHOTOS = 4
# What the owner ticks on the acceptance sheet (domain §4), in the words of the follow-up call.
ASKED: tuple[str | Words, ...] = (
    _("Came at the time agreed"),
    _("Showed the badge, wore shoe covers, laid a mat"),
    _("Explained what was done, and the price before the work"),
    _("Tested it together with me"),
    _("Left the place clean"),
)


@dataclass(frozen=True)
class Sheet:
    """One repair on paper."""

    ticket: Ticket
    # A picture of the code that opens it.
    code: str
    deadlines: list[Deadline]
    pictures: list[Picture]
    warranty: Cover
    price: str
    # Shown in full, after it was written down why; otherwise masked.
    full_phone: bool = False


def sheet(ticket: Ticket, address: str, *, full_phone: bool = False) -> Sheet:
    """The paper of one repair; `address` is where its code leads."""
    return Sheet(
        ticket=ticket,
        code=qr_image(address),
        deadlines=deadlines(ticket),
        pictures=pictures(ticket)[:PHOTOS],
        warranty=warranty_of(ticket),
        price=price_words(ticket.price),
        full_phone=full_phone,
    )


def jobs_of(user: User, technician: User, day: date, at: datetime) -> list[Ticket]:
    """What a technician takes along on a day: the appointments of it, and (today) what is open without one.

    Only repairs that `user` may see, in the order of the visits; 40 at most.
    """
    begins = start_of_day(day)
    ends = begins + timedelta(days=1)
    that_day = Q(appointment_start__gte=begins, appointment_start__lt=ends)
    if begins <= at < ends:
        that_day |= Q(appointment_start=None)
    jobs = Ticket.objects.visible_to(user).filter(that_day, assignee=technician, status__in=WITH_WORKER)
    order = (F("appointment_start").asc(nulls_last=True), "-urgency", "id")
    return list(jobs.select_related(*SHOWN).order_by(*order)[:MOST])


def pile(tickets: list[Ticket], addresses: list[str]) -> list[Sheet]:
    """The paper of a day. Photos are left out: the pile would grow too thick."""
    covers = warranties_of(tickets)
    return [
        Sheet(
            ticket=each,
            code=qr_image(address),
            deadlines=deadlines(each),
            pictures=[],
            warranty=covers[each.pk],
            price=price_words(each.price),
        )
        for each, address in zip(tickets, addresses, strict=True)
    ]
