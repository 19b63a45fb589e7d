"""Outages 片区事件: one cause that many people call about, with the sentence to tell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models import Building, Unit
from repairs.models.kinds import Trade
from repairs.outage_workflow import KNOWN, LINKABLE, TABLE, OutageStatus
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import Actor
from servicecenter.audit.models import Event, EventQuerySet
from servicecenter.workflow.case import Case
from servicecenter.workflow.standings import Standing

SENTENCE_LENGTH = 300


class OutageKind(models.TextChoices):
    """What is out of service."""

    WATER = "water", pgettext_lazy("outage", "Water")
    POWER = "power", pgettext_lazy("outage", "Power")
    GAS = "gas", pgettext_lazy("outage", "Gas")
    LIFT = "lift", pgettext_lazy("outage", "Lift")
    NETWORK = "network", pgettext_lazy("outage", "Network")
    HEATING = "heating", pgettext_lazy("outage", "Heating")
    OTHER = "other", pgettext_lazy("outage", "Something else")


# Repairs of which trades may come from an outage of a kind. “Other” is what a caller's first words often look like.
FITS: Mapping[str, frozenset[str]] = {
    OutageKind.WATER: frozenset({Trade.PLUMBING, Trade.APPLIANCE, Trade.PUBLIC_FACILITY, Trade.OTHER}),
    OutageKind.POWER: frozenset(
        {
            Trade.ELECTRICAL,
            Trade.APPLIANCE,
            Trade.LIFT,
            Trade.INTERCOM_ACCESS,
            Trade.PUBLIC_FACILITY,
            Trade.OTHER,
        }
    ),
    OutageKind.GAS: frozenset({Trade.GAS, Trade.APPLIANCE, Trade.OTHER}),
    OutageKind.LIFT: frozenset({Trade.LIFT, Trade.PUBLIC_FACILITY, Trade.OTHER}),
    OutageKind.NETWORK: frozenset({Trade.INTERCOM_ACCESS, Trade.OTHER}),
    OutageKind.HEATING: frozenset({Trade.HVAC, Trade.PLUMBING, Trade.OTHER}),
    OutageKind.OTHER: frozenset({Trade.PUBLIC_FACILITY, Trade.CLEANING_PEST, Trade.OTHER}),
}


def kinds_fitting(trade: str) -> list[str]:
    """The kinds of outage that repairs of this trade may come from."""
    return [kind for kind, trades in FITS.items() if trade in trades]


class OutageQuerySet(models.QuerySet["Outage"]):
    """Outages."""

    def visible_to(self, user: User) -> OutageQuerySet:
        """Staff: of their communities. Residents: those that reach a home they live in now."""
        if user.role != Role.RESIDENT:
            return self.filter(community__in=user.community_ids)
        homes = Unit.objects.visible_to(user)
        near = OutageBuilding.objects.filter(building__in=homes.values("building")).values("outage")
        return self.filter(Q(everywhere=True, community__in=homes.values("community")) | Q(pk__in=near))

    def known(self) -> OutageQuerySet:
        """Announced or going on: callers are told."""
        return self.filter(status__in=KNOWN)

    def linkable(self) -> OutageQuerySet:
        return self.filter(status__in=LINKABLE)

    def reaching(self, *, community_id: int, building_id: int | None) -> OutageQuerySet:
        """Those that reach a building; without one (outside, several) those of the whole community."""
        here = Q(everywhere=True)
        if building_id is not None:
            here |= Q(pk__in=OutageBuilding.objects.filter(building=building_id).values("outage"))
        return self.filter(here, community=community_id)


class Outage(Case):
    """One cause, from its announcement until its repairs are completed."""

    TABLE = TABLE

    status = models.CharField(_("status"), max_length=24, choices=OutageStatus.choices)
    number = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(pgettext_lazy("outage", "kind"), max_length=8, choices=OutageKind.choices)
    planned = models.BooleanField(pgettext_lazy("outage", "planned"), default=False)
    # The whole community; otherwise the buildings are named.
    everywhere = models.BooleanField(default=False)
    cause = models.CharField(_("cause"), max_length=300, blank=True)
    starts_at = models.DateTimeField(pgettext_lazy("outage", "begins"))
    expected_end_at = models.DateTimeField(_("expected end"))
    # What callers are told: Simplified Chinese always, the others where somebody wrote them.
    sentence = models.CharField(max_length=SENTENCE_LENGTH)
    sentence_hant = models.CharField(max_length=SENTENCE_LENGTH, blank=True)
    sentence_en = models.CharField(max_length=SENTENCE_LENGTH, blank=True)
    responsible = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("responsible"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    restored_at = models.DateTimeField(null=True)
    # How its repairs are completed together; every share of them gets a real follow-up call.
    summary = models.CharField(max_length=500, blank=True)
    technician = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    sample_percent = models.PositiveSmallIntegerField(default=10)
    closing_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closing_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = OutageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        constraints: ClassVar = [
            models.CheckConstraint(name="outage_status_known", condition=Q(status__in=OutageStatus.values)),
            models.CheckConstraint(name="outage_kind_known", condition=Q(kind__in=OutageKind.values)),
            models.CheckConstraint(name="outage_says_something", condition=~Q(sentence="")),
            models.CheckConstraint(
                name="outage_span",
                condition=Q(expected_end_at__gt=F("starts_at")),
                violation_error_message=_("The end comes after the beginning."),
            ),
            models.CheckConstraint(name="outage_sample", condition=Q(sample_percent__lte=100)),
            models.CheckConstraint(
                name="outage_restored_facts",
                condition=Q(status__in=["announced", "active", "called_off"], restored_at=None)
                | Q(status__in=["restored", "closing", "closed"], restored_at__isnull=False),
            ),
            models.CheckConstraint(
                name="outage_closing_facts",
                condition=(
                    Q(status__in=["closing", "closed"], closing_by__isnull=False, closing_at__isnull=False)
                    & Q(technician__isnull=False)
                    & ~Q(summary="")
                )
                | (~Q(status__in=["closing", "closed"]) & Q(closing_by=None, closing_at=None)),
            ),
            models.CheckConstraint(
                name="outage_closed_facts",
                condition=Q(status__in=["closed", "called_off"], closed_at__isnull=False)
                | (~Q(status__in=["closed", "called_off"]) & Q(closed_at=None)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "-id"], name="outage_list"),
            models.Index(
                fields=["community"], condition=~Q(status__in=["closed", "called_off"]), name="outage_open"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to this outage; residents read and do nothing."""
        if by is None:
            return frozenset({Standing.SYSTEM.value})
        if by.role == Role.RESIDENT or self.community_id not in by.community_ids:
            return frozenset()
        if by.role in (Role.AGENT, Role.SUPERVISOR):
            return frozenset({by.role})
        return frozenset({Standing.COLLEAGUE.value})

    def events(self) -> EventQuerySet:
        """Everything that happened to it, oldest first."""
        return Event.objects.of("outage", self.pk)

    @property
    def is_worked_through(self) -> bool:
        """Nothing of its closing waits any more."""
        return not self.lines.filter(state=LineState.WAITING).exists()

    def said(self, language: str) -> str:
        """The sentence in a language of the program; the Simplified Chinese one where nobody wrote another."""
        written = {"zh-hant": self.sentence_hant, "en": self.sentence_en}
        return written.get(language, "") or self.sentence


class OutageBuilding(models.Model):
    """A building that an outage reaches."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    outage = models.ForeignKey(Outage, models.CASCADE, related_name="reached")
    building = models.ForeignKey(Building, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("building of an outage")
        verbose_name_plural = _("buildings of outages")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["outage", "building"], name="outage_building_once")
        ]


class LineState(models.TextChoices):
    """What became of one linked repair when its outage was closed."""

    WAITING = "waiting", pgettext_lazy("outage", "Waiting")
    DONE = "done", pgettext_lazy("outage", "Completed")
    # Somebody else had ended it before its turn came.
    OVER = "over", pgettext_lazy("outage", "Had ended already")
    LEFT = "left", pgettext_lazy("outage", "Left for a person")


class OutageLine(models.Model):
    """One linked repair in the closing of its outage: its turn, and whether it is called about.

    The rows are the closing: whoever goes on, at the desk or in a worker, takes the next one that waits.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    outage = models.ForeignKey(Outage, models.PROTECT, related_name="lines")
    ticket = models.ForeignKey("repairs.Ticket", models.PROTECT, related_name="outage_lines")
    state = models.CharField(max_length=8, choices=LineState.choices, default=LineState.WAITING)
    sampled = models.BooleanField(default=False)
    completion_no = models.PositiveSmallIntegerField(null=True)
    # The refusal's code, of one that is left for a person.
    why = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("repair of a closing outage")
        verbose_name_plural = _("repairs of closing outages")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["outage", "ticket"], name="outage_line_once"),
            models.CheckConstraint(name="outage_line_state_known", condition=Q(state__in=LineState.values)),
            models.CheckConstraint(
                name="outage_line_done_facts",
                condition=Q(state="waiting", at=None) | (~Q(state="waiting") & Q(at__isnull=False)),
            ),
            models.CheckConstraint(
                name="outage_line_completion",
                condition=Q(state="done", completion_no__isnull=False)
                | (~Q(state="done") & Q(completion_no=None)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["outage", "id"], condition=Q(state="waiting"), name="outage_line_waiting")
        ]
