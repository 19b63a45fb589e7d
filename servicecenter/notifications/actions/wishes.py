"""A person says where, when and by which ways they want to be reached."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import time

from django.db import transaction

from servicecenter.accounts.models import Role, User
from servicecenter.notifications.kinds import PERSONAL, Kind, kinds_for
from servicecenter.notifications.models import Audience, Choice, Reach


@dataclass(frozen=True)
class Wishes:
    """What was chosen: addresses, quiet hours, and the channels of each kind of news."""

    quiet: bool
    quiet_from: time
    quiet_until: time
    channels: Mapping[str, Collection[str]]
    email: str = ""
    phone: str = ""


def audience_of(user: User) -> Audience:
    """Whether somebody is spoken to as a resident or as a colleague."""
    return Audience.RESIDENT if user.role == Role.RESIDENT else Audience.STAFF


def wanted_channels(user: User) -> dict[str, list[str]]:
    """The channels of each kind of news that the user gets now: chosen ones before defaults."""
    chosen = {(row.kind, row.channel): row.wanted for row in Choice.objects.filter(user=user)}
    return {
        kind.code: [way.value for way in PERSONAL if chosen.get((kind.code, way.value), way in kind.on)]
        for kind in kinds_for(audience_of(user))
    }


@transaction.atomic
def save_wishes(wishes: Wishes, *, by: User) -> None:
    """Keeps what the user chose for themselves. Only what differs from the defaults is kept, so that a better default
    still reaches everybody who left it alone. A resident's SMS go to the phone they sign in with."""
    Reach.objects.update_or_create(
        user=by,
        defaults={
            "email": wishes.email,
            "phone": "" if by.role == Role.RESIDENT else wishes.phone,
            "quiet": wishes.quiet,
            "quiet_from": wishes.quiet_from,
            "quiet_until": wishes.quiet_until,
        },
    )
    Choice.objects.filter(user=by).delete()
    Choice.objects.bulk_create(
        choice for kind in kinds_for(audience_of(by)) for choice in _choices(by, kind, wishes.channels)
    )


def _choices(user: User, kind: Kind, channels: Mapping[str, Collection[str]]) -> list[Choice]:
    chosen = channels.get(kind.code, ())
    return [
        Choice(user=user, kind=kind.code, channel=way.value, wanted=way.value in chosen)
        for way in PERSONAL
        if (way.value in chosen) != (way in kind.on)
    ]
