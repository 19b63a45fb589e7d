"""A copy of one's own data, to read, print or take away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from owners.queries.erasure import answer_today, left_records
from servicecenter.portal.entry import Here, draw, resident_page
from servicecenter.portal.own_data import copy_of
from servicecenter.portal.subjects import child, subject


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page()
def own_data(request: HttpRequest, here: Here) -> HttpResponse:
    """Says what is in the copy (also of one's child), and what erasure will mean; asked for, the copy is a page or a
    JSON file. Both are logged."""
    person = subject(request, here)
    ward = child(here, person)
    if request.method != "POST":
        context = {"child": ward, "later": answer_today(), "left": bool(left_records(here.user))}
        return draw(request, here, "own_data", context)
    reason = _("Copy for the guardian") if ward else _("Copy for the person themselves")
    copy = copy_of(person, by=here.user, reason=reason)
    if request.POST.get("format") == "json":
        answer = JsonResponse(copy, json_dumps_params={"ensure_ascii": False, "indent": 2})
        answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
        return answer
    return draw(request, here, "own_data", {"copy": copy, "child": ward})
