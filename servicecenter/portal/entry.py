"""The door of the portal: residents only, and of a present home only, checked at every request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from handovers.queries.cases import open_of_resident
from servicecenter.accounts.context import HOTLINE
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Community, Role, User
from servicecenter.notifications.queries import unread_count
from servicecenter.portal.queries import Home, homes_of

P = ParamSpec("P")
CHOSEN = "portal_community"


@dataclass(frozen=True)
class Here:
    """Who is here, all of their homes, and the one that the page is about."""

    user: User
    homes: list[Home]
    home: Home

    @property
    def community_ids(self) -> list[int]:
        """The communities that the resident lives in now."""
        return [home.community.pk for home in self.homes]


Room = Callable[Concatenate[HttpRequest, Here, P], HttpResponseBase]
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def resident_page(*, chosen: bool = True) -> Callable[[Room[P]], Page[P]]:
    """A page for residents, called with (request, here, …).

    Somebody without a current occupancy gets a page that says so, and nothing else. With homes in two communities,
    a page that needs one (`chosen`) first asks which; a form says it itself (its unit, or `community`).
    """

    def guard(room: Room[P]) -> Page[P]:
        @wraps(room)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = current_user(request)
            homes = homes_of(user)
            if not homes:
                return render(request, "portal/no_home.html", {"handovers": open_of_resident(user)})
            home = _meant(request, homes)
            if home is None and chosen and len(homes) > 1:
                return redirect(f"{reverse('portal:homes')}?{urlencode({'next': request.path})}")
            here = Here(user, homes, home or homes[0])
            show_hotline(request, here.home.community)
            return room(request, here, *args, **kwargs)

        return only(Role.RESIDENT)(never_cache(guarded))

    return guard


def _meant(request: HttpRequest, homes: list[Home]) -> Home | None:
    """The home that a form was filled in for, else the one chosen for this session; None while none is.

    The form goes first: the choice may have changed in another tab since its page was drawn.
    """
    unit, code = request.POST.get("unit"), request.POST.get("community")
    for home in homes:
        if unit and unit in {str(each.pk) for each in home.units}:
            return home
    codes = (code, request.session.get(CHOSEN))
    by_code = {home.community.code: home for home in homes}
    return next((by_code[each] for each in codes if each in by_code), None)


def show_hotline(request: HttpRequest, community: Community) -> None:
    """Makes the community's emergency line the one that the frame shows, from here on also on pages of all faces."""
    request.hotline = community.hotline  # type: ignore[attr-defined]
    if request.session.get(HOTLINE) != community.hotline:
        request.session[HOTLINE] = community.hotline


def draw(
    request: HttpRequest, here: Here, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A portal page with what its frame needs."""
    frame = {"here": here, "nav_counts": {"messages": unread_count(here.user, here.community_ids)}}
    return render(request, f"portal/{template}.html", frame | (context or {}), status=status)
