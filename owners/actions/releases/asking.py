"""Asking for a goods release, and the owner's word on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from owners.actions.releases.telling import case_ref, concerned, desk_of, owners_of, tell
from owners.codes import draw_code
from owners.models import ConsentHow, GoodsItem, GoodsRelease, Occupancy, Person, Unit
from owners.models.keys import KEEPERS
from owners.models.releases import LONGEST, OWNERS
from servicecenter.accounts.models import Role, User
from servicecenter.accounts.numbers import next_number
from servicecenter.attachments.actions import Filed, store_photo
from servicecenter.attachments.models import PhotoKind
from servicecenter.audit import vault
from servicecenter.lib.clock import instant
from servicecenter.lib.masks import mask_plate
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from servicecenter.sla import actions as clocks
from servicecenter.workflow.run import Step, begin, check, run

# 放行
LETTER = "F"
MOST_GOODS, MOST_OPEN = 30, 10
FARTHEST = timedelta(days=31)
# Consent by phone may be written down when the queue at the counter is gone, not next week.
OLDEST_CONSENT = timedelta(days=3)


@dataclass(frozen=True)
class Goods:
    """One line of the list."""

    name: str
    quantity: int = 1


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. `plate` is normalised; '' for goods that are carried."""

    goods: Sequence[Goods]
    valid_from: datetime
    valid_until: datetime
    plate: str = ""
    note: str = ""
    pictures: Sequence[Filed] = ()


@dataclass(frozen=True)
class Consent:
    """An owner's yes as the desk writes it down: whose, how, when, and what was said."""

    of: Person
    how: str
    at: datetime
    note: str = ""


def ask(
    unit: Unit,
    applicant: Person,
    wish: Wish,
    *,
    by: User,
    agreed: Consent | None = None,
    at: datetime | None = None,
) -> GoodsRelease:
    """Asks that goods may leave. An owner's release is valid at once; a tenant's or relative's waits for an owner.

    Residents for themselves, the desk for those who live in the unit, with the owner's consent (`agreed`) if it has it.
    Refuses `not_found` and `not_permitted` to all others; `invalid`: no goods or over 30 lines, a window that is past,
    over 7 days long or over a month away, somebody without a home in the unit; `too_many_open` beyond 10 of one unit.
    """
    when = instant(at)
    role = _role_here(unit, applicant, by)
    _check(wish, when)
    with transaction.atomic():
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        if GoodsRelease.objects.open().filter(unit=unit).count() >= MOST_OPEN:
            raise Refusal(
                _("Ten releases of this unit are open. Please cancel one first."), code="too_many_open"
            )
        release = _write(unit, applicant, wish, role in OWNERS, by, when)
        clocks.act_at(case_ref(release), step="expire", due_at=release.valid_until, at=when)
        if release.by_owner:
            run(release, "issue", by=by, at=when)
            tell(release, "issue", when, [applicant.user_id], but=by.pk)
        elif agreed is not None:
            consent(release, agreed, by=by, at=when)
        else:
            tell(release, "ask", when, owners_of(release) or desk_of(release), but=by.pk)
    return release


def consent(
    release: GoodsRelease,
    agreed: Consent | None = None,
    *,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> GoodsRelease:
    """An owner agrees: with a tap in the portal, or by word that the desk writes down (`agreed`: who, how, when).

    Refuses as the runner does, and `invalid` for consent of somebody who does not own the unit now, without a way, in
    the future or more than three days old.
    """
    when = instant(at)
    check(release, "consent", by)
    if by.role == Role.RESIDENT:
        agreed = _own_word(release, by, when)
    if agreed is None:
        raise Invalid(errors={"consent_of": [_("Please say which owner agreed.")]})
    _check_consent(release, agreed, when)
    changes = {
        "consent_of": agreed.of,
        "consent_how": agreed.how,
        "consent_at": agreed.at,
        "consent_by": by,
        "consent_note": agreed.note.strip()[:200],
    }

    def said(step: Step[GoodsRelease]) -> None:
        tell(step.case, "consent", step.at, [step.case.applicant.user_id], but=by.pk)

    data = {"how": agreed.how, "of": agreed.of.pk, "said_at": agreed.at.isoformat()}
    return run(
        release, "consent", by=by, at=when, version=version, changes=changes, data=data, then=[said]
    ).case


def decline(
    release: GoodsRelease, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> GoodsRelease:
    """The owner does not agree; whoever asked reads why. Refuses `reason_needed`, and as the runner does."""
    return close(release, "decline", reason=needed(reason), by=by, version=version, at=at)


def cancel(
    release: GoodsRelease,
    *,
    reason: str = "",
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> GoodsRelease:
    """It is not needed any more. Refuses as the runner does: what was used stays used."""
    return close(release, "cancel", reason=reason.strip()[:200], by=by, version=version, at=at)


def close(
    release: GoodsRelease,
    action: str,
    *,
    reason: str,
    by: User | None,
    version: int | None = None,
    at: datetime | None = None,
) -> GoodsRelease:
    """Ends a release without anything having left by it."""

    def end(_locked: GoodsRelease, when: datetime) -> dict[str, Any]:
        return {"ended_at": when, "reason": reason}

    def after(step: Step[GoodsRelease]) -> None:
        clocks.disarm_all(case_ref(step.case), at=step.at)
        tell(step.case, action, step.at, concerned(step.case), but=by.pk if by else 0)

    return run(release, action, by=by, at=at, version=version, text=reason, prepare=end, then=[after]).case


def needed(reason: str) -> str:
    """A reason; refuses `reason_needed` for none."""
    reason = reason.strip()[:200]
    if not reason:
        raise Invalid(code="reason_needed", errors={"reason": [_("Please say why.")]})
    return reason


def _role_here(unit: Unit, applicant: Person, by: User) -> str:
    """What the applicant is to the unit now; an owner's role goes before others."""
    if by.role == Role.RESIDENT:
        if applicant.user_id != by.pk:
            raise NotFound
    elif unit.community_id not in by.community_ids:
        raise NotFound
    elif by.role not in KEEPERS:
        raise NotPermitted
    roles = list(
        Occupancy.objects.current().filter(unit=unit, person=applicant).values_list("role", flat=True)
    )
    if not roles:
        raise Invalid(errors={"applicant": [_("This person has no present home in this unit.")]})
    return next((role for role in roles if role in OWNERS), roles[0])


def _check(wish: Wish, now: datetime) -> None:
    errors: dict[str, list[str | Promise]] = {}
    good = all(0 < len(each.name) <= 80 and 1 <= each.quantity <= 999 for each in wish.goods)
    if not 0 < len(wish.goods) <= MOST_GOODS or not good:
        errors["goods"] = [_("Please list 1 to 30 things, one a line.")]
    if timezone.is_naive(wish.valid_from) or timezone.is_naive(wish.valid_until):
        raise ValueError("a window needs a time zone")
    if wish.valid_until <= max(now, wish.valid_from) or wish.valid_until - wish.valid_from > LONGEST:
        errors["valid_until"] = [_("Please choose an end after the beginning, within 7 days.")]
    elif wish.valid_from > now + FARTHEST:
        errors["valid_from"] = [_("Please choose a day within a month.")]
    if errors:
        raise Invalid(errors=errors)


def _write(unit: Unit, applicant: Person, wish: Wish, by_owner: bool, by: User, at: datetime) -> GoodsRelease:
    release = GoodsRelease(
        community_id=unit.community_id,
        number=next_number(unit.community, LETTER, at),
        unit=unit,
        applicant=applicant,
        by_owner=by_owner,
        asked_at=at,
        asked_by=by,
        valid_from=wish.valid_from,
        valid_until=wish.valid_until,
        note=wish.note.strip()[:200],
        plate_mask=mask_plate(wish.plate) if wish.plate else "",
    )
    release.plate_sealed = vault.seal(wish.plate, release.vault_place("plate"))
    release.seal_code(draw_code())
    begin(release, action="ask", by=by, at=at)
    GoodsItem.objects.bulk_create(
        GoodsItem(
            community_id=unit.community_id,
            release=release,
            position=position,
            name=each.name,
            quantity=each.quantity,
        )
        for position, each in enumerate(wish.goods, start=1)
    )
    for picture in wish.pictures:
        store_photo(
            community_id=unit.community_id,
            work="goods_release",
            case_id=release.pk,
            kind=PhotoKind.REPORT,
            picture=picture,
            by=by,
            at=at,
        )
    return release


def _own_word(release: GoodsRelease, by: User, at: datetime) -> Consent | None:
    homes = Occupancy.objects.current().filter(unit=release.unit_id, role__in=OWNERS, person__user=by)
    home = homes.select_related("person").order_by("id").first()
    return Consent(home.person, ConsentHow.PORTAL, at) if home else None


def _check_consent(release: GoodsRelease, agreed: Consent, now: datetime) -> None:
    errors: dict[str, list[str | Promise]] = {}
    owners = Occupancy.objects.current().filter(unit=release.unit_id, role__in=OWNERS)
    if not owners.filter(person=agreed.of).exists():
        errors["consent_of"] = [_("This person does not own the unit.")]
    if agreed.how not in ConsentHow.values:
        errors["consent_how"] = [_("Please say how the owner agreed.")]
    if not now - OLDEST_CONSENT <= agreed.at <= now + timedelta(minutes=1):
        errors["consent_at"] = [_("Please say when: within the last three days.")]
    if errors:
        raise Invalid(errors=errors)
