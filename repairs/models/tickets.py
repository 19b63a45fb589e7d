"""A repair ticket 报修单: what was reported, who works on it, and the facts of each step."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models import Building, Person, Unit, WarrantyPart
from repairs.models.kinds import Channel, Place, Trade, Urgency
from repairs.models.rows import TicketQuerySet
from repairs.workflow import (
    CLOSED,
    DONE,
    TABLE,
    UNFINISHED,
    WITH_WORKER,
    ConfirmMethod,
    HoldReason,
    Standing,
    Status,
)
from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import Actor
from servicecenter.audit.models import Event, EventQuerySet
from servicecenter.workflow.case import Case
from servicecenter.workflow.table import Table


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

    responded_at = models.DateTimeField(_("first contact"), null=True, blank=True)
    appointment_start = models.DateTimeField(_("appointment"), null=True, blank=True)
    appointment_end = models.DateTimeField(null=True, blank=True)
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

    # Copies of the clocks' deadlines, written with them, for lists, filters and sorting.
    respond_due_at = models.DateTimeField(null=True, blank=True)
    complete_due_at = models.DateTimeField(null=True, blank=True)
    # The nearest promise that is still open; null when none is.
    next_due_at = models.DateTimeField(null=True, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("repair")
        verbose_name_plural = _("repairs")
        constraints: ClassVar = [
            models.CheckConstraint(name="ticket_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(
                name="ticket_place_named",
                condition=Q(place="unit", unit__isnull=False) | (Q(place="public") & ~Q(public_area="")),
                violation_error_message=_("Please say which unit or public area."),
            ),
            models.CheckConstraint(
                name="ticket_worker_named",
                condition=~Q(status__in=[*WITH_WORKER, *DONE])
                | Q(assignee__isnull=False, dispatched_by__isnull=False),
            ),
            models.CheckConstraint(
                name="ticket_contact_is_a_fact",
                condition=~Q(status__in=[*WITH_WORKER[1:], *DONE]) | Q(responded_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ticket_made_safe_on_site",
                condition=Q(secured_at=None) | Q(arrived_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ticket_appointment_pair",
                condition=(
                    Q(appointment_start=None, appointment_end=None)
                    | Q(
                        appointment_start__isnull=False,
                        appointment_end__isnull=False,
                        appointment_end__gt=F("appointment_start"),
                    )
                ),
            ),
            models.CheckConstraint(
                name="ticket_completion_is_a_fact",
                condition=~Q(status__in=DONE)
                | Q(completed_at__isnull=False, first_completed_at__isnull=False, completion_no__gte=1),
            ),
            models.CheckConstraint(
                name="ticket_confirmation_is_a_fact",
                condition=~Q(status__in=DONE[1:]) | (Q(confirmed_at__isnull=False) & ~Q(confirm_method="")),
            ),
            models.CheckConstraint(
                name="ticket_hold_has_reason",
                condition=(
                    Q(status="on_hold", held_at__isnull=False, hold_until__gt=F("held_at"))
                    & ~Q(hold_reason="")
                    & ~Q(held_from="")
                )
                | (~Q(status="on_hold") & Q(held_at=None, hold_until=None, hold_reason="", held_from="")),
            ),
            models.CheckConstraint(
                name="ticket_closed_is_a_fact",
                condition=Q(status__in=CLOSED, closed_at__isnull=False)
                | (~Q(status__in=CLOSED) & Q(closed_at=None)),
            ),
            models.CheckConstraint(
                name="ticket_duplicate_named",
                condition=(Q(status="duplicate", duplicate_of__isnull=False) & ~Q(duplicate_of=F("id")))
                | (~Q(status="duplicate") & Q(duplicate_of=None)),
            ),
            models.CheckConstraint(
                name="ticket_part_of_unit", condition=Q(part=None) | Q(unit__isnull=False)
            ),
            models.CheckConstraint(
                name="ticket_price_not_negative", condition=Q(price=None) | Q(price__gte=0)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "-id"], name="ticket_list"),
            models.Index(fields=["community", "status", "-id"], name="ticket_by_status"),
            models.Index(
                fields=["community", "next_due_at", "id"],
                condition=Q(next_due_at__isnull=False),
                name="ticket_next_due",
            ),
            models.Index(fields=["assignee", "status", "-id"], name="ticket_by_worker"),
            models.Index(fields=["unit", "-id"], name="ticket_by_unit"),
            models.Index(fields=["unit", "trade", "reported_at"], name="ticket_repeats"),
            models.Index(fields=["community", "closed_at", "reported_at"], name="ticket_by_closing"),
            models.Index(fields=["reporter", "-id"], name="ticket_by_reporter"),
            models.Index(fields=["community", "reported_at"], name="ticket_by_report"),
            models.Index(fields=["community", "respond_due_at"], name="ticket_by_respond_due"),
            models.Index(fields=["community", "complete_due_at"], name="ticket_by_complete_due"),
            models.Index(fields=["community", "completed_at"], name="ticket_by_completion"),
            GinIndex(
                name="ticket_search",
                fields=["text", "reporter_name", "contact_phone", "address", "number"],
                opclasses=["gin_trgm_ops"] * 5,
            ),
        ]

        triggers: ClassVar = [
            # However a repair is completed (page, API, import, SQL console), its call exists in the same transaction.
            pgtrigger.Trigger(
                name="completion_gets_follow_up",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("completion_no"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Condition("NEW.completion_no > 0"),
                func="""
                    INSERT INTO surveys_followup (community_id, work, case_id, completion_no, case_number,
                        urgent, name, phone, worker_id, dispatcher_id, status, outcome, completed_at, next_call_at,
                        claim_no, missed, comment)
                    VALUES (NEW.community_id, 'repair', NEW.id, NEW.completion_no, NEW.number,
                        NEW.urgency = 'emergency', NEW.reporter_name, NEW.contact_phone, NEW.assignee_id,
                        NEW.dispatched_by_id, 'due', '', NEW.completed_at, NEW.completed_at, 0, 0, '')
                    ON CONFLICT (work, case_id, completion_no) DO NOTHING;
                    RETURN NEW;
                """,
            ),
            # No archive before the call has an outcome.
            pgtrigger.Trigger(
                name="no_archive_without_call",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("status"),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Condition("NEW.status IN ('followed_up', 'archived')"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM surveys_followup f WHERE f.work = 'repair' AND f.case_id = NEW.id
                        AND f.completion_no = NEW.completion_no AND f.status = 'done') THEN
                        RAISE EXCEPTION 'repair % has no outcome of its follow-up call yet', NEW.number
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

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
            return frozenset({Standing.ASSIGNEE.value}) if self.assignee_id == by.pk else frozenset()
        if by.role in (Role.AGENT, Role.SUPERVISOR):
            return frozenset({by.role})
        return frozenset({Standing.COLLEAGUE.value})

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
