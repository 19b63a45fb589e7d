"""Appointments of a repair 预约: windows that one side offers, the one that both agreed on, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, User

LONGEST_WINDOW = timedelta(hours=12)
FARTHEST_WINDOW = timedelta(days=60)
# What one side may offer at a time.
MOST_OFFERS = 3
BUSY = _("The engineer has another appointment at that time. Please choose another one.")


class Side(models.TextChoices):
    """Who proposed a window."""

    RESIDENT = "resident", _("Resident")
    TECHNICIAN = "technician", _("Engineer")
    AGENT = "agent", _("Front desk")


class WindowState(models.TextChoices):
    """How a window stands. One that was countered was answered with others; one that was moved gave way to another."""

    OFFERED = "offered", pgettext_lazy("appointment", "Offered")
    AGREED = "agreed", pgettext_lazy("appointment", "Agreed")
    COUNTERED = "countered", pgettext_lazy("appointment", "Answered with other times")
    MOVED = "moved", pgettext_lazy("appointment", "Moved")
    KEPT = "kept", pgettext_lazy("appointment", "Kept")
    MISSED_BY_TECHNICIAN = "missed_by_technician", pgettext_lazy("appointment", "Nobody came")
    MISSED_BY_RESIDENT = "missed_by_resident", pgettext_lazy("appointment", "Nobody was at home")
    CANCELLED = "cancelled", pgettext_lazy("appointment", "Fell away")


W = WindowState
# Where each state may lead; every state that is not named here is the end. Only steps of the repair lead anywhere
# (`repairs.actions.windows`): an appointment has no life of its own.
LIFE: Mapping[str, frozenset[str]] = {
    W.OFFERED: frozenset({W.AGREED, W.COUNTERED, W.CANCELLED}),
    W.AGREED: frozenset({W.MOVED, W.KEPT, W.MISSED_BY_TECHNICIAN, W.MISSED_BY_RESIDENT, W.CANCELLED}),
}
LIVE = tuple(LIFE)
WERE_AGREED = (W.AGREED, W.MOVED, W.KEPT, W.MISSED_BY_TECHNICIAN, W.MISSED_BY_RESIDENT)


class WindowSpan(Func):
    """The time of a window as a range; its end does not belong to it."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Windows."""

    def live(self) -> AppointmentQuerySet:
        """Still offered or agreed."""
        return self.filter(state__in=LIVE)

    def agreed(self) -> AppointmentQuerySet:
        return self.filter(state=WindowState.AGREED)

    def offered(self) -> AppointmentQuerySet:
        return self.filter(state=WindowState.OFFERED)

    def overlapping(self, start: datetime, end: datetime) -> AppointmentQuerySet:
        """Those that share some time with it; touching is not sharing."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class Appointment(models.Model):
    """One window of one repair.

    A repair has one agreed window at most, and a technician is never agreed to be in two places at once.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    ticket = models.ForeignKey("repairs.Ticket", models.PROTECT, related_name="appointments")
    # Who comes, from the moment that the window is agreed.
    technician = models.ForeignKey(User, models.PROTECT, null=True, related_name="appointments")
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    state = models.CharField(_("state"), max_length=24, choices=WindowState.choices)
    side = models.CharField(_("proposed by"), max_length=12, choices=Side.choices)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    # Offered windows end when they are answered; an agreed one when the engineer came or it was given up.
    closed_at = models.DateTimeField(null=True)
    on_way_at = models.DateTimeField(null=True)
    on_way_minutes = models.PositiveSmallIntegerField(null=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering: ClassVar = ["starts_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="appointment_span",
                condition=Q(ends_at__gt=F("starts_at")) & Q(ends_at__lte=F("starts_at") + LONGEST_WINDOW),
                violation_error_message=_("An appointment lasts 12 hours at most."),
            ),
            models.CheckConstraint(name="appointment_state_known", condition=Q(state__in=WindowState.values)),
            models.CheckConstraint(name="appointment_side_known", condition=Q(side__in=Side.values)),
            models.CheckConstraint(
                name="appointment_agreed_facts",
                condition=Q(state__in=WERE_AGREED, agreed_at__isnull=False, technician__isnull=False)
                | Q(state__in=[W.OFFERED, W.COUNTERED], agreed_at=None)
                | Q(state=W.CANCELLED),
            ),
            models.CheckConstraint(
                name="appointment_ends_once",
                condition=Q(state__in=LIVE, closed_at=None)
                | (~Q(state__in=LIVE) & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="appointment_on_way_pair",
                condition=Q(on_way_at=None, on_way_minutes=None)
                | Q(on_way_at__isnull=False, on_way_minutes__isnull=False, agreed_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["ticket"], condition=Q(state="agreed"), name="appointment_one_of_a_repair"
            ),
            ExclusionConstraint(
                name="appointment_one_place",
                expressions=[
                    (F("technician"), RangeOperators.EQUAL),
                    (WindowSpan("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="agreed"),
                violation_error_message=BUSY,
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ticket", "id"], name="appointment_of_repair"),
            models.Index(
                fields=["community", "ends_at"],
                condition=Q(agreed_at__isnull=False),
                name="appointment_by_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}–{self.ends_at:%H:%M}"

    def become(self, state: str, *, at: datetime, **facts: Any) -> None:
        """Writes the next state with its facts. Call it in the transaction of a step that holds the repair's row.

        A state that `LIFE` does not allow is a bug of the caller: ValueError.
        """
        if state not in LIFE.get(self.state, frozenset()):
            raise ValueError(f"a window that is {self.state} does not become {state}")
        facts["state"] = state
        if state not in LIVE:
            facts["closed_at"] = at
        for name, value in facts.items():
            setattr(self, name, value)
        self.save(update_fields=list(facts))

    @property
    def expected_at(self) -> datetime | None:
        """When the engineer who is on the way will be there."""
        if self.on_way_at is None or self.on_way_minutes is None:
            return None
        return self.on_way_at + timedelta(minutes=self.on_way_minutes)
