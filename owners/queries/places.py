"""Which community, unit and person somebody means, within what they may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from owners.models import Building, Occupancy, Person, Unit
from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.refusals import Invalid

R = TypeVar("R", Unit, Building)
# How a row may be named from outside: by its id or by its code.
Ref = int | str

NOT_FOUND = _("We could not find that.")
AMBIGUOUS = _("There is one in several of your communities. Please name the community too.")


def communities_of(user: User) -> QuerySet[Community]:
    """Where a member of staff works, or where a resident lives now."""
    if user.role == Role.RESIDENT:
        homes = Unit.objects.visible_to(user).values("community")
        return Community.objects.filter(pk__in=homes, is_active=True)
    return Community.objects.visible_to(user)


def homes_of(user: User) -> list[Occupancy]:
    """A resident's present occupancies with unit and community; [] for staff."""
    if user.role != Role.RESIDENT:
        return []
    current = Occupancy.objects.current().filter(person__user=user)
    return list(current.select_related("unit", "community").order_by("community_id", "unit__code", "id"))


def community_named(user: User, code: str) -> Community:
    """The community with this code; without one the only community of the user.

    Refuses `invalid` on the field `community` for one out of scope, and for none where there are several.
    """
    mine = communities_of(user)
    if code:
        found = mine.filter(code=code.upper()).first()
        if found is None:
            raise Invalid(errors={"community": [NOT_FOUND]})
        return found
    few = list(mine[:2])
    if len(few) != 1:
        raise Invalid(errors={"community": [_("Please name the community.")]})
    return few[0]


def unit_named(user: User, ref: Ref, community: Community | None = None) -> Unit:
    """The unit with this id (a number) or code (text; digits alone may also be an id), within the user's scope.

    Refuses `invalid` on the field `unit` for one that is missing or out of scope, alike, and for a code that exists in
    several of the user's communities while none is named.
    """
    units = Unit.objects.visible_to(user).select_related("community", "building")
    if community is not None:
        units = units.filter(community=community)
    return _one(units, ref, "unit")


def building_named(user: User, ref: Ref, community: Community) -> Building:
    """The same for a building of a community where the user works or lives: public areas belong to everybody."""
    return _one(Building.objects.filter(community=community), ref, "building")


def _one(rows: QuerySet[R], ref: Ref, field: str) -> R:
    if isinstance(ref, int):
        found = list(rows.filter(pk=ref))
    else:
        found = list(rows.filter(code__iexact=ref)[:2])
        if not found and ref.isascii() and ref.isdigit() and len(ref) < 19:
            found = list(rows.filter(pk=int(ref)))
    if len(found) > 1:
        raise Invalid(errors={field: [AMBIGUOUS]})
    if not found:
        raise Invalid(errors={field: [NOT_FOUND]})
    return found[0]


def own_person(user: User, community: Community) -> Person | None:
    """A resident as the community's roll knows them."""
    return Person.objects.filter(user=user, community=community).order_by("id").first()


def person_named(user: User, person_id: int, community: Community) -> Person:
    """A person of the community's roll; refuses `invalid` on the field `person`."""
    found = Person.objects.visible_to(user).filter(community=community, pk=person_id).first()
    if found is None:
        raise Invalid(errors={"person": [NOT_FOUND]})
    return found


def primary_contact(unit: Unit) -> Person | None:
    """Whom we call about a unit when nobody says otherwise."""
    current = Occupancy.objects.current().filter(unit=unit).select_related("person")
    first = current.order_by("-is_primary", "role", "id").first()
    return first.person if first else None


def place_of(everywhere: bool, buildings: Iterable[Building]) -> str:
    """Where something reaches, in a few words."""
    return str(_("the whole community")) if everywhere else "、".join(each.name for each in buildings)
