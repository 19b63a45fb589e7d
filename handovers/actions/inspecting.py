"""The inspection by room; what is found becomes repairs, and is looked at again when it is mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from handovers.actions.mending import mend_again, open_repairs
from handovers.actions.papers import missing
from handovers.actions.steps import NotReady, Said, take
from handovers.models import Finding, Handover, Reinspection, Result
from handovers.models.checklists import LONGEST_MEND, MEND_DAYS
from handovers.workflow import Part
from repairs.models import Trade
from repairs.workflow import DONE
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.actions import Filed, store_photo
from servicecenter.attachments.models import PhotoKind
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import Invalid, NotFound, Refusal
from servicecenter.workflow.run import check, lock

LONGEST_WORDS = 500


@dataclass(frozen=True)
class Look:
    """What somebody says of one item. `result` '' takes it back. A look without an item is something else
    in the room."""

    finding_id: int | None
    result: str
    words: str = ""
    due_on: date | None = None
    text: str = ""
    pictures: Sequence[Filed] = ()


def start(
    handover: Handover, *, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """The engineer takes the owner round: from now on it is theirs."""
    return take(handover, "start_inspection", by=by, at=at, version=version, said=Said({"inspector": by}))


def leave(
    handover: Handover, *, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """Somebody else goes on; what was written down stays."""
    return take(handover, "leave", by=by, at=at, version=version, said=Said({"inspector": None}))


def look_at_room(
    handover: Handover, room: str, looks: Sequence[Look], *, by: User, at: datetime | None = None
) -> None:
    """Writes down a room, all of it or nothing. A defect needs words and gets a due date, by default the days
    of its line.

    Refuses `not_found` for an item of another room or handover, `already_repair` for an item whose repair is under
    way, `invalid` for a defect without words or a due date out of reach.
    """
    when = instant(at)
    with transaction.atomic():
        held = lock(handover)
        check(held, "look", by)
        items = {item.pk: item for item in held.findings.filter(room=room).select_for_update()}
        if not items:
            raise NotFound
        written = [_look(held, room, items, look, by, when) for look in looks]
        changed = [item for item in written if item is not None]
        if not changed:
            return
        data = {"room": room, "results": {str(item.pk): item.result for item in changed}}
        defects = "；".join(f"{item.text}：{item.words}" for item in changed if item.words)
        take(handover, "look", by=by, at=when, said=Said(text=defects, data=data))


def _look(
    handover: Handover, room: str, items: dict[int, Finding], look: Look, by: User, at: datetime
) -> Finding | None:
    """The item as it is written now; None where nothing changes."""
    item = _something_else(handover, room, look) if look.finding_id is None else items.get(look.finding_id)
    if item is None:
        raise NotFound
    facts = _facts(item, look, at)
    same = {name: getattr(item, name) for name in facts} == facts
    if same and not look.pictures:
        return None
    if item.ticket_id is not None:
        raise Refusal(
            _("%(item)s is a repair already. Please add a note to the repair.") % {"item": item},
            code="already_repair",
        )
    for name, value in facts.items():
        setattr(item, name, value)
    item.looked_at, item.looked_by = (at, by) if look.result else (None, None)
    item.save()
    for picture in look.pictures:
        _keep(item, picture, PhotoKind.REPORT, by, at)
    return item


def _something_else(handover: Handover, room: str, look: Look) -> Finding:
    last = handover.findings.filter(room=room).aggregate(last=Max("position"))["last"] or 0
    text = look.text.strip()[:120] or str(_("Something else"))
    return Finding(
        community_id=handover.community_id,
        handover=handover,
        room=room,
        text=text,
        trade=Trade.OTHER,
        mend_days=MEND_DAYS,
        position=last,
    )


def _facts(item: Finding, look: Look, at: datetime) -> dict[str, Any]:
    field = str(item.pk or "new")
    if look.result != Result.DEFECT:
        return {"result": look.result, "words": "", "due_on": None}
    words = look.words.strip()
    if not 0 < len(words) <= LONGEST_WORDS:
        raise Invalid(errors={f"words_{field}": [_("Please say what is wrong.")]})
    today = local_day(at)
    due_on = look.due_on or item.due_on or today + timedelta(days=item.mend_days)
    if due_on != item.due_on and not today <= due_on <= today + timedelta(days=LONGEST_MEND):
        raise Invalid(errors={f"due_{field}": [_("Please choose a day from today on, within 180 days.")]})
    return {"result": Result.DEFECT.value, "words": words, "due_on": due_on}


def finish_inspection(
    handover: Handover, *, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """Every item was looked at and the meters are read: each defect becomes a repair under the developer's warranty,
    due on its day. Refuses `not_ready` for gaps, and as the table does."""
    when = instant(at)
    with transaction.atomic():
        held = lock(handover)
        gaps = [str(item) for item in held.findings.filter(result="")]
        gaps += [line.text for line in missing(held, Part.METERS)]
        if gaps:
            shown = "、".join(gaps[:5]) + ("……" if len(gaps) > 5 else "")
            raise NotReady(_("Still missing: %(lines)s.") % {"lines": shown}, lines=gaps)
        said = Said({"inspected_at": when}, then=[open_repairs])
        return take(handover, "finish_inspection", by=by, at=when, version=version, said=said)


def reopen_inspection(
    handover: Handover, *, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """The owner found one more thing. Repairs that were made of defects go on."""
    return take(
        handover, "reopen_inspection", by=by, at=at, version=version, said=Said({"inspected_at": None})
    )


def reinspect(
    finding: Finding,
    *,
    result: str,
    words: str = "",
    pictures: Sequence[Filed] = (),
    by: User,
    at: datetime | None = None,
) -> Finding:
    """复验: a mended defect is in order, or its repair starts again with what is wrong now.

    Refuses `not_mended` while the repair is not completed, `mended_already`, and `invalid` without words.
    """
    when = instant(at)
    words = words.strip()[:LONGEST_WORDS]
    if result not in Result.values or (result == Result.DEFECT and not words):
        raise Invalid(errors={"words": [_("Please say what is wrong.")]})
    with transaction.atomic():
        handover = lock(finding.handover)
        held = Finding.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=finding.pk)
        said = Said(
            text=f"{held}: {words}" if words else str(held), data={"finding": held.pk, "result": result}
        )
        take(handover, "reinspect", by=by, at=when, said=said)
        _check_mended(held)
        Reinspection.objects.create(
            community_id=held.community_id, finding=held, result=result, words=words, at=when, by=by
        )
        for picture in pictures:
            _keep(held, picture, PhotoKind.AFTER, by, when)
        if result == Result.OK:
            held.mended_at, held.mended_by = when, by
        else:
            held.ticket = mend_again(held, words, by=by, at=when)
        held.save(update_fields=["mended_at", "mended_by", "ticket"])
    return held


def appoint(
    handover: Handover,
    *,
    technician: User,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Handover:
    """The desk says which technician looks at mended defects, beside whoever inspected; they hear of it.

    Refuses `invalid` for anybody but a technician of the community, and as the table does.
    """
    staff = User.objects.staff_of([handover.community_id], Role.TECHNICIAN)
    if not staff.filter(pk=technician.pk).exists():
        raise Invalid(errors={"technician": [_("Please choose a technician of the community.")]})
    said = Said({"reinspector": technician}, text=str(technician), data={"technician": technician.pk})
    return take(handover, "appoint", by=by, at=at, version=version, said=said)


def _check_mended(finding: Finding) -> None:
    if finding.mended_at is not None:
        raise Refusal(_("This defect was found mended already."), code="mended_already")
    if finding.ticket is None or finding.ticket.status not in DONE:
        raise Refusal(_("The repair of this defect is not finished yet."), code="not_mended")


def _keep(finding: Finding, picture: Filed, kind: str, by: User, at: datetime) -> None:
    store_photo(
        community_id=finding.community_id,
        work="finding",
        case_id=finding.pk,
        kind=kind,
        picture=picture,
        by=by,
        at=at,
    )
