"""The checklist of a community, as its supervisors edit it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from handovers.defaults import default_items
from handovers.models import ChecklistItem, Kind
from handovers.models.checklists import LONGEST_MEND, MEND_DAYS
from handovers.workflow import Part
from owners.models import WarrantyPart
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted

KEEPERS = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value})
KINDS = {Part.FEES.value: Kind.AMOUNT.value, Part.METERS.value: Kind.READING.value}


def ensure_checklist(community_id: int) -> None:
    """A community that never had a checklist begins with the usual one; one that emptied its own keeps it empty."""
    if ChecklistItem.objects.filter(community=community_id).exists():
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 11))", [str(community_id)])
        if not ChecklistItem.objects.filter(community=community_id).exists():
            ChecklistItem.objects.bulk_create(default_items(community_id))


def write_item(
    community: Community,
    *,
    part: str,
    text: str,
    room: str = "",
    required: bool = True,
    proxy_only: bool = False,
    trade: str = "",
    warranty: WarrantyPart | None = None,
    mend_days: int = MEND_DAYS,
    item: ChecklistItem | None = None,
    by: User,
    at: datetime | None = None,
) -> ChecklistItem:
    """Adds a line, or changes `item`. Handovers that have begun keep the lines that they began with.

    Refuses `not_permitted` to whoever keeps no checklist, `invalid` for a line that stands there already, a room
    or a trade that is missing.
    """
    may_keep(community.pk, by)
    in_rooms = part == Part.ROOMS
    _check(part, room, trade, mend_days)
    with transaction.atomic():
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)
        row = item or ChecklistItem(community=community, position=_last(community, part) + 10)
        row.part, row.room, row.text = part, room if in_rooms else "", text
        row.kind = KINDS.get(part, Kind.TICK.value)
        row.required, row.proxy_only = required, proxy_only and part == Part.PAPERS
        row.trade, row.mend_days = trade if in_rooms else "", mend_days
        row.warranty = warranty if in_rooms else None
        _check_once(row)
        row.save()
        _note(row, "change_line" if item else "add_line", by, instant(at))
    return row


def set_use(item: ChecklistItem, *, active: bool, by: User, at: datetime | None = None) -> ChecklistItem:
    """Takes a line off the checklist, or puts it back (undo). Refuses as `write_item`."""
    may_keep(item.community_id, by)
    with transaction.atomic():
        row = ChecklistItem.objects.select_for_update().get(pk=item.pk)
        row.is_active = active
        if active:
            _check_once(row)
        row.save(update_fields=["is_active"])
        _note(row, "restore_line" if active else "drop_line", by, instant(at))
    return row


def may_keep(community_id: int, by: User) -> None:
    """Refuses everybody but those who keep checklists."""
    if community_id not in by.community_ids:
        raise NotFound
    if by.role not in KEEPERS:
        raise NotPermitted


def _check(part: str, room: str, trade: str, mend_days: int) -> None:
    errors: dict[str, Any] = {}
    if part == Part.ROOMS and not room:
        errors["room"] = [_("Please name the room.")]
    if part == Part.ROOMS and not trade:
        errors["trade"] = [_("Please choose who mends a defect.")]
    if not 1 <= mend_days <= LONGEST_MEND:
        errors["mend_days"] = [_("Please choose between 1 and 180 days.")]
    if errors:
        raise Invalid(errors=errors)


def _check_once(row: ChecklistItem) -> None:
    same = ChecklistItem.objects.filter(
        community=row.community_id, part=row.part, room=row.room, text=row.text, is_active=True
    )
    if same.exclude(pk=row.pk).exists():
        raise Invalid(errors={"text": [_("This line stands in the checklist already.")]})


def _last(community: Community, part: str) -> int:
    rows = ChecklistItem.objects.filter(community=community, part=part)
    return rows.aggregate(last=Max("position"))["last"] or 0


def _note(row: ChecklistItem, action: str, by: User, at: datetime) -> None:
    record(
        community_id=row.community_id,
        work="handover_list",
        case_id=row.pk,
        action=action,
        by=by,
        at=at,
        internal=True,
        text=str(row),
    )
