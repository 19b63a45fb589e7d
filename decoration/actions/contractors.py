"""Contractors and workers: writing them down, keeping them out, letting them in again."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from decoration.actions.rules import may_keep
from decoration.models import Contractor, WorkerBan
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit import vault
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.masks import mask_id_number
from servicecenter.lib.normalise.papers import id_card
from servicecenter.lib.refusals import Invalid

DESK = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
LEADERS = frozenset({Role.SUPERVISOR.value})


def id_index(number: str) -> str:
    """What finds a worker of an ID number (as `id_card` writes it)."""
    return vault.blind_index("worker_id_number", number)


def paper_of(text: str) -> str:
    """An ID card number; refuses `invalid` for what cannot be one."""
    number = id_card(text)
    if number is None:
        raise Invalid(errors={"id_number": [_("This is not a valid ID card number.")]})
    return number


def known_contractor(
    community: Community,
    *,
    name: str,
    licence_no: str,
    licence_until: date,
    insurance_until: date | None = None,
    contact: str = "",
    phone: str = "",
) -> Contractor:
    """The contractor with this licence in the community; a new one is written down. What is known of one stays: only
    the desk corrects it (`correct_contractor`)."""
    number = "".join(licence_no.split()).upper()
    with transaction.atomic():
        # Two who name the same new one at once write it once.
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)
        found = Contractor.objects.filter(community=community, licence_no__iexact=number).first()
        return found or Contractor.objects.create(
            community=community,
            name=name,
            licence_no=number,
            licence_until=licence_until,
            insurance_until=insurance_until,
            contact=contact,
            phone=phone,
        )


def correct_contractor(
    contractor: Contractor,
    *,
    name: str,
    licence_until: date,
    insurance_until: date | None,
    contact: str,
    phone: str,
    by: User,
    at: datetime | None = None,
) -> Contractor:
    """Papers that were renewed, a new contact. Refuses `not_permitted` to whoever is not of the desk."""
    may_keep(contractor.community_id, by, DESK)
    contractor.name, contractor.contact, contractor.phone = name, contact, phone
    contractor.licence_until, contractor.insurance_until = licence_until, insurance_until
    contractor.save(update_fields=["name", "contact", "phone", "licence_until", "insurance_until"])
    _note(contractor, "correct", by, instant(at), f"{name} · {licence_until}")
    return contractor


def ban_contractor(
    contractor: Contractor, *, reason: str, by: User, at: datetime | None = None
) -> Contractor:
    """Gets no new permits any more; those that run go on until somebody stops them. Refuses `invalid` without a
    reason, `not_permitted` to everybody but supervisors."""
    may_keep(contractor.community_id, by, LEADERS)
    contractor.banned_at, contractor.banned_by = instant(at), by
    contractor.ban_reason = _reason(reason)
    contractor.save(update_fields=["banned_at", "banned_by", "ban_reason"])
    _note(contractor, "ban", by, contractor.banned_at, contractor.ban_reason)
    return contractor


def lift_ban(contractor: Contractor, *, by: User, at: datetime | None = None) -> Contractor:
    """Gets permits again. Refuses as `ban_contractor`."""
    may_keep(contractor.community_id, by, LEADERS)
    contractor.banned_at, contractor.banned_by, contractor.ban_reason = None, None, ""
    contractor.save(update_fields=["banned_at", "banned_by", "ban_reason"])
    _note(contractor, "lift_ban", by, instant(at), "")
    return contractor


def ban_worker(
    community: Community, *, name: str, id_number: str, reason: str, by: User, at: datetime | None = None
) -> WorkerBan:
    """Keeps a worker out of the community. Refuses `invalid` for a wrong ID number and without a reason,
    `not_permitted` to everybody but supervisors; who is out already stays out."""
    may_keep(community.pk, by, LEADERS)
    number, why, when = paper_of(id_number), _reason(reason), instant(at)
    with transaction.atomic():
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)
        known = WorkerBan.objects.filter(community=community, id_index=id_index(number), lifted_at=None)
        return known.first() or WorkerBan.objects.create(
            community=community,
            id_index=id_index(number),
            id_mask=mask_id_number(number),
            name=name.strip()[:60],
            reason=why,
            at=when,
            by=by,
        )


def lift_worker_ban(ban: WorkerBan, *, by: User, at: datetime | None = None) -> WorkerBan:
    """Lets a worker in again. Refuses as `ban_worker`."""
    may_keep(ban.community_id, by, LEADERS)
    ban.lifted_at, ban.lifted_by = instant(at), by
    ban.save(update_fields=["lifted_at", "lifted_by"])
    return ban


def _reason(reason: str) -> str:
    said = reason.strip()[:300]
    if not said:
        raise Invalid(code="reason_needed", errors={"reason": [_("Please say why.")]})
    return said


def _note(contractor: Contractor, action: str, by: User, at: datetime, text: str) -> None:
    record(
        community_id=contractor.community_id,
        work="contractor",
        case_id=contractor.pk,
        action=action,
        by=by,
        at=at,
        internal=True,
        text=text,
    )
