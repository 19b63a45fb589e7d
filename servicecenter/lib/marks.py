"""Small marks on every page: an icon, a status, an urgency, a deadline, an instant, a phone number.

They are built in Python, not in template files: a list draws hundreds of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from servicecenter.lib import looks, masks, words
from servicecenter.lib.clock import LOCAL

NOTHING: SafeString = mark_safe("")


def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """A Tabler outline icon from the sprite; hidden from assistive technology unless it has a `label`."""
    naming = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    href = f"{static('icons.svg')}#i-{name}"
    return format_html('<svg class="icon {}" {}><use href="{}"></use></svg>', css, naming, href)


def status_badge(case: Any) -> SafeString:
    """The status of anything that has `.status`: word, shape and colour."""
    look = looks.status_look(str(case.status))
    return _badge("status", str(case.status), _display(case, "status"), look)


def urgency_badge(case: Any, quiet: bool = False) -> SafeString:
    """The urgency of a case. With `quiet` only what is out of the ordinary is drawn (lists)."""
    if quiet and str(case.urgency) == "normal":
        return NOTHING
    look = looks.urgency_look(str(case.urgency))
    return _badge("urgency", str(case.urgency), _display(case, "urgency"), look)


def warranty_badge(cover: Any) -> SafeString:
    """Whether a repair is under warranty (`.state`, `.label`), with the reason (`.sentence`) on hover."""
    look = looks.warranty_look(str(cover.state))
    return format_html(
        '<span class="state tone-{}" data-warranty="{}" title="{}">{}<span>{}</span></span>',
        look.tone,
        cover.state,
        cover.sentence,
        icon(look.icon),
        cover.label,
    )


def _display(case: Any, field: str) -> str:
    shown = getattr(case, f"get_{field}_display", None)
    return str(shown() if callable(shown) else shown or getattr(case, field))


def _badge(kind: str, code: str, word: str, look: looks.Look) -> SafeString:
    return format_html(
        '<span class="state tone-{}" data-{}="{}">{}<span>{}</span></span>',
        look.tone,
        mark_safe(kind),
        code,
        icon(look.icon),
        word,
    )


def number(case: Any, url: str = "") -> SafeString:
    """The human number of a case, as a link when `url` is given."""
    if url:
        return format_html('<a class="number" data-number="{0}" href="{1}">{0}</a>', case.number, url)
    return format_html('<span class="number" data-number="{0}">{0}</span>', case.number)


def deadline(
    due_at: datetime | None,
    met_at: datetime | None = None,
    paused_at: datetime | None = None,
    started_at: datetime | None = None,
    why: str = "",
    label: str = "",
) -> SafeString:
    """What is left of a deadline, in words. Its tone follows the share left when `started_at` is known.

    `why`: address of the explanation, opened in a dialog. `label`: what it is for ("First contact").
    """
    now = timezone.now()
    state = words.deadline_state(due_at, now, met_at=met_at, paused_at=paused_at, started_at=started_at)
    look = looks.DEADLINE[state]
    running = state in ("ok", "soon", "over")
    attributes = mark_safe("")
    if due_at is not None and running:
        attributes = format_html(' data-due="{}"', due_at.isoformat())
        if started_at is not None:
            attributes += format_html(' data-started="{}"', started_at.isoformat())
    return format_html(
        '<span class="deadline tone-{}" data-deadline="{}"{}>{}{}{}{}</span>',
        look.tone,
        state,
        attributes,
        icon(look.icon),
        format_html('<span class="deadline-label">{}</span> ', label) if label else NOTHING,
        _deadline_time(due_at, met_at, state, now),
        _why(why) if why else NOTHING,
    )


def _deadline_time(
    due_at: datetime | None, met_at: datetime | None, state: words.DeadlineState, now: datetime
) -> SafeString:
    if due_at is None:
        return format_html("<span>{}</span>", words.deadline_words(None, now))
    if met_at is not None:
        text = words.outcome_words(due_at, met_at)
    else:
        text = _("Paused") if state == "paused" else words.deadline_words(due_at, now)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', due_at.isoformat(), words.exact_words(due_at), text
    )


def _why(url: str) -> SafeString:
    return format_html(
        '<a class="deadline-why" href="{}" data-dialog aria-label="{}">{}</a>',
        url,
        _("Why this deadline?"),
        icon("help-circle"),
    )


def moment(value: datetime | None, fallback: str = "—") -> SafeString | str:
    """An instant in words (today 14:20), its full date on hover."""
    if value is None:
        return fallback
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        words.exact_words(value),
        words.moment_words(value, timezone.now()),
    )


def exact(value: datetime) -> SafeString:
    """An instant by date, weekday and time, for what people compare rather than wait for."""
    local = value.astimezone(LOCAL)
    day, weekday = words.date_words(local.date()), date_format(local, "D")
    text = f"{day} {weekday} {local:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


def phone(number: str | None, full: bool = False) -> SafeString | str:
    """A phone number, masked unless `full`; a full one can be tapped to call."""
    if not number:
        return "—"
    if full:
        return format_html(
            '<a class="phone" href="tel:{}">{}</a>', number.replace(" ", ""), masks.group_phone(number)
        )
    return format_html('<span class="phone">{}</span>', masks.group_phone(masks.mask_phone(number)))
