"""What is remembered about the running of the program itself. Nothing here is about a person."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# A part that has not beaten for so long counts as dead; its row is kept a day to tell since when.
DEAD_AFTER = timedelta(seconds=30)
FORGOTTEN_AFTER = timedelta(days=1)


class PartRole(models.TextChoices):
    """What a part of the running program does."""

    WEB = "web", _("web process")
    CLOCK = "clock", _("clock of deadlines")
    OUTBOX = "outbox", _("sender of messages")
    BEAT = "beat", _("planner of daily work")
    # Not a process: the last task that went from beat through the broker to a worker.
    ROUND = "round", _("way from planner to worker")


class Heartbeat(models.Model):
    """One living part. It beats when its work is done: a part whose every round fails does not beat."""

    # host:pid:role
    instance = models.CharField(max_length=160, primary_key=True)
    # Tells a new start from the old one where a container gets the same host name and number again.
    run = models.UUIDField()
    role = models.CharField(max_length=8, choices=PartRole.choices)
    host = models.CharField(max_length=120)
    pid = models.PositiveIntegerField()
    version = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    # The class of the last error only: a message could hold what a person typed.
    error = models.CharField(max_length=80, blank=True)
    error_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("heartbeat")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="heartbeat_error_facts",
                condition=Q(error="", error_at=None) | (~Q(error="") & Q(error_at__isnull=False)),
            )
        ]


class Lateness(models.Model):
    """How many timers fired how late on a day: for plots. The rows of the timers themselves are the truth."""

    day = models.DateField()
    # Upper bound in seconds; the last one is infinite.
    bound = models.FloatField()
    fired = models.BigIntegerField()
    seconds = models.FloatField()

    class Meta:
        verbose_name = _("lateness of timers")
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "bound"], name="lateness_once")]


class Backup(models.Model):
    """A backup that somebody made and told us about."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    succeeded = models.BooleanField()
    size_bytes = models.BigIntegerField(null=True)
    # Where it lies, or the class of the error that ended it.
    place = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("backup")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="backup_facts",
                condition=Q(finished_at__gte=models.F("started_at"))
                & (Q(succeeded=False) | Q(size_bytes__gt=0)),
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["-finished_at"], condition=Q(succeeded=True), name="backup_latest")
        ]


class Verification(models.Model):
    """One nightly proof of the invariants. `lines`: `{code, sentence, count, ids}`; a count of null did not finish."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    lines = models.JSONField(default=list)

    class Meta:
        verbose_name = _("proof of the invariants")
        indexes: ClassVar = [models.Index(fields=["-started_at"], name="verification_latest")]
