"""Figures made ready for drawing: words, tone, change, and the lists behind every number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise as Words
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from decoration.queries.lists import refunds_overdue
from servicecenter.board import marks
from servicecenter.board.links import link, narrowed
from servicecenter.board.queries.counting import Counts
from servicecenter.board.queries.figures import FEWEST_ANSWERS, FIGURES, Figure, Share
from servicecenter.board.queries.home import PROMISES, QUALITY, WINDOWS, Home
from servicecenter.board.queries.labels import group_labels
from servicecenter.board.queries.lengths import LENGTHS, Took
from servicecenter.board.queries.sets import SETS
from servicecenter.board.queries.slices import Slice
from servicecenter.lib.words import duration_words

# How far below its target a figure may lie (percentage points) before it turns from amber to red. Colour only.
NEAR = 10
MOST_BARS = 6


@dataclass(frozen=True)
class Number:
    """A count that opens the list of its rows."""

    value: int
    url: str
    label: str | Words = ""
    tone: str = ""


@dataclass(frozen=True)
class Change:
    """Percentage points against the period before, already in words."""

    text: str
    direction: str
    tone: str


@dataclass(frozen=True)
class Shown:
    """A share in one period. `too_few`: it rests on too few answers to be shown."""

    code: str
    label: str | Words
    meaning: str | Words
    percent: str
    part: Number
    whole: Number
    rest: Number | None
    change: Change | None
    target: str
    tone: str
    too_few: bool
    share: Share
    bar: SafeString
    parts: SafeString | str
    period: str = ""


def shown(code: str, part: Slice, sums: Counts, before: Counts | None = None, period: str = "") -> Shown:
    """A figure in a slice, compared with the period before where that is given."""
    figure = FIGURES[code]
    share = figure.of(sums)
    visible = figure.is_shown(share)
    counted = number(figure.part, part, sums), number(figure.whole, part, sums)
    return Shown(
        code=code,
        label=figure.label,
        meaning=figure.meaning,
        percent=marks.percent(share) if visible else "—",
        part=counted[0],
        whole=counted[1],
        rest=_rest(figure, part, share),
        change=_change(figure, share, before) if before is not None and visible else None,
        target=f"{figure.target}%" if figure.target else "",
        tone=_tone(figure, share),
        too_few=not visible,
        share=share,
        bar=marks.bar(share.part / share.whole if share.whole and visible else 0.0, _tone(figure, share)),
        parts=_parts(code, *counted) if visible else too_few_words(),
        period=period,
    )


def _parts(code: str, part: Number, whole: Number) -> SafeString | str:
    """Both numbers of a share, each opening its list."""
    if not whole.value:
        return _("none")
    drawn = [
        format_html(
            '<a href="{}" title="{}" data-figure="{}-{}">{}<span class="visually-hidden"> {}</span></a>',
            each.url,
            each.label,
            code,
            role,
            each.value,
            each.label,
        )
        for role, each in (("part", part), ("whole", whole))
    ]
    return format_html('<span class="parts">{}<span aria-hidden="true"> / </span>{}</span>', *drawn)


def number(code: str, part: Slice, sums: Counts, tone: str = "") -> Number:
    """A counted set with its list; a tone only where there is something to see."""
    value = sums.get(code, 0)
    return Number(value, link(code, part), SETS[code].title, tone if value else "")


def refunds(part: Slice, at: datetime) -> Number:
    """Deposits of decoration that should be back by now."""
    late = refunds_overdue(part.community_ids, at)
    return Number(
        late, f"{reverse('permits:list')}?show=refund_late", _("Refunds overdue"), "bad" if late else ""
    )


def _rest(figure: Figure, part: Slice, share: Share) -> Number | None:
    """The rows of the whole that are not in the part."""
    missing = share.whole - share.part
    if not figure.rest or not missing:
        return None
    return Number(missing, link(figure.rest, part), str(figure.rest_words) % {"n": missing})


def _tone(figure: Figure, share: Share) -> str:
    if figure.target is None or share.percent is None:
        return ""
    if share.part * 100 >= figure.target * share.whole:
        return "good"
    return "waiting" if share.percent >= figure.target - NEAR else "bad"


def _change(figure: Figure, share: Share, before: Counts) -> Change | None:
    points = share.change(figure.of(before))
    if points is None:
        return None
    if not points:
        return Change(_("no change"), "flat", "plain")
    direction = "up" if points > 0 else "down"
    text = _("%(points)s points") % {"points": marks.number(abs(points))}
    return Change(text, direction, "good" if direction == figure.better else "bad")


@dataclass(frozen=True)
class LengthTile:
    """A figure of time, and the list of the repairs that it is of."""

    code: str
    label: str | Words
    meaning: str | Words
    median: str
    average: str
    rows: Number


def length(code: str, part: Slice, took: Took) -> LengthTile:
    """How long it took in a slice."""
    each = LENGTHS[code]
    rows = Number(took.count, link(each.rows, part), SETS[each.rows].title)
    return LengthTile(
        code, each.label, each.meaning, length_words(took.median), length_words(took.average), rows
    )


def length_words(took: timedelta | None) -> str:
    """A length of time; '' where there is none."""
    return duration_words(took.total_seconds()) if took is not None else ""


@dataclass(frozen=True)
class PromiseTile:
    """One promise: today in large, a week and a month below it, and a line of the last 30 days."""

    today: Shown
    longer: list[Shown]
    spark: SafeString


def promise_tiles(home: Home) -> list[PromiseTile]:
    """Whether each kind of promise is being kept."""
    return [_promise_tile(code, home) for code in PROMISES]


def _promise_tile(code: str, home: Home) -> PromiseTile:
    lines = [_in_window(code, home, days) for days in WINDOWS]
    month = home.window(max(WINDOWS))
    values = [FIGURES[code].of(home.days.get(day, Counter())).percent for day in month.each_day()]
    return PromiseTile(lines[0], lines[1:], marks.spark(values))


def _in_window(code: str, home: Home, days: int) -> Shown:
    window = home.window(days)
    period = _("today") if days == 1 else ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return shown(code, window, home.sums(window), home.sums(window.before()), period)


def quality_tiles(home: Home) -> list[Shown]:
    """How good the work of the last 30 days was."""
    return [_in_window(code, home, max(WINDOWS)) for code in QUALITY]


def too_few_words() -> str:
    """Why a figure is not shown."""
    return _("fewer than %(n)s answers") % {"n": FEWEST_ANSWERS}


@dataclass(frozen=True)
class Bar:
    """One line of a list of bars."""

    label: str | Words
    number: Number
    bar: SafeString


def bars(code: str, part: Slice, groups: Mapping[Any, Counter[str]], by: str, tone: str) -> list[Bar]:
    """The groups with most rows of a set, as bars against the largest."""
    ranked = sorted(
        ((numbers[code], key) for key, numbers in groups.items() if numbers[code]), key=_most_first
    )
    ranked = ranked[:MOST_BARS]
    labels = group_labels(by, [key for _value, key in ranked], part.communities)
    most = max((value for value, _key in ranked), default=1)
    return [
        Bar(
            labels.get(key, str(key)),
            Number(value, link(code, narrowed(part, by, key))),
            marks.bar(value / most, tone),
        )
        for value, key in ranked
    ]


def _most_first(ranked: tuple[int, Any]) -> tuple[int, str]:
    return -ranked[0], str(ranked[1])


def set_bars(codes: Iterable[str], part: Slice, sums: Counts, tones: Sequence[str] = ()) -> list[Bar]:
    """Several sets as bars against the largest, in the order given."""
    codes = list(codes)
    most = max([sums.get(code, 0) for code in codes] or [0]) or 1
    tones = [*tones, *[""] * len(codes)]
    return [
        Bar(SETS[code].title, number(code, part, sums), marks.bar(sums.get(code, 0) / most, tone))
        for code, tone in zip(codes, tones, strict=False)
    ]


@dataclass(frozen=True)
class Satisfaction:
    """The share of satisfied people with its 95 % interval and sample; without them where the answers are too few."""

    shown: Shown
    interval: str
    bar: SafeString


def satisfaction(part: Slice, sums: Counts) -> Satisfaction:
    """What people answered about the completions of a slice."""
    figure = shown("satisfaction", part, sums)
    ends = figure.share.interval()
    if figure.too_few or ends is None:
        return Satisfaction(figure, "", SafeString(""))
    return Satisfaction(
        figure, f"{marks.number(ends[0])}–{marks.number(ends[1])}%", marks.interval(figure.share)
    )
