"""What a phone without signal tells afterwards, for cases of every kind: its time, and what is given up."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from servicecenter.audit.events import Actor, record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Refusal
from servicecenter.workflow.case import Case

DROPPED = "dropped_later"
# Two clocks differ by as much, and nobody calls that late.
SLACK = timedelta(minutes=1)


class PhoneTimeRefused(Refusal):
    """The time that the phone tells cannot be; whatever else was sent may be sent again with the present time."""

    status = 422
    code = "phone_time_refused"


def check_phone_time(happened_at: datetime, *, longest: timedelta, now: datetime) -> None:
    """Refuses `phone_time_refused` for an instant that is to come, or further back than `longest`."""
    if happened_at > now + SLACK:
        raise PhoneTimeRefused(
            _("By this phone the step has yet to happen. Please check the clock of the phone.")
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


def write_dropped(
    case: Case, *, work: str, what: str, reason: str, by: Actor, at: datetime | None = None
) -> None:
    """What waited on a phone will not be sent: colleagues read what it was and why. The case stays as it is."""
    record(
        community_id=case.community_id,
        work=work,
        case_id=case.pk,
        action=DROPPED,
        by=by,
        at=instant(at),
        internal=True,
        text=f"{what}\n{reason}",
    )
