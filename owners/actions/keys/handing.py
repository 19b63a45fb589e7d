"""Keys leave the center against a receipt, and come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.actions.keys.clocks import call_off, remind_at
from owners.models import (
    ConsentHow,
    HandoutKind,
    HoldingEnd,
    Key,
    KeyHolding,
    KeyReceipt,
    Occupancy,
    Person,
    Unit,
)
from owners.models.keys import KEEPERS, LONGEST_LOAN
from servicecenter.accounts.models import Role, User
from servicecenter.accounts.numbers import next_number
from servicecenter.attachments.actions import Filed, store_photo
from servicecenter.attachments.models import PhotoKind
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.workflow.run import Step, run

# 钥
LETTER = "Y"
MOST_KEYS = 40
# Who may say yes to lending a key of the unit.
OWNERS = ("owner", "co_owner")


@dataclass(frozen=True)
class Handing:
    """What is written on a receipt besides keys and holder. `signature`: drawn on the screen; without it, on paper."""

    purpose: str = ""
    collected_by: str = ""
    due_at: datetime | None = None
    consent_of: Person | None = None
    consent_how: str = ""
    signature: Filed | None = None


def issue_keys(
    unit: Unit,
    person: Person,
    *,
    keys: Sequence[Key],
    by: User,
    said: Handing | None = None,
    at: datetime | None = None,
) -> KeyReceipt:
    """Hands keys and cards of `unit` to somebody who lives in it or owns it, for good, against one receipt.

    Refuses `not_found` and `not_permitted` to whoever does not keep the keys of this community; `invalid`: no keys, one
    of another unit, a person without a present home in it; and, as the runner does, a key that is not at the center.
    """
    when = instant(at)
    said = replace(said or Handing(), due_at=None)
    _may_hand(unit.community_id, by)
    with transaction.atomic():
        held = _locked(keys, unit)
        _lives_there(unit, person)
        receipt = _receipt(held[0], HandoutKind.ISSUE, said, by, when, person=person)
        for key in held:
            _hand_over(key, "issue", receipt, by, when)
    return receipt


def lend_keys(
    to: Person | User,
    *,
    keys: Sequence[Key],
    said: Handing,
    by: User,
    at: datetime | None = None,
) -> KeyReceipt:
    """Lends keys until `said.due_at`: to a resident of the unit, or to a colleague. A colleague's reading needs consent
    of an owner where the keys open a home; keys of plant rooms are lent to colleagues only.

    Refuses as `issue_keys` does, and `invalid` for a day that is past or over a year away, a colleague of another
    community, and consent of nobody or of somebody who does not own the unit.
    """
    when = instant(at)
    with transaction.atomic():
        held = _locked(keys, None)
        unit, community_id = held[0].unit, held[0].community_id
        _may_hand(community_id, by)
        if said.due_at is None or not when < said.due_at <= when + LONGEST_LOAN:
            raise Invalid(errors={"due_at": [_("Please choose a time from now on, within a year.")]})
        if isinstance(to, User):
            _check_colleague(to, unit, said, community_id)
            receipt = _receipt(held[0], HandoutKind.LEND, said, by, when, staff=to)
        else:
            if unit is None:
                raise Invalid(errors={"holder": [_("Keys of plant rooms are lent to colleagues only.")]})
            _lives_there(unit, to)
            said = replace(said, consent_of=None, consent_how="")
            receipt = _receipt(held[0], HandoutKind.LEND, said, by, when, person=to)
        for key in held:
            _hand_over(key, "lend", receipt, by, when)
    return receipt


def pass_on_keys(
    unit: Unit,
    person: Person,
    *,
    keys: Sequence[Key],
    by: User,
    said: Handing | None = None,
    at: datetime | None = None,
) -> KeyReceipt:
    """Issued keys go from the one who leaves straight to the one who comes, with a new receipt. Refuses as
    `issue_keys` does; only what is issued can be passed on."""
    when = instant(at)
    _may_hand(unit.community_id, by)
    with transaction.atomic():
        held = _locked(keys, unit)
        _lives_there(unit, person)
        said = replace(said or Handing(), due_at=None)
        receipt = _receipt(held[0], HandoutKind.PASS_ON, said, by, when, person=person)
        for key in held:
            _hand_over(key, "pass_on", receipt, by, when, ends=HoldingEnd.PASSED_ON)
    return receipt


def take_back(
    key: Key, *, by: User, note: str = "", version: int | None = None, at: datetime | None = None
) -> Key:
    """The key is at the center again. Refuses as the runner does: one that is not out."""

    def returned(locked: Key, when: datetime) -> dict[str, Any]:
        return ended(locked, HoldingEnd.RETURNED, by, when)

    return run(
        key, "take_back", by=by, at=at, version=version, text=note, prepare=returned, then=[call_off]
    ).case


def ended(key: Key, how: str, by: User, at: datetime) -> dict[str, Any]:
    """Takes a (locked) key out of the hands it is in, if any; returns what the key itself says then."""
    if key.holding is not None:
        key.holding.ended_at, key.holding.ended_by, key.holding.ended_how = at, by, how
        key.holding.save(update_fields=["ended_at", "ended_by", "ended_how"])
    return {"holding": None, "due_at": None}


def _may_hand(community_id: int, by: User) -> None:
    if community_id not in by.community_ids:
        raise NotFound
    if by.role not in KEEPERS:
        raise NotPermitted


def _locked(keys: Sequence[Key], unit: Unit | None) -> list[Key]:
    """The keys, locked in one order; all of one unit, or all of one community that open no unit."""
    ids = {key.pk for key in keys}
    if not 0 < len(ids) <= MOST_KEYS:
        raise Invalid(errors={"keys": [_("Please choose the keys.")]})
    rows = Key.objects.select_for_update(no_key=True, of=("self",)).select_related("unit")
    held = list(rows.filter(pk__in=ids).order_by("pk"))
    if len(held) != len(ids):
        raise NotFound
    first = held[0]
    meant = unit.pk if unit else first.unit_id
    if any(key.unit_id != meant or key.community_id != first.community_id for key in held):
        raise Invalid(errors={"keys": [_("One receipt is about the keys of one unit.")]})
    return held


def _lives_there(unit: Unit, person: Person) -> None:
    homes = Occupancy.objects.current().filter(unit=unit, person=person)
    if person.community_id != unit.community_id or not homes.exists():
        raise Invalid(errors={"holder": [_("This person has no present home in this unit.")]})


def _check_colleague(to: User, unit: Unit | None, said: Handing, community_id: int) -> None:
    if not User.objects.staff_of([community_id]).exclude(role=Role.ADMIN).filter(pk=to.pk).exists():
        raise Invalid(errors={"holder": [_("Please choose a colleague of this community.")]})
    if unit is None:
        return
    if said.consent_of is None or said.consent_how not in ConsentHow.values:
        raise Invalid(
            errors={"consent_of": [_("A key of a home is lent with an owner's consent. Please say whose.")]}
        )
    owners = Occupancy.objects.current().filter(unit=unit, role__in=OWNERS)
    if not owners.filter(person=said.consent_of).exists():
        raise Invalid(errors={"consent_of": [_("This person does not own the unit.")]})


def _receipt(
    key: Key,
    kind: str,
    said: Handing,
    by: User,
    at: datetime,
    *,
    person: Person | None = None,
    staff: User | None = None,
) -> KeyReceipt:
    receipt = KeyReceipt.objects.create(
        community_id=key.community_id,
        number=next_number(key.community, LETTER, at),
        kind=kind,
        unit=key.unit,
        person=person,
        staff=staff,
        collected_by=said.collected_by.strip()[:80],
        due_at=said.due_at,
        purpose=said.purpose.strip()[:200],
        consent_of=said.consent_of,
        consent_how=said.consent_how if said.consent_of else "",
        at=at,
        by=by,
    )
    if said.signature is not None:
        store_photo(
            community_id=key.community_id,
            work="key_receipt",
            case_id=receipt.pk,
            kind=PhotoKind.SIGNATURE,
            picture=said.signature,
            by=by,
            at=at,
        )
    return receipt


def _hand_over(key: Key, action: str, receipt: KeyReceipt, by: User, at: datetime, *, ends: str = "") -> None:
    """One key of the receipt changes hands, in the runner's transaction."""

    def given(locked: Key, when: datetime) -> dict[str, Any]:
        if ends:
            ended(locked, ends, by, when)
        holding = KeyHolding.objects.create(community_id=locked.community_id, key=locked, receipt=receipt)
        return {"holding": holding, "due_at": receipt.due_at}

    def watch(step: Step[Key]) -> None:
        call_off(step)
        remind_at(step.case, step.at)

    run(key, action, by=by, at=at, prepare=given, data={"receipt": receipt.number}, then=[watch])
