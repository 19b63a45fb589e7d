"""What a worker does with a version of the triage that was asked for: takes it under a lease, learns, measures."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from repairs.models import TriageExample, TriageVersion, VersionState
from repairs.triage.measure import cross_validate, evaluate
from repairs.triage.proposal import dump_models, shipped
from repairs.triage.train import Example, read_all, shipped_examples, train
from servicecenter.lib.clock import database_now

# Far longer than it takes at the lowest priority (most of a minute of one core).
LEASE = timedelta(minutes=15)
# What ended three workers ends a fourth one too.
MOST_RUNS = 3
# Among more than a thousand shipped messages one example would change nothing, and whoever taught it would wait for
# the next wrong proposal in vain.
OWN_WEIGHT = 5


def waiting() -> QuerySet[TriageVersion]:
    """Versions that wait for a worker or were left by one."""
    left = Q(state=VersionState.LEARNING, lease_until__lt=database_now())
    return TriageVersion.objects.filter(Q(state=VersionState.WAITING) | left)


def claim() -> TriageVersion | None:
    """The version that waits, now leased to the caller; None if there is none."""
    with transaction.atomic():
        row = waiting().select_for_update(skip_locked=True, no_key=True).order_by("id").first()
        if row is None:
            return None
        now = database_now()
        row.state, row.run_no, row.lease_until = VersionState.LEARNING, row.run_no + 1, now + LEASE
        if row.run_no > MOST_RUNS:
            row.state, row.lease_until, row.ended_at = VersionState.FAILED, None, now
        row.save()
    return row if row.state == VersionState.LEARNING else None


def learn(row: TriageVersion) -> bool:
    """Learns and measures a claimed version; whether it was still ours to write in the end.

    An example of ours counts as five shipped messages. `own_right`: how many of them the version judges right itself;
    a sure hazard stays an emergency, whatever an example says.
    """
    own = [
        Example(each.text, each.trade, each.urgency, each.place)
        for each in TriageExample.objects.order_by("id")
    ]
    taught = read_all(own, OWN_WEIGHT)
    samples = [*read_all(shipped_examples()), *taught]
    figures, sharpness = cross_validate(samples)
    trained = train(samples, sharpness)
    mine = TriageVersion.objects.filter(pk=row.pk, run_no=row.run_no, state=VersionState.LEARNING)
    return bool(
        mine.update(
            state=VersionState.READY,
            lease_until=None,
            ended_at=database_now(),
            based_on=shipped(),
            own=len(own),
            figures=figures.plain() | {"own_right": evaluate(taught, trained).right},
            content=dump_models(trained),
        )
    )
