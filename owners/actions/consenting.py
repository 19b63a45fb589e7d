"""Saying yes or no to a purpose: for oneself, for one's child, or written down at the desk."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.actions.inviting import call_off_invitations
from owners.models import Basis, Consent, ConsentChannel, ConsentPurpose, ConsentVersion, Person
from owners.models.changes import CHECKERS
from owners.models.consents import DESK_CHANNELS
from owners.queries.consents import lines_of
from owners.queries.wards import guardian_of, wards_of
from servicecenter.accounts.models import Role, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal, Stale


class NoGuardian(Refusal):
    """Nobody speaks for the child yet."""

    code = "guardian_needed"
    sentence = _("A guardian consents for a child under fourteen. Please name the guardian first.")


def say(
    person: Person,
    version: ConsentVersion,
    *,
    given: bool,
    channel: str,
    by: User,
    at: datetime | None = None,
) -> Consent | None:
    """Writes down that `person` gives (or no longer gives) consent to `version`; None if that stands there already.

    Residents through the portal, for themselves or their child; the desk for what it was told on paper, in person or by
    telephone. Refuses `not_found` and `not_permitted` to others, `guardian_needed` for a child without one, `stale`
    when a newer version is in force, and `refused` for what the service needs.
    """
    when = instant(at)
    _may_say(person, channel, by)
    with transaction.atomic():
        # A version that is published in this moment waits, or asks again at once.
        purpose = ConsentPurpose.objects.select_for_update(no_key=True).get(pk=version.purpose_id)
        _check(purpose, version, given=given)
        held = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        guardian = _guardian(held)
        last = Consent.objects.filter(lines_of(held), version__purpose=purpose).order_by("-id").first()
        if last is not None and last.given == given and (not given or last.version_id == version.pk):
            return None
        if not given:
            call_off_invitations(purpose, held, at=when)
        return Consent.objects.create(
            community_id=held.community_id,
            person=held,
            version=version,
            given=given,
            channel=channel,
            guardian=guardian,
            by=by,
            by_name=str(by),
            at=when,
        )


def withdraw_all(person: Person, *, by: User, at: datetime) -> int:
    """Takes back every consent that stands (they asked to be erased); returns how many. Inside a transaction."""
    lines = (
        Consent.objects.filter(lines_of(person))
        .order_by("version__purpose_id", "-id")
        .distinct("version__purpose_id")
    )
    standing = [line for line in lines.select_related("version__purpose") if line.given]
    for line in standing:
        call_off_invitations(line.version.purpose, person, at=at)
    Consent.objects.bulk_create(
        Consent(
            community_id=person.community_id,
            person=person,
            version_id=line.version_id,
            given=False,
            channel=ConsentChannel.ERASURE,
            by=by,
            by_name=str(by),
            at=at,
        )
        for line in standing
    )
    return len(standing)


def _may_say(person: Person, channel: str, by: User) -> None:
    if by.role == Role.RESIDENT:
        mine = Person.objects.visible_to(by).filter(pk=person.pk).exists()
        if not mine and not wards_of(by, person.community_id).filter(pk=person.pk).exists():
            raise NotFound
        if channel != ConsentChannel.PORTAL:
            raise Invalid(errors={"channel": [_("Please choose one of the answers.")]})
        return
    if not Person.objects.visible_to(by).filter(pk=person.pk).exists():
        raise NotFound
    if by.role not in CHECKERS:
        raise NotPermitted
    if channel not in DESK_CHANNELS:
        raise Invalid(errors={"channel": [_("Please choose how you were told.")]})


def _check(purpose: ConsentPurpose, version: ConsentVersion, *, given: bool) -> None:
    if purpose.basis != Basis.CONSENT:
        raise Refusal(_("The service needs this, so it is not asked."))
    newest = purpose.versions.filter(published_at__isnull=False).order_by("-number").first()
    if version.published_at is None or (given and newest != version):
        raise Stale(_("The text was changed in the meantime. Please read the new one."))


def _guardian(person: Person) -> Person | None:
    if person.merged_into_id is not None or person.erased_at is not None:
        raise NotFound
    if not person.is_minor:
        return None
    guardian = guardian_of(person)
    if guardian is None:
        raise NoGuardian
    return guardian
