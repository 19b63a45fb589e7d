"""The standards of a community as its supervisors edit them, and what is ticked of them at a completion."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from repairs.models import Standard, Tick, Ticket
from repairs.queries.standards import still_open
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.workflow.run import Step

KEEPERS = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value})
# The list that a community may begin with: trade ('': every one), words, whether nothing is complete without it.
USUAL: Sequence[tuple[str, str, bool]] = (
    ("", "佩戴工牌，着装整洁", True),
    ("", "入户穿鞋套", True),
    ("", "铺设地垫，保护家具", False),
    ("", "施工前说明方案和价格", True),
    ("", "修后当面试用，运行正常", True),
    ("", "清理现场", True),
    ("", "带走垃圾和旧件", False),
    ("plumbing", "通水检查，无渗漏", True),
    ("electrical", "断电操作，送电后测试", True),
    ("waterproofing", "闭水试验并拍照", False),
    ("door_window", "开合顺畅，锁具正常", False),
    ("gas", "检漏并开窗通风", True),
)


def write_standard(
    community: Community,
    *,
    text: str,
    trade: str = "",
    required: bool = False,
    line: Standard | None = None,
    by: User,
    at: datetime | None = None,
) -> Standard:
    """Adds a line, or changes `line`: other words are a new row, and what was ticked keeps the words that it had.

    Refuses `not_permitted` to whoever keeps no standards, and `invalid` for a line that stands there already.
    """
    may_keep(community.pk, by)
    with transaction.atomic():
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)
        old = Standard.objects.select_for_update().get(pk=line.pk) if line else None
        if old is not None and not old.is_active:
            # Somebody else changed it a moment ago; the page shows the line that there is now.
            raise NotFound
        if old is not None and (old.trade, old.text) == (trade, text):
            old.required = required
            old.save(update_fields=["required"])
            row = old
        else:
            row = _replaced(community, old, trade, text, required)
        _note(row, "change_line" if line else "add_line", by, instant(at))
    return row


def _replaced(community: Community, old: Standard | None, trade: str, text: str, required: bool) -> Standard:
    same = Standard.objects.filter(community=community, trade=trade, text=text, is_active=True)
    if same.exists():
        raise Invalid(errors={"text": [_("This line stands in the checklist already.")]})
    if old is not None:
        old.is_active = False
        old.save(update_fields=["is_active"])
    last = Standard.objects.filter(community=community).aggregate(last=Max("position"))["last"] or 0
    return Standard.objects.create(
        community=community,
        trade=trade,
        text=text,
        required=required,
        position=old.position if old else last + 10,
        replaces=old,
    )


def use_standard(line: Standard, *, active: bool, by: User, at: datetime | None = None) -> Standard:
    """Takes a line off the checklist, or puts it back (undo). Refuses as `write_standard`."""
    may_keep(line.community_id, by)
    with transaction.atomic():
        row = Standard.objects.select_for_update().get(pk=line.pk)
        same = Standard.objects.filter(
            community=row.community_id, trade=row.trade, text=row.text, is_active=True
        )
        if active and (same.exclude(pk=row.pk).exists() or Standard.objects.filter(replaces=row).exists()):
            raise Invalid(errors={"text": [_("This line stands in the checklist already.")]})
        row.is_active = active
        row.save(update_fields=["is_active"])
        _note(row, "restore_line" if active else "drop_line", by, instant(at))
    return row


def take_usual(community: Community, *, by: User, at: datetime | None = None) -> int:
    """A community without any line begins with the usual list; how many lines were written. Refuses as above."""
    may_keep(community.pk, by)
    with transaction.atomic():
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)
        if Standard.objects.filter(community=community).exists():
            return 0
        for trade, text, required in USUAL:
            write_standard(community, text=text, trade=trade, required=required, by=by, at=at)
    return len(USUAL)


def may_keep(community_id: int, by: User) -> None:
    """Refuses everybody but those who keep standards."""
    if community_id not in by.community_ids:
        raise NotFound
    if by.role not in KEEPERS:
        raise NotPermitted


def chosen(ticket: Ticket, ids: Collection[int]) -> list[Standard]:
    """The lines that were ticked, also those that were replaced or taken off since, or are for the trade that it had
    then; refuses `invalid` for lines of others and while a required one is open."""
    lines = list(Standard.objects.filter(community=ticket.community_id).order_by("position", "id"))
    if not {each.pk for each in lines}.issuperset(ids):
        raise Invalid(errors={"ticks": [_("Please tick lines of this repair's checklist only.")]})
    missing = still_open(lines, ids, trade=ticket.trade)
    if missing:
        raise Invalid(errors={"ticks": [open_words(missing)]})
    return [each for each in lines if each.pk in set(ids)]


def open_words(missing: Sequence[Standard]) -> str:
    """Which required lines are open, in one sentence."""
    return __("Not ticked yet, and needed before the work is complete: %(lines)s") % {
        "lines": pgettext("between things in a row", ", ").join(map(str, missing))
    }


def keep_ticks(step: Step[Ticket], lines: Sequence[Standard]) -> None:
    """Writes down what was ticked, in the transaction of the completion."""
    ticket = step.case
    Tick.objects.bulk_create(
        Tick(
            community_id=ticket.community_id,
            ticket=ticket,
            standard=each,
            completion_no=ticket.completion_no,
            by=step.by,
            at=step.at,
        )
        for each in lines
    )


def _note(row: Standard, action: str, by: User, at: datetime) -> None:
    record(
        community_id=row.community_id,
        work="standards",
        case_id=row.pk,
        action=action,
        by=by,
        at=at,
        internal=True,
        text=str(row),
    )
