"""The monthly analysis as a workbook: complaints, topics, buildings, promises, measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from complaints.queries.analysis import Analysis
from complaints.queries.effects import Effect
from servicecenter.lib.clock import LOCAL
from servicecenter.lib.sheets import Sheet


def head() -> tuple[str, ...]:
    """The columns of the sheet."""
    return (
        pgettext("analysis", "Number"), pgettext("analysis", "Received"), _("Type"), _("Level"),
        _("Community"), _("Building"), _("Status"),
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


def sheets(found: Analysis, effects: Sequence[Effect], shown: Sequence[Effect]) -> list[Sheet]:
    """What stands beside the complaints; of the measures decided on and of those that this month shows the effect of
    also who answers for them, who verified them, and how many complaints of their topic came before and after."""
    return [
        Sheet(
            _("Topics"),
            (_("Type"), _("This month"), _("Month before"), _("Open"), _("Opened again")),
            [(each.label, each.count, each.before, each.open, each.reopened) for each in found.topics],
        ),
        Sheet(_("Buildings"), (_("Building"), pgettext("analysis", "Complaints")), found.buildings),
        Sheet(
            _("Promises kept"),
            (_("Promise"), _("Due"), _("Kept"), "%"),
            [(each.label, each.due, each.kept, each.share) for each in found.promises],
        ),
        Sheet(
            _("Measures"),
            (
                pgettext("analysis", "Number"),
                _("What is done"),
                _("Who answers for it"),
                pgettext("analysis", "Until"),
                _("Status"),
                _("Verified by"),
                _("Topic"),
                _("Month before"),
                pgettext("analysis", "Complaints"),
                _("Month after"),
                pgettext("analysis", "Complaints"),
            ),
            [_measure(each) for each in (*effects, *shown)],
        ),
    ]


def _measure(effect: Effect) -> tuple[str | int, ...]:
    each = effect.measure
    return (
        each.number,
        each.text,
        str(each.owner),
        each.due_on.isoformat(),
        each.get_status_display(),
        str(each.verified_by) if each.verified_by else "",
        effect.topic or _("Everything"),
        f"{effect.month_before:%Y-%m}",
        effect.before,
        f"{effect.month_after:%Y-%m}",
        "" if effect.after is None else effect.after,
    )
