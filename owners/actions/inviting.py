"""Writing to those who agreed: activities, surveys, offers. Whatever the service does not need goes through here."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.models import ConsentPurpose, Person
from owners.queries.consents import readers_of
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import record
from servicecenter.audit.models import Event
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from servicecenter.notifications.actions import call_off, compose, post

SENDERS = frozenset({Role.SUPERVISOR.value, Role.MANAGER.value})
# The history of a purpose says what was sent, to how many, never to whom.
WORK, SENT, NEWS = "consent_purpose", "invite", "consent.news"
# An invitation waits for the end of quiet hours, never for weeks.
WAITS_AT_MOST = timedelta(days=3)


class NobodyAgreed(Refusal):
    """There is nobody to write to."""

    code = "nobody_agreed"
    sentence = _("Nobody in this community has agreed to this so far.")


def invite(
    purpose: ConsentPurpose,
    community: Community,
    *,
    title: str,
    text: str,
    by: User,
    at: datetime | None = None,
) -> int:
    """Writes to every resident of `community` who agreed to `purpose` in the words in force; returns how many.

    Whoever takes it back before it left is not written to (`call_off_invitations`). Refuses `not_found` for a
    community of others, `not_permitted` to all but supervisors and managers, `invalid` without words, and
    `nobody_agreed`.
    """
    when = instant(at)
    if community.pk not in by.community_ids:
        raise NotFound
    if by.role not in SENDERS:
        raise NotPermitted
    if not title.strip() or not text.strip():
        raise Invalid(errors={"text": [_("Please write what it is about.")]})
    with transaction.atomic():
        readers = readers_of(purpose.code, community)
        if not readers:
            raise NobodyAgreed
        sent = record(
            community_id=community.pk,
            work=WORK,
            case_id=purpose.pk,
            action=SENT,
            by=by,
            at=when,
            internal=True,
            text=title.strip(),
            data={"people": len(readers)},
        )
        post(
            compose(
                recipients=readers,
                event=NEWS,
                key=str(sent.pk),
                at=when,
                community_id=community.pk,
                params={"title": title.strip(), "text": text.strip()},
            )
        )
    return len(readers)


def call_off_invitations(purpose: ConsentPurpose, person: Person, *, at: datetime) -> None:
    """Invitations that still wait for the morning do not reach somebody who has said no meanwhile."""
    if person.user_id is None:
        return
    sent = Event.objects.filter(
        work=WORK, case_id=purpose.pk, community=person.community_id, at__gt=at - WAITS_AT_MOST
    )
    call_off(NEWS, [str(pk) for pk in sent.values_list("pk", flat=True)], person.user_id)
