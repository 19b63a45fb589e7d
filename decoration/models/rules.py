"""What may be done in a home, what is looked at on site, and the terms of a community: all rows that it edits."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, User

LONGEST_MEND = 30


class Part(models.TextChoices):
    """What a rule is about."""

    WORKS = "works", pgettext_lazy("decoration rule", "Works")
    CONDUCT = "conduct", pgettext_lazy("decoration rule", "On site")


class Ruling(models.TextChoices):
    """Whether works may be done (Decree 110 art. 5–7 and the community's own rules)."""

    FREE = "free", pgettext_lazy("works", "Allowed")
    RESTRICTED = "restricted", pgettext_lazy("works", "With further papers")
    FORBIDDEN = "forbidden", pgettext_lazy("works", "Forbidden")


class RuleQuerySet(models.QuerySet["Rule"]):
    """Rules of decoration."""

    def visible_to(self, user: User) -> RuleQuerySet:
        """Of the communities that one works in; a resident reads those that a form shows."""
        return self.filter(community__in=user.community_ids) if user.is_employee else self.none()

    def works(self) -> RuleQuerySet:
        """Kinds of works that an application may name, in the order of the list."""
        return self.filter(part=Part.WORKS, is_active=True).order_by("position", "id")

    def conduct(self) -> RuleQuerySet:
        """What a patrol looks at."""
        return self.filter(part=Part.CONDUCT, is_active=True).order_by("position", "id")


class Rule(models.Model):
    """A kind of works with its ruling, or a rule of conduct that patrols tick. Permits keep the words that
    they began with."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    part = models.CharField(_("Part"), max_length=8, choices=Part.choices)
    text = models.CharField(pgettext_lazy("decoration rule", "What it is"), max_length=120)
    # 依据: where it stands.
    basis = models.CharField(pgettext_lazy("decoration rule", "Where it stands"), max_length=120, blank=True)
    ruling = models.CharField(_("Ruling"), max_length=12, choices=Ruling.choices, blank=True)
    # Of restricted works: one paper a line.
    papers = models.TextField(_("Papers that are asked for"), max_length=500, blank=True)
    # 闭水试验: the room is tested for 24 hours before the works are accepted.
    wet = models.BooleanField(_("Needs a water test"), default=False)
    mend_days = models.PositiveSmallIntegerField(_("Days to put it right"), default=1)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of decoration")
        verbose_name_plural = _("rules of decoration")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="decoration_rule_whole",
                condition=~Q(text="")
                & (
                    Q(part="conduct", ruling="", papers="", wet=False)
                    | Q(part="works", ruling__in=Ruling.values)
                ),
            ),
            models.CheckConstraint(
                name="decoration_rule_names_papers",
                condition=Q(ruling="restricted") & ~Q(papers="") | (~Q(ruling="restricted") & Q(papers="")),
                violation_error_message=_("Please name the papers that restricted works ask for."),
            ),
            models.CheckConstraint(
                name="decoration_rule_names_law", condition=~Q(ruling="forbidden") | ~Q(basis="")
            ),
            models.CheckConstraint(
                name="decoration_rule_days", condition=Q(mend_days__gte=1, mend_days__lte=LONGEST_MEND)
            ),
            models.UniqueConstraint(
                fields=["community", "part", "text"],
                condition=Q(is_active=True),
                name="decoration_rule_once",
                violation_error_message=_("This rule stands there already."),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def asked_papers(self) -> list[str]:
        """The papers one by one."""
        return [each.strip() for each in self.papers.splitlines() if each.strip()]


class Terms(models.Model):
    """What a community asks of everybody who decorates: money, agreement, patrols, tests."""

    community = models.OneToOneField(Community, models.PROTECT, related_name="+")
    deposit = models.DecimalField(
        pgettext_lazy("decoration", "Deposit in yuan"), max_digits=8, decimal_places=2, default=Decimal(2000)
    )
    rubbish_fee = models.DecimalField(
        _("Fee for building rubbish in yuan"), max_digits=8, decimal_places=2, default=Decimal(300)
    )
    longest_days = models.PositiveSmallIntegerField(_("Longest time of works in days"), default=180)
    patrol_days = models.PositiveSmallIntegerField(_("A patrol at least every … days"), default=3)
    alert_days = models.PositiveSmallIntegerField(_("After a violation every … days"), default=1)
    water_hours = models.PositiveSmallIntegerField(_("Hours of a water test"), default=24)
    # Asked of everybody, one a line; restricted works ask for more.
    papers = models.TextField(_("Papers that are asked for"), max_length=500, blank=True)
    agreement = models.TextField(_("Agreement"), max_length=8000)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("terms of decoration")
        verbose_name_plural = _("terms of decoration")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="decoration_terms_money", condition=Q(deposit__gte=0, rubbish_fee__gte=0)
            ),
            models.CheckConstraint(
                name="decoration_terms_days",
                condition=Q(longest_days__gte=1, longest_days__lte=730)
                & Q(
                    patrol_days__gte=1,
                    patrol_days__lte=3,
                    alert_days__gte=1,
                    alert_days__lte=F("patrol_days"),
                )
                & Q(water_hours__gte=24, water_hours__lte=168),
                violation_error_message=_(
                    "A patrol comes every three days at least, a water test takes 24 hours at least."
                ),
            ),
            models.CheckConstraint(name="decoration_terms_words", condition=~Q(agreement="")),
            models.CheckConstraint(
                name="decoration_terms_changed",
                condition=Q(changed_at=None, changed_by=None)
                | Q(changed_at__isnull=False, changed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.community)


class NoiseHours(models.Model):
    """可施工时段: loud works are allowed between these times; never on public holidays."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    begins = models.TimeField(_("From"))
    ends = models.TimeField(_("Until"))
    # Some communities keep Saturday and Sunday quiet.
    weekends = models.BooleanField(_("On weekends too"), default=True)

    class Meta:
        verbose_name = _("hours of loud works")
        verbose_name_plural = _("hours of loud works")
        ordering: ClassVar = ["begins", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="noise_hours_in_order",
                condition=Q(ends__gt=F("begins")),
                violation_error_message=_("The hours end after they begin."),
            ),
            models.UniqueConstraint(fields=["community", "begins"], name="noise_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"
