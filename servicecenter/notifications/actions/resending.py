"""Another attempt, because a person asked for it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Role, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import NotFound, NotPermitted, Refusal
from servicecenter.notifications.models import Attempt, Delivery, State
from servicecenter.notifications.planning import FRESH

RESENDERS = frozenset({Role.SUPERVISOR, Role.ADMIN})


def resend(delivery_id: int, *, by: User, at: datetime | None = None) -> Delivery:
    """Puts a delivery that ended back on its way, alone, with all its attempts anew; the log says who asked.

    Access, address and quiet hours are looked at again. Refuses `not_found` outside of one's communities,
    `not_permitted` to managers, `on_its_way` while it waits or is being sent, `code_is_old` for a sign-in code.
    """
    at = instant(at)
    with transaction.atomic():
        rows = Delivery.objects.visible_to(by).select_for_update(of=("self",))
        delivery = rows.filter(pk=delivery_id).first()
        if delivery is None:
            raise NotFound
        if by.role not in RESENDERS:
            raise NotPermitted
        if delivery.code_id is not None:
            raise Refusal(_("A sign-in code is asked for again at the sign-in page."), code="code_is_old")
        if delivery.state in (State.WAITING, State.SENDING):
            raise Refusal(_("This message is on its way already."), code="on_its_way")
        delivery.state, delivery.reason, delivery.group_key = State.WAITING, "", ""
        delivery.not_before, delivery.expires_at, delivery.attempts = at, at + FRESH, 0
        delivery.sent_at = delivery.sent_with = None
        delivery.save()
        Attempt.objects.create(delivery=delivery, at=at, outcome="resent", by=by)
    return delivery
