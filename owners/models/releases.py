"""Goods releases 放行条: which goods may leave the gate, for whom, when, and who let them out."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar
from uuid import uuid4

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from owners.models.keys import KEEPERS, READERS, ConsentHow
from owners.models.people import Person
from owners.models.places import Occupancy, OccupancyRole, Unit
from owners.workflow.releases import TABLE, ReleaseStatus
from servicecenter.accounts.models import Role, User
from servicecenter.audit import vault
from servicecenter.audit.events import Actor
from servicecenter.workflow.case import Case
from servicecenter.workflow.standings import Standing

OWNERS = (OccupancyRole.OWNER.value, OccupancyRole.CO_OWNER.value)
# A release is for one move, not a season ticket.
LONGEST = timedelta(days=7)


class GoodsReleaseQuerySet(models.QuerySet["GoodsRelease"]):
    """Goods releases."""

    def visible_to(self, user: User) -> GoodsReleaseQuerySet:
        """The desk and its managers: of their communities. Guards: what may pass the gate, and what they dealt with.

        Residents: their own, and those of units they own, asked for since they own them; both only while they have a
        home in the unit, so that a move ends it in the same second.
        """
        if user.role == Role.RESIDENT:
            return self._of_resident(user)
        here = self.filter(community__in=user.community_ids)
        if user.role in READERS:
            return here
        if user.role == Role.SECURITY:
            return here.filter(Q(status=ReleaseStatus.VALID) | Q(checked_by=user))
        return self.none()

    def _of_resident(self, user: User) -> GoodsReleaseQuerySet:
        homes = Occupancy.objects.current().filter(unit=OuterRef("unit"), person__user=user)
        mine = Exists(
            homes.filter(Q(person=OuterRef("applicant")) | Q(person__doubles=OuterRef("applicant")))
        )
        owned = Exists(homes.filter(role__in=OWNERS, since__lte=OuterRef("asked_at")))
        return self.filter(mine | owned)

    def open(self) -> GoodsReleaseQuerySet:
        return self.filter(status__in=(ReleaseStatus.ASKED, ReleaseStatus.VALID))


class GoodsRelease(Case):
    """One slip for one way out. The code is sealed; a keyed digest finds the slip of a code that was shown."""

    TABLE = TABLE

    number = models.CharField(_("number"), max_length=24, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="releases")
    applicant = models.ForeignKey(Person, models.PROTECT, related_name="releases")
    # An owner's own goods: nobody else has to agree.
    by_owner = models.BooleanField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    vault_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    code_sealed = models.TextField(blank=True)
    code_index = models.CharField(max_length=64, unique=True)
    plate_sealed = models.TextField(blank=True)
    plate_mask = models.CharField(max_length=20, blank=True)
    # The owner's consent: whose, given how and when, and who wrote it down (the owner's own login in the portal).
    consent_of = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    consent_how = models.CharField(max_length=8, choices=ConsentHow.choices, blank=True)
    consent_at = models.DateTimeField(null=True)
    consent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    consent_note = models.CharField(max_length=200, blank=True)
    # At the gate: let out or refused.
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = GoodsReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("goods release")
        verbose_name_plural = _("goods releases")
        constraints: ClassVar = [
            models.CheckConstraint(name="release_status_known", condition=Q(status__in=ReleaseStatus.values)),
            models.CheckConstraint(
                name="release_window",
                condition=Q(valid_until__gt=F("valid_from"), valid_until__lte=F("valid_from") + LONGEST),
            ),
            models.CheckConstraint(
                name="release_consent_whole",
                condition=Q(
                    consent_of=None, consent_how="", consent_at=None, consent_by=None, consent_note=""
                )
                | (
                    Q(consent_of__isnull=False, consent_at__isnull=False, consent_by__isnull=False)
                    & ~Q(consent_how="")
                ),
            ),
            models.CheckConstraint(
                name="release_goes_with_consent",
                condition=~Q(status__in=["valid", "used", "refused"])
                | Q(by_owner=True)
                | Q(consent_of__isnull=False),
            ),
            models.CheckConstraint(
                name="release_used_facts",
                condition=~Q(status="used") | Q(checked_at__isnull=False, checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="release_checked_whole",
                condition=Q(checked_at=None, checked_by=None)
                | Q(checked_at__isnull=False, checked_by__isnull=False, status__in=["used", "refused"]),
            ),
            models.CheckConstraint(
                name="release_ended_facts",
                condition=Q(status__in=["asked", "valid"], ended_at=None)
                | (~Q(status__in=["asked", "valid"]) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="release_says_why", condition=~Q(status__in=["declined", "refused"]) | ~Q(reason="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "-id"], name="release_list"),
            models.Index(fields=["unit", "-id"], name="release_of_unit"),
            models.Index(fields=["applicant", "-id"], name="release_of_person"),
            models.Index(
                fields=["checked_by", "-checked_at"],
                condition=Q(checked_by__isnull=False),
                name="release_of_guard",
            ),
        ]
        triggers: ClassVar = [
            # Whatever goes wrong above: what has left the gate never becomes valid again.
            pgtrigger.Protect(
                name="ended_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False)
                & ~pgtrigger.Q(old__status=pgtrigger.F("new__status")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_status_display(self) -> str:
        """The status in words."""
        return str(ReleaseStatus(self.status).label)

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to this release now; a stranger has none, and whoever moved out is one."""
        if by is None:
            return frozenset({Standing.SYSTEM.value})
        own = {Standing.OWN.value} if self.by_owner else set()
        if by.role == Role.RESIDENT:
            return self._of_resident(by, own)
        if self.community_id not in by.community_ids:
            return frozenset()
        if by.role in KEEPERS:
            return frozenset({Standing.DESK.value} | own)
        if by.role == Role.SECURITY:
            return frozenset({Standing.GUARD.value})
        return frozenset({Standing.MANAGER.value} if by.role in READERS else ())

    def _of_resident(self, by: User, own: set[str]) -> frozenset[str]:
        homes = list(
            Occupancy.objects.current()
            .filter(unit=self.unit_id, person__user=by)
            .values_list("person", "role", "since")
        )
        found: set[str] = set()
        if any(role in OWNERS and since <= self.asked_at for _person, role, since in homes):
            found.add(Standing.OWNER.value)
        if homes and self.applicant.user_id == by.pk:
            found |= {Standing.APPLICANT.value} | own
        return frozenset(found)

    def code(self) -> str:
        """The code in clear, for whoever carries the slip. Empty once it was erased."""
        return vault.unseal(self.code_sealed, self.vault_place("code"))

    def seal_code(self, code: str) -> None:
        """Keeps the code sealed to this row, and what finds it."""
        self.code_sealed = vault.seal(code, self.vault_place("code"))
        self.code_index = code_index(code)

    def vault_place(self, field: str) -> bytes:
        """Where a sealed value (`code`, `plate`) of this release belongs."""
        return vault.place("owners_goodsrelease", field, self.vault_id)


class GoodsItem(models.Model):
    """One line of a release: what, and how many. `taken`: whether the guard ticked it off; None before."""

    community = models.ForeignKey("accounts.Community", models.PROTECT, related_name="+")
    release = models.ForeignKey(GoodsRelease, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    quantity = models.PositiveSmallIntegerField(default=1)
    taken = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("goods on a release")
        verbose_name_plural = _("goods on a release")
        ordering: ClassVar = ["release_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "position"], name="goods_line_once"),
            models.CheckConstraint(name="goods_named", condition=~Q(name="")),
            models.CheckConstraint(name="goods_counted", condition=Q(quantity__gte=1, quantity__lte=999)),
        ]

    def __str__(self) -> str:
        return f"{self.name} × {self.quantity}"


def code_index(code: str) -> str:
    """What finds the release of a code."""
    return vault.blind_index("goods_release_code", code)
