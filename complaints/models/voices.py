"""What a complaint, an inquiry, a suggestion and praise have in common: who says what about where."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.kinds import Channel, Type
from owners.models import Building, Person, Unit
from servicecenter.accounts.models import Role, User
from servicecenter.audit.models import Event, EventQuerySet
from servicecenter.sla.models import Clock, Stage
from servicecenter.workflow.case import Case

V = TypeVar("V", bound="Voice")
# They see what they work on, and nothing else.
OUTDOORS = frozenset({Role.TECHNICIAN.value, Role.SECURITY.value})


class VoiceQuerySet(models.QuerySet[V]):
    """Things that residents tell us."""

    def of_resident(self, user: User) -> Any:
        """What they told us themselves, as long as they live there: nobody reads a neighbour's, nor a flatmate's."""
        if not user.is_active:
            return self.none()
        homes = Unit.objects.visible_to(user)
        here = Q(unit__in=homes) | Q(unit=None, community__in=homes.values("community"))
        return self.filter(here, reporter__user=user, community__is_active=True)


class Voice(Case):
    """Something that somebody told us.

    Anonymous: nobody who wrote it is kept anywhere, and a receipt is all that leads back to it. `about`: the colleague
    whom it is about, where somebody said so.
    """

    number = models.CharField(_("number"), max_length=24, unique=True)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices)
    text = models.TextField(pgettext_lazy("complaint", "What it is about"))
    type = models.CharField(pgettext_lazy("complaint", "type"), max_length=20, choices=Type.choices)
    # What the program proposed, so that every overrule by a person shows.
    proposed_kind = models.CharField(max_length=12, blank=True)
    proposed_type = models.CharField(max_length=20, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(_("where"), max_length=200, blank=True)

    anonymous = models.BooleanField(_("anonymous"), default=False)
    # The digest of the receipt that an anonymous complainant holds; '' for none.
    receipt = models.CharField(max_length=64, blank=True)
    # Snapshot: it survives moves and corrections.
    reporter = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    reporter_name = models.CharField(_("reported by"), max_length=100, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=20, blank=True)

    received_at = models.DateTimeField(_("received"))
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # 首问负责制: whoever first took it stays answerable until it is closed.
    agent = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    handler = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in charge")
    )
    about = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # What it goes on as: the number of a repair or of another kind.
    became = models.CharField(max_length=24, blank=True)

    responded_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Copies of the clocks' deadlines, written with them, for lists, filters and sorting.
    respond_due_at = models.DateTimeField(null=True, blank=True)
    # The nearest promise that is still open; null when none is.
    next_due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    def events(self) -> EventQuerySet:
        """Everything that happened to it, oldest first."""
        return Event.objects.of(self.TABLE.work, self.pk)

    def where(self) -> str:
        """The place in a few words, as it was told."""
        home = self.unit.code if self.unit else self.building.name if self.building else ""
        return " ".join(filter(None, [home, self.place]))

    @property
    def is_unanswered(self) -> bool:
        """Whether an answer is promised that nobody has given yet."""
        promised = Clock.objects.filter(work=self.TABLE.work, case_id=self.pk, stage=Stage.RESPOND)
        return promised.filter(met_at=None, cancelled_at=None).exists()

    @property
    def is_reachable(self) -> bool:
        """Whether we know whom to call."""
        return bool(self.contact_phone)


def whole(name: str) -> list[models.BaseConstraint]:
    """What the database refuses about any of them; `name` begins the names of the rules."""
    nobody = Q(reporter=None, unit=None, reporter_name="", contact_phone="")
    return [
        models.CheckConstraint(name=f"{name}_says_something", condition=~Q(text="")),
        models.CheckConstraint(name=f"{name}_type_known", condition=Q(type__in=Type.values)),
        # Anonymous stays anonymous, whoever writes the row.
        models.CheckConstraint(
            name=f"{name}_anonymous_is_nobody",
            condition=Q(anonymous=False) | nobody,
            violation_error_message=_("An anonymous complaint keeps nothing of whoever wrote it."),
        ),
        models.CheckConstraint(
            name=f"{name}_receipt_of_anonymous", condition=Q(receipt="") | Q(anonymous=True)
        ),
        models.UniqueConstraint(fields=["receipt"], condition=~Q(receipt=""), name=f"{name}_receipt_once"),
        models.CheckConstraint(
            name=f"{name}_became_named",
            condition=(Q(status="converted") & ~Q(became="")) | (~Q(status="converted") & Q(became="")),
        ),
    ]
