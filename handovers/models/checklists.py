"""What is checked at a handover, as rows that a community edits."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from handovers.workflow import Part
from owners.models import WarrantyPart
from repairs.models import Trade
from servicecenter.accounts.models import Community, User

MEND_DAYS = 15
LONGEST_MEND = 180


class Kind(models.TextChoices):
    """What is written down for a line."""

    TICK = "tick", _("Done or not")
    AMOUNT = "amount", _("Amount and receipt number")
    READING = "reading", _("Reading")


class ChecklistItemQuerySet(models.QuerySet["ChecklistItem"]):
    """Lines of checklists."""

    def visible_to(self, user: User) -> ChecklistItemQuerySet:
        """Of the communities that one works in."""
        return self.filter(community__in=user.community_ids) if user.is_employee else self.none()

    def in_use(self) -> ChecklistItemQuerySet:
        return self.filter(is_active=True).order_by("part", "position", "id")


class ChecklistItem(models.Model):
    """One line of a community's checklist. A handover copies the lines when the owner checks in: what was agreed to
    then is not changed by later edits."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    part = models.CharField(_("Part"), max_length=12, choices=Part.choices)
    # A room for the inspection; '' otherwise.
    room = models.CharField(_("Room"), max_length=40, blank=True)
    text = models.CharField(_("What is checked"), max_length=120)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    required = models.BooleanField(_("Nothing goes on without it"), default=True)
    # Asked for only when somebody comes in the owner's place.
    proxy_only = models.BooleanField(_("Only when a proxy comes"), default=False)
    # Who mends a defect of this line, and within how many days.
    trade = models.CharField(_("Trade"), max_length=16, choices=Trade.choices, blank=True)
    # What the warranty is judged by, where the trade does not tell it.
    warranty = models.ForeignKey(
        WarrantyPart,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=pgettext_lazy("warranty", "part"),
    )
    mend_days = models.PositiveSmallIntegerField(_("Days to mend a defect"), default=MEND_DAYS)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = ChecklistItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the checklist")
        verbose_name_plural = _("lines of the checklist")
        constraints: ClassVar = [
            models.CheckConstraint(name="checklist_part_known", condition=Q(part__in=Part.values)),
            models.CheckConstraint(name="checklist_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="checklist_kind_fits",
                condition=Q(part__in=["papers", "documents"], kind="tick", room="")
                | Q(part="fees", kind="amount", room="")
                | Q(part="meters", kind="reading", room="")
                | (Q(part="rooms", kind="tick") & ~Q(room="") & ~Q(trade="")),
            ),
            models.CheckConstraint(
                name="checklist_mend_days", condition=Q(mend_days__gte=1, mend_days__lte=LONGEST_MEND)
            ),
            models.UniqueConstraint(
                fields=["community", "part", "room", "text"],
                condition=Q(is_active=True),
                name="checklist_line_once",
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(filter(None, [self.room, self.text]))
