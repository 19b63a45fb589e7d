"""What a technician may work on: certificates 持证上岗, and the buildings that they answer for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models import Building
from repairs.models.kinds import Trade
from servicecenter.accounts.models import Community, User


class CertificateKind(models.TextChoices):
    """What a certificate is about."""

    ELECTRICIAN = "electrician", _("Electrician's licence")
    LIFT = "lift", _("Lift mechanic's licence")
    GAS = "gas", _("Gas fitter's licence")
    HEIGHTS = "heights", _("Work at heights")
    OTHER = "other", pgettext_lazy("certificate", "Other")


# 持证上岗: the law lets nobody else do this work, so that no rule and no supervisor can allow it.
NEEDED: Mapping[str, str] = {
    Trade.ELECTRICAL: CertificateKind.ELECTRICIAN,
    Trade.LIFT: CertificateKind.LIFT,
    Trade.GAS: CertificateKind.GAS,
}


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Certificates."""

    def visible_to(self, user: User) -> CertificateQuerySet:
        """Of technicians of one's communities, whoever entered them; residents see none."""
        if not user.is_employee:
            return self.none()
        return self.filter(user__memberships__community__in=user.community_ids).distinct()

    def current(self) -> CertificateQuerySet:
        """Not withdrawn; they may have expired."""
        return self.filter(withdrawn_at=None)


class Certificate(models.Model):
    """A certificate that was shown: it counts for its holder wherever they work.

    A row is never changed: a renewed certificate is a new row, a wrong one is withdrawn, and what stood in the register
    on the day of a dispatch stays readable.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    user = models.ForeignKey(User, models.CASCADE, related_name="certificates", verbose_name=_("technician"))
    kind = models.CharField(_("Certificate"), max_length=16, choices=CertificateKind.choices)
    number = models.CharField(_("number"), max_length=40)
    valid_until = models.DateField(_("valid until"))
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering: ClassVar = ["kind", "-valid_until", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="certificate_kind_known", condition=Q(kind__in=CertificateKind.values)
            ),
            models.CheckConstraint(name="certificate_has_number", condition=~Q(number="")),
            models.CheckConstraint(
                name="certificate_withdrawn_pair",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "number", "valid_until"],
                condition=Q(withdrawn_at=None),
                name="certificate_once",
                violation_error_message=_("This certificate stands in the register already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def is_valid(self, day: date) -> bool:
        """Its last day belongs to it."""
        return self.withdrawn_at is None and day <= self.valid_until


class ZoneQuerySet(models.QuerySet["Zone"]):
    """Buildings of technicians."""

    def visible_to(self, user: User) -> ZoneQuerySet:
        """Of one's communities; residents see none."""
        return self.filter(community__in=user.community_ids) if user.is_employee else self.none()


class Zone(models.Model):
    """A technician answers for a building 责任区. A building may have several."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    user = models.ForeignKey(User, models.CASCADE, related_name="zones", verbose_name=_("technician"))
    building = models.ForeignKey(Building, models.CASCADE, related_name="zones", verbose_name=_("building"))

    objects = ZoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "building"], name="zone_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.building}"
