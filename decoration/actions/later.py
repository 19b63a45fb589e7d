"""What was seen on a site without signal and is told by the phone afterwards, with the instant at which it was seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from decoration.models import Permit
from servicecenter.audit.events import Actor, record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Refusal

# What is done on a site, and moves the permit nowhere: it can be told in any order.
LATER = frozenset({"patrol", "report_violation", "recheck"})
DROPPED = "dropped_later"
# Two clocks differ by as much, and nobody calls that late.
SLACK = timedelta(minutes=1)


class PhoneTimeRefused(Refusal):
    """The time that the phone tells cannot be; it may be sent again with the present time."""

    status = 422
    code = "phone_time_refused"


def told_time(permit: Permit, happened_at: datetime, *, longest: timedelta, now: datetime) -> datetime:
    """The instant from which it counts. Refuses `phone_time_refused` for one that is to come, lies before the permit
    was issued, or further back than `longest`."""
    if happened_at > now + SLACK:
        raise PhoneTimeRefused(
            _("By this phone the step has yet to happen. Please check the clock of the phone.")
        )
    if permit.issued_at is not None and happened_at < permit.issued_at - SLACK:
        raise PhoneTimeRefused(
            _("By this phone it happened before the permit was issued. Please check the clock of the phone.")
        )
    if happened_at < now - longest:
        hours = longest // timedelta(hours=1)
        raise PhoneTimeRefused(
            ngettext(
                "This happened more than %(hours)s hour ago. It can be sent with the present time only.",
                "This happened more than %(hours)s hours ago. It can be sent with the present time only.",
                hours,
            )
            % {"hours": hours}
        )
    return min(happened_at, now)


def drop_later(permit: Permit, *, what: str, reason: str, by: Actor, at: datetime | None = None) -> None:
    """Something that waited on a phone will not be sent: colleagues read what it was and why."""
    record(
        community_id=permit.community_id,
        work="permit",
        case_id=permit.pk,
        action=DROPPED,
        by=by,
        at=instant(at),
        internal=True,
        text=f"{what}\n{reason}",
    )
