"""The pages of figures: today, trends, follow-ups, and the table of groups as a file."""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from servicecenter.board import charts, groups, tiles
from servicecenter.board.queries import followups as calls
from servicecenter.board.queries.figures import FIGURES
from servicecenter.board.queries.home import home as first_screen
from servicecenter.board.queries.labels import narrowings
from servicecenter.board.queries.lengths import LENGTHS
from servicecenter.board.queries.praise import praised
from servicecenter.board.queries.sets import AGES
from servicecenter.board.queries.slices import Grouping
from servicecenter.board.queries.trends import FUNNEL, TOTALS
from servicecenter.board.queries.trends import trends as in_period
from servicecenter.board.rows import lines
from servicecenter.board.views.base import Asked, asked, reader
from servicecenter.board.views.tabs import address, community_tabs, group_tabs, period_tabs

AGE_TONES = ("good", "good", "", "waiting", "bad")


@require_safe
@reader
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """Are we keeping our promises today, what is about to break, where does it hurt."""
    about = asked(request)
    figures = first_screen(about.part, about.at)
    part, now = figures.part, figures.now
    context = about.context(
        tabs=community_tabs(about),
        promise_tiles=tiles.promise_tiles(figures),
        quality=tiles.quality_tiles(figures),
        soon=lines(figures.soon, about.communities),
        soon_counts=[
            tiles.number("due_4h", part, now, "waiting"),
            tiles.number("due_24h", part, now),
            tiles.number("on_hold", part, now),
        ],
        overdue=tiles.number("overdue", part, now, "bad"),
        queue=tiles.number("queue_now", part, now),
        queue_late=tiles.number("queue_late", part, now, "bad"),
        refunds=tiles.refunds(part, about.at),
        by_trade=tiles.bars("overdue", part, figures.hurts[Grouping.TRADE], Grouping.TRADE, "bad"),
        by_building=tiles.bars("overdue", part, figures.hurts[Grouping.BUILDING], Grouping.BUILDING, "bad"),
        ages=tiles.set_bars(AGES, part, now, AGE_TONES),
    )
    return render(request, "board/home.html", context, status=about.status)


@require_safe
@reader
@never_cache
def trends(request: HttpRequest) -> HttpResponse:
    """How it went over a period, and for whom."""
    about = asked(request)
    by = _grouping(about)
    figures = in_period(about.part, about.at, by)
    part = about.part
    context = about.context(
        periods=period_tabs(about),
        group_tabs=group_tabs(about, by),
        tiles=[tiles.shown(code, part, figures.sums, figures.before) for code in TOTALS],
        reported=tiles.number("reported", part, figures.sums),
        lengths=[tiles.length(code, part, took) for code, took in figures.took.items()],
        narrowings=narrowings(part),
        attainment=charts.attainment(figures),
        heat=charts.heat(part, figures.heat),
        groups=groups.table(figures),
        by_label=Grouping(by).label,
        praise=praised(part),
        funnel=tiles.set_bars(FUNNEL, part, figures.sums),
        satisfaction=tiles.satisfaction(part, figures.sums),
        figures=[*FIGURES.values(), *LENGTHS.values()],
        export_url=address(about, group_by=by).replace(request.path, f"{request.path}table.csv", 1),
    )
    return render(request, "board/trends.html", context, status=about.status)


def _grouping(about: Asked) -> str:
    chosen = about.form.cleaned_data.get("group_by", "") if about.form.is_valid() else ""
    return chosen or Grouping.TRADE


@require_safe
@reader
@never_cache
def export(request: HttpRequest) -> HttpResponse:
    """The table of groups as a file for a spreadsheet: every share with its numerator and denominator."""
    about = asked(request)
    # A file of something else than what was asked for would be taken for the truth.
    part = about.form.part()
    by = _grouping(about)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{by}-{part.first}-{part.last}.csv"'
    # Spreadsheets recognise UTF-8 by this mark.
    response.write("\ufeff")
    csv.writer(response).writerows(groups.sheet(in_period(part, about.at, by)))
    return response


@require_safe
@reader
@never_cache
def follow_ups(request: HttpRequest) -> HttpResponse:
    """The follow-up queue: coverage, reach, time to call, by caller and hour."""
    about = asked(request)
    figures = calls.follow_ups(about.part, about.at)
    part = about.part
    context = about.context(
        periods=period_tabs(about),
        tiles=[tiles.shown(code, part, figures.sums, figures.before) for code in calls.FIGURES],
        queue=[
            tiles.number("queue_now", part, figures.queue),
            tiles.number("queue", part, figures.queue),
            tiles.number("queue_late", part, figures.queue, "bad"),
        ],
        time_to_call=tiles.length_words(figures.time_to_call),
        narrowings=narrowings(part),
        hours=charts.calls_by_hour(part, figures.hours) if figures.hours else None,
        callers=groups.callers(figures),
        funnel=tiles.set_bars(FUNNEL, part, figures.sums),
        satisfaction=tiles.satisfaction(part, figures.sums),
    )
    return render(request, "board/followups.html", context, status=about.status)
