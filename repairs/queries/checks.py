"""Which repairs are to be checked, by whom, and what was found."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F

from repairs.models import Checker, CheckRule, QualityCheck, Standard
from repairs.queries.pictures import Picture, picture
from repairs.queries.standards import standards_for, ticked_of
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.queries import photos_of
from servicecenter.lib.refusals import NotFound

WORK = "quality_check"
SHOWN = ("ticket__community", "worker", "dispatcher", "checker")


def rules_of(community_id: int | None) -> dict[str, CheckRule]:
    """The rules that count for a community: its own before the company's. One query."""
    rows = CheckRule.objects.filter(community=None) | CheckRule.objects.filter(community=community_id)
    # The company's come first, so that a community's own take their place.
    return {each.reason: each for each in rows.order_by(F("community").asc(nulls_first=True))}


def may_check(check: QualityCheck, user: User) -> bool:
    """Supervisors, and agents who were named; never whoever did or sent the work."""
    if user.pk in (check.worker_id, check.dispatcher_id) or check.community_id not in user.community_ids:
        return False
    return user.role == Role.SUPERVISOR or (user.role == Role.AGENT and is_named(user, check.community_id))


def is_named(user: User, community_id: int) -> bool:
    """Whether a supervisor named this agent for quality checks."""
    return Checker.objects.filter(user=user, community=community_id).exists()


def check_for(user: User, check_id: int) -> QualityCheck:
    """A check that `user` may read; refuses `not_found`."""
    rows = QualityCheck.objects.visible_to(user).select_related(*SHOWN)
    found = rows.filter(pk=check_id).first() if check_id < 2**63 else None
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class CheckLine:
    """One line: what is asked for, whether the engineer ticked it, and how it was found (None: not looked at yet)."""

    standard: Standard
    ticked: bool
    kept: bool | None = None


@dataclass(frozen=True)
class Found:
    """A check with its lines and pictures."""

    check: QualityCheck
    lines: list[CheckLine]
    pictures: list[Picture]

    @property
    def kept(self) -> int:
        """How many lines were kept."""
        return sum(bool(line.kept) for line in self.lines)


def found(check: QualityCheck) -> Found:
    """What is to be looked at, or what was found; three queries."""
    ticked = ticked_of(check.ticket)
    if check.checked_at is None:
        lines = [CheckLine(each, each.pk in ticked) for each in standards_for(check.ticket)]
    else:
        marks = check.marks.select_related("standard").order_by("standard__position", "standard_id")
        lines = [CheckLine(each.standard, each.standard_id in ticked, each.kept) for each in marks]
    return Found(check, lines, [picture(photo) for photo in photos_of(WORK, check.pk)])


def due_checks(user: User) -> list[QualityCheck]:
    """Those to be made in one's communities, the longest wait first."""
    rows = QualityCheck.objects.visible_to(user).due().select_related(*SHOWN)
    return list(rows[:200])
