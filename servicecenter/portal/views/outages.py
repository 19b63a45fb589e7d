"""An outage as those who live with it read it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from repairs.queries.outages import outage_for, place_words, timeline
from servicecenter.portal.entry import Here, draw, resident_page


@require_safe
@resident_page(chosen=False)
def outage(request: HttpRequest, here: Here, number: str) -> HttpResponse:
    """What is out, why, until when, and how the end was moved."""
    found = outage_for(here.user, number)
    context = {"outage": found, "place": place_words(found), "lines": timeline(found, staff=False)}
    return draw(request, here, "outage", context)
