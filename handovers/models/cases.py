"""The handover of one unit 入伙."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from handovers.models.days import READERS, Slot
from handovers.models.guards import GUARDS
from handovers.workflow import CLOSED, PRESENT, TABLE, WAY, Status
from owners.models import KeyReceipt, Person, Unit
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.models import Photo
from servicecenter.audit.events import Actor
from servicecenter.audit.models import Event, EventQuerySet
from servicecenter.workflow.case import Case
from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table

# What technicians have before them: units that wait for somebody, and their own.
WAITING_FOR_CREW = (Status.FEES_DONE,)


def _from(status: Status) -> Q:
    """Whoever is at this step or further."""
    return Q(status__in=WAY[WAY.index(status) :])


class HandoverQuerySet(models.QuerySet["Handover"]):
    """Handovers."""

    def visible_to(self, user: User) -> HandoverQuerySet:
        """The desk and managers: of their communities. A technician: those that wait for an inspection, and own ones.

        An owner: their own, until the unit is theirs no more.
        """
        if user.role == Role.RESIDENT:
            return self.of_resident(user)
        if user.role == Role.TECHNICIAN:
            mine = Q(inspector=user) | Q(reinspector=user) | Q(status__in=WAITING_FOR_CREW)
            return self.filter(mine, community__in=user.community_ids)
        return self.filter(community__in=user.community_ids) if user.role in READERS else self.none()

    def of_resident(self, user: User) -> HandoverQuerySet:
        """What is to be taken over, and what was taken over and is still a home of theirs."""
        if not user.is_active:
            return self.none()
        kept = Q(unit__in=Unit.objects.visible_to(user)) | ~Q(status__in=CLOSED)
        return self.filter(kept, person__user=user, community__is_active=True)

    def open(self) -> HandoverQuerySet:
        return self.exclude(status__in=CLOSED)

    def present(self) -> HandoverQuerySet:
        """The owner is here, at some step."""
        return self.filter(status__in=PRESENT)

    def overdue(self, at: datetime) -> HandoverQuerySet:
        """Expected, and their slot is over."""
        return self.filter(status=Status.PLANNED, slot__ends_at__lt=at)


class Handover(Case):
    """A unit on its way from the developer's keys to the owner's."""

    TABLE: ClassVar[Table] = TABLE

    status = models.CharField(_("status"), max_length=24, choices=Status.choices)
    number = models.CharField(_("number"), max_length=24, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="handovers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="handovers")
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    slot = models.ForeignKey(Slot, models.PROTECT, null=True, related_name="handovers")
    # Since when it has been at this step: how long somebody waits.
    since = models.DateTimeField()
    # The number on the slip that the owner holds: the day's first, second, …
    ticket_day = models.DateField(null=True)
    ticket_no = models.PositiveIntegerField(null=True)
    checked_in_at = models.DateTimeField(null=True)
    # Who comes in the owner's place, with a letter of authority.
    proxy_name = models.CharField(_("Proxy"), max_length=100, blank=True)
    papers_at = models.DateTimeField(null=True)
    papers_signature = models.ForeignKey(Photo, models.PROTECT, null=True, related_name="+")
    fees_at = models.DateTimeField(null=True)
    inspector = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    inspected_at = models.DateTimeField(null=True)
    # Who looks at mended defects too, where it is not only whoever inspected.
    reinspector = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signature = models.ForeignKey(Photo, models.PROTECT, null=True, related_name="+")
    signer = models.CharField(_("Who signed"), max_length=100, blank=True)
    signed_off_at = models.DateTimeField(null=True)
    signed_off_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    keys_at = models.DateTimeField(null=True)
    keys_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    key_receipt = models.OneToOneField(KeyReceipt, models.PROTECT, null=True, related_name="handover")
    cancel_reason = models.CharField(max_length=200, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        constraints: ClassVar = [
            models.CheckConstraint(name="handover_status_known", condition=Q(status__in=Status.values)),
            models.UniqueConstraint(
                fields=["unit"],
                condition=~Q(status="cancelled"),
                name="handover_once",
                violation_error_message=_("This unit has a handover already."),
            ),
            models.UniqueConstraint(
                fields=["community", "ticket_day", "ticket_no"], name="handover_ticket_once"
            ),
            models.CheckConstraint(
                name="handover_checked_in_facts",
                condition=Q(ticket_no=None, ticket_day=None, checked_in_at=None)
                | Q(ticket_no__isnull=False, ticket_day__isnull=False, checked_in_at__isnull=False),
            ),
            models.CheckConstraint(
                name="handover_here_is_a_fact",
                condition=~_from(Status.CHECKED_IN) | Q(checked_in_at__isnull=False),
            ),
            models.CheckConstraint(
                name="handover_papers_are_a_fact",
                condition=~_from(Status.PAPERS_DONE)
                | Q(papers_at__isnull=False, papers_signature__isnull=False),
            ),
            models.CheckConstraint(
                name="handover_fees_are_a_fact", condition=~_from(Status.FEES_DONE) | Q(fees_at__isnull=False)
            ),
            models.CheckConstraint(
                name="handover_inspector_named",
                condition=~_from(Status.INSPECTING) | Q(inspector__isnull=False),
            ),
            models.CheckConstraint(
                name="handover_inspection_is_a_fact",
                condition=~_from(Status.INSPECTED) | Q(inspected_at__isnull=False),
            ),
            models.CheckConstraint(
                name="handover_signature_is_a_fact",
                condition=(
                    _from(Status.SIGNED) & Q(signed_at__isnull=False, signature__isnull=False) & ~Q(signer="")
                )
                | (~_from(Status.SIGNED) & Q(signed_at=None, signature=None, signer="")),
            ),
            models.CheckConstraint(
                name="handover_sign_off_is_a_fact",
                condition=(
                    _from(Status.SIGNED_OFF) & Q(signed_off_at__isnull=False, signed_off_by__isnull=False)
                )
                | (~_from(Status.SIGNED_OFF) & Q(signed_off_at=None, signed_off_by=None)),
            ),
            # No keys before the sign-off, whoever writes the row.
            models.CheckConstraint(
                name="handover_no_keys_before_sign_off",
                condition=(
                    Q(status="delivered", signed_off_at__isnull=False)
                    & Q(keys_at__gte=F("signed_off_at"), keys_by__isnull=False, key_receipt__isnull=False)
                )
                | (~Q(status="delivered") & Q(keys_at=None, keys_by=None, key_receipt=None)),
            ),
            models.CheckConstraint(
                name="handover_cancelled_with_reason",
                condition=(Q(status="cancelled") & ~Q(cancel_reason=""))
                | (~Q(status="cancelled") & Q(cancel_reason="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["slot"], name="handover_of_slot"),
            models.Index(fields=["person"], name="handover_of_person"),
            models.Index(fields=["community", "status", "since"], name="handover_by_step"),
            models.Index(fields=["inspector", "status"], name="handover_of_inspector"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = GUARDS

    def __str__(self) -> str:
        return self.number

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to this handover now; a stranger has none."""
        if by is None:
            return frozenset()
        if by.role == Role.RESIDENT:
            mine = Handover.objects.visible_to(by).filter(pk=self.pk).exists()
            return frozenset({Standing.RESIDENT.value}) if mine else frozenset()
        if self.community_id not in by.community_ids:
            return frozenset()
        if by.role == Role.TECHNICIAN:
            return self._of_technician(by)
        if by.role in (Role.AGENT, Role.SUPERVISOR):
            return frozenset({by.role})
        return frozenset({Standing.COLLEAGUE.value} if by.role in READERS else ())

    def _of_technician(self, by: User) -> frozenset[str]:
        free = self.inspector_id is None and self.status in WAITING_FOR_CREW
        mine = {
            Standing.ASSIGNEE.value: free or by.pk == self.inspector_id,
            Standing.REINSPECTOR.value: by.pk == self.reinspector_id,
        }
        return frozenset(standing for standing, holds in mine.items() if holds)

    def events(self) -> EventQuerySet:
        """Everything that happened to it, oldest first."""
        return Event.objects.of("handover", self.pk)

    def waits(self, at: datetime) -> timedelta:
        """How long it has been at this step."""
        return max(at - self.since, timedelta(0))
