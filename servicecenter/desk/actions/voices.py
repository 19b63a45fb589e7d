"""A complaint that is a repair in disguise becomes a ticket, with one tap."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.actions import convert
from complaints.models import Channel as Heard
from complaints.models import Complaint, Inquiry
from repairs.models import Channel, Ticket
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import copy_photos
from servicecenter.attachments.models import PhotoKind
from servicecenter.desk.actions.repairs import register_repair
from servicecenter.lib.clock import instant
from servicecenter.workflow.run import check, lock

# By which door a repair comes in, of those that a repair knows.
DOORS = {Heard.HOTLINE.value: Channel.HOTLINE, Heard.PORTAL.value: Channel.PORTAL}


def make_repair(case: Complaint | Inquiry, *, by: User, at: datetime | None = None) -> Ticket:
    """Registers and accepts a repair with the text, the place, the pictures and whoever told us, and closes the case as
    what goes on under the ticket's number. All or nothing. Refuses as both do."""
    now = instant(at)
    with transaction.atomic():
        locked = lock(case)
        check(locked, "convert", by)
        place = locked.place or (locked.building.name if locked.building else _("Not said where"))
        ticket = register_repair(
            by=by,
            at=now,
            community=locked.community,
            text=locked.text,
            unit=locked.unit,
            building=None if locked.unit else locked.building,
            public_area="" if locked.unit else place,
            channel=DOORS.get(locked.channel, Channel.FRONT_DESK),
            reporter=locked.reporter,
            reporter_name=locked.reporter_name,
            contact_phone=locked.contact_phone,
        )
        copy_photos(
            source=(locked.TABLE.work, locked.pk),
            target=("repair", ticket.pk),
            kind=PhotoKind.REPORT,
            by=by,
            at=now,
        )
        convert(case, kind="repair", number=ticket.number, by=by, at=now)
    return ticket
