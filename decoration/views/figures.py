"""Figures of permits: a page of plots with tables, and the same as a file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from decoration import charts
from decoration.forms.figures import PeriodForm
from decoration.queries.figures import figures_of, permits_for_table
from decoration.views.frame import draw, readers
from servicecenter.accounts.guards import current_user
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.sheets import KINDS, write


@require_safe
@readers
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """装修统计: days by stage, deposits in time, violations by contractor and rule, works by kind, buildings."""
    user, at = current_user(request), database_now()
    form = PeriodForm(request.GET, user=user, today=local_day(at))
    found = figures_of(user, form.asked, at)
    context = {
        "form": form,
        "found": found,
        "plots": charts.plots(found),
        "periods": _periods(form, local_day(at)),
        "query": urlencode(form.as_query),
    }
    return draw(request, "figures", context, status=200 if form.is_valid() else 400)


def _periods(form: PeriodForm, today: date) -> list[dict[str, Any]]:
    """The periods that are asked for most."""
    spans = (
        (_("30 days"), today - timedelta(days=30)),
        (_("3 months"), today - timedelta(days=91)),
        (_("This year"), today.replace(month=1, day=1)),
        (_("12 months"), today - timedelta(days=365)),
    )
    now, address = form.as_query, reverse("permits:figures")
    found = []
    for label, since in spans:
        asked = now | {"from": since.isoformat(), "to": today.isoformat()}
        found.append({"label": label, "url": f"{address}?{urlencode(asked)}", "active": asked == now})
    return found


@require_safe
@readers
@never_cache
def figures_table(request: HttpRequest, kind: str) -> FileResponse:
    """A line a permit without names and homes; in a workbook the tables of the page beside it. Refuses `not_found` for
    a kind of file that is none."""
    if kind not in KINDS:
        raise NotFound
    user, at = current_user(request), database_now()
    asked = PeriodForm(request.GET, user=user, today=local_day(at)).asked
    found = figures_of(user, asked, at)
    rows = charts.lines(permits_for_table(user, asked).iterator(chunk_size=500))
    file = write(kind, charts.head(), rows, title=_("Permits"), beside=charts.sheets(found))
    name = f"{_('decoration')}-{asked.since:%Y%m%d}-{asked.until:%Y%m%d}.{kind}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=KINDS[kind])
