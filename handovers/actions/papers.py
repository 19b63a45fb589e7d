"""Papers, documents, fees and meters: the lines of the checklist, and the steps that need them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from handovers.actions.steps import NotReady, Said, Signed, take, take_signed
from handovers.models import Handover, Kind, Line
from handovers.models.lines import LARGEST_AMOUNT
from handovers.workflow import OPEN_PARTS, Part
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, Refusal
from servicecenter.workflow.run import lock

NOTHING: dict[str, Any] = {
    "done_at": None,
    "done_by": None,
    "amount": None,
    "receipt_no": "",
    "reading": None,
    "waived_reason": "",
}


def missing(handover: Handover, *parts: str) -> QuerySet[Line]:
    """Lines of these parts without which nothing goes on; a proxy's papers only when a proxy comes."""
    lines = handover.lines.filter(part__in=parts, required=True, done_at=None)
    return lines if handover.proxy_name else lines.filter(proxy_only=False)


def tick(
    handover: Handover,
    line_id: int,
    *,
    amount: Decimal | None = None,
    receipt_no: str = "",
    reading: Decimal | None = None,
    by: User,
    at: datetime | None = None,
) -> Line:
    """A line is done: a paper seen, a document handed out, a fee paid at the cashier, a meter read.

    An amount needs the number of its receipt; nothing is collected here. Ticked again, it says what was said last.
    Refuses `not_found` for another handover's line, `part_closed` when its step is over, `invalid`.
    """
    when = instant(at)
    with transaction.atomic():
        held = lock(handover)
        line = _line(held, line_id)
        facts = _facts(line, amount, receipt_no.strip(), reading)
        action = "read_meters" if line.part == Part.METERS else "tick"
        data = {"line": line.pk, "part": line.part} | {
            name: str(value) for name, value in facts.items() if value
        }
        take(handover, action, by=by, at=when, said=Said(text=line.text, data=data))
        _write(line, NOTHING | facts | {"done_at": when, "done_by": by})
    return line


def untick(handover: Handover, line_id: int, *, by: User, at: datetime | None = None) -> Line:
    """Takes a tick back; the event of it stays. Refuses as `tick`."""
    when = instant(at)
    with transaction.atomic():
        line = _line(lock(handover), line_id)
        action = "read_meters" if line.part == Part.METERS else "untick"
        take(
            handover,
            action,
            by=by,
            at=when,
            said=Said(text=line.text, data={"line": line.pk, "undone": True}),
        )
        _write(line, NOTHING)
    return line


def waive(handover: Handover, line_id: int, *, reason: str, by: User, at: datetime | None = None) -> Line:
    """A supervisor lets it go on without this line, with a reason. Refuses as `tick`, and without a reason."""
    when = instant(at)
    reason = reason.strip()[:200]
    if not reason:
        raise Invalid(code="reason_needed", errors={"reason": [_("Please say why.")]})
    with transaction.atomic():
        line = _line(lock(handover), line_id)
        take(
            handover,
            "waive",
            by=by,
            at=when,
            said=Said(text=f"{line.text}: {reason}", data={"line": line.pk}),
        )
        _write(line, NOTHING | {"done_at": when, "done_by": by, "waived_reason": reason})
    return line


@dataclass(frozen=True)
class Entry:
    """What a form says of one line."""

    line_id: int
    done: bool = False
    amount: Decimal | None = None
    receipt_no: str = ""
    reading: Decimal | None = None
    waived: str = ""

    def is_said(self, line: Line) -> bool:
        """Whether the line says this already."""
        if not self.done and not self.waived:
            return not line.is_done
        facts = self.amount, self.receipt_no.strip(), self.reading, self.waived.strip()
        return line.is_done and facts == (line.amount, line.receipt_no, line.reading, line.waived_reason)


def write_lines(handover: Handover, entries: Sequence[Entry], *, by: User, at: datetime | None = None) -> int:
    """A page of the checklist, all of it or nothing: what changed is ticked, unticked or let go; returns how many.

    Refuses as those do; what is wrong with a line stands under `<field>_<line>`.
    """
    when = instant(at)
    with transaction.atomic():
        lines = {line.pk: line for line in lock(handover).lines.all()}
        changed = [
            each for each in entries if each.line_id in lines and not each.is_said(lines[each.line_id])
        ]
        for each in changed:
            try:
                _write_entry(handover, each, by, when)
            except Invalid as wrong:
                fields = {f"{name}_{each.line_id}": said for name, said in wrong.errors.items()}
                raise Invalid(wrong.sentence, code=wrong.code, errors=fields) from wrong
    return len(changed)


def _write_entry(handover: Handover, entry: Entry, by: User, at: datetime) -> None:
    if entry.waived:
        waive(handover, entry.line_id, reason=entry.waived, by=by, at=at)
    elif entry.done:
        tick(
            handover,
            entry.line_id,
            amount=entry.amount,
            receipt_no=entry.receipt_no,
            reading=entry.reading,
            by=by,
            at=at,
        )
    else:
        untick(handover, entry.line_id, by=by, at=at)


def finish_papers(
    handover: Handover, *, picture: Filed, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """The papers are right, and the owner has signed for covenant and documents.

    Refuses `not_ready` while a line is missing, and as the table does.
    """
    when = instant(at)
    with transaction.atomic():
        _need(lock(handover), Part.PAPERS, Part.DOCUMENTS)
        signed = Signed(picture, "papers_signature")
        said = Said({"papers_at": when})
        return take_signed(handover, "finish_papers", signed, by=by, at=when, said=said, version=version)


def reopen_papers(
    handover: Handover, *, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """Something was overlooked: the signature for it is void."""
    changes = {"papers_at": None, "papers_signature": None}
    return take(handover, "reopen_papers", by=by, at=at, version=version, said=Said(changes))


def finish_fees(
    handover: Handover, *, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """Every fee has its receipt, or a supervisor let it go. Refuses `not_ready`, and as the table does."""
    when = instant(at)
    with transaction.atomic():
        _need(lock(handover), Part.FEES)
        return take(handover, "finish_fees", by=by, at=when, version=version, said=Said({"fees_at": when}))


def reopen_fees(
    handover: Handover, *, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """A receipt was mistyped."""
    return take(handover, "reopen_fees", by=by, at=at, version=version, said=Said({"fees_at": None}))


def _line(handover: Handover, line_id: int) -> Line:
    line = handover.lines.filter(pk=line_id).first()
    if line is None:
        raise NotFound
    if handover.status not in OPEN_PARTS[line.part]:
        raise Refusal(_("This part of the checklist is closed now."), code="part_closed")
    return line


def _facts(line: Line, amount: Decimal | None, receipt_no: str, reading: Decimal | None) -> dict[str, Any]:
    errors: dict[str, list[str | Promise]] = {}
    if line.kind == Kind.AMOUNT:
        if amount is None or not 0 <= amount <= LARGEST_AMOUNT:
            errors["amount"] = [_("Please enter the amount in yuan.")]
        if not 0 < len(receipt_no) <= 40:
            errors["receipt_no"] = [_("Please enter the number of the receipt.")]
        facts: dict[str, Any] = {"amount": amount, "receipt_no": receipt_no}
    elif line.kind == Kind.READING:
        if reading is None or not 0 <= reading <= LARGEST_AMOUNT:
            errors["reading"] = [_("Please enter what the meter shows.")]
        facts = {"reading": reading}
    else:
        facts = {}
    if errors:
        raise Invalid(errors=errors)
    return facts


def _write(line: Line, facts: dict[str, Any]) -> None:
    for name, value in facts.items():
        setattr(line, name, value)
    line.save(update_fields=list(facts))


def _need(handover: Handover, *parts: str) -> None:
    gaps = [line.text for line in missing(handover, *parts)]
    if gaps:
        raise NotReady(_("Still missing: %(lines)s.") % {"lines": "、".join(gaps)}, lines=gaps)
