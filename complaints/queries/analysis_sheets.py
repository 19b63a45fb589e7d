"""The monthly analysis as a workbook: complaints, topics, buildings, promises, measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from complaints.queries.analysis import Analysis
from servicecenter.lib.clock import LOCAL
from servicecenter.lib.sheets import Sheet
from surveys.models import Measure


def head() -> tuple[str, ...]:
    """The columns of the sheet."""
    return (
        _("Number"), _("Received"), _("Type"), _("Level"), _("Community"), _("Building"), _("Status"),
        _("Days until closed"), _("Repeated"), _("Opened again"), _("Goes on with"),
    )  # fmt: skip


def rows(found: Analysis) -> Iterator[tuple[str, ...]]:
    """A line a complaint, without a name, a home or a word of anybody."""
    again = {case.pk for case in found.repeats}
    for case in found.cases:
        closed = case.first_closed_at
        yield (
            case.number,
            case.received_at.astimezone(LOCAL).strftime("%Y-%m-%d"),
            case.get_type_display(),
            case.get_level_display(),
            case.community.name,
            case.building.name if case.building else "",
            case.get_status_display(),
            str((closed - case.received_at).days) if closed else "",
            _("yes") if case.pk in again else "",
            str(case.reopen_count or ""),
            case.lead.number if case.lead else "",
        )


def sheets(found: Analysis, measures: Sequence[Measure]) -> list[Sheet]:
    """What stands beside the complaints; of measures also who answers for them and who verified them."""
    return [
        Sheet(
            _("Topics"),
            (_("Type"), _("This month"), _("Month before"), _("Open"), _("Opened again")),
            [(each.label, each.count, each.before, each.open, each.reopened) for each in found.topics],
        ),
        Sheet(_("Buildings"), (_("Building"), _("Complaints")), found.buildings),
        Sheet(
            _("Promises kept"),
            (_("Promise"), _("Due"), _("Kept"), "%"),
            [(each.label, each.due, each.kept, each.share) for each in found.promises],
        ),
        Sheet(
            _("Measures"),
            (
                _("Number"),
                _("What is done"),
                _("Who answers for it"),
                _("Until"),
                _("Status"),
                _("Verified by"),
            ),
            [_measure(each) for each in measures],
        ),
    ]


def _measure(each: Measure) -> tuple[str, ...]:
    verified = str(each.verified_by) if each.verified_by else ""
    until = each.due_on.isoformat()
    return (each.number, each.text, str(each.owner), until, each.get_status_display(), verified)
