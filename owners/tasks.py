"""Celery entry points of the owner records."""

from __future__ import annotations

from celery import shared_task

from owners.actions import guarding, reminders, uploads
from owners.actions.roll_runs import Teller, carry_out, claim
from servicecenter.lib.clock import database_now


# Longer than any roll takes, shorter than the broker's visibility timeout.
@shared_task(soft_time_limit=600, time_limit=660)
def work_on_rolls() -> None:
    """Checks or imports one uploaded roll, if one waits. Nothing about it is in the broker: the rows are the queue."""
    row = claim()
    if row is not None:
        with Teller(row) as teller:
            carry_out(row, teller)


@shared_task
def tidy_rolls() -> None:
    """Deletes uploaded rolls after a week."""
    uploads.tidy(at=database_now())


@shared_task
def remind_of_warranties() -> None:
    """Every morning: what ends within a month."""
    reminders.remind_of_warranties()


@shared_task
def remind_of_visits() -> None:
    """Who is visited tomorrow, and who has not answered yet."""
    reminders.remind_of_visits()
    reminders.ask_again()


@shared_task
def come_of_age() -> int:
    """Every night: children who turned fourteen."""
    return guarding.come_of_age(at=database_now())
