"""The roll: communities, buildings, the map of a building, and records that may be doubles."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from owners.models import ProfileChange
from owners.queries.doubles import groups
from owners.queries.rooms import buildings_of
from servicecenter.desk.actions import merge_people, unmerge_people
from servicecenter.desk.queries.callers import person_for
from servicecenter.desk.queries.roll import building_map, merge_for
from servicecenter.desk.views.frame import current_user, desk, never_cache, page


@require_safe
@desk
@never_cache
def roll(request: HttpRequest) -> HttpResponse:
    """Every building with what state its units are in."""
    user = current_user(request)
    context = {
        "buildings": buildings_of(user),
        "several": len(user.community_ids) > 1,
        "changes_open": ProfileChange.objects.visible_to(user).open().count(),
    }
    return page(request, "desk/roll.html", context)


@require_safe
@desk
@never_cache
def building(request: HttpRequest, building_id: int) -> HttpResponse:
    """The map of one building."""
    return page(request, "desk/building.html", {"map": building_map(current_user(request), building_id)})


@require_safe
@desk
@never_cache
def doubles(request: HttpRequest) -> HttpResponse:
    """People who are on record twice, as far as name and phone tell."""
    return page(request, "desk/doubles.html", {"groups": groups(current_user(request))})


@require_POST
@desk
def merge(request: HttpRequest, person_id: int, double_id: int) -> HttpResponse:
    """Makes the second record part of the first, with a way back."""
    user = current_user(request)
    kept, double = person_for(user, person_id), person_for(user, double_id)
    done = merge_people(kept, double, by=user)
    messages.success(
        request,
        _("The two records of %(name)s are one now. You can take this back on this page.")
        % {"name": kept.name},
    )
    return redirect("desk:person", done.kept_id)


@require_POST
@desk
def unmerge(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Takes a merge back."""
    user = current_user(request)
    done = unmerge_people(merge_for(user, merge_id), by=user)
    messages.success(request, _("There are two records again."))
    return redirect("desk:person", done.kept_id)
