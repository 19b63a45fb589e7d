"""The Celery application, the clock inside every worker, and the daily work of beat.

The clock polls PostgreSQL twice a second in every worker, so that neither beat nor the broker stands between a
deadline and its firing.
"""

from __future__ import annotations

import os
from typing import Any

import django
from celery import Celery, bootsteps
from celery.schedules import crontab
from celery.signals import beat_init, worker_process_init
from kombu.transport import redis as broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
django.setup()

from servicecenter.lib.patience import be_patient_at_most, wait_as_ever  # noqa: E402
from servicecenter.notifications.outbox import Sender  # noqa: E402  (settings must be ready first)
from servicecenter.operations.actions import keep_lateness  # noqa: E402
from servicecenter.operations.hearts import Heart  # noqa: E402
from servicecenter.operations.models import PartRole  # noqa: E402
from servicecenter.sla import recounts  # noqa: E402
from servicecenter.sla.sweep import sweep  # noqa: E402


class Unacknowledged(broker.QoS):
    """Messages that a connection had received when the broker went.

    Closing it cannot give them back; the next connection finds them after `visibility_timeout`.
    """

    def restore_unacked(self, client: Any = None) -> None:
        if is_open(self.channel):
            super().restore_unacked(client)
        elif self._delivered:
            self._delivered.clear()


class Channel(broker.Channel):
    """A channel whose broker went says so.

    Left to itself, kombu looks for the address that it has forgotten, and that ends the worker with its clock.
    """

    QoS = Unacknowledged

    def _connparams(self, asynchronous: bool = False) -> Any:
        if not is_open(self):
            raise ConnectionError("the connection to the broker is closed")
        return super()._connparams(asynchronous)  # type: ignore[misc]  # its stubs leave it out


def is_open(channel: Any) -> bool:
    return channel.connection is not None and channel.connection.client is not None


broker.Transport.Channel = Channel

app = Celery("servicecenter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # Proves each minute that beat, broker and workers reach each other; two beats change nothing. It expires, so that
    # workers who were away do not find a heap of them.
    "sweep": {
        "task": "servicecenter.operations.tasks.sweep_due",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    # Uploaded rolls are rows, and this asks for one of them; what does not come through is asked for again at once.
    "rolls": {"task": "owners.tasks.work_on_rolls", "schedule": 5.0, "options": {"expires": 5}},
    "tidy-rolls": {"task": "owners.tasks.tidy_rolls", "schedule": crontab(hour=3, minute=35)},
    "warranties": {"task": "owners.tasks.remind_of_warranties", "schedule": crontab(hour=9, minute=5)},
    "visits": {
        "task": "owners.tasks.remind_of_visits",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 500},
    },
    "close-outages": {
        "task": "repairs.tasks.go_on_closing",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "remind-keepers": {
        "task": "servicecenter.bulletins.tasks.remind_keepers",
        "schedule": crontab(hour="9", minute="10"),
        "options": {"expires": 3600},
    },
    # 17:30, and made up until midnight by whoever was away then; the message is the row that says it was told.
    "stock-taking": {
        "task": "complaints.tasks.take_stock",
        "schedule": crontab(minute="*/5"),
        "options": {"expires": 290},
    },
    # Versions of the triage are rows too.
    "learn-triage": {"task": "repairs.tasks.learn_triage", "schedule": 10.0, "options": {"expires": 10}},
    "tidy": {"task": "servicecenter.audit.tasks.tidy", "schedule": crontab(hour=3, minute=20)},
    "tidy-photos": {"task": "servicecenter.attachments.tasks.tidy", "schedule": crontab(hour=3, minute=30)},
    "come-of-age": {"task": "owners.tasks.come_of_age", "schedule": crontab(hour=0, minute=10)},
    "erase": {"task": "servicecenter.desk.tasks.erase_moved_out", "schedule": crontab(hour=3, minute=50)},
    "prove": {
        "task": "servicecenter.operations.tasks.prove_promises",
        "schedule": crontab(hour=3, minute=40),
    },
}


def fire_due() -> None:
    """One round of the clock: what fell due comes first."""
    sweep()
    keep_lateness()
    recounts.go_on()


class Clock(bootsteps.StartStopStep):
    """Starts the clock with the worker, before and without any connection to the broker."""

    requires = ("celery.worker.components:Pool",)
    hearts: tuple[Heart, ...] = ()

    def start(self, parent: Any) -> None:
        be_patient_at_most()
        # Two threads: a gateway that hangs must not hold a deadline up.
        self.hearts = (Heart(PartRole.CLOCK, fire_due), Heart(PartRole.OUTBOX, Sender().round))
        for heart in self.hearts:
            heart.start()

    def stop(self, parent: Any) -> None:
        for heart in self.hearts:
            heart.stopping.set()
        for heart in self.hearts:
            heart.end(5)

    terminate = stop


app.steps["worker"].add(Clock)


@worker_process_init.connect
def forget_the_parents_patience(**kwargs: Any) -> None:
    """A task has a time limit of its own."""
    wait_as_ever()


@beat_init.connect
def start_heart_of_beat(**kwargs: Any) -> None:
    """Beat says that it is alive; that it reaches the workers is said by the sweep it asks for."""
    Heart(PartRole.BEAT, tick=1.0).start()
