"""Who is sent: rules 派单规则 as rows, and who takes part in a repair besides the one who answers for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models import Building
from repairs.models.kinds import Trade, Urgency
from servicecenter.accounts.models import Community, User


class Whom(models.TextChoices):
    """Whom a rule sends."""

    NAMED = "named", _("A certain technician")
    ON_DUTY = "on_duty", _("Whoever is on duty")
    OF_ZONE = "of_zone", _("Whoever answers for the building")
    LEAST_BUSY = "least_busy", _("Whoever has the fewest open jobs")


class Mode(models.TextChoices):
    """What the program does by itself where a rule fits."""

    PROPOSE = "propose", _("Propose only")
    AUTOMATIC = "automatic", _("Dispatch by itself")
    GRAB = "grab", _("Open for grabbing")


class Part(models.TextChoices):
    """What somebody is to a repair besides its assignee. Assigned ≠ executing ≠ observing."""

    HELPER = "helper", _("Helps")
    OBSERVER = "observer", _("Watches")


class DispatchRuleQuerySet(models.QuerySet["DispatchRule"]):
    """Rules."""

    def visible_to(self, user: User) -> DispatchRuleQuerySet:
        """The company's and those of one's communities; residents see none."""
        if not user.is_employee:
            return self.none()
        return self.filter(Q(community=None) | Q(community__in=user.community_ids))

    def in_force(self, community_id: int) -> DispatchRuleQuerySet:
        """Those that count in a community, in the order in which they are asked: its own before the company's."""
        mine = self.filter(Q(community=None) | Q(community=community_id), is_active=True)
        ordered = mine.order_by(models.F("community").asc(nulls_last=True), "position", "id")
        return ordered.select_related("named")


class DispatchRule(models.Model):
    """For repairs like these, send somebody like this. The first rule that fits and finds somebody decides."""

    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("community")
    )
    name = models.CharField(pgettext_lazy("rule", "name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("order"), default=10)
    trade = models.CharField(_("trade"), max_length=16, choices=Trade.choices, blank=True)
    urgency = models.CharField(_("urgency"), max_length=12, choices=Urgency.choices, blank=True)
    building = models.ForeignKey(
        Building, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("building")
    )
    who = models.CharField(_("whom"), max_length=12, choices=Whom.choices)
    named = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("technician")
    )
    # Whoever has as many open jobs already is passed over.
    max_open = models.PositiveSmallIntegerField(_("at most so many open jobs"), null=True, blank=True)
    mode = models.CharField(_("what the program does"), max_length=12, choices=Mode.choices)
    is_active = models.BooleanField(_("in force"), default=True)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    objects = DispatchRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispatch rule")
        verbose_name_plural = _("dispatch rules")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="dispatch_rule_codes_known",
                condition=Q(
                    who__in=Whom.values,
                    mode__in=Mode.values,
                    trade__in=["", *Trade.values],
                    urgency__in=["", *Urgency.values],
                ),
            ),
            models.CheckConstraint(
                name="dispatch_rule_names_somebody",
                condition=Q(who="named", named__isnull=False) | (~Q(who="named") & Q(named=None)),
                violation_error_message=_("Please choose the technician whom this rule sends."),
            ),
            models.CheckConstraint(
                name="dispatch_rule_opens_for_several",
                condition=~Q(mode="grab", who="named"),
                violation_error_message=_("A job that one technician gets is not open for grabbing."),
            ),
            models.CheckConstraint(
                name="dispatch_rule_building_here",
                condition=Q(building=None) | Q(community__isnull=False),
                violation_error_message=_("A rule of the whole company names no building."),
            ),
            models.CheckConstraint(
                name="dispatch_rule_limit", condition=Q(max_open=None) | Q(max_open__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def fits(self, *, trade: str, urgency: str, building_id: int | None) -> bool:
        """Whether it is about a repair like this; what it leaves open fits everything."""
        return (
            self.trade in ("", trade)
            and self.urgency in ("", urgency)
            and self.building_id in (None, building_id)
        )


class Participant(models.Model):
    """Somebody of the staff takes part in a repair beside its assignee: helps (photos, notes) or watches (is told)."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    ticket = models.ForeignKey("repairs.Ticket", models.CASCADE, related_name="participants")
    user = models.ForeignKey(User, models.PROTECT, related_name="participations")
    part = models.CharField(max_length=12, choices=Part.choices)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering: ClassVar = ["part", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "user"], name="participant_once"),
            models.CheckConstraint(name="participant_part_known", condition=Q(part__in=Part.values)),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_part_display()}"
