"""It was something else: a complaint that only asks, a question that complains."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.actions.intake import Said, receive
from complaints.actions.steps import convert
from complaints.models import Complaint, Inquiry, Kind
from servicecenter.accounts.models import User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import check, lock


def turn_into(
    case: Complaint | Inquiry,
    *,
    kind: str,
    reason: str = "",
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Complaint | Inquiry:
    """It goes on as another kind, with its text, its place and whoever told us; the receipt of an anonymous one leads
    to it. Returns the new case. Refuses `invalid` for the kind that it is already."""
    own = Kind.COMPLAINT.value if isinstance(case, Complaint) else case.kind
    if kind == own or kind not in Kind.values:
        raise Invalid(errors={"kind": [_("Please choose what it is.")]})
    now = instant(at)
    with transaction.atomic():
        locked = lock(case)
        check(locked, "convert", by)
        receipt, locked.receipt = locked.receipt, ""
        locked.save(update_fields=["receipt"])
        new = receive(
            Said(
                locked.text,
                kind=kind,
                type=locked.type,
                unit=locked.unit,
                building=locked.building,
                place=locked.place,
                reporter=locked.reporter,
                reporter_name=locked.reporter_name,
                contact_phone=locked.contact_phone,
                anonymous=locked.anonymous,
                about=locked.about,
            ),
            community=locked.community,
            channel=locked.channel,
            by=by,
            at=now,
        ).case
        new.receipt = receipt
        new.save(update_fields=["receipt"])
        convert(case, kind=kind, number=new.number, reason=reason, by=by, version=version, at=now)
    return new
