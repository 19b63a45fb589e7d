"""Working spans as people write and read them: `8:30-12:00, 14:00-18:00`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.refusals import Invalid
from servicecenter.sla.calendars import MIDNIGHT, Spans, minutes_of, span_of_minutes

MOST_SPANS = 6
LONGEST_TEXT = 120
HOW: Promise = _("Please write it like 8:30-12:00, 14:00-18:00.")
TO = re.compile("[-–—~至到]+")
BETWEEN = re.compile("[,;、\\s]+")
CLOCK = re.compile("([0-9]{1,2}):([0-9]{2})")
# Nothing, or a word that says so.
CLOSED = frozenset({"", "休", "休息", "closed", "-"})


def read_spans(text: str) -> Spans:
    """The spans of a day; `()` for a day off. Full-width digits and Chinese punctuation are understood.

    Refuses `invalid`: what is no list of spans, hours beyond 24:00, a span that ends before it starts, spans that
    overlap, more than six. The order does not matter.
    """
    plain = unicodedata.normalize("NFKC", text[: LONGEST_TEXT + 1]).strip().lower()
    if len(plain) > LONGEST_TEXT:
        raise Invalid(HOW)
    if plain in CLOSED:
        return ()
    parts = [part for part in BETWEEN.split(re.sub(r"\s*([-–—~至到]+)\s*", r"\1", plain)) if part]
    if len(parts) > MOST_SPANS:
        raise Invalid(_("At most six spans a day."))
    spans = sorted(_span(part) for part in parts)
    for (_start, end), (start, _end) in pairwise(spans):
        if start < end:
            raise Invalid(_("The spans of a day must not overlap."))
    return tuple(span_of_minutes(start, end) for start, end in spans)


def _span(text: str) -> tuple[int, int]:
    ends = TO.split(text)
    if len(ends) != 2:
        raise Invalid(HOW)
    start, end = map(_minute, ends)
    if end <= start:
        raise Invalid(
            _("A span must end after it starts; for work past midnight, write 24:00 and go on next day.")
        )
    return start, end


def _minute(text: str) -> int:
    found = CLOCK.fullmatch(text)
    if found is None:
        raise Invalid(HOW)
    hour, minute = int(found[1]), int(found[2])
    if minute > 59 or hour * 60 + minute > MIDNIGHT:
        raise Invalid(_("A day has 24 hours: 0:00 to 24:00."))
    return hour * 60 + minute


def write_spans(spans: Spans) -> str:
    """The inverse of `read_spans`; '' for a day off."""
    return ", ".join(minutes_words(*minutes_of(span)) for span in spans)


def minutes_words(start: int, end: int) -> str:
    """One span from minutes of the day."""
    return "-".join(f"{minute // 60}:{minute % 60:02d}" for minute in (start, end))


def day_words(minutes: Sequence[Sequence[int]]) -> str:
    """The spans of a day in words, from minutes as a change keeps them."""
    return ", ".join(minutes_words(start, end) for start, end in minutes) or gettext("closed")
