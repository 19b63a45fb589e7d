"""What technicians may work on: trades, buildings, certificates. Written by whoever leads them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.models import Building
from repairs.actions.rules import may_decide
from repairs.models import Certificate, CertificateKind, Trade, Zone
from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal

# No certificate of these trades is given for longer; a later year is a slip of the finger.
LONGEST = timedelta(days=20 * 366)


class Withdrawn(Refusal):
    """A certificate is withdrawn once."""

    code = "withdrawn"
    sentence = _("This certificate is withdrawn already.")


def set_skills(
    technician: User,
    community: Community,
    *,
    trades: Collection[str],
    buildings: Collection[Building],
    by: User,
) -> None:
    """Writes the trades that a technician has learned, wherever they work, and their buildings in one community.

    No trade at all means every trade. Refuses `not_permitted`, `not_found` for somebody who is no technician there, and
    `invalid` for an unknown trade or a building of another community.
    """
    _check(technician, community, by)
    if not set(trades) <= set(Trade.values):
        raise Invalid(errors={"trades": [_("This is not one of the choices.")]})
    if any(each.community_id != community.pk for each in buildings):
        raise Invalid(errors={"buildings": [_("Please choose a building of this community.")]})
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=technician.pk)
        locked.trades = [trade for trade in Trade.values if trade in trades]
        locked.save(update_fields=["trades"])
        here = Zone.objects.filter(community=community, user=technician)
        here.exclude(building__in=buildings).delete()
        kept = set(here.values_list("building_id", flat=True))
        Zone.objects.bulk_create(
            Zone(community=community, user=technician, building=each)
            for each in buildings
            if each.pk not in kept
        )


def add_certificate(
    technician: User,
    community: Community,
    *,
    kind: str,
    number: str,
    valid_until: date,
    by: User,
    at: datetime | None = None,
) -> Certificate:
    """Enters a certificate that was shown. A renewed one is a further row.

    Refuses `not_permitted`, `not_found` for somebody who is no technician there, and `invalid`: an unknown kind, no
    number, a last day that is over or more than twenty years away, one that stands in the register already.
    """
    now = instant(at)
    _check(technician, community, by)
    today = local_day(now)
    if kind not in CertificateKind.values:
        raise Invalid(errors={"kind": [_("This is not one of the choices.")]})
    if not number.strip():
        raise Invalid(errors={"number": [_("Please type the number of the certificate.")]})
    if not today <= valid_until <= today + LONGEST:
        raise Invalid(errors={"valid_until": [_("Please enter a last day that is still to come.")]})
    certificate = Certificate(
        community=community,
        user=technician,
        kind=kind,
        number=number.strip(),
        valid_until=valid_until,
        added_by=by,
        added_at=now,
    )
    same = Certificate.objects.current().filter(
        user=technician, kind=kind, number=certificate.number, valid_until=valid_until
    )
    with transaction.atomic():
        # One at a time for a person: a second tap finds the first one's row.
        User.objects.select_for_update(no_key=True).get(pk=technician.pk)
        if same.exists():
            raise Invalid(errors={"number": [_("This certificate stands in the register already.")]})
        certificate.save(force_insert=True)
    return certificate


def withdraw_certificate(certificate: Certificate, *, by: User, at: datetime | None = None) -> Certificate:
    """Takes back a certificate that was wrong, or was taken away from its holder; it stays readable.

    Refuses `not_permitted` and `withdrawn`.
    """
    if not may_decide(certificate.community, by):
        raise NotPermitted
    with transaction.atomic():
        locked = Certificate.objects.select_for_update(no_key=True, of=("self",)).get(pk=certificate.pk)
        if locked.withdrawn_at is not None:
            raise Withdrawn
        locked.withdrawn_by, locked.withdrawn_at = by, instant(at)
        locked.save(update_fields=["withdrawn_by", "withdrawn_at"])
    return locked


def _check(technician: User, community: Community, by: User) -> None:
    if not may_decide(community, by):
        raise NotPermitted
    if not User.objects.staff_of([community.pk], Role.TECHNICIAN).filter(pk=technician.pk).exists():
        raise NotFound
