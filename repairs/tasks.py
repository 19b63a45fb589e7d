"""Celery entry points of repairs."""

from __future__ import annotations

import subprocess
import sys

from celery import shared_task
from django.conf import settings

from repairs.actions import outages
from repairs.actions.learning import LEASE, waiting

# Shorter than the lease, so that a version has one worker at a time, and than the broker's visibility timeout.
LONGEST = int(LEASE.total_seconds()) - 120


@shared_task
def go_on_closing() -> int:
    """Outages whose closing somebody began and left: their next repairs."""
    return outages.go_on()


@shared_task(soft_time_limit=LONGEST + 20, time_limit=LONGEST + 40)
def learn_triage() -> None:
    """Learns the version of the triage that was asked for, if one waits: in a process of its own and at the lowest
    priority, so that no deadline and no page waits for it."""
    if waiting().exists():
        manage = str(settings.BASE_DIR / "manage.py")
        command = ["nice", "-n", "19", sys.executable, manage, "train_triage", "--asked"]
        subprocess.run(command, check=True, timeout=LONGEST)
