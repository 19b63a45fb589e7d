"""The warranty register 保修: which parts of a home the builder answers for, how long, and who was reminded."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from owners.models.places import Unit
from servicecenter.accounts.models import Community, Role, User

LONGEST_MONTHS = 1200


class Measure(models.TextChoices):
    """In what the length of a warranty is counted."""

    MONTHS = "months", _("Months")
    SEASONS = "seasons", _("Seasons")
    DESIGN_LIFE = "design_life", _("Design life")


# The parts that the law names (State Council Decree 279, art. 40); others carry a name of their own.
NAMES = {
    "structure": gettext_noop("Foundation and main structure"),
    "roof_waterproofing": gettext_noop("Roof waterproofing"),
    "wet_room_waterproofing": gettext_noop("Bathroom and kitchen waterproofing"),
    "wall_waterproofing": gettext_noop("External wall waterproofing"),
    "heating": gettext_noop("Heating system"),
    "cooling": gettext_noop("Cooling system"),
    "electrical": gettext_noop("Electrical wiring"),
    "plumbing": gettext_noop("Water supply and drainage"),
    "equipment": gettext_noop("Equipment installation"),
    "decoration": gettext_noop("Decoration works"),
}


class WarrantyPart(models.Model):
    """A part of a home with a warranty. `trades` are the trades whose repairs are about it.

    `statutory` is the shortest time that the law allows, in months or seasons; `clause` its place in art. 40.
    """

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(pgettext_lazy("part", "name"), max_length=40, blank=True)
    measure = models.CharField(max_length=12, choices=Measure.choices, default=Measure.MONTHS)
    statutory = models.PositiveSmallIntegerField(null=True, blank=True)
    clause = models.PositiveSmallIntegerField(null=True, blank=True)
    trades = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        verbose_name = _("part with a warranty")
        verbose_name_plural = _("parts with a warranty")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="warranty_part_measure", condition=Q(measure__in=Measure.values)),
            models.CheckConstraint(
                name="warranty_part_named", condition=Q(code__in=sorted(NAMES)) | ~Q(name="")
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=~Q(name=""),
                name="warranty_part_once",
                violation_error_message=_("There is already a part of this name."),
            ),
        ]

    def __str__(self) -> str:
        return gettext(self.label)

    @property
    def label(self) -> str:
        """Its name as messages keep it: in English for the parts of the law, translated where it is read."""
        return self.name or NAMES.get(self.code, self.code)


class WarrantyTermQuerySet(models.QuerySet["WarrantyTerm"]):
    """Terms of the company and of communities."""

    def visible_to(self, user: User) -> WarrantyTermQuerySet:
        """The company's, and those of one's own communities."""
        return self.filter(Q(community=None) | Q(community__in=user.community_ids))


class WarrantyTerm(models.Model):
    """How long a part is under warranty. A community's own term comes before the company's.

    `length` counts months or seasons; a design life without a number has no last day on record. A season begins and
    ends on a day of the year, written 1115 for 15 November. `active` False: homes here have no such part.
    """

    part = models.ForeignKey(WarrantyPart, models.PROTECT, related_name="terms")
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("community")
    )
    length = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MONTHS)]
    )
    season_from = models.PositiveSmallIntegerField(null=True, blank=True)
    season_until = models.PositiveSmallIntegerField(null=True, blank=True)
    active = models.BooleanField(default=True)

    objects = WarrantyTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("warranty term")
        verbose_name_plural = _("warranty terms")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["part", "community"], nulls_distinct=False, name="warranty_term_once"
            ),
            models.CheckConstraint(
                name="warranty_term_length",
                condition=Q(length=None) | Q(length__gte=1, length__lte=LONGEST_MONTHS),
            ),
            models.CheckConstraint(
                name="warranty_term_season",
                condition=Q(season_from=None, season_until=None)
                | Q(
                    season_from__gte=101, season_from__lte=1231, season_until__gte=101, season_until__lte=1231
                ),
            ),
        ]
        triggers: ClassVar = [
            # The law sets minimums: a contract may promise more, never less.
            pgtrigger.Trigger(
                name="term_fits_its_part",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("part", "owners_warrantypart%ROWTYPE")],
                func="""
                    SELECT * INTO part FROM owners_warrantypart WHERE id = NEW.part_id;
                    IF part.statutory IS NOT NULL AND coalesce(NEW.length, 0) < part.statutory THEN
                        RAISE EXCEPTION 'the warranty of % is shorter than the law allows', part.code
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF (NEW.length IS NULL AND part.measure <> 'design_life')
                        OR ((NEW.season_from IS NOT NULL) <> (part.measure = 'seasons')) THEN
                        RAISE EXCEPTION 'the warranty of % is counted in another way', part.code
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.part} · {self.length}"


class WarrantyReminderQuerySet(models.QuerySet["WarrantyReminder"]):
    """Reminders that were sent."""

    def visible_to(self, user: User) -> WarrantyReminderQuerySet:
        """Residents: of the units they live in now. Staff: of their communities."""
        if user.role == Role.RESIDENT:
            return self.filter(unit__in=Unit.objects.visible_to(user))
        return self.filter(community__in=user.community_ids)


class WarrantyReminder(models.Model):
    """“One month left”: said once for a unit and a last day. `parts` are the codes of what ends on it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    until = models.DateField()
    parts = ArrayField(models.CharField(max_length=32))
    at = models.DateTimeField()

    objects = WarrantyReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("warranty reminder")
        verbose_name_plural = _("warranty reminders")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit", "until"], name="warranty_reminder_once")
        ]
        indexes: ClassVar = [models.Index(fields=["community", "until"], name="warranty_reminder_list")]
