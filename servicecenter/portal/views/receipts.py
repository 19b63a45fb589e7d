"""The receipt of what one paid, to read, to print and to keep."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from servicecenter.ledger.queries.charges import receipt_for
from servicecenter.lib.money import capitals
from servicecenter.portal.entry import Here, draw, resident_page


@require_safe
@resident_page(chosen=False)
def receipt(request: HttpRequest, here: Here, number: str) -> HttpResponse:
    """One receipt of a repair that one sees; refuses `not_found`."""
    found = receipt_for(here.user, number)
    undone = getattr(found.entry, "reversed_by", None)
    return draw(
        request, here, "receipt", {"receipt": found, "undone": undone, "capitals": capitals(found.amount)}
    )
