"""Somebody leaves: what they still have of the unit comes back, is shut out, is passed on, or is called back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.actions.keys.handing import pass_on_keys, take_back
from owners.actions.keys.keeping import block
from owners.actions.moving import NewOwner, move_out, transfer
from owners.models import Key, Occupancy, Person, Unit
from owners.queries.keys import leaving_with, owning_stays
from servicecenter.accounts.models import User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid


class Fate(TextChoices):
    """What becomes of a key whose holder leaves."""

    RETURNED = "returned", pgettext_lazy("key", "Returned")
    BLOCKED = "blocked", pgettext_lazy("key", "Blocked")
    PASSED_ON = "passed_on", pgettext_lazy("key", "Passed on to the new owner")
    LATER = "later", pgettext_lazy("key", "Comes back later")


Fates = Mapping[int, str]
REASON = _("The holder moved out.")


def leave(
    stay: Occupancy,
    *,
    fates: Fates,
    until: datetime | None = None,
    by: User,
    at: datetime | None = None,
) -> Occupancy:
    """Moves somebody out and settles their keys of the unit, in one transaction. `fates`: key id → what became of it.

    Refuses as `move_out` does, and `invalid` on `key_<id>` for a card that is to stay out after its holder has left:
    it comes back or is blocked. A key that is not mentioned is called back for the day of the move.
    """
    when = instant(at)
    with transaction.atomic():
        out = leaving_with([stay])
        _check(out, fates, now=until is None or until <= when)
        done = move_out(stay, until=until, by=by, at=when)
        _settle(out, fates, None, stay.unit, by, when)
    return done


def pass_unit_on(
    unit: Unit,
    *,
    to: Sequence[NewOwner],
    fates: Fates,
    on: datetime | None = None,
    tenants_stay: bool = True,
    by: User,
    at: datetime | None = None,
) -> list[Occupancy]:
    """The unit changes hands with its keys: each is passed on to the first new owner, comes back or is blocked.

    Refuses as `transfer` does, and as `leave` does for cards.
    """
    when = instant(at)
    with transaction.atomic():
        everybody = list(Occupancy.objects.filter(unit=unit, until=None))
        out = leaving_with(owning_stays(unit) if tenants_stay else everybody)
        _check(out, fates, now=on is None or on <= when, passing=True)
        came = transfer(unit, to=to, on=on, tenants_stay=tenants_stay, by=by, at=when)
        _settle(out, fates, to[0].person, unit, by, when)
    return came


def _check(out: Sequence[Key], fates: Fates, *, now: bool, passing: bool = False) -> None:
    errors: dict[str, list[str | Promise]] = {}
    for key in out:
        fate = fates.get(key.pk, Fate.LATER)
        if fate not in Fate.values or (fate == Fate.PASSED_ON and not passing):
            errors[f"key_{key.pk}"] = [_("Please choose.")]
        elif now and key.is_card and fate == Fate.LATER:
            errors[f"key_{key.pk}"] = [_("A card comes back or is blocked when its holder leaves.")]
        elif not now and fate == Fate.PASSED_ON:
            errors[f"key_{key.pk}"] = [_("Please pass it on on the day itself.")]
    if errors:
        raise Invalid(errors=errors)


def _settle(
    out: Sequence[Key], fates: Fates, heir: Person | None, unit: Unit, by: User, at: datetime
) -> None:
    passed = []
    for key in out:
        fate = fates.get(key.pk, Fate.LATER)
        if fate == Fate.RETURNED:
            take_back(key, by=by, at=at)
        elif fate == Fate.BLOCKED:
            block(key, reason=str(REASON), by=by, at=at)
        elif fate == Fate.PASSED_ON:
            passed.append(key)
    if passed and heir is not None:
        pass_on_keys(unit, heir, keys=passed, by=by, at=at)
