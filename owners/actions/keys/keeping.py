"""The register of keys: taking them in, losing, finding, blocking and replacing them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from owners.actions.keys.clocks import call_off
from owners.actions.keys.handing import ended
from owners.models import HoldingEnd, Key, KeyKind, Unit
from owners.models.keys import KEEPERS
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.workflow.run import begin, run

LONGEST_TAG, MOST_AT_ONCE = 40, 40
REASON = 200
# How a tag goes on after the code of its unit.
LETTERS = {
    KeyKind.DOOR: "D",
    KeyKind.ENTRANCE: "E",
    KeyKind.MAILBOX: "M",
    KeyKind.METER: "W",
    KeyKind.ROOM: "R",
    KeyKind.CARD: "C",
    KeyKind.PARKING: "P",
    KeyKind.OTHER: "X",
}


def add_keys(
    community: Community,
    *,
    kind: str,
    by: User,
    unit: Unit | None = None,
    place: str = "",
    tags: Sequence[str] = (),
    count: int = 0,
    at: datetime | None = None,
) -> list[Key]:
    """Takes keys or cards into the register: those with these `tags`, or `count` new ones that are numbered on from
    the code of the unit (3-2-1201-D1, -D2 …).

    Refuses `not_found` and `not_permitted` to whoever does not keep the keys of the community; `invalid`: an unknown
    kind, neither unit nor place, another community's unit, no tag or one that is taken, more than 40 at once.
    """
    when = instant(at)
    _may_keep(community.pk, by)
    place = "" if unit else place.strip()[:80]
    _check(community, kind, unit, place)
    with transaction.atomic():
        wanted = [tag.strip() for tag in tags if tag.strip()] or _numbered(unit, kind, count)
        _check_tags(community, wanted)
        keys = [
            Key(community=community, unit=unit, place=place, kind=kind, tag=tag, added_at=when, added_by=by)
            for tag in wanted
        ]
        for key in keys:
            begin(key, action="add", by=by, at=when)
    return keys


def lose(key: Key, *, reason: str, by: User, version: int | None = None, at: datetime | None = None) -> Key:
    """It is gone; whoever has it may say so, too. Refuses `reason_needed`, and as the runner does."""
    return _end(key, "lose", HoldingEnd.LOST, reason, by, version, at)


def block(key: Key, *, reason: str, by: User, version: int | None = None, at: datetime | None = None) -> Key:
    """It opens nothing any more: shut out of the card system, or the lock was changed. Refuses `reason_needed`, and as
    the runner does."""
    return _end(key, "block", HoldingEnd.BLOCKED, reason, by, version, at)


def find(
    key: Key, *, by: User, note: str = "", version: int | None = None, at: datetime | None = None
) -> Key:
    """A lost one lies at the center again. Refuses as the runner does."""
    return run(key, "find", by=by, at=at, version=version, text=note).case


def unblock(
    key: Key, *, by: User, note: str = "", version: int | None = None, at: datetime | None = None
) -> Key:
    """A blocked one, at the center, opens again. Refuses as the runner does."""
    return run(key, "unblock", by=by, at=at, version=version, text=note).case


def replace(
    key: Key, *, tag: str = "", by: User, version: int | None = None, at: datetime | None = None
) -> Key:
    """A new one stands in for a lost or blocked one, and is handed out like any other. Returns the new one.

    Refuses as the runner does, and `invalid` for a tag that is taken.
    """
    when = instant(at)
    with transaction.atomic():

        def stand_in(locked: Key, _at: datetime) -> dict[str, Any]:
            fresh = add_keys(
                locked.community,
                kind=locked.kind,
                by=by,
                unit=locked.unit,
                place=locked.place,
                tags=[tag or _next_version(locked.tag)],
                at=when,
            )
            return {"replaced_by": fresh[0]}

        done = run(key, "replace", by=by, at=when, version=version, prepare=stand_in).case
    assert done.replaced_by is not None
    return done.replaced_by


def _end(
    key: Key, action: str, how: str, reason: str, by: User, version: int | None, at: datetime | None
) -> Key:
    reason = reason.strip()[:REASON]
    if not reason:
        raise Invalid(code="reason_needed", errors={"reason": [_("Please say why.")]})

    def gone(locked: Key, when: datetime) -> dict[str, Any]:
        return ended(locked, how, by, when)

    return run(key, action, by=by, at=at, version=version, text=reason, prepare=gone, then=[call_off]).case


def _may_keep(community_id: int, by: User) -> None:
    if community_id not in by.community_ids:
        raise NotFound
    if by.role not in KEEPERS:
        raise NotPermitted


def _check(community: Community, kind: str, unit: Unit | None, place: str) -> None:
    if kind not in KeyKind.values:
        raise Invalid(errors={"kind": [_("Please choose what it is.")]})
    if unit is None and not place:
        raise Invalid(errors={"place": [_("Please say what it opens.")]})
    if unit is not None and unit.community_id != community.pk:
        raise Invalid(errors={"unit": [_("This does not belong to the community.")]})


def _check_tags(community: Community, tags: Sequence[str]) -> None:
    if not 0 < len(tags) <= MOST_AT_ONCE:
        raise Invalid(errors={"tags": [_("Please name 1 to 40 tags, one a line.")]})
    folded = [tag.upper() for tag in tags]
    if any(len(tag) > LONGEST_TAG for tag in tags) or len(set(folded)) < len(folded):
        raise Invalid(errors={"tags": [_("Each tag stands once and has at most 40 characters.")]})
    rows = Key.objects.filter(community=community).annotate(folded=Upper("tag"))
    taken = rows.filter(folded__in=folded).first()
    if taken is not None:
        raise Invalid(errors={"tags": [_("This tag is taken: %(tag)s") % {"tag": taken.tag}]})


def _numbered(unit: Unit | None, kind: str, count: int) -> list[str]:
    """The next tags of this kind in this unit. The unit is locked, so that two desks count one after the other."""
    if unit is None or not 0 < count <= MOST_AT_ONCE:
        return []
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    stem = f"{unit.code[: LONGEST_TAG - 8]}-{LETTERS[KeyKind(kind)]}"
    taken = {
        tag.upper()
        for tag in Key.objects.filter(community=unit.community_id, tag__istartswith=stem).values_list(
            "tag", flat=True
        )
    }
    free = (f"{stem}{number}" for number in range(1, len(taken) + count + 1))
    return [tag for tag in free if tag.upper() not in taken][:count]


def _next_version(tag: str) -> str:
    """The tag of what stands in when nobody names one: 3-2-1201-C1 → 3-2-1201-C1/2 → /3."""
    stem, slash, number = tag.rpartition("/")
    if slash and number.isascii() and number.isdigit() and len(number) < 4:
        return f"{stem}/{int(number) + 1}"
    return f"{tag[: LONGEST_TAG - 2]}/2"
