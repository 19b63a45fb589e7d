"""What is kept for a time and no longer: the access log. Nobody else deletes a line of it. And for how long."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import record
from servicecenter.audit.models import (
    LEAST_DAYS,
    LEAST_LOG_DAYS,
    MOST_DAYS,
    AccessLog,
    Erasure,
    Kept,
    RetentionRule,
)
from servicecenter.lib.clock import instant, local_day, start_of_day
from servicecenter.lib.refusals import Invalid, NotPermitted


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
        Erasure.objects.bulk_create(
            Erasure(
                community_id=community_id,
                what=Kept.ACCESS_LOG,
                rows=lines,
                kept_days=(local_day(when) - first).days,
                before=start_of_day(first),
                at=when,
            )
            for community_id, lines in gone
        )
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


def set_days(what: str, days: int, *, by: User, at: datetime | None = None) -> RetentionRule:
    """From tonight on `what` is kept for `days` days; each community's history says who decided it.

    Refuses `not_permitted` to whoever is no administrator, and `invalid` below the law's minimum or above ten years.
    """
    if by.role != Role.ADMIN:
        raise NotPermitted
    if not LEAST_DAYS[what] <= days <= MOST_DAYS:
        sentence = _("Please choose between %(least)s and %(most)s days.")
        raise Invalid(errors={"days": [sentence % {"least": LEAST_DAYS[what], "most": MOST_DAYS}]})
    with transaction.atomic():
        before = RetentionRule.days_of(what)
        rule, _made = RetentionRule.objects.update_or_create(what=what, defaults={"days": days})
        for community in Community.objects.order_by("pk"):
            record(
                community_id=community.pk,
                work="retention_rule",
                case_id=rule.pk,
                action="changed",
                by=by,
                at=instant(at),
                internal=True,
                text=what,
                data={"before": before, "after": days},
            )
    return rule
