"""What happened, who looked, and which request was already answered. Nothing here is ever changed or deleted."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The first way to count a line's digest left out name, role and day.
FIRST_SEAL = 1
APPEND_ONLY = [
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
]


class EventQuerySet(models.QuerySet["Event"]):
    """Case events, oldest first within a case."""

    def of(self, work: str, case_id: int) -> EventQuerySet:
        return self.filter(work=work, case_id=case_id).order_by("id")

    def for_resident(self) -> EventQuerySet:
        """What a resident may read of their own case."""
        return self.filter(internal=False)


class Event(models.Model):
    """One thing that happened to a case: who, when, from which status to which, and what was said.

    Append-only by trigger. A status without an event that leads to it is a broken invariant (V13).
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    work = models.CharField(max_length=16)
    case_id = models.BigIntegerField()
    action = models.CharField(max_length=40)
    from_status = models.CharField(max_length=24, blank=True)
    to_status = models.CharField(max_length=24, blank=True)
    # None: the program itself.
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=80, blank=True)
    by_role = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    internal = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes: ClassVar = [models.Index(fields=["work", "case_id", "id"], name="event_case")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="event_named_actor",
                condition=models.Q(by__isnull=True) | ~models.Q(by_name=""),
                violation_error_message=_("An event needs the name of whoever acted."),
            )
        ]
        triggers: ClassVar = APPEND_ONLY


class Kept(models.TextChoices):
    """What is kept for a time and no longer."""

    ACCESS_LOG = "access_log", _("Access log")
    PERSON = "person", _("Personal data after moving out")


# Three years, as long as a claim may come (民法典 第188条); a log of accesses for six months at the very least.
KEPT_DAYS = 3 * 365
LEAST_LOG_DAYS = 184


class RetentionRule(models.Model):
    """How long something is kept, for the whole company; without a row it is three years."""

    what = models.CharField(_("what is kept"), max_length=16, choices=Kept.choices, unique=True)
    days = models.PositiveIntegerField(_("days"), default=KEPT_DAYS)

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        constraints: ClassVar = [
            models.CheckConstraint(name="retention_known", condition=models.Q(what__in=Kept.values)),
            models.CheckConstraint(
                name="retention_of_log",
                condition=~models.Q(what="access_log") | models.Q(days__gte=LEAST_LOG_DAYS),
                violation_error_message=_("The access log is kept for at least 184 days."),
            ),
            models.CheckConstraint(
                name="retention_of_person",
                condition=~models.Q(what="person") | models.Q(days__gte=30),
                violation_error_message=_("Personal data is kept for at least 30 days after moving out."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_what_display())

    @staticmethod
    def days_of(what: str) -> int:
        """How many days it is kept."""
        days = RetentionRule.objects.filter(what=what).values_list("days", flat=True).first()
        return KEPT_DAYS if days is None else days


# The law's shortest times, and the longest that a company may choose: what is kept for ever is kept without a reason.
LEAST_DAYS = {Kept.ACCESS_LOG.value: LEAST_LOG_DAYS, Kept.PERSON.value: 30}
MOST_DAYS = 3650


class ErasureQuerySet(models.QuerySet["Erasure"]):
    """What was erased."""

    def visible_to(self, user: User) -> ErasureQuerySet:
        return self.filter(community__in=user.community_ids)


class Erasure(models.Model):
    """What was erased under which rule: the record of one person, or lines of the access log. Append-only.

    Nothing here says who it was; `row_id` is the number of the emptied record, 0 for the log.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    what = models.CharField(max_length=16, choices=Kept.choices)
    row_id = models.BigIntegerField(default=0)
    rows = models.PositiveIntegerField(default=1)
    # The rule as it was: days, and the instant before which everything was old enough.
    kept_days = models.PositiveIntegerField()
    before = models.DateTimeField()
    # Not by the rule alone: they had asked for it, and what nobody needs any more went before its time.
    on_request = models.BooleanField(default=False)
    at = models.DateTimeField()

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        indexes: ClassVar = [models.Index(fields=["community", "-id"], name="erasure_list")]
        triggers: ClassVar = APPEND_ONLY


# Whole days of the log leave by this door only: the day must be older than six months whoever asks, and older than what
# the retention job named for its own transaction.
LOG_DOOR = pgtrigger.Trigger(
    name="append_only",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func=f"""
        IF TG_OP = 'DELETE' AND OLD.day < (now() AT TIME ZONE 'Asia/Shanghai')::date - {LEAST_LOG_DAYS}
            AND OLD.day < nullif(current_setting('audit.log_kept_from', true), '')::date THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'The access log is append-only';
    """,
)


class AccessLog(models.Model):
    """Somebody saw a personal value in full: who, whose, which field, why. The resident can read it.

    Append-only and chained by hash per community and day, so that a missing or changed line shows (V10).
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    person_id = models.BigIntegerField()
    field = models.CharField(max_length=32)
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=80)
    by_role = models.CharField(max_length=16)
    at = models.DateTimeField()
    day = models.DateField()
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    # How the digest is counted; lines of the first kind are older than the column.
    seal = models.PositiveSmallIntegerField(default=FIRST_SEAL + 1, db_default=FIRST_SEAL)

    class Meta:
        verbose_name = _("access to personal data")
        verbose_name_plural = _("accesses to personal data")
        indexes: ClassVar = [
            models.Index(fields=["community", "person_id", "-id"], name="accesslog_person"),
            models.Index(fields=["by", "-at"], name="accesslog_by"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="accesslog_reason", condition=~models.Q(reason="")),
            models.UniqueConstraint(fields=["community", "day", "previous"], name="accesslog_one_chain"),
        ]
        triggers: ClassVar = [LOG_DOOR]

    def expected_digest(self) -> str:
        """The digest this line must carry, given the one before it. `manage.py verify` counts it again in SQL.

        What people write comes last, so that no two lines read the same.
        """
        parts: tuple[object, ...] = (
            self.previous,
            self.community_id,
            self.person_id,
            self.field,
            self.by_id,
            self.by_role,
            self.day.isoformat(),
            (self.at - EPOCH) // timedelta(microseconds=1),
            self.by_name,
            self.reason,
        )
        if self.seal == FIRST_SEAL:
            parts = (*parts[:4], self.reason, self.by_id, self.at.timestamp())
        return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()


class IdempotencyKey(models.Model):
    """One request that was carried out, and what was answered: the same key never acts twice (V9)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    route = models.CharField(max_length=100)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_once")]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotency_age")]

    @staticmethod
    def kept_since(at: datetime) -> datetime:
        """Keys older than a week may be forgotten."""
        return at.fromtimestamp(at.timestamp() - 7 * 86400, tz=at.tzinfo)
