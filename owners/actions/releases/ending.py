"""Releases that end by themselves: their time is over, or their holder left the unit."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from owners.actions.releases.asking import close
from owners.models import GoodsRelease, Occupancy
from owners.models.keys import same_person
from owners.models.releases import OWNERS

MOVED_OUT = _("The holder moved out.")
EXPIRED = ""


def expire(release_id: int, at: datetime) -> None:
    """Its time is over. Called by the sweep with the release locked."""
    release = GoodsRelease.objects.select_related("applicant", "consent_of").filter(pk=release_id).first()
    if release is not None and release.ended_at is None:
        close(release, "expire", reason=EXPIRED, by=None, at=at)


def cancel_of(stay: Occupancy, *, at: datetime) -> None:
    """Cancels what rests on a stay that has just ended: releases of whoever left, and those they agreed to as an owner.

    Call it in the transaction that ends the stay. The gate asks the roll besides, so that a stay that ends later, or by
    another way, ends its releases in the same second.
    """
    if stay.until is None or stay.until > at:
        return
    homes = Occupancy.objects.current().filter(unit=stay.unit_id, person=stay.person_id).exclude(pk=stay.pk)
    roles = set(homes.values_list("role", flat=True))
    rests = Q(pk=None)
    if not roles:
        rests |= same_person("applicant", stay.person)
    if not roles & set(OWNERS):
        rests |= same_person("consent_of", stay.person)
    # Locked before they are looked at: what the gate lets out this very second has ended already.
    resting = GoodsRelease.objects.open().filter(rests, unit=stay.unit_id).order_by("pk")
    for release in resting.select_for_update(no_key=True, of=("self",)):
        close(release, "cancel", reason=str(MOVED_OUT), by=None, at=at)
