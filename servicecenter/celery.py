"""The Celery application, the clock inside every worker, and the daily work of beat.

The clock polls PostgreSQL about once a second in every worker, so that neither beat nor the broker stands between a
deadline and its firing.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from typing import Any

import django
from celery import Celery, bootsteps
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
django.setup()

from django.db import close_old_connections, connections  # noqa: E402  (settings must be ready first)

from servicecenter.notifications.outbox import send_due  # noqa: E402
from servicecenter.sla.sweep import sweep  # noqa: E402

log = logging.getLogger(__name__)
TICK_SECONDS = 0.5

app = Celery("servicecenter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # A backstop for installations that run the clock on few machines; two beats change nothing.
    "sweep": {"task": "servicecenter.sla.tasks.sweep_due", "schedule": 60.0},
    "tidy": {"task": "servicecenter.audit.tasks.tidy", "schedule": crontab(hour=3, minute=20)},
}


class Heart(threading.Thread):
    """Does its work about twice a second until it is told to stop; a broken connection only costs a beat."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        super().__init__(name=name, daemon=True)
        self.work = work
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(TICK_SECONDS):
            self.beat()
        connections.close_all()

    def beat(self) -> None:
        """One round. Whatever goes wrong is logged and tried again: a clock must not die."""
        try:
            close_old_connections()
            self.work()
        except Exception:
            log.exception("a round of the clock failed; the next one tries again")
            connections.close_all()


class Clock(bootsteps.StartStopStep):
    """Starts the clock with the worker, before and without any connection to the broker."""

    requires = ("celery.worker.components:Pool",)
    hearts: tuple[Heart, ...] = ()

    def start(self, parent: Any) -> None:
        # Two threads: a gateway that hangs must not hold a deadline up.
        self.hearts = (Heart("clock", sweep), Heart("outbox", send_due))
        for heart in self.hearts:
            heart.start()

    def stop(self, parent: Any) -> None:
        for heart in self.hearts:
            heart.stopping.set()
        for heart in self.hearts:
            heart.join(timeout=5)

    terminate = stop


app.steps["worker"].add(Clock)
