"""Results, and the answers as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from servicecenter.accounts.guards import current_user
from servicecenter.audit.exports import export
from servicecenter.lib.refusals import NotFound, NotPermitted
from servicecenter.lib.sheets import KINDS, Sheet, write
from servicecenter.workflow.run import allowed
from surveys import charts
from surveys.forms.export import ReasonForm
from surveys.models import Measure
from surveys.models.questionnaires import EDITORS
from surveys.queries.campaigns import campaign_for
from surveys.queries.export import answer_rows, codebook, head, own_words
from surveys.queries.history import earlier_than, of_its_wave
from surveys.queries.measures import decided_on
from surveys.queries.results import Results, Row, StillRunning, results_of
from surveys.queries.voices import heard
from surveys.views.campaigns import leaders


@require_safe
@leaders
@never_cache
def results(request: HttpRequest, number: str) -> HttpResponse:
    """What it came to: figures with their intervals and the change since the campaign before, plots with tables."""
    user = current_user(request)
    found = results_of(campaign_for(user, number))
    context: dict[str, Any] = {
        "campaign": found.campaign,
        "results": found,
    }
    if not found.too_few:
        now = heard(found.campaign)
        context |= _plots(found)
        context["acted"] = _acted(found)
        context["may_decide"] = any(each.action == "add_measure" for each in allowed(found.campaign, user))
        context |= {
            "earlier": earlier_than(found.campaign, now),
            "wave": of_its_wave(found.campaign, now, user),
        }
    return render(request, "surveys/results.html", context)


@dataclass(frozen=True)
class Line:
    """A result in words, with what is done about it, and what was done about the same one the time before."""

    row: Row
    figure: str
    spread: str
    section: str
    decided: list[Measure]
    earlier: list[Measure]


def _acted(found: Results) -> list[Line]:
    """The index and every section, each with its measures."""
    decided, earlier = decided_on(found.campaign), decided_on(found.before)
    rows = [(found.csi, ""), *((row, row.code) for row in found.sections)]
    known = [(row, section) for row, section in rows if row is not None]
    return [
        Line(row, figure, spread, section, decided.get(section, []), earlier.get(section, []))
        for (row, section), (_row, figure, spread) in zip(
            known, charts.lines([row for row, _section in known]), strict=True
        )
    ]


def _plots(found: Results) -> dict[str, Any]:
    labels = {each.code: str(each) for each in found.campaign.questionnaire.sheet.sections}
    return {
        "tiles": _tiles(found),
        "sections": charts.bars(found.sections, _("Section")),
        "buildings": charts.bars(found.buildings, _("Building")),
        "channels": charts.bars(found.channels, _("Channel")),
        "questions": charts.lines(found.questions),
        "drivers": charts.moved(found.drivers, labels) if found.drivers else None,
        "strongest": labels[found.drivers.rows[0].section] if found.drivers else "",
        "explained": round(100 * found.drivers.explained) if found.drivers else 0,
    }


def _tiles(found: Results) -> list[tuple[str, str, str, Any]]:
    """Label, figure, interval, change."""
    known = (
        (_("Satisfaction index (CSI)"), found.csi, ""),
        (_("Satisfied (8 or more)"), found.satisfied, "%"),
        (_("Recommendation (NPS)"), found.recommendation, ""),
    )
    return [
        (label, f"{charts.figure(row.estimate.value)}{unit}", charts.spread(row), row.change)
        for label, row, unit in known
        if row is not None and row.estimate is not None
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@leaders
@never_cache
def answers(request: HttpRequest, number: str, kind: str) -> HttpResponseBase:
    """The answers row by row, in a random order, with nobody behind them: XLSX with own words apart and its codebook,
    or CSV. Taking them out of the house needs a reason and is written down."""
    user = current_user(request)
    found = campaign_for(user, number)
    if kind not in KINDS:
        raise NotFound
    if user.role not in EDITORS:
        raise NotPermitted
    if not found.is_counted:
        raise StillRunning
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "campaign": found, "kind": kind}
        return render(request, "surveys/export.html", context, status=422 if form.is_bound else 200)
    rows = answer_rows(found)
    SystemRandom().shuffle(rows)
    book = Sheet(
        _("Codebook"), (_("Column"), _("Section"), _("Question"), _("Kind"), _("Values")), codebook(found)
    )
    words = Sheet(_("Own words"), (_("Column"), _("Text")), own_words(found))
    file = export(
        lambda: write(kind, head(found), _numbered(rows), title=_("Answers"), beside=[words, book]),
        rows=len(rows),
        field="list:survey",
        community_ids=[found.community_id],
        by=user,
        reason=form.cleaned_data["reason"],
    )
    return FileResponse(file, as_attachment=True, filename=f"{found.number}.{kind}", content_type=KINDS[kind])


def _numbered(rows: list[list[Any]]) -> Iterator[list[Any]]:
    for number, row in enumerate(rows, 1):
        yield [number, *row]
