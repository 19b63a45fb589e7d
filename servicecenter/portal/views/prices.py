"""What services cost, before anybody comes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from repairs.queries.prices import by_trade, list_in_force
from servicecenter.lib.clock import database_now, local_day
from servicecenter.portal.entry import Here, draw, resident_page


@require_safe
@resident_page()
def prices(request: HttpRequest, here: Here) -> HttpResponse:
    """The price list that is in force in one's community today."""
    found = list_in_force(here.home.community, local_day(database_now()))
    groups = by_trade(found.items.all()) if found else []
    return draw(request, here, "prices", {"list": found, "groups": groups})
