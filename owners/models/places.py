"""Buildings 楼栋, units 房屋, and who lives in them since when 入住关系."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models.people import Person
from servicecenter.accounts.models import Community, Role, User


class BuildingQuerySet(models.QuerySet["Building"]):
    """Buildings 楼栋."""

    def visible_to(self, user: User) -> BuildingQuerySet:
        """Staff: of their communities. Residents: the buildings they live in."""
        if user.role == Role.RESIDENT:
            return self.filter(pk__in=Unit.objects.visible_to(user).values("building"))
        return self.filter(community__in=user.community_ids)


class Building(models.Model):
    """A building, or a garage or shop row that is numbered like one."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="buildings")
    # As it stands in unit codes: 3, S1, 地下车库.
    code = models.CharField(_("building"), max_length=40)
    # 2 before 10: digits first, as numbers.
    position = models.PositiveIntegerField(default=0)

    objects = BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        ordering: ClassVar = ["community_id", "position", "code"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "code"], name="building_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What people call it: 3栋; names that are words stay as they are."""
        return f"{self.code}栋" if self.code.isdigit() else self.code


class UnitUse(models.TextChoices):
    """What a unit is for."""

    RESIDENCE = "residence", _("Residence")
    SHOP = "shop", _("Shop")
    PARKING = "parking", _("Parking space")
    STORAGE = "storage", _("Storage room")


class UnitState(models.TextChoices):
    """Who uses it now."""

    VACANT = "vacant", _("Vacant")
    OCCUPIED = "occupied", _("Occupied")
    DECORATING = "decorating", _("Under decoration")
    RENTED = "rented", _("Rented out")


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units 房屋."""

    def visible_to(self, user: User) -> UnitQuerySet:
        """Staff: of their communities. Residents: units of a current occupancy, checked at every request."""
        if user.role == Role.RESIDENT:
            return self.filter(pk__in=Occupancy.objects.current().filter(person__user=user).values("unit"))
        return self.filter(community__in=user.community_ids)


class Unit(models.Model):
    """A unit 房屋; its code reads building-entrance-room, for example 3-2-1201."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="units")
    building = models.ForeignKey(Building, models.PROTECT, related_name="units")
    code = models.CharField(_("unit code"), max_length=80)
    entrance = models.CharField(_("entrance"), max_length=40, blank=True)
    room = models.CharField(_("room"), max_length=40)
    area = models.DecimalField(_("area in m²"), max_digits=9, decimal_places=2, null=True, blank=True)
    use = models.CharField(_("use"), max_length=12, choices=UnitUse.choices, default=UnitUse.RESIDENCE)
    state = models.CharField(_("state"), max_length=12, choices=UnitState.choices, default=UnitState.VACANT)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering: ClassVar = ["community_id", "building_id", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint("community", Upper("code"), name="unit_once"),
            models.CheckConstraint(name="unit_area_positive", condition=Q(area=None) | Q(area__gt=0)),
        ]
        indexes: ClassVar = [
            GinIndex(name="unit_code_trgm", fields=["code"], opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.code


class OccupancyRole(models.TextChoices):
    """What a person is to a unit."""

    OWNER = "owner", _("Owner")
    CO_OWNER = "co_owner", _("Co-owner")
    TENANT = "tenant", _("Tenant")
    FAMILY = "family", _("Family member")


class OccupancyQuerySet(models.QuerySet["Occupancy"]):
    """Who lives where 入住关系."""

    def current(self) -> OccupancyQuerySet:
        """Those in force at this moment, by the database's clock."""
        return self.filter(since__lte=Now()).filter(Q(until=None) | Q(until__gt=Now()))

    def visible_to(self, user: User) -> OccupancyQuerySet:
        """Staff: of their communities. Residents: of the units they live in now."""
        if user.role == Role.RESIDENT:
            return self.filter(unit__in=Unit.objects.visible_to(user))
        return self.filter(community__in=user.community_ids)


class Occupancy(models.Model):
    """A person ↔ unit relation with its time; ended ones stay as history."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="occupancies")
    person = models.ForeignKey(Person, models.PROTECT, related_name="occupancies")
    role = models.CharField(pgettext_lazy("occupancy", "role"), max_length=12, choices=OccupancyRole.choices)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    is_primary = models.BooleanField(_("primary contact"), default=False)

    objects = OccupancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("occupancy")
        verbose_name_plural = _("occupancies")
        ordering: ClassVar = ["-is_primary", "role", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="occupancy_span", condition=Q(until=None) | Q(until__gt=F("since"))),
            models.UniqueConstraint(
                fields=["unit", "person", "role"], condition=Q(until=None), name="occupancy_once"
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(until=None, is_primary=True), name="occupancy_one_primary"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "unit"], name="occupancy_person")]

    def is_current(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or self.until > at)
