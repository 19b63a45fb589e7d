"""公告: what the management office tells everybody here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from servicecenter.bulletins.queries.notices import notice_for, on_the_board, place_words
from servicecenter.portal.entry import Here, draw, resident_page


@require_safe
@resident_page()
def notices(request: HttpRequest, here: Here) -> HttpResponse:
    """Those in force that reach the reader's home, the latest first."""
    return draw(request, here, "notices", {"rows": on_the_board(here.user, here.home.community.pk)})


@require_safe
@resident_page(chosen=False)
def notice(request: HttpRequest, here: Here, number: str) -> HttpResponse:
    """One notice. Refuses `not_found` for one that is over, taken back, or for somebody else."""
    found = notice_for(here.user, number)
    return draw(request, here, "notice", {"notice": found, "place": place_words(found)})
