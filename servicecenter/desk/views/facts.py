"""The facts of a repair as label and value, for panel, page and slip."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from owners.queries.warranty import Cover
from repairs.models import Ticket
from repairs.queries.cases import participants_of
from repairs.queries.said import price_words, window_words
from servicecenter.lib import marks
from servicecenter.lib.clock import LOCAL

Facts = list[tuple[str, Any]]


def facts(ticket: Ticket, *, linked: bool, several: bool = False, warranty: Cover | None = None) -> Facts:
    """Where, who and what; `linked`: places and people lead to their cards."""
    covered = [(_("Warranty"), said_warranty(warranty))] if warranty else []
    known = _where(ticket, linked, several) + covered + _rest(ticket, linked)
    return [(label, value) for label, value in known if value]


def said_warranty(cover: Cover) -> SafeString:
    """In or out, and why."""
    return format_html('{} <span class="queue-small">{}</span>', marks.warranty_badge(cover), cover.sentence)


def slip_facts(ticket: Ticket) -> Facts:
    """What the head of the slip does not say yet; what was done is written by hand, and prices have a table."""
    skipped = (ticket.summary, ticket.plan, price_words(ticket.price))
    return [(label, value) for label, value in _rest(ticket, False) if value and value not in skipped]


def _where(ticket: Ticket, linked: bool, several: bool) -> Facts:
    return [
        (_("Community"), ticket.community.name if several else ""),
        (_("Where"), _place(ticket, linked)),
        (_("Trade"), _overruled(ticket.get_trade_display(), ticket.get_proposed_trade_display())),
    ]


def _rest(ticket: Ticket, linked: bool) -> Facts:
    start, end = ticket.appointment_start, ticket.appointment_end
    return [
        (_("Reported by"), _reporter(ticket, linked)),
        (_("Channel"), ticket.get_channel_display()),
        (_("Time of report"), marks.moment(ticket.reported_at)),
        (_("When it suits"), windows(ticket)),
        (_("In charge"), str(ticket.agent or "")),
        (_("Technician"), str(ticket.assignee or "")),
        *((str(each.get_part_display()), str(each.user)) for each in participants_of(ticket)),
        (_("Sent back"), str(ticket.sent_back_count or "")),
        (_("Appointment"), window_words(start, end) if start and end else ""),
        (_("Plan"), ticket.plan),
        (_("Price"), price_words(ticket.price)),
        (_("Waiting for"), ticket.get_hold_reason_display() if ticket.hold_reason else ""),
        (_("What was done"), ticket.summary),
        (
            _("Duplicate of"),
            marks.number(ticket.duplicate_of, _page(ticket.duplicate_of)) if ticket.duplicate_of else "",
        ),
    ]


def _page(ticket: Ticket) -> str:
    return reverse("desk:ticket", args=[ticket.number])


def _place(ticket: Ticket, linked: bool) -> SafeString | str:
    if linked and ticket.unit_id:
        return format_html('<a href="{}">{}</a>', reverse("desk:unit", args=[ticket.unit_id]), ticket.where())
    return ticket.where()


def _reporter(ticket: Ticket, linked: bool) -> SafeString | str:
    if linked and ticket.reporter_id:
        url = reverse("desk:person", args=[ticket.reporter_id])
        return format_html('<a href="{}">{}</a>', url, ticket.reporter_name)
    return ticket.reporter_name


def _overruled(chosen: str, proposed: str) -> str:
    """A trade, and what the program had proposed where a person knew better."""
    if not proposed or proposed == chosen:
        return chosen
    return _("%(chosen)s (proposed: %(proposed)s)") % {"chosen": chosen, "proposed": proposed}


def windows(ticket: Ticket) -> SafeString | str:
    """The times that suit the reporter, one a line."""
    spans = [_span(each) for each in ticket.preferred_windows]
    said = [(window_words(*span),) for span in spans if span is not None]
    return format_html_join(format_html("<br>"), "{}", said) if said else ""


def _span(window: Any) -> tuple[datetime, datetime] | None:
    """A stored window; None for one that an API client left open."""
    try:
        start, end = parse_datetime(window["start"]), parse_datetime(window["end"])
    except (KeyError, TypeError, ValueError):
        return None
    if start is None or end is None:
        return None
    return start if start.tzinfo else start.replace(tzinfo=LOCAL), end if end.tzinfo else end.replace(
        tzinfo=LOCAL
    )
