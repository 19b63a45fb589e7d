"""What is kept for a time and no longer: the access log. Nobody else deletes a line of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count

from servicecenter.audit.events import record
from servicecenter.audit.models import LEAST_LOG_DAYS, AccessLog, Kept, RetentionRule
from servicecenter.lib.clock import instant, local_day


def kept_from(at: datetime) -> date:
    """The first day of the access log that is still kept."""
    return local_day(at) - timedelta(days=max(RetentionRule.days_of(Kept.ACCESS_LOG), LEAST_LOG_DAYS))


def forget_accesses(*, at: datetime | None = None) -> int:
    """Deletes whole days of the access log that are older than its rule; returns how many lines went.

    A day is one chain, so what stays still proves itself. Each community's history says how many lines went, up to
    which day. The trigger lets nothing younger than 184 days go, whatever is asked.
    """
    when = instant(at)
    first = kept_from(when)
    old = AccessLog.objects.filter(day__lt=first)
    with transaction.atomic():
        gone = list(old.order_by().values_list("community").annotate(lines=Count("id")))
        if not gone:
            return 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('audit.log_kept_from', %s, true)", [first.isoformat()])
            cursor.execute("DELETE FROM audit_accesslog WHERE day < %s", [first])
            # The door closes behind the job, also inside a longer transaction.
            cursor.execute("SELECT set_config('audit.log_kept_from', '', true)")
        for community_id, lines in gone:
            record(
                community_id=community_id,
                work="access_log",
                case_id=community_id,
                action="retention",
                by=None,
                at=when,
                internal=True,
                data={"lines": lines, "before": first.isoformat()},
            )
    return sum(lines for _community, lines in gone)
