"""What the pages of promises and of working time have in common: who reads, and which community is meant."""

from __future__ import annotations

from django.http import HttpRequest

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Community, User
from servicecenter.lib.nav import LEADERS
from servicecenter.lib.refusals import NotFound

readers = only(*LEADERS)


def communities(user: User) -> list[Community]:
    """Those whose pages `user` may open."""
    return list(Community.objects.visible_to(user).filter(is_active=True).order_by("code"))


def chosen_community(request: HttpRequest, *, first: bool = False) -> Community | None:
    """The community that the address names; None for the whole company, or with `first` one's first where none is
    named. Refuses `not_found`."""
    mine = communities(current_user(request))
    code = request.GET.get("community")
    if code is None and first and mine:
        return mine[0]
    if not code:
        return None
    # Looked up in a list, never in the database: a code may hold anything.
    found = next((each for each in mine if each.code == code), None)
    if found is None:
        raise NotFound
    return found
