"""Decoration in the portal: own applications, and a new one for a home."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from decoration.actions import begin_application
from decoration.queries.lists import of_resident
from owners.queries import own_person
from servicecenter.audit.idempotency import once
from servicecenter.lib.formtools import KeyField
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.portal.entry import Here, draw, resident_page


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page()
def permits(request: HttpRequest, here: Here) -> HttpResponse:
    """What I applied for, and what tenants ask my consent for. A POST begins an application for the home it names."""
    if request.method == "POST":
        return _begin(request, here)
    return draw(request, here, "permits", {"rows": of_resident(here.user, here.home.community.pk)})


def _begin(request: HttpRequest, here: Here) -> HttpResponse:
    """Once for a button, however often it is tapped; then on to the parts."""
    wanted = request.POST.get("unit", "")
    unit = next((each for each in here.home.units if str(each.pk) == wanted), None)
    if unit is None:
        raise NotFound
    person = own_person(here.user, unit.community)
    if person is None:
        raise NotFound
    key = KeyField().clean(request.POST.get("idempotency_key", ""))

    def act() -> tuple[int, dict[str, str]]:
        return 201, {"number": begin_application(unit, person, by=here.user).number}

    try:
        _status, answer, _again = once(
            user=here.user, key=key, route="portal:permits", body={"unit": wanted}, act=act
        )
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.warning(request, str(refusal.sentence))
        return redirect("portal:permits")
    messages.success(request, _("Begun. Each part is kept when you save it."))
    return redirect("permits:edit", answer["number"])
