"""Inspection campaigns 集中检修: units looked at before their warranty ends, at times that residents book."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models.places import Building, Unit
from owners.models.warranty import WarrantyPart
from owners.workflow.inspections import (
    CAMPAIGN,
    INSPECTED,
    VISIT,
    WITH_SLOT,
    CampaignStanding,
    CampaignStatus,
    VisitStanding,
    VisitStatus,
)
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import Actor
from servicecenter.workflow.case import Case

MOST_PLACES = 200
DESK = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
# Leaders read; technicians see the visits that they make.
READERS = DESK | {Role.MANAGER.value, Role.ADMIN.value}


class InspectionQuerySet(models.QuerySet["Inspection"]):
    """Campaigns."""

    def visible_to(self, user: User) -> InspectionQuerySet:
        """The desk and managers: of their communities. Technicians: those that they inspect in. Residents: those that
        a present home of theirs is in, once it is announced."""
        if user.role in READERS:
            return self.filter(community__in=user.community_ids)
        if user.role == Role.TECHNICIAN:
            own = InspectionSlot.objects.filter(inspector=user).values("campaign")
            return self.filter(community__in=user.community_ids, pk__in=own)
        if user.role == Role.RESIDENT:
            units = Unit.objects.visible_to(user)
            visits = InspectionVisit.objects.filter(unit__in=units).values("campaign")
            return self.filter(pk__in=visits).exclude(status=CampaignStatus.PLANNED)
        return self.none()

    def open(self) -> InspectionQuerySet:
        return self.filter(status=CampaignStatus.OPEN)


class Inspection(Case):
    """One campaign in a community or one building, about one part with a warranty or (None) all of them."""

    TABLE = CAMPAIGN

    status = models.CharField(_("status"), max_length=24, choices=CampaignStatus.choices)
    number = models.CharField(_("number"), max_length=24, unique=True)
    title = models.CharField(_("title"), max_length=80)
    part = models.ForeignKey(WarrantyPart, models.PROTECT, null=True, blank=True, related_name="+")
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("note for residents"), max_length=500, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    # Those who have not booked are asked once more.
    asked_again_at = models.DateTimeField(null=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection campaign")
        verbose_name_plural = _("inspection campaigns")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="inspection_status_known", condition=Q(status__in=CampaignStatus.values)
            ),
            models.CheckConstraint(name="inspection_titled", condition=~Q(title="")),
            models.CheckConstraint(
                name="inspection_opened",
                condition=Q(status="planned", opened_at=None)
                | Q(status__in=["open", "done"], opened_at__isnull=False)
                | Q(status="cancelled"),
            ),
            models.CheckConstraint(
                name="inspection_ended",
                condition=Q(status__in=["planned", "open"], ended_at=None)
                | Q(status__in=["done", "cancelled"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="inspection_cancelled_with_reason",
                condition=(Q(status="cancelled") & ~Q(reason="")) | (~Q(status="cancelled") & Q(reason="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "-id"], name="inspection_list"),
            models.Index(fields=["id"], condition=Q(status="open"), name="inspection_open"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to this campaign; a stranger has none."""
        if by is None or by.role not in READERS or self.community_id not in by.community_ids:
            return frozenset()
        if by.role == Role.SUPERVISOR:
            return frozenset({CampaignStanding.SUPERVISOR.value})
        return frozenset({CampaignStanding.COLLEAGUE.value})


class InspectionSlot(models.Model):
    """A time with so many places, and the technician who comes. `taken` is counted by a trigger, nowhere else.

    `called_off`: its campaign was over before it; the technician is free again.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Inspection, models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField(pgettext_lazy("inspection", "places"))
    taken = models.PositiveSmallIntegerField(default=0, editable=False)
    inspector = models.ForeignKey(User, models.PROTECT, related_name="+")
    called_off = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("inspection time")
        verbose_name_plural = _("inspection times")
        ordering: ClassVar = ["starts_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="inspection_slot_span", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="inspection_slot_places",
                condition=Q(capacity__gte=1, capacity__lte=MOST_PLACES, taken__lte=F("capacity")),
                violation_error_message=_("All places at this time are taken."),
            ),
            models.UniqueConstraint(
                fields=["inspector", "starts_at"], condition=Q(called_off=False), name="inspection_slot_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "starts_at"], name="inspection_slot_list"),
            models.Index(fields=["starts_at"], name="inspection_slot_day"),
        ]

    @property
    def left(self) -> int:
        """How many places are free."""
        return self.capacity - self.taken


class InspectionVisitQuerySet(models.QuerySet["InspectionVisit"]):
    """Visits."""

    def visible_to(self, user: User) -> InspectionVisitQuerySet:
        """Of the campaigns that one sees; residents: those of the units they live in now."""
        visits = self.filter(campaign__in=Inspection.objects.visible_to(user))
        if user.role == Role.RESIDENT:
            visits = visits.filter(unit__in=Unit.objects.visible_to(user))
        return visits


class InspectionVisit(Case):
    """One unit of a campaign: invited, booked, looked at."""

    TABLE = VISIT

    status = models.CharField(_("status"), max_length=24, choices=VisitStatus.choices)
    campaign = models.ForeignKey(Inspection, models.PROTECT, related_name="visits")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    slot = models.ForeignKey(InspectionSlot, models.PROTECT, null=True, related_name="visits")
    booked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    inspected_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    inspected_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)
    # The slot that was reminded of: the same one is not mentioned twice.
    reminded_slot_id = models.BigIntegerField(null=True)

    objects = InspectionVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection visit")
        verbose_name_plural = _("inspection visits")
        constraints: ClassVar = [
            models.CheckConstraint(name="visit_status_known", condition=Q(status__in=VisitStatus.values)),
            models.UniqueConstraint(fields=["campaign", "unit"], name="visit_once"),
            models.CheckConstraint(
                name="visit_slot_with_status",
                condition=Q(status__in=WITH_SLOT, slot__isnull=False, booked_by__isnull=False)
                | Q(status__in=["invited", "declined"], slot=None, booked_by=None)
                | Q(status__in=INSPECTED),
            ),
            models.CheckConstraint(
                name="visit_inspected_facts",
                condition=Q(status__in=INSPECTED, inspected_by__isnull=False, inspected_at__isnull=False)
                | (~Q(status__in=INSPECTED) & Q(inspected_by=None, inspected_at=None)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "status"], name="visit_progress"),
            models.Index(fields=["unit", "-id"], name="visit_of_unit"),
            models.Index(fields=["slot"], condition=Q(status="booked"), name="visit_booked"),
        ]
        triggers: ClassVar = [
            # Places are counted where they are taken, one after the other: the check on the slot refuses one too many.
            pgtrigger.Trigger(
                name="visit_takes_a_place",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("slot_id") | pgtrigger.Delete,  # type: ignore[no-untyped-call]
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.slot_id IS NOT DISTINCT FROM NEW.slot_id THEN
                        RETURN NULL;
                    END IF;
                    PERFORM 1 FROM owners_inspectionslot WHERE id IN (
                        CASE WHEN TG_OP <> 'INSERT' THEN OLD.slot_id END,
                        CASE WHEN TG_OP <> 'DELETE' THEN NEW.slot_id END) ORDER BY id FOR NO KEY UPDATE;
                    IF TG_OP <> 'INSERT' THEN
                        UPDATE owners_inspectionslot SET taken = taken - 1 WHERE id = OLD.slot_id;
                    END IF;
                    IF TG_OP <> 'DELETE' THEN
                        UPDATE owners_inspectionslot SET taken = taken + 1 WHERE id = NEW.slot_id;
                    END IF;
                    RETURN NULL;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.campaign.number} {self.unit.code}"

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to this visit now. While the campaign is not under way nobody does anything."""
        if by is None or not InspectionVisit.objects.visible_to(by).filter(pk=self.pk).exists():
            return frozenset()
        if self.campaign.status != CampaignStatus.OPEN:
            return frozenset({VisitStanding.COLLEAGUE.value})
        own = {Role.RESIDENT: VisitStanding.RESIDENT, Role.TECHNICIAN: VisitStanding.INSPECTOR}
        desk = VisitStanding.DESK if by.role in DESK else VisitStanding.COLLEAGUE
        return frozenset({own.get(Role(by.role), desk).value})


class InspectionFinding(models.Model):
    """A defect that was found, and the repair that it became (in the app above: its key is kept by the database)."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    visit = models.ForeignKey(InspectionVisit, models.PROTECT, related_name="found")
    text = models.CharField(max_length=500)
    ticket_id = models.BigIntegerField(unique=True)
    ticket_number = models.CharField(max_length=24)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("finding of an inspection")
        verbose_name_plural = _("findings of inspections")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.CheckConstraint(name="finding_said", condition=~Q(text=""))]
