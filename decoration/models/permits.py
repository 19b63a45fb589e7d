"""A decoration permit 装修许可: who wants to do what in which home until when, and how far it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decoration.models.contractors import Contractor
from decoration.models.facts import Facts
from decoration.models.guards import CONSTRAINTS, INDEXES, TRIGGERS
from decoration.workflow import LIVE, OPEN, REFUNDING, RUNNING, TABLE, WRITING, Status
from owners.models import ConsentHow, Occupancy, Person, Unit
from owners.models.releases import OWNERS
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.models import Photo
from servicecenter.audit.events import Actor
from servicecenter.audit.models import Event, EventQuerySet
from servicecenter.workflow.case import Case
from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table

# Whoever works with permits at a desk, and whoever goes to the site.
READERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value, Role.MANAGER.value, Role.ADMIN.value})
BY_ROLE = {
    Role.AGENT.value: Standing.AGENT,
    Role.SUPERVISOR.value: Standing.SUPERVISOR,
    Role.MANAGER.value: Standing.MANAGER,
    Role.TECHNICIAN.value: Standing.ENGINEER,
    Role.SECURITY.value: Standing.GUARD,
    Role.ADMIN.value: Standing.COLLEAGUE,
}
OUTDOORS = frozenset({Role.TECHNICIAN.value, Role.SECURITY.value})


class Validity(models.TextChoices):
    """What a permit that is shown is worth at an instant."""

    VALID = "valid", pgettext_lazy("permit", "Valid")
    EARLY = "early", pgettext_lazy("permit", "Not valid yet")
    EXPIRED = "expired", pgettext_lazy("permit", "Expired")
    STOPPED = "stopped", pgettext_lazy("permit", "Work is stopped")
    OVER = "over", pgettext_lazy("permit", "The works are over")
    NONE = "none", pgettext_lazy("permit", "Not issued")
    REVOKED = "revoked", pgettext_lazy("permit", "Revoked")


class PermitQuerySet(models.QuerySet["Permit"]):
    """Decoration permits."""

    def visible_to(self, user: User) -> PermitQuerySet:
        """The desk and managers: of their communities. Technicians and guards: what is past its draft.

        A resident: own ones while they have a home in the unit; its owner those of tenants who asked for consent.
        """
        if user.role == Role.RESIDENT:
            return self._of_resident(user)
        here = self.filter(community__in=user.community_ids)
        if user.role in OUTDOORS:
            return here.exclude(status__in=[*WRITING, Status.WITHDRAWN])
        return here if user.role in READERS else self.none()

    def _of_resident(self, user: User) -> PermitQuerySet:
        if not user.is_active:
            return self.none()
        homes = Occupancy.objects.current().filter(person__user=user)
        mine = Q(applicant__user=user, unit__in=homes.values("unit"))
        owned = Q(unit__in=homes.filter(role__in=OWNERS).values("unit"), consent_asked_at__isnull=False)
        return self.filter(mine | owned, community__is_active=True)

    def open(self) -> PermitQuerySet:
        """Somebody still has to do something."""
        return self.filter(status__in=OPEN)

    def live(self) -> PermitQuerySet:
        """They take their unit for their days."""
        return self.filter(status__in=LIVE)

    def running(self) -> PermitQuerySet:
        """Somebody may be working there."""
        return self.filter(status__in=RUNNING)

    def refund_overdue(self, at: datetime) -> PermitQuerySet:
        """The deposit should be back by now."""
        return self.filter(status__in=REFUNDING, refund_due_at__lt=at)

    def overdue(self, at: datetime) -> PermitQuerySet:
        """A promise is past its deadline."""
        return self.filter(status__in=OPEN, next_due_at__lt=at)


class Permit(Facts, Case):
    """One application and what becomes of it. What is asked of a draft is asked when it is submitted."""

    TABLE: ClassVar[Table] = TABLE

    status = models.CharField(_("status"), max_length=24, choices=Status.choices)
    number = models.CharField(_("number"), max_length=24, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="permits", verbose_name=_("unit"))
    applicant = models.ForeignKey(Person, models.PROTECT, related_name="permits")
    applicant_name = models.CharField(_("Applicant"), max_length=100)
    contact_phone = models.CharField(_("contact phone"), max_length=20, blank=True)
    # An owner's own works: nobody else has to agree.
    by_owner = models.BooleanField()
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # Whoever of the desk first had it stays answerable (首问负责制).
    agent = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    consent_asked_at = models.DateTimeField(null=True)
    consent_of = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    consent_how = models.CharField(max_length=8, choices=ConsentHow.choices, blank=True)
    consent_at = models.DateTimeField(null=True)
    consent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    contractor = models.ForeignKey(
        Contractor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="permits",
        verbose_name=_("contractor"),
    )
    manager_name = models.CharField(_("Site manager"), max_length=60, blank=True)
    manager_phone = models.CharField(_("Phone of the site manager"), max_length=20, blank=True)
    scope = models.TextField(_("What is to be done"), max_length=2000, blank=True)
    starts_on = models.DateField(_("Works begin"), null=True, blank=True)
    ends_on = models.DateField(_("Works end"), null=True, blank=True)

    # How often it was submitted: each time is a round of the review with its own promise.
    round = models.PositiveSmallIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # The agreement in the words that were signed, and what was to be paid.
    agreement = models.TextField(blank=True)
    signer = models.CharField(_("Who signs"), max_length=100, blank=True)
    signature = models.ForeignKey(Photo, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # In the code on the door; nobody guesses one.
    token = models.CharField(max_length=32, unique=True)
    # What the unit was before it was under decoration.
    unit_state = models.CharField(max_length=12, blank=True)

    inspector = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # The next patrol is due by the end of this day; null while nobody works there.
    patrol_due_on = models.DateField(null=True)

    acceptance_asked_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    owner_signer = models.CharField(max_length=100, blank=True)
    owner_signature = models.ForeignKey(Photo, models.PROTECT, null=True, related_name="+")
    contractor_signer = models.CharField(max_length=100, blank=True)
    contractor_signature = models.ForeignKey(Photo, models.PROTECT, null=True, related_name="+")
    completion_no = models.PositiveSmallIntegerField(default=0)
    looked_again_at = models.DateTimeField(null=True)

    refund_asked_at = models.DateTimeField(null=True)
    # Where the applicant wants it: WeChat, a bank account; free words, shown to the desk only.
    refund_to = models.CharField(_("Where the money is to go"), max_length=120, blank=True)
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    # Copies of the clocks' deadlines, written with them, for lists, filters and sorting.
    review_due_at = models.DateTimeField(null=True)
    refund_due_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)

    objects = PermitQuerySet.as_manager()

    class Meta:
        verbose_name = _("decoration permit")
        verbose_name_plural = _("decoration permits")
        constraints: ClassVar = CONSTRAINTS
        indexes: ClassVar = INDEXES
        triggers: ClassVar = TRIGGERS

    def __str__(self) -> str:
        return self.number

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to this permit now; a stranger has none, and whoever moved out is one."""
        if by is None:
            return frozenset({Standing.SYSTEM.value})
        if by.role == Role.RESIDENT:
            return self._of_resident(by)
        if not Permit.objects.visible_to(by).filter(pk=self.pk).exists():
            return frozenset()
        return frozenset({BY_ROLE[by.role].value})

    def _of_resident(self, by: User) -> frozenset[str]:
        if not Permit.objects.visible_to(by).filter(pk=self.pk).exists():
            return frozenset()
        homes = Occupancy.objects.current().filter(unit=self.unit_id, person__user=by)
        found: set[str] = set()
        if homes.filter(role__in=OWNERS).exists():
            found.add(Standing.OWNER.value)
        if self.applicant.user_id == by.pk:
            found.add(Standing.APPLICANT.value)
        return frozenset(found)

    def events(self) -> EventQuerySet:
        """Everything that happened to it, oldest first."""
        return Event.objects.of("permit", self.pk)

    # What the call station asks of a case of any kind.

    @property
    def reporter(self) -> Person:
        """Whoever applied."""
        return self.applicant

    @property
    def reporter_id(self) -> int:
        """Their record."""
        return self.applicant_id

    @property
    def text(self) -> str:
        """What was to be done."""
        return self.scope

    @property
    def summary(self) -> str:
        """What was done: what was to be done, where it is accepted."""
        return self.scope if self.accepted_at else ""

    @property
    def handler(self) -> User | None:
        """Who accepted the works."""
        return self.accepted_by

    def where(self) -> str:
        """The place in a few words."""
        return self.unit.code

    def validity(self, day: date) -> Validity:
        """What it is worth on this day to whoever looks at it."""
        if self.issued_at is None or self.starts_on is None or self.ends_on is None:
            return Validity.NONE
        if self.status == Status.SUSPENDED:
            return Validity.STOPPED
        if self.status not in RUNNING:
            return Validity.OVER
        if day < self.starts_on:
            return Validity.EARLY
        return Validity.EXPIRED if day > self.ends_on else Validity.VALID
