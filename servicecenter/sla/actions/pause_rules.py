"""Deciding for which reasons a case may wait, and how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import record
from servicecenter.lib import works
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Stale
from servicecenter.sla.models import PauseRule


@dataclass(frozen=True)
class Limits:
    """What a rule says: days for one pause, days altogether before a supervisor must agree, allowed at all."""

    longest_days: int
    consent_after_days: int
    active: bool = True

    @classmethod
    def of(cls, rule: PauseRule) -> Limits:
        """The limits of a row."""
        return cls(rule.longest_days, rule.consent_after_days, rule.active)

    def __str__(self) -> str:
        return f"{self.longest_days}/{self.consent_after_days}/{'yes' if self.active else 'no'}"


def may_decide(community: Community | None, by: User) -> bool:
    """A supervisor decides for own communities, an administrator for the company too; a manager reads."""
    if by.role == Role.ADMIN:
        return community is None or community.pk in by.community_ids
    return by.role == Role.SUPERVISOR and community is not None and community.pk in by.community_ids


def set_rule(
    community: Community | None,
    *,
    work: str,
    reason: str,
    limits: Limits | None,
    seen: str,
    by: User,
    at: datetime | None = None,
) -> None:
    """Makes `limits` the rule of `reason` in `community` (None: the company); None goes back to the company's.

    Counts for pauses from now on; one that lasts keeps its end. Refuses `not_permitted`, `not_found` for a reason that
    the work does not know, `invalid` outside 1–365 days, and `stale` when the rule is not what `seen` says any more.
    """
    if not may_decide(community, by):
        raise NotPermitted
    if reason not in dict(works.get(work).pause_reasons) or (limits is None and community is None):
        raise NotFound
    with transaction.atomic():
        rule = (
            PauseRule.objects.select_for_update()
            .filter(work=work, reason=reason, community=community)
            .first()
        )
        before = str(Limits.of(rule)) if rule else ""
        if before != seen:
            raise Stale
        if limits is None:
            if rule is not None:
                rule.delete()
        else:
            rule = rule or PauseRule(work=work, reason=reason, community=community)
            _write(rule, limits)
        _note(community, f"{work}.{reason}", before, str(limits or ""), by, instant(at))


def _write(rule: PauseRule, limits: Limits) -> None:
    rule.longest_days = limits.longest_days
    rule.consent_after_days = limits.consent_after_days
    rule.active = limits.active
    try:
        rule.full_clean()
    except ValidationError as error:
        raise Invalid(errors=dict(error.message_dict)) from error
    rule.save()


def _note(community: Community | None, subject: str, before: str, after: str, by: User, at: datetime) -> None:
    """Who decided what, kept with each community that it reaches."""
    reached = [community] if community else list(Community.objects.visible_to(by))
    for each in reached:
        record(
            community_id=each.pk,
            work="pause_rule",
            case_id=each.pk,
            action="changed",
            by=by,
            at=at,
            internal=True,
            text=subject,
            data={"before": before, "after": after, "company": community is None},
        )
