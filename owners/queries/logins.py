"""What the roll calls the people behind residents' logins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from owners.models import Person
from servicecenter.accounts.models import Role
from servicecenter.audit.models import Event

Names = Mapping[tuple[int, int | None], str]


def resident_names(events: Iterable[Event]) -> Names:
    """Names from the roll of the residents who acted, by community and login. One query, none without residents.

    The name of a resident's login itself is made of the phone number.
    """
    acted = {(event.community_id, event.by_id) for event in events if event.by_role == Role.RESIDENT}
    if not acted:
        return {}
    places, logins = zip(*acted, strict=True)
    people = Person.objects.filter(community__in=places, user__in=logins).order_by("-id")
    return {(place, login): name for place, login, name in people.values_list("community", "user", "name")}
