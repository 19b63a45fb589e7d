"""The owner signs, a supervisor signs off, the keys go out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from handovers.actions.steps import Said, Signed, take, take_signed
from handovers.models import Handover
from owners.actions.keys import Handing, add_keys, issue_keys
from owners.actions.moving import OWNERS, move_in
from owners.models import Key, OccupancyRole, Unit
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import Step, check, lock

NOT_SIGNED: dict[str, Any] = {"signed_at": None, "signature": None, "signer": ""}


def sign(
    handover: Handover,
    *,
    picture: Filed,
    signer: str,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Handover:
    """The owner (or the proxy) accepts the unit, with whatever is still to be mended.

    Refuses `invalid` without a name, and as the table does; the database refuses a signature over gaps.
    """
    when = instant(at)
    signer = signer.strip()[:100]
    if not signer:
        raise Invalid(errors={"signer": [_("Please write who signs.")]})
    open_defects = handover.findings.filter(result="defect", mended_at=None).count()
    said = Said({"signed_at": when, "signer": signer}, data={"open_defects": open_defects})
    signed = Signed(picture, "signature")
    return take_signed(handover, "sign", signed, by=by, at=when, said=said, version=version)


def send_back(
    handover: Handover, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """The review found something: the signature is void, it is asked for again. Refuses without a reason."""
    reason = reason.strip()[:200]
    if not reason:
        raise Invalid(code="reason_needed", errors={"reason": [_("Please say why.")]})
    return take(handover, "send_back", by=by, at=at, version=version, said=Said(NOT_SIGNED, reason))


def sign_off(
    handover: Handover, *, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """The handover is right: the unit counts as delivered on the day of the signature, and its owner lives there from
    then on, by the ordinary move, where the roll does not say so yet. Refuses as the table does."""
    when = instant(at)
    said = Said({"signed_off_at": when, "signed_off_by": by}, then=[_deliver, _move_in])
    return take(handover, "sign_off", by=by, at=when, version=version, said=said)


def _deliver(step: Step[Handover]) -> None:
    """Warranty periods are counted from this day."""
    handover = step.case
    assert handover.signed_at is not None
    unit = Unit.objects.select_for_update(no_key=True).get(pk=handover.unit_id)
    if unit.delivered_on is not None:
        return
    unit.delivered_on = local_day(handover.signed_at)
    unit.save(update_fields=["delivered_on"])
    record(
        community_id=unit.community_id,
        work="unit",
        case_id=unit.pk,
        action="delivered",
        by=step.by,
        at=step.at,
        internal=True,
        data={"on": unit.delivered_on.isoformat(), "handover": handover.number},
    )


def _move_in(step: Step[Handover]) -> None:
    handover = step.case
    assert handover.signed_at is not None
    assert step.by is not None
    stays = handover.unit.occupancies.filter(person=handover.person, role__in=OWNERS, until=None)
    if not stays.exists():
        move_in(
            handover.unit,
            person=handover.person,
            role=OccupancyRole.OWNER,
            since=handover.signed_at,
            by=step.by,
            at=step.at,
        )


def hand_out(
    handover: Handover,
    *,
    keys: Sequence[Key] = (),
    new: Mapping[str, int] | None = None,
    picture: Filed | None = None,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Handover:
    """The keys are the owner's, against one receipt of the key register; `new` ones (how many of each kind) are taken
    into the register first. Signed for on the screen, or on paper.

    Refuses as `issue_keys` and as the table do; the database refuses keys before the sign-off.
    """
    when = instant(at)
    with transaction.atomic():
        check(lock(handover), "hand_out", by)
        unit = handover.unit
        added = [
            key
            for kind, count in (new or {}).items()
            if count
            for key in add_keys(handover.community, kind=kind, unit=unit, count=count, by=by, at=when)
        ]
        paper = Handing(purpose=handover.number, collected_by=handover.proxy_name, signature=picture)
        receipt = issue_keys(unit, handover.person, keys=[*keys, *added], said=paper, by=by, at=when)
        changes = {"keys_at": when, "keys_by": by, "key_receipt": receipt}
        said = Said(changes, data={"receipt": receipt.number})
        return take(handover, "hand_out", by=by, at=when, version=version, said=said)
