"""When a visit would be convenient: parts of the next days to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from repairs.models import MOST_OFFERS
from servicecenter.lib import words
from servicecenter.lib.clock import LOCAL

Parts = Sequence[tuple[time, time]]
PARTS: Parts = ((time(9), time(12)), (time(14), time(18)), (time(18), time(20)))
# What we offer ourselves: short enough for several visits in a day.
OUR_PARTS: Parts = (
    (time(9), time(10, 30)),
    (time(10, 30), time(12)),
    (time(14), time(16)),
    (time(16), time(18)),
    (time(18), time(20)),
)
DAYS = 3
# A form that lay open over night still names slots that were offered then.
ACCEPTED_FOR = timedelta(days=8)
Spans = Sequence[tuple[datetime, datetime]]
Window = dict[str, str]


def slots(
    now: datetime, *, parts: Parts = PARTS, days: int = DAYS, taken: Spans = ()
) -> Iterator[tuple[str, str]]:
    """(value, label) of every slot of the next days that is not nearly over and not `taken`:
    `2026-11-23T14:00/18:00`."""
    today = now.astimezone(LOCAL).date()
    for day in (today + timedelta(days=number) for number in range(days)):
        for start, end in parts:
            begins, ends = _span(day, start, end)
            free = not any(since < ends and until > begins for since, until in taken)
            if free and ends - timedelta(hours=1) > now:
                # A word joiner keeps the span on one line of a narrow screen.
                clock = f"{formats.date_format(begins, 'H:i')}–\u2060{formats.date_format(ends, 'H:i')}"
                yield f"{begins:%Y-%m-%dT%H:%M}/{ends:%H:%M}", f"{words.day_words(begins, now)} {clock}"


def _span(day: date, start: time, end: time) -> tuple[datetime, datetime]:
    return datetime.combine(day, start, LOCAL), datetime.combine(day, end, LOCAL)


def read_slot(value: str, now: datetime) -> Window:
    """A slot as it is stored, `{"start": ISO, "end": ISO}`; ValueError for what was never offered."""
    begin, _slash, end = value.partition("/")
    begins = datetime.strptime(begin, "%Y-%m-%dT%H:%M")
    part = (begins.time(), datetime.strptime(end, "%H:%M").time())
    start, finish = _span(begins.date(), *part)
    if part not in (*PARTS, *OUR_PARTS) or not now - timedelta(days=1) < start < now + ACCEPTED_FOR:
        raise ValueError(value)
    return {"start": start.isoformat(), "end": finish.isoformat()}


class WindowsField(forms.MultipleChoiceField):
    """Slots that suit the resident; nothing chosen means any time."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("When does a visit suit you?"))
        kwargs.setdefault("help_text", _("Choose up to three; none means any time."))
        super().__init__(choices=lambda: list(slots(timezone.now())), required=False, **kwargs)

    def to_python(self, value: Any) -> list[str]:
        """The values as they were sent, once each."""
        return list(dict.fromkeys(super().to_python(value)))

    def validate(self, value: list[str]) -> None:
        """No more than can be offered at a time."""
        super().validate(value)
        if len(value) > MOST_OFFERS:
            raise forms.ValidationError(_("Please choose three times at most."), code="many")

    def valid_value(self, value: str) -> bool:
        """Also a slot that was offered when the form was drawn."""
        try:
            read_slot(value, timezone.now())
        except ValueError:
            return False
        return True

    def clean(self, value: Any) -> list[Window]:
        """The chosen slots as `[{"start", "end"}]`."""
        now = timezone.now()
        return [read_slot(each, now) for each in super().clean(value)]
