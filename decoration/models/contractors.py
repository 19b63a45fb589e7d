"""Contractors 装修公司 and workers who are kept out: what a community knows of them across permits."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, Role, User

READERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value, Role.MANAGER.value, Role.ADMIN.value})


class ContractorQuerySet(models.QuerySet["Contractor"]):
    """Contractors."""

    def visible_to(self, user: User) -> ContractorQuerySet:
        """Of the communities of whoever works with permits."""
        return self.filter(community__in=user.community_ids) if user.role in READERS else self.none()

    def usable(self, day: date) -> ContractorQuerySet:
        """Neither kept out nor with a licence that has ended."""
        return self.filter(banned_at=None, licence_until__gte=day)


class Contractor(models.Model):
    """A company that decorates homes here, with the papers that it showed."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    name = models.CharField(pgettext_lazy("contractor", "Company"), max_length=100)
    licence_no = models.CharField(_("Licence number"), max_length=40)
    licence_until = models.DateField(_("Licence ends"))
    insurance_until = models.DateField(_("Insurance ends"), null=True, blank=True)
    contact = models.CharField(_("Contact"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    banned_at = models.DateTimeField(null=True)
    banned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ban_reason = models.CharField(max_length=300, blank=True)

    objects = ContractorQuerySet.as_manager()

    class Meta:
        verbose_name = _("contractor")
        verbose_name_plural = _("contractors")
        constraints: ClassVar = [
            models.CheckConstraint(name="contractor_named", condition=~Q(name="") & ~Q(licence_no="")),
            models.UniqueConstraint(
                "community",
                Upper("licence_no"),
                name="contractor_once",
                violation_error_message=_("A contractor with this licence number is known already."),
            ),
            models.CheckConstraint(
                name="contractor_ban_whole",
                condition=Q(banned_at=None, banned_by=None, ban_reason="")
                | (Q(banned_at__isnull=False, banned_by__isnull=False) & ~Q(ban_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkerBan(models.Model):
    """A worker whom a community does not let in any more. Found by a digest of the ID number, which is not kept."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    id_index = models.CharField(max_length=64)
    id_mask = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("worker who is kept out")
        verbose_name_plural = _("workers who are kept out")
        constraints: ClassVar = [
            models.CheckConstraint(name="worker_ban_says_why", condition=~Q(reason="") & ~Q(id_index="")),
            models.CheckConstraint(
                name="worker_ban_lifted_whole",
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["community", "id_index"], condition=Q(lifted_at=None), name="worker_ban_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
