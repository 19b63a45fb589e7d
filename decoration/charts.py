"""The figures of permits as plots with tables, and as sheets of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from decoration.models import Permit
from decoration.queries.figures import Broken, Figures, days_between
from servicecenter.lib.clock import LOCAL
from servicecenter.lib.plots import Plot, bars, stacked
from servicecenter.lib.sheets import Sheet

# As many bars as can be read beside each other; the table has all of them.
MOST = 12
DAY_NAMES = (
    "begun_at",
    "submitted_at",
    "approved_at",
    "issued_at",
    "acceptance_asked_at",
    "accepted_at",
    "closed_at",
)


def stages(found: Figures) -> Plot:
    """The middle of the days that each stage took."""
    return Plot(
        bars([(each.label, each.middle) for each in found.stages if each.count]),
        (_("Stage"), _("Permits"), _("Days, median"), _("Days, longest")),
        [
            (each.label, each.count, _days(each.middle, each.count), _days(each.longest, each.count))
            for each in found.stages
        ],
    )


def _days(value: float, count: int) -> str:
    return number_format(value, 1) if count else "—"


def broken(rows: Sequence[Broken], label: str) -> Plot:
    """Violations by contractor or by rule."""
    return Plot(
        bars([(each.label, each.count) for each in rows[:MOST]]),
        (
            label,
            _("Violations"),
            _("Permits"),
            _("Put right late"),
            pgettext("violation", "Not put right yet"),
        ),
        [(each.label, each.count, each.permits, each.late, each.open) for each in rows],
    )


def refunds(found: Figures) -> Plot:
    """Deposits by month: back in time, back late, not back although they should be."""
    months = [f"{each.month:%Y-%m}" for each in found.refunds]
    parts = (
        (_("In time"), "$chart-good", [each.kept for each in found.refunds]),
        (_("Late"), "$chart-waiting", [each.late for each in found.refunds]),
        (pgettext("refund", "Not back yet"), "$chart-bad", [each.open for each in found.refunds]),
    )
    return Plot(
        stacked(months, parts),
        (_("Month"), pgettext("refunds", "All"), *(name for name, _colour, _values in parts), "%"),
        [
            (month, each.due, each.kept, each.late, each.open, each.share)
            for month, each in zip(months, found.refunds, strict=True)
        ],
    )


def works(found: Figures) -> Plot:
    """Kinds of works on permits that were issued."""
    return Plot(
        bars([(text, permits) for text, permits, _rooms in found.works[:MOST]]),
        (_("Works"), _("Permits"), _("Rooms")),
        found.works,
    )


def buildings(found: Figures) -> Plot:
    """Permits that were issued, building by building."""
    return Plot(
        bars([(each.label, each.permits) for each in found.buildings[:MOST]]),
        (_("Building"), _("Permits issued"), _("Works go on now"), _("Violations")),
        [(each.label, each.permits, each.running, each.violations) for each in found.buildings],
    )


def head() -> tuple[str, ...]:
    """The columns of the list of permits."""
    return (
        _("Number"), _("Community"), _("Building"), _("Contractor"), _("Status"), _("Begun"), _("Submitted"),
        _("Approved"), _("Issued"), _("Acceptance asked for"), _("Accepted"), _("Closed"), _("Works end"),
        _("Days of works"), _("Violations"), _("Put right late"), _("Deposit back by"), _("Back in time"),
    )  # fmt: skip


def lines(permits: Iterator[Permit] | Sequence[Permit]) -> Iterator[tuple[Any, ...]]:
    """A line a permit, without a name or a home of anybody."""
    for each in permits:
        due, closed = each.refund_due_at, each.closed_at
        in_time = "" if due is None or closed is None else _("yes") if closed <= due else _("no")
        took = days_between(each.issued_at, each.acceptance_asked_at)
        yield (
            each.number,
            each.community.name,
            each.unit.building.name,
            each.contractor.name if each.contractor else "",
            each.get_status_display(),
            *(_day(getattr(each, name)) for name in DAY_NAMES),
            each.ends_on.isoformat() if each.ends_on else "",
            "" if took is None else str(took),
            each.found,  # type: ignore[attr-defined]  # counted with the row
            each.found_late,  # type: ignore[attr-defined]
            _day(due),
            in_time,
        )


def _day(at: Any) -> str:
    return at.astimezone(LOCAL).strftime("%Y-%m-%d") if at else ""


def plots(found: Figures) -> dict[str, Plot]:
    """All of them, in the order of the page."""
    return {
        "stages": stages(found),
        "refunds": refunds(found),
        "contractors": broken(found.by_contractor, _("Contractor")),
        "rules": broken(found.by_rule, pgettext("decoration", "Rule")),
        "works": works(found),
        "buildings": buildings(found),
    }


def sheets(found: Figures) -> list[Sheet]:
    """The tables of the page as sheets of a workbook."""
    titles = {
        "stages": _("Days by stage"),
        "refunds": _("Deposits in time"),
        "contractors": _("Violations by contractor"),
        "rules": _("Violations by rule"),
        "works": _("Works by kind"),
        "buildings": _("By building"),
    }
    return [Sheet(titles[code], plot.columns, plot.rows) for code, plot in plots(found).items()]
