"""The rules, terms and hours of a community, as its supervisors edit them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from decoration.defaults import default_hours, default_rules, default_terms
from decoration.models import NoiseHours, Part, Rule, Ruling, Terms
from decoration.models.rules import LONGEST_MEND
from decoration.queries.terms import hours_of, terms_of
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted

KEEPERS = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value})
MOST_HOURS = 4
LARGEST_SUM = Decimal(200000)


def begin_rules(community_id: int) -> Terms:
    """A community that never decorated begins with the usual rules, terms and hours; one that has them keeps them."""
    found = Terms.objects.filter(community=community_id).first()
    if found is not None:
        return found
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 13))", [str(community_id)])
        if not Terms.objects.filter(community=community_id).exists():
            Rule.objects.bulk_create(default_rules(community_id))
            NoiseHours.objects.bulk_create(default_hours(community_id))
            default_terms(community_id).save()
    return terms_of(community_id)


def write_rule(
    community: Community,
    *,
    part: str,
    text: str,
    basis: str = "",
    ruling: str = "",
    papers: str = "",
    wet: bool = False,
    mend_days: int = 1,
    rule: Rule | None = None,
    by: User,
    at: datetime | None = None,
) -> Rule:
    """Adds a rule, or changes `rule`. Permits keep the words that they began with.

    Refuses `not_permitted` to whoever keeps no rules, `invalid` for forbidden works without a law, restricted ones
    without papers, and a rule that stands there already.
    """
    may_keep(community.pk, by)
    works = part == Part.WORKS
    ruling = ruling if works else ""
    papers = papers if ruling == Ruling.RESTRICTED else ""
    _check(part, ruling, basis, papers, mend_days)
    with transaction.atomic():
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)
        row = rule or Rule(community=community, position=_last(community, part) + 10)
        row.part, row.text, row.basis, row.ruling = part, text, basis, ruling
        row.papers, row.wet, row.mend_days = papers, wet and works, mend_days
        _check_once(row)
        row.save()
        _note(row.community_id, "change_rule" if rule else "add_rule", by, instant(at), str(row))
    return row


def set_use(rule: Rule, *, active: bool, by: User, at: datetime | None = None) -> Rule:
    """Takes a rule off the list, or puts it back (undo). Refuses as `write_rule`."""
    may_keep(rule.community_id, by)
    with transaction.atomic():
        row = Rule.objects.select_for_update().get(pk=rule.pk)
        row.is_active = active
        if active:
            _check_once(row)
        row.save(update_fields=["is_active"])
        _note(row.community_id, "restore_rule" if active else "drop_rule", by, instant(at), str(row))
    return row


def change_terms(
    community: Community,
    *,
    hours: Sequence[tuple[time, time, bool]],
    by: User,
    at: datetime | None = None,
    **terms: Any,
) -> Terms:
    """Sets money, days, agreement and the hours of loud works. What was signed stays as it was signed.

    Refuses `invalid`: sums below zero or without measure, patrols less often than every three days, a water test of
    less than a day, hours that overlap; `not_permitted` to whoever keeps no rules.
    """
    may_keep(community.pk, by)
    begin_rules(community.pk)
    with transaction.atomic():
        row = Terms.objects.select_for_update().get(community=community)
        for name, value in terms.items():
            setattr(row, name, value)
        row.changed_at, row.changed_by = instant(at), by
        _check_terms(row, hours)
        row.save()
        NoiseHours.objects.filter(community=community).delete()
        NoiseHours.objects.bulk_create(
            NoiseHours(community=community, begins=begins, ends=ends, weekends=weekends)
            for begins, ends, weekends in hours
        )
        said = " · ".join(str(each) for each in hours_of(community.pk))
        _note(community.pk, "change_terms", by, row.changed_at, said)
    return row


def may_keep(community_id: int, by: User, roles: frozenset[str] = KEEPERS) -> None:
    """Refuses `not_found` to whoever works elsewhere, `not_permitted` to other roles."""
    if community_id not in by.community_ids:
        raise NotFound
    if by.role not in roles:
        raise NotPermitted


def _check(part: str, ruling: str, basis: str, papers: str, mend_days: int) -> None:
    errors: dict[str, Any] = {}
    if part == Part.WORKS and ruling not in Ruling.values:
        errors["ruling"] = [_("Please say whether these works are allowed.")]
    if ruling == Ruling.FORBIDDEN and not basis:
        errors["basis"] = [_("Please name the law or rule that forbids it: applicants read it.")]
    if ruling == Ruling.RESTRICTED and not papers.strip():
        errors["papers"] = [_("Please name the papers that restricted works ask for.")]
    if not 1 <= mend_days <= LONGEST_MEND:
        errors["mend_days"] = [_("Please choose between 1 and 30 days.")]
    if errors:
        raise Invalid(errors=errors)


def _check_terms(row: Terms, hours: Sequence[tuple[time, time, bool]]) -> None:
    errors: dict[str, Any] = {}
    for name in ("deposit", "rubbish_fee"):
        if not 0 <= getattr(row, name) <= LARGEST_SUM:
            errors[name] = [_("Please enter an amount in yuan.")]
    if not 1 <= row.alert_days <= row.patrol_days <= 3:
        errors["patrol_days"] = [_("A patrol comes every three days at least, more often after a violation.")]
    if not 24 <= row.water_hours <= 168:
        errors["water_hours"] = [_("A water test takes 24 hours at least.")]
    if not 1 <= row.longest_days <= 730:
        errors["longest_days"] = [_("Please choose between 1 and 730 days.")]
    if not row.agreement.strip():
        errors["agreement"] = [_("Please write what is signed.")]
    spans = sorted(hours)
    apart = all(first[1] <= then[0] for first, then in pairwise(spans))
    if len(spans) > MOST_HOURS or not apart or any(ends <= begins for begins, ends, _weekends in spans):
        errors["hours"] = [_("The hours end after they begin, and do not overlap.")]
    if errors:
        raise Invalid(errors=errors)


def _check_once(row: Rule) -> None:
    same = Rule.objects.filter(community=row.community_id, part=row.part, text=row.text, is_active=True)
    if same.exclude(pk=row.pk).exists():
        raise Invalid(errors={"text": [_("This rule stands there already.")]})


def _last(community: Community, part: str) -> int:
    rows = Rule.objects.filter(community=community, part=part)
    return rows.aggregate(last=Max("position"))["last"] or 0


def _note(community_id: int, action: str, by: User, at: datetime, text: str) -> None:
    record(
        community_id=community_id,
        work="decoration_rules",
        case_id=community_id,
        action=action,
        by=by,
        at=at,
        internal=True,
        text=text[:500],
    )
