"""Changing a promise: a change is a new row, the old one stays to explain deadlines that came from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotPermitted, Stale
from servicecenter.sla import recounts
from servicecenter.sla.models import Clock, ClockKind, Policy, Rung, Stage, Told, Way, WorkKind
from servicecenter.sla.order import Promised, check_order

EDITORS = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value})
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=366)
MOST_RUNGS = 5
LONGEST_RUNG = Decimal(10)
RUNGS = tuple(Told.values)
WAYS = tuple(Way.values)
USUAL_LADDER = ({"after": 0, "to": "supervisor"}, {"after": 0.25, "to": "manager"})
USUAL_WARNING = Decimal("0.75")
URGENCIES = ("", "emergency", "normal")
# Which promises a kind of work keeps; kinds that are not listed may promise any stage.
STAGES: dict[str, frozenset[str]] = {
    WorkKind.REPAIR: frozenset(
        {Stage.RESPOND.value, Stage.ARRIVE.value, Stage.SECURE.value, Stage.COMPLETE.value}
    ),
    WorkKind.FOLLOW_UP: frozenset({Stage.CALL.value}),
    WorkKind.COMPLAINT: frozenset({Stage.RESPOND.value, Stage.PROPOSE.value, Stage.CLOSE.value}),
    WorkKind.INQUIRY: frozenset({Stage.RESPOND.value}),
    WorkKind.PERMIT: frozenset({Stage.REVIEW.value}),
    WorkKind.REFUND: frozenset({Stage.REFUND.value}),
    WorkKind.PROMISE: frozenset({Stage.KEEP.value}),
}


@dataclass(frozen=True)
class Subject:
    """What a promise is about; one current row for each. `community` None: the whole company."""

    work: str
    stage: str
    community: Community | None = None
    urgency: str = ""
    level: str = ""

    @classmethod
    def of(cls, policy: Policy) -> Subject:
        """What a row is about."""
        return cls(policy.work, policy.stage, policy.community, policy.urgency, policy.level)

    @property
    def row(self) -> dict[str, Any]:
        """Its columns."""
        return {name: getattr(self, name) for name in Subject.__dataclass_fields__}


def _plain(rung: dict[str, Any]) -> dict[str, Any]:
    """A rung as rows keep it: four decimals of a share, and a channel even where none was named."""
    after = Decimal(str(rung["after"]))
    return {
        "after": float(round(after, 4)) if after.is_finite() else float(after),
        "to": rung["to"],
        "channel": rung.get("channel", ""),
    }


@dataclass(frozen=True)
class Terms:
    """What is promised. `target_seconds` None is the explicit choice “no target”."""

    target_seconds: int | None
    clock: str = ClockKind.ALWAYS
    warn_at: Decimal = USUAL_WARNING
    escalate: Sequence[dict[str, Any]] = USUAL_LADDER

    def __post_init__(self) -> None:
        object.__setattr__(self, "escalate", tuple(_plain(rung) for rung in self.escalate))

    @classmethod
    def of(cls, policy: Policy) -> Terms:
        """The terms of a row."""
        return cls(policy.target_seconds, policy.clock, policy.warn_at, tuple(policy.escalate))


def change(
    subject: Subject,
    terms: Terms,
    *,
    by: User,
    apply_to_open: bool = False,
    seen: int | None = None,
    at: datetime | None = None,
) -> Policy:
    """Makes `terms` the current promise of `subject` and closes the one before; returns the row now in force.

    A supervisor decides for communities of their own, so naming none means their only one; an administrator who names
    none decides for the company. The change counts for new work, and with `apply_to_open` also for every open case:
    from its original start, with its pauses kept. Terms that are in force already make no new row.
    `seen`: the subject's own row that the change was made from (0: there was none); without it nobody looked.
    Refuses `not_permitted` for other roles, `stale` if that row is not the current one, and `invalid`: see `check`.
    """
    at = instant(at)
    subject = scoped(subject, by)
    with transaction.atomic():
        _one_at_a_time()
        if seen is not None and seen != getattr(own(subject), "pk", 0):
            raise Stale
        check(subject, terms)
        policy = _replace(subject, terms, by, at)
        if apply_to_open:
            _apply(policy, by, at)
    return policy


def revise(
    policy: Policy, *, by: User, apply_to_open: bool = False, at: datetime | None = None, **terms: Any
) -> Policy:
    """`change` with some terms of a current row; a supervisor's change of a company-wide one is for their community.

    Refuses `stale` for a row that was replaced meanwhile.
    """
    if policy.replaced_at is not None:
        raise Stale
    subject = Subject.of(policy)
    kept = Terms.of(policy)
    merged = Terms(**({name: getattr(kept, name) for name in Terms.__dataclass_fields__} | terms))
    return change(subject, merged, by=by, apply_to_open=apply_to_open, at=at)


def withdraw(policy: Policy, *, by: User, apply_to_open: bool = False, at: datetime | None = None) -> None:
    """A community goes back to the company's promise; its own row stays as history. Open work as in `change`.

    Refuses `not_permitted`, `stale` for a row that was replaced, and `invalid` where the company promises nothing or
    the community's other promises do not fit the company's.
    """
    at = instant(at)
    subject = scoped(Subject.of(policy), by)
    with transaction.atomic():
        _one_at_a_time()
        policy = Policy.objects.select_for_update().get(pk=policy.pk)
        if policy.replaced_at is not None:
            raise Stale
        company = own(replace(subject, community=None))
        if policy.community_id is None or company is None:
            raise Invalid(_("The company promises nothing here that one could go back to."))
        _check_order(subject, Terms.of(company))
        policy.replaced_at, policy.replaced_by = at, by
        policy.save(update_fields=["replaced_at", "replaced_by"])
        if apply_to_open:
            _apply(policy, by, at)


def share_of(percent: int) -> Decimal:
    """A percentage as the share that a row keeps."""
    return (Decimal(percent) / 100).quantize(Decimal("0.01"))


def own(subject: Subject) -> Policy | None:
    """The current row of exactly this subject; None where the community (or the company) decided nothing."""
    return Policy.objects.current().filter(**subject.row).first()


def reached(subject: Subject) -> int:
    """How many open cases a change of this promise may count anew."""
    clocks = Clock.objects.filter(
        work=subject.work,
        stage=subject.stage,
        policy__urgency=subject.urgency,
        policy__level=subject.level,
        met_at=None,
        cancelled_at=None,
    )
    # A community with a promise of its own does not follow the company's.
    inside = Q(policy__community=None) if subject.community is None else Q(community=subject.community)
    return clocks.filter(inside).values("case_id").distinct().count()


def _one_at_a_time() -> None:
    """Each change is checked against what the others left."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('sla.policy'))")


def may_edit(subject: Subject, by: User) -> bool:
    """Whether `change` lets `by` decide for exactly this community (None: the company)."""
    if by.role not in EDITORS:
        return False
    if subject.community is None:
        return by.role == Role.ADMIN
    return subject.community.pk in by.community_ids


def scoped(subject: Subject, by: User) -> Subject:
    """`subject` with the community that `by` decides for; refuses as `change` does."""
    if by.role not in EDITORS:
        raise NotPermitted
    community = subject.community
    if community is not None and community.pk not in by.community_ids:
        raise Invalid(errors={"community": [_("We could not find that.")]})
    if community is None and by.role != Role.ADMIN:
        mine = list(Community.objects.visible_to(by)[:2])
        if len(mine) != 1:
            raise Invalid(errors={"community": [_("Please name the community.")]})
        community = mine[0]
    return replace(subject, community=community)


def check(subject: Subject, terms: Terms) -> None:
    """Refuses `invalid`: a stage that the work does not have, a target under a minute or over a year, a warning outside
    0–1, a ladder that begins late or goes backwards, a response promised later than the completion."""
    errors: dict[str, list[Any]] = {}
    if subject.stage not in STAGES.get(subject.work, frozenset(Stage.values)):
        errors["stage"] = [_("This kind of work has no such promise.")]
    target = terms.target_seconds
    if target is not None and not SHORTEST.total_seconds() <= target <= LONGEST.total_seconds():
        errors["target_seconds"] = [_("Please choose a target between one minute and one year.")]
    if subject.work == WorkKind.PROMISE and target is not None:
        errors["target_seconds"] = [_("A promise is due when the caller was told, whatever the time.")]
    if not 0 < terms.warn_at < 1:
        errors["warn_at"] = [_("A warning comes at a share between 0 and 1.")]
    if not _climbs(terms.escalate):
        errors["escalate"] = [
            _("The ladder has one to five rungs, begins at 0, goes on in time and names who is told.")
        ]
    if errors:
        raise Invalid(errors=errors)
    _check_order(subject, terms)


def _climbs(ladder: Sequence[dict[str, Any]]) -> bool:
    after = [Decimal(str(rung["after"])) for rung in ladder]
    return (
        0 < len(ladder) <= MOST_RUNGS
        and all(each.is_finite() for each in after)
        and after[0] == 0
        and after == sorted(set(after))
        and after[-1] <= LONGEST_RUNG
        and all(rung["to"] in RUNGS and rung["channel"] in WAYS for rung in ladder)
    )


def _check_order(subject: Subject, terms: Terms) -> None:
    place = subject.community.pk if subject.community else None
    of_what = (place, subject.urgency, subject.level, subject.stage)
    check_order(subject.work, Promised(*of_what, terms.target_seconds, str(terms.clock)))


def _replace(subject: Subject, terms: Terms, by: User, at: datetime) -> Policy:
    old = Policy.objects.current().filter(**subject.row).select_for_update().first()
    if old is not None:
        if Terms.of(old) == terms:
            return old
        old.replaced_at, old.replaced_by = at, by
        old.save(update_fields=["replaced_at", "replaced_by"])
    policy = Policy.objects.create(
        **subject.row,
        target_seconds=terms.target_seconds,
        clock=terms.clock,
        warn_at=terms.warn_at,
        since=at,
        changed_by=by,
    )
    Rung.objects.lay(policy, terms.escalate)
    return policy


def _apply(policy: Policy, by: User, at: datetime) -> None:
    """Counts open cases anew; more of them than a page can wait for are left to the workers."""
    recounts.ask(policy, by=by, at=at)
