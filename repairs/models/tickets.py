"""A repair ticket 报修单: what was reported, who works on it, and the facts of each step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models import Building, Occupancy, Person, Unit, WarrantyPart
from repairs.models.kinds import Channel, Offers, Place, Trade, Urgency
from repairs.models.outages import Outage
from repairs.models.rules import CONSTRAINTS, INDEXES, TRIGGERS
from repairs.models.sending import DispatchRule, Part, Participant
from repairs.workflow import (
    CLOSED,
    TABLE,
    UNFINISHED,
    ConfirmMethod,
    HoldReason,
    Status,
)
from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import Actor
from servicecenter.audit.models import Event, EventQuerySet
from servicecenter.incidents.models import DutyKind, DutyShift
from servicecenter.workflow.case import Case
from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table

STANDING_OF: Mapping[str, str] = {Part.HELPER: Standing.HELPER.value, Part.OBSERVER: Standing.OBSERVER.value}

# Somebody is still to be sent.
UNASSIGNED = (Status.REPORTED, Status.ACCEPTED)

# The nearest promise is not stopped by a hold: there is none, or the deadline had passed when it began.
NOT_STOPPED = Q(held_at=None) | Q(next_due_at__lte=F("held_at"))


def counting(**due: Any) -> Q:
    """Repairs with a promise that is open and not stopped, whose deadline is as `due` says."""
    return Q(NOT_STOPPED, status__in=UNFINISHED, next_due_at__isnull=False, **due)


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Repair tickets."""

    def visible_to(self, user: User) -> TicketQuerySet:
        """Who sees what: the desk and managers their communities, a technician own work orders, those in which they
        take part and, while on duty, those that nobody was sent to (see `of_duty`), a resident what concerns a
        present home of theirs (see `of_resident`)."""
        if user.role in (Role.TECHNICIAN, Role.SECURITY):
            beside = Participant.objects.filter(user=user).values("ticket")
            concerned = Q(assignee=user) | Q(pk__in=beside) | self.of_duty(user)
            return self.filter(concerned, community__in=user.community_ids)
        if user.role == Role.RESIDENT:
            return self.of_resident(user)
        return self.filter(community__in=user.community_ids)

    @staticmethod
    def of_duty(user: User) -> Q:
        """Whoever is on duty hears of deadlines of repairs that nobody has, and reads what they are about."""
        now = Now()
        shifts = DutyShift.objects.filter(user=user, starts_at__lte=now, ends_at__gt=now).exclude(
            kind=DutyKind.AWAY
        )
        return Q(assignee=None, status__in=UNASSIGNED, community__in=shifts.values("community"))

    def of_resident(self, user: User) -> TicketQuerySet:
        """In a unit they live in now: what was reported while they lived there, and what they reported themselves.

        What an earlier occupant reported stays with nobody but the staff. In public areas: their own reports, as
        long as they live in the community.
        """
        homes = Unit.objects.visible_to(user)
        stays = Occupancy.objects.filter(person__user=user, unit=OuterRef("unit"))
        then = stays.filter(since__lte=OuterRef("reported_at")).filter(
            Q(until=None) | Q(until__gt=OuterRef("reported_at"))
        )
        own = Q(reporter__user=user)
        return self.filter(
            Q(unit__in=homes) & (Exists(then) | own)
            | Q(unit=None, community__in=homes.values("community")) & own
        )

    def unfinished(self) -> TicketQuerySet:
        return self.filter(status__in=UNFINISHED)

    def open(self) -> TicketQuerySet:
        """Not archived, cancelled or a duplicate: somebody still has to do something."""
        return self.exclude(status__in=CLOSED)

    def waiting_for_dispatch(self) -> TicketQuerySet:
        return self.filter(status__in=[Status.REPORTED, Status.ACCEPTED, Status.REWORK])

    def to_grab(self, user: User) -> TicketQuerySet:
        """抢单: accepted repairs of a technician's communities and trades that a rule in force opens for grabbing."""
        if user.role != Role.TECHNICIAN:
            return self.none()
        here = self.filter(
            community__in=user.community_ids, status=Status.ACCEPTED, grab_rule__is_active=True
        )
        return here.filter(trade__in=user.trades) if user.trades else here

    def overdue(self, at: datetime) -> TicketQuerySet:
        """A promise is past its deadline: no response yet, or not completed yet. A hold stops the clock, but does not
        excuse what was missed before it began."""
        return self.filter(counting(next_due_at__lt=at))

    def due_soon(self, at: datetime, within: timedelta = timedelta(hours=4)) -> TicketQuerySet:
        return self.filter(counting(next_due_at__gte=at, next_due_at__lt=at + within))


class Ticket(Case):
    """One repair, from the report to the archive."""

    TABLE: ClassVar[Table] = TABLE

    status = models.CharField(_("status"), max_length=24, choices=Status.choices)
    number = models.CharField(_("number"), max_length=24, unique=True)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices)
    text = models.TextField(_("what happened"))
    trade = models.CharField(_("trade"), max_length=16, choices=Trade.choices)
    urgency = models.CharField(_("urgency"), max_length=12, choices=Urgency.choices)
    # What the program proposed, so that every overrule by a person shows.
    proposed_trade = models.CharField(max_length=16, choices=Trade.choices, blank=True)
    proposed_urgency = models.CharField(max_length=12, choices=Urgency.choices, blank=True)
    place = models.CharField(_("where"), max_length=8, choices=Place.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="tickets")
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="tickets")
    public_area = models.CharField(_("public area"), max_length=200, blank=True)

    # Which part of the home it is about, where somebody said so; else the trade tells (`queries.warranty`).
    part = models.ForeignKey(
        WarrantyPart,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=pgettext_lazy("warranty", "part"),
    )

    # Which promises it was given besides those of its urgency: a community may promise something else under warranty.
    level = models.CharField(max_length=16, blank=True, default="", db_default="")

    # Snapshot of the report: it survives moves and corrections.
    reporter = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="tickets")
    reporter_name = models.CharField(_("reported by"), max_length=100, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    preferred_windows = models.JSONField(_("preferred times"), default=list, blank=True)

    reported_at = models.DateTimeField(_("reported"))
    # 首问负责制: whoever first took it stays answerable until it is closed.
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    agent = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    assignee = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="work_orders")
    dispatched_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    # The rule that opened it for grabbing when it was accepted.
    grab_rule = models.ForeignKey(
        DispatchRule, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    # How often a technician gave it back.
    sent_back_count = models.PositiveSmallIntegerField(default=0, db_default=0)

    responded_at = models.DateTimeField(_("first contact"), null=True, blank=True)
    appointment_start = models.DateTimeField(_("appointment"), null=True, blank=True)
    appointment_end = models.DateTimeField(null=True, blank=True)
    # Whose offered times wait for the other side's answer ('': nobody's); the windows are in `appointments`.
    windows_from = models.CharField(
        max_length=8, choices=Offers.choices, blank=True, default="", db_default=""
    )
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    # Of an emergency: nobody is in danger any more, and nothing gets worse.
    secured_at = models.DateTimeField(_("made safe"), null=True, blank=True)
    plan = models.TextField(_("plan"), blank=True)
    # Yuan; None: nothing was proposed, 0: free of charge.
    price = models.DecimalField(_("price"), max_digits=9, decimal_places=2, null=True, blank=True)
    plan_approved_at = models.DateTimeField(null=True, blank=True)
    summary = models.TextField(_("what was done"), blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    # The first completion of a reopened ticket stays for the reports.
    first_completed_at = models.DateTimeField(null=True, blank=True)
    completion_no = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirm_method = models.CharField(max_length=12, choices=ConfirmMethod.choices, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    hold_reason = models.CharField(_("waiting for"), max_length=16, choices=HoldReason.choices, blank=True)
    held_at = models.DateTimeField(_("on hold since"), null=True, blank=True)
    hold_until = models.DateTimeField(_("until"), null=True, blank=True)
    rework_count = models.PositiveSmallIntegerField(default=0)
    urge_count = models.PositiveSmallIntegerField(default=0)
    duplicate_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name=_("duplicate of"),
    )

    # The cause that it shares with others, if somebody saw that (`actions.outages`).
    outage = models.ForeignKey(
        Outage,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        db_index=False,
        verbose_name=_("outage"),
    )

    # Copies of the clocks' deadlines, written with them, for lists, filters and sorting.
    respond_due_at = models.DateTimeField(null=True, blank=True)
    complete_due_at = models.DateTimeField(null=True, blank=True)
    # The nearest promise that is still open; null when none is.
    next_due_at = models.DateTimeField(null=True, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("repair")
        verbose_name_plural = _("repairs")
        constraints: ClassVar = CONSTRAINTS
        indexes: ClassVar = INDEXES
        triggers: ClassVar = TRIGGERS

    def __str__(self) -> str:
        return self.number

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to this ticket now; scope is checked here too, so a stranger has none."""
        if by is None:
            return frozenset({Standing.SYSTEM.value})
        if by.role == Role.RESIDENT:
            mine = by.is_active and Ticket.objects.visible_to(by).filter(pk=self.pk).exists()
            return frozenset({Standing.RESIDENT.value}) if mine else frozenset()
        if self.community_id not in by.community_ids:
            return frozenset()
        if by.role in (Role.TECHNICIAN, Role.SECURITY):
            return self._standings_in_the_field(by)
        if by.role in (Role.AGENT, Role.SUPERVISOR):
            return frozenset({by.role})
        return frozenset({Standing.COLLEAGUE.value})

    def _standings_in_the_field(self, by: User) -> frozenset[str]:
        """One person answers for it; others help, watch, or may take it while it is open for grabbing."""
        if self.assignee_id == by.pk:
            return frozenset({Standing.ASSIGNEE.value})
        part = Participant.objects.filter(ticket=self.pk, user=by).values_list("part", flat=True).first()
        beside = {STANDING_OF[part]} if part else set()
        if self.status == Status.ACCEPTED and self.grab_rule_id and by.role == Role.TECHNICIAN:
            beside.add(Standing.TAKER.value)
        return frozenset(beside)

    def events(self) -> EventQuerySet:
        """Everything that happened to it, oldest first."""
        return Event.objects.of("repair", self.pk)

    @property
    def is_emergency(self) -> bool:
        return self.urgency == Urgency.EMERGENCY

    @property
    def is_dangerous(self) -> bool:
        """An emergency that nobody has made safe yet."""
        return self.is_emergency and self.secured_at is None

    @property
    def is_of_outage(self) -> bool:
        """Whether it is linked to an outage."""
        return self.outage_id is not None

    @property
    def is_offered_times_by_the_resident(self) -> bool:
        """Whether we have to choose one of the resident's times, or offer others."""
        return self.windows_from == Offers.RESIDENT

    @property
    def is_offered_times_by_us(self) -> bool:
        """Whether the resident has to choose one of our times, or offer others."""
        return self.windows_from == Offers.US

    def is_overdue(self, at: datetime) -> bool:
        """Whether a promise is past its deadline at `at`; the same rule as `overdue` of the query set."""
        if self.next_due_at is None or self.status not in UNFINISHED:
            return False
        return self.next_due_at < at and (self.held_at is None or self.missed_before_hold)

    @property
    def missed_before_hold(self) -> bool:
        """Whether it is on hold, and its nearest deadline had passed when the hold began."""
        return self.held_at is not None and self.next_due_at is not None and self.next_due_at <= self.held_at

    def where(self) -> str:
        """The place in a few words, as it was reported."""
        return self.address or self.public_area

    def snapshot(self) -> dict[str, Any]:
        """The public face of a ticket in messages: number and place, nothing personal."""
        return {"number": self.number}
