"""The ladder of a policy: who hears of a missed deadline, and how long after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicecenter.sla.models.policies import Policy

LATEST = Decimal(10)


class Told(models.TextChoices):
    """Whom a rung names; where nobody is, the next one hears of it."""

    WORKER = "worker", _("Whoever has the case")
    AGENT = "agent", _("Customer service agent")
    DUTY = "duty", _("The person on duty")
    SUPERVISOR = "supervisor", _("Customer service supervisor")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("System administrator")


class Way(models.TextChoices):
    """How a rung is told besides the message in the app."""

    IN_APP = "", _("In the app only")
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")
    GROUP = "group", _("Work group")


class RungQuerySet(models.QuerySet["Rung"]):
    """Rungs."""

    def lay(self, policy: Policy, ladder: Iterable[Mapping[str, Any]]) -> list[Rung]:
        """Writes the ladder of a new policy from its plain form, lowest rung first."""
        return self.bulk_create(
            Rung(
                policy=policy,
                position=position,
                after=Decimal(str(rung["after"])),
                to=rung["to"],
                channel=rung.get("channel", ""),
            )
            for position, rung in enumerate(ladder)
        )


class Rung(models.Model):
    """One rung: `after` the deadline, as a share of the target, `to` is told.

    The first rung is the breach itself; each further one comes later. Rungs never change: a changed ladder
    belongs to a new policy row.
    """

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="rungs")
    position = models.PositiveSmallIntegerField()
    after = models.DecimalField(max_digits=6, decimal_places=4)
    to = models.CharField(max_length=12, choices=Told.choices)
    channel = models.CharField(max_length=8, choices=Way.choices, blank=True)

    objects = RungQuerySet.as_manager()

    class Meta:
        verbose_name = _("rung")
        verbose_name_plural = _("rungs")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["policy", "position"], name="rung_position_once"),
            models.CheckConstraint(
                name="rung_first_at_the_deadline",
                condition=Q(position=0, after=0) | Q(position__gt=0, after__gt=0, after__lte=LATEST),
                violation_error_message=_("A ladder begins at the deadline."),
            ),
            models.CheckConstraint(name="rung_told_known", condition=Q(to__in=Told.values)),
            models.CheckConstraint(name="rung_way_known", condition=Q(channel__in=Way.values)),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="rung_climbs",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF EXISTS (SELECT 1 FROM sla_rung r WHERE r.policy_id = NEW.policy_id AND r.id <> NEW.id
                        AND (r.position < NEW.position) <> (r.after < NEW.after)) THEN
                        RAISE EXCEPTION 'the ladder of policy % goes backwards', NEW.policy_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.after} · {self.to}"
