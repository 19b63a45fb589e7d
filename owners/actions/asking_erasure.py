"""Somebody who left asks to be erased: what nobody needs any more goes now, and the answer is kept."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.actions.consenting import withdraw_all
from owners.actions.erasing import Rule, empty_extras, log
from owners.models import ConsentChannel, ErasureRequest, Person
from owners.models.changes import CHECKERS
from owners.models.erasures import ASKED_BY
from owners.queries.erasure import answer_for, latest_request, left_at
from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal


def ask_erasure(person: Person, *, channel: str, by: User, at: datetime | None = None) -> ErasureRequest:
    """Somebody who left asks to be erased: what nobody needs goes now, all consents end, and the answer is kept.

    Residents in the portal for their own record, the desk for whoever tells it. Refuses `not_found` and
    `not_permitted` to others, `still_here` while they have a home, and `asked_already`.
    """
    when = instant(at)
    _may_ask(person, channel, by)
    with transaction.atomic():
        held = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
        left = left_at(held)
        if held.erased_at is not None or held.merged_into_id is not None:
            raise NotFound
        if left is None or left > when:
            raise Refusal(
                _("While somebody has a home here we need the record for the service. It can be corrected."),
                code="still_here",
            )
        if latest_request(held) is not None:
            raise Refusal(_("This was asked and answered already."), code="asked_already")
        answer = answer_for(left, when)
        asked = ErasureRequest.objects.create(
            community_id=held.community_id,
            person=held,
            channel=channel,
            by=by,
            by_name="" if by.role == Role.RESIDENT else str(by),
            at=when,
            answer=answer,
        )
        empty_extras(held, today=local_day(when))
        withdraw_all(held, by=by, at=when)
        log(held, at=when, rule=Rule(0, when, on_request=True))
        _note(held, by, when)
    return asked


def _may_ask(person: Person, channel: str, by: User) -> None:
    if not Person.objects.visible_to(by).filter(pk=person.pk).exists():
        raise NotFound
    if by.role != Role.RESIDENT and by.role not in CHECKERS:
        raise NotPermitted
    portal = by.role == Role.RESIDENT
    if channel not in ASKED_BY or portal != (channel == ConsentChannel.PORTAL):
        raise Invalid(errors={"channel": [_("Please choose how you were told.")]})


def _note(person: Person, by: User, at: datetime) -> None:
    record(
        community_id=person.community_id,
        work="person",
        case_id=person.pk,
        action="asked_erasure",
        by=by,
        at=at,
        internal=True,
    )
