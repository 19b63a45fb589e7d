"""One intake for every voice 统一受理: a complaint, a suggestion, an inquiry or praise, by name or without one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from complaints.actions.clocks import begin as begin_promises
from complaints.actions.messages import announce
from complaints.models import (
    RESIDENT_CHANNELS,
    SIMPLE,
    Channel,
    Complaint,
    Inquiry,
    Kind,
    Level,
    Type,
)
from complaints.queries.people import named_in
from complaints.triage import Proposal, propose
from owners.models import Building, Person, Unit
from servicecenter.accounts.models import Community, User
from servicecenter.accounts.numbers import next_number
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import begin

# 诉 and 询 have no letters of their own: C complaint, Q question (and whatever else wants an answer).
LETTERS = {Kind.COMPLAINT.value: "C"}
OTHERS = "Q"
RECEIPT_LENGTH = 12
# Without what is mistaken for something else when it is read out.
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Said:
    """What somebody tells us. What is left empty the program proposes; `about` and `compensation` too (None)."""

    text: str
    kind: str = ""
    type: str = ""
    level: str = ""
    unit: Unit | None = None
    building: Building | None = None
    place: str = ""
    reporter: Person | None = None
    reporter_name: str = ""
    contact_phone: str = ""
    anonymous: bool = False
    about: User | None = None
    compensation: bool | None = None
    other_unit: Unit | None = None
    other_side: str = ""


@dataclass(frozen=True)
class Taken:
    """What became of it, and the receipt of somebody without a name ('' for others): shown once, never kept."""

    case: Complaint | Inquiry
    receipt: str = ""
    again: bool = False


def receive(
    said: Said,
    *,
    community: Community,
    channel: str,
    by: User | None,
    key: str = "",
    at: datetime | None = None,
) -> Taken:
    """Registers it with its number and every promise armed; all in one transaction.

    `by`: whoever writes it down; None for somebody who never signed in. Of an anonymous one nothing is kept of whoever
    sent it, be they signed in or not: not even as the author of its first event. `key` makes the receipt, so that what
    is sent twice is there once. A resident chooses neither level nor channel, and what the text says is serious they do
    not lower. Refuses `invalid`: a unit, building or person of another community, a name beside an anonymous one.
    """
    _check(said, community)
    proposal = propose(said.text)
    author = None if said.anonymous and not (by and by.is_employee) else by
    with transaction.atomic():
        receipt = make_receipt(key) if said.anonymous else ""
        if receipt and (known := _known(receipt)):
            return Taken(known, receipt, again=True)
        when = instant(at)
        case = _drawn(said, proposal, community, by, author)
        case.channel = channel
        case.received_at = when
        case.receipt = digest(receipt) if receipt else ""
        case.number = next_number(community, LETTERS.get(_kind(said, proposal), OTHERS), when)
        event = begin(case, action="receive", by=author, at=when, text=said.text, data=_facts(case, said))
        begin_promises(case, at=when, by=author)
        announce(case, "receive", by_id=author.pk if author else None, at=when, key=str(event.pk))
    return Taken(case, receipt)


def _kind(said: Said, proposal: Proposal) -> str:
    return said.kind or proposal.kind


def _drawn(
    said: Said, proposal: Proposal, community: Community, by: User | None, author: User | None
) -> Complaint | Inquiry:
    """The row as it will be written, but for its number and instant."""
    kind = _kind(said, proposal)
    about = said.about or named_in(community, said.text, kind=kind, type=said.type or proposal.type)
    first = author if author and author.is_employee and author != about else None
    shared: dict[str, Any] = {
        "community": community,
        "text": said.text,
        "type": said.type or proposal.type,
        "proposed_kind": proposal.kind,
        "proposed_type": proposal.type,
        "unit": said.unit,
        "building": said.unit.building if said.unit else said.building,
        "place": said.place,
        "anonymous": said.anonymous,
        "reporter": said.reporter,
        "reporter_name": said.reporter_name or (said.reporter.name if said.reporter else ""),
        "contact_phone": said.contact_phone or (said.reporter.phone if said.reporter else ""),
        "registered_by": author,
        "agent": first,
        "about": about,
    }
    if kind != Kind.COMPLAINT:
        return Inquiry(kind=kind, **shared)
    level = _level(said, proposal, by)
    return Complaint(
        level=level,
        proposed_level=proposal.as_complaint,
        handler=first if level in SIMPLE else None,
        compensation=proposal.compensation if said.compensation is None else said.compensation,
        other_unit=said.other_unit,
        other_side=said.other_side,
        **shared,
    )


def _level(said: Said, proposal: Proposal, by: User | None) -> str:
    """A person on the staff may overrule; a resident does not."""
    return said.level if said.level and by is not None and by.is_employee else proposal.as_complaint


def _facts(case: Complaint | Inquiry, said: Said) -> dict[str, Any]:
    facts: dict[str, Any] = {"type": case.type, "channel": case.channel}
    if isinstance(case, Complaint):
        facts["level"] = case.level
    else:
        facts["kind"] = case.kind
    return facts | ({"anonymous": True} if said.anonymous else {})


def make_receipt(key: str) -> str:
    """A receipt from the key of the form that was sent (the same key gives the same one), or by chance."""
    if not key:
        return "".join(secrets.choice(SIGNS) for _each in range(RECEIPT_LENGTH))
    number = int.from_bytes(
        hmac.new(settings.SECRET_KEY.encode(), f"receipt:{key}".encode(), hashlib.sha256).digest()
    )
    signs = []
    for _each in range(RECEIPT_LENGTH):
        number, rest = divmod(number, len(SIGNS))
        signs.append(SIGNS[rest])
    return "".join(signs)


def digest(receipt: str) -> str:
    """What is kept of a receipt."""
    said = f"receipt-digest:{receipt.strip().upper()}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()


def _known(receipt: str) -> Complaint | Inquiry | None:
    """What was sent under the same key before; the second of two at once waits for the first."""
    kept = digest(receipt)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [kept])
    return by_receipt(kept)


def by_receipt(kept: str) -> Complaint | Inquiry | None:
    """The case that this digest of a receipt leads to."""
    complaint = Complaint.objects.filter(receipt=kept).first()
    return complaint or Inquiry.objects.filter(receipt=kept).first()


def _check(said: Said, community: Community) -> None:
    errors: dict[str, list[Any]] = {}
    rows = {
        "unit": said.unit,
        "building": said.building,
        "person": said.reporter,
        "other_unit": said.other_unit,
    }
    for name, row in rows.items():
        if row is not None and row.community_id != community.pk:
            errors[name] = [_("This does not belong to the community.")]
    if said.about is not None and community.pk not in said.about.community_ids:
        errors["about"] = [_("Please choose somebody who works here.")]
    if said.kind and said.kind not in Kind.values:
        errors["kind"] = [_("Please choose what it is.")]
    if said.type and said.type not in Type.values:
        errors["type"] = [_("Please choose what it is about.")]
    if said.level and said.level not in Level.values:
        errors["level"] = [_("Please choose a level.")]
    if said.anonymous and any((said.unit, said.reporter, said.reporter_name, said.contact_phone)):
        errors["anonymous"] = [_("Whoever stays anonymous leaves neither name, phone nor unit.")]
    if errors:
        raise Invalid(errors=errors)


def usual_channel(by: User, named: str) -> str:
    """How it reached us; a resident can only have used the portal or the API."""
    if named and not by.is_employee and named not in RESIDENT_CHANNELS:
        raise Invalid(errors={"channel": [_("Only the staff can register through this channel.")]})
    return named or Channel.API
