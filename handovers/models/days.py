"""The move-in days of a building, and the slots of a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from handovers.workflow import Status
from owners.models import Building
from servicecenter.accounts.models import Community, Role, User

LONGEST_SLOT = timedelta(hours=12)
MOST_AT_ONCE = 200
# Who looks after move-in days; an owner sees the slots that are open to them.
READERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value, Role.MANAGER.value, Role.ADMIN.value})
# Those that hold a place of their slot.
TAKES_PLACE = ~Q(handovers__status__in=[Status.CANCELLED, Status.MISSED])


class HandoverDayQuerySet(models.QuerySet["HandoverDay"]):
    """Move-in days."""

    def visible_to(self, user: User) -> HandoverDayQuerySet:
        """Of the communities of those who work with move-in days."""
        return self.filter(community__in=user.community_ids) if user.role in READERS else self.none()


class HandoverDay(models.Model):
    """A building is handed over on this day."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    building = models.ForeignKey(
        Building, models.PROTECT, related_name="handover_days", verbose_name=_("building")
    )
    day = models.DateField(_("Date"))
    note = models.CharField(_("Note"), max_length=200, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    # Owners of the building heard of it then.
    invited_at = models.DateTimeField(null=True)

    objects = HandoverDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("move-in day")
        verbose_name_plural = _("move-in days")
        ordering: ClassVar = ["day", "building__position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["building", "day"],
                name="handover_day_once",
                violation_error_message=_("This building has a move-in day on that date already."),
            )
        ]
        indexes: ClassVar = [models.Index(fields=["community", "day"], name="handover_day_list")]

    def __str__(self) -> str:
        return f"{self.building} {self.day:%Y-%m-%d}"


class SlotQuerySet(models.QuerySet["Slot"]):
    """Slots of move-in days."""

    def visible_to(self, user: User) -> SlotQuerySet:
        """As their days."""
        return self.filter(community__in=user.community_ids) if user.role in READERS else self.none()

    def counted(self) -> SlotQuerySet:
        """With `taken`: how many places are taken."""
        return self.annotate(taken=Count("handovers", filter=TAKES_PLACE)).order_by("starts_at", "id")

    def bookable(self, at: datetime) -> SlotQuerySet:
        """Not over yet, with a place left."""
        return self.counted().filter(Q(taken__lt=F("capacity")), ends_at__gt=at)


class Slot(models.Model):
    """So many owners are received between these instants."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    day = models.ForeignKey(HandoverDay, models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    capacity = models.PositiveSmallIntegerField(_("Places"))

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering: ClassVar = ["starts_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="handover_slot_span",
                condition=Q(ends_at__gt=F("starts_at")) & Q(ends_at__lte=F("starts_at") + LONGEST_SLOT),
            ),
            models.CheckConstraint(
                name="handover_slot_places", condition=Q(capacity__gte=0, capacity__lte=MOST_AT_ONCE)
            ),
            models.UniqueConstraint(fields=["day", "starts_at"], name="handover_slot_once"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="no_fewer_places_than_taken",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("capacity"),  # type: ignore[no-untyped-call]
                func="""
                    IF NEW.capacity < (SELECT count(*) FROM handovers_handover h WHERE h.slot_id = NEW.id
                        AND h.status NOT IN ('cancelled', 'missed')) THEN
                        RAISE EXCEPTION 'more places of slot % are taken', NEW.id USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]
