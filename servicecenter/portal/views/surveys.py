"""What a resident is asked, and what came of it: figures, and what is done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from servicecenter.lib.refusals import NotFound
from servicecenter.portal.entry import Here, draw, resident_page
from surveys.models import Campaign, Invitation
from surveys.publication import shown_of

MOST = 12


@require_safe
@resident_page()
def surveys(request: HttpRequest, here: Here) -> HttpResponse:
    """Questions that wait for an answer of this home, and publications, the latest first."""
    shown = Campaign.objects.visible_to(here.user).filter(community=here.home.community)
    context = {"asked": asked_of(here), "shown": shown.order_by("-published_at")[:MOST]}
    return draw(request, here, "surveys", context)


def asked_of(here: Here) -> list[Invitation]:
    """What the homes of this place are asked now, what ends first on top."""
    rows = Invitation.objects.visible_to(here.user).filter(community=here.home.community)
    return list(rows.select_related("campaign", "unit").order_by("campaign__ends_at", "id")[:MOST])


@require_safe
@resident_page(chosen=False)
def survey(request: HttpRequest, here: Here, number: str) -> HttpResponse:
    """A publication: who was asked and answered, what was found, and each public measure with how far it is."""
    found = (
        Campaign.objects.visible_to(here.user)
        .select_related("questionnaire", "community")
        .filter(number=number)
    )
    campaign = found.first()
    if campaign is None:
        raise NotFound
    return draw(request, here, "survey", shown_of(campaign))
