"""A copy of one's own data, to read, print or take away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from servicecenter.lib.refusals import NotFound
from servicecenter.portal.entry import Here, draw, resident_page
from servicecenter.portal.own_data import copy_of
from servicecenter.portal.queries import record_of


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page()
def own_data(request: HttpRequest, here: Here) -> HttpResponse:
    """Says what is in the copy; asked for, it is shown as a page or sent as a JSON file. Both are logged."""
    record = record_of(here.user, here.home)
    if record is None:
        raise NotFound
    if request.method != "POST":
        return draw(request, here, "own_data")
    copy = copy_of(record.person, by=here.user, reason=_("Copy for the person themselves"))
    if request.POST.get("format") == "json":
        answer = JsonResponse(copy, json_dumps_params={"ensure_ascii": False, "indent": 2})
        answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
        return answer
    return draw(request, here, "own_data", {"copy": copy})
