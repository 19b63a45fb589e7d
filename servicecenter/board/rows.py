"""The rows of a list made ready for a lean template: every cell is computed once, here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise as Words
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from repairs.models import Appointment, Ticket
from repairs.queries.said import window_words
from servicecenter.accounts.models import Community
from servicecenter.board.models import CallMade, Completion, Promise
from servicecenter.board.queries import sources
from servicecenter.board.queries.lists import Listed, open_stage
from servicecenter.board.queries.sources import Source
from servicecenter.lib import marks
from servicecenter.sla.models import Stage
from surveys.workflow import AttemptOutcome, Outcome

STAGES: Mapping[str, str | Words] = {
    Stage.RESPOND: _("First contact"),
    Stage.ARRIVE: _("Arrival"),
    Stage.SECURE: _("Made safe"),
    Stage.COMPLETE: _("Completion"),
}


@dataclass(frozen=True)
class Line:
    """One row of a list. `result`: the deadline, call or attempt that the row is about."""

    number: str
    url: str
    text: str
    where: str
    community: str
    trade: str
    status: SafeString
    urgency: SafeString
    reported: SafeString | str
    result: SafeString | str
    who: str


def lines(found: list[Listed], communities: tuple[Community, ...]) -> list[Line]:
    """Rows for the template; the community is named only where the reader has several."""
    names = {each.pk: each.name for each in communities} if len(communities) > 1 else {}
    return [_line(each, names) for each in found]


def _line(each: Listed, names: Mapping[int, str]) -> Line:
    ticket = each.ticket
    return Line(
        number=ticket.number,
        url=reverse("board:ticket", args=[ticket.number]),
        text=Truncator(ticket.text).chars(60),
        where=ticket.where(),
        community=names.get(ticket.community_id, ""),
        trade=ticket.get_trade_display(),
        status=marks.status_badge(ticket),
        urgency=marks.urgency_badge(ticket, quiet=True),
        reported=marks.moment(ticket.reported_at),
        result=_result(each.row, ticket),
        who=each.who,
    )


def _result(row: Any, ticket: Ticket) -> SafeString | str:
    match row:
        case Promise():
            label = _stage(row.stage, row.round)
            return marks.deadline(row.due_at, row.met_at, paused_at=row.paused_at, label=label)
        case Completion():
            return call_words(row)
        case CallMade():
            return _attempt(row)
        case Appointment():
            return window_words(row.starts_at, row.ends_at)
        case _:
            return _nearest(ticket)


def _stage(stage: str, round: int) -> str:
    label = str(STAGES[stage])
    return label if round == 1 else __("%(stage)s, round %(round)s") % {"stage": label, "round": round}


def columns(source: Source) -> tuple[str, str]:
    """What the columns `result` and `who` of a list hold."""
    if source is sources.ATTEMPTS:
        return __("Call made"), __("Called by")
    results = {
        id(sources.VISITS): __("Visit"),
        id(sources.PROMISES): __("Promise"),
        id(sources.COMPLETIONS): __("Follow-up"),
    }
    results |= {id(each): __("Follow-up") for each in (sources.CALLS, sources.QUEUE)}
    return results.get(id(source), __("Next deadline")), __("Technician")


def _nearest(ticket: Ticket) -> SafeString | str:
    """The nearest promise of a repair that still runs, with its explanation one tap away."""
    stage = open_stage(ticket)
    if not stage:
        return ""
    return marks.deadline(
        ticket.next_due_at,
        paused_at=ticket.held_at,
        label=str(STAGES[stage]),
        why=reverse("repairs:explain", args=[ticket.number]),
    )


def call_words(row: Completion) -> SafeString:
    """How the call about a completion ended, or until when it is promised."""
    if not row.outcome:
        return marks.deadline(row.due_at, label=__("Follow-up call"))
    return format_html("{}{}", Outcome(row.outcome).label, _rating(row.overall))


def _attempt(row: CallMade) -> SafeString:
    return format_html(
        "{} · {}{}", marks.moment(row.started_at), AttemptOutcome(row.outcome).label, _rating(row.overall)
    )


def _rating(overall: int | None) -> SafeString | str:
    return "" if overall is None else format_html(" <b>{}/10</b>", overall)
