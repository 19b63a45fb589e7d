"""Everything that the page of one permit shows, on whichever face."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from decoration.models import Comment, Deduction, Permit, Violation, WaterTest, Worker
from decoration.queries.gaps import asked_papers, missing_papers
from decoration.queries.guide import NextStep, buttons, next_step, way
from decoration.queries.story import timeline
from decoration.queries.versions import PARTS, Difference, differences
from decoration.workflow import REFUNDING, REVIEW, WRITING, Status
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo, PhotoKind
from servicecenter.cases.buttons import Button, Step
from servicecenter.cases.story import Line, Picture, picture, pictures
from servicecenter.ledger.models import Charge
from servicecenter.lib import works as kinds
from servicecenter.sla.models import Clock


@dataclass(frozen=True)
class With:
    """A row with its pictures."""

    row: Any
    pictures: list[Picture]


@dataclass(frozen=True)
class Settlement:
    """The deposit, what is kept of it, and what comes back."""

    held: Decimal
    kept: Decimal
    back: Decimal


@dataclass(frozen=True)
class Remark:
    """What a reviewer said, and of which part."""

    row: Comment
    part: str


@dataclass(frozen=True)
class PermitPage:
    """One permit as `templates/decoration/_*.html` read it (under the name `page`)."""

    case: Permit
    staff: bool
    next: NextStep
    buttons: list[Button]
    way: list[Step]
    lines: list[Line]
    photos: list[Picture]
    clocks: list[Clock]
    works: list[Any]
    workers: list[With]
    papers: list[With]
    missing: list[Any]
    comments: list[Remark]
    # Why it was sent back.
    sent_back: str
    differences: list[Difference]
    violations: list[With]
    water_tests: list[WaterTest]
    untested: list[str]
    deductions: list[With]
    charges: list[Charge]
    # Complaints of neighbours and other cases that are linked to it.
    named_by: list[kinds.CaseLine]
    change: Any = None
    may_write: bool = False
    # Names, phones of others and money are for whoever applied and for the desk.
    sees_people: bool = False

    @property
    def signs(self) -> bool:
        """Whether somebody may sign on the screen now."""
        return any(each.code in ("sign", "accept-works") for each in self.buttons)

    @property
    def settlement(self) -> Settlement | None:
        """What comes back of the deposit as it stands now, for those who see money."""
        if self.case.status not in REFUNDING or not self.charges or not self.case.held:
            return None
        return settled(self.case, [each.row.amount for each in self.deductions])

    @property
    def open_violations(self) -> list[With]:
        """What is still to be put right."""
        return [each for each in self.violations if each.row.mended_at is None]


def settled(permit: Permit, deductions: Iterable[Decimal]) -> Settlement:
    """What was held before anything was kept, what the deductions come to, and what is left."""
    deposit = permit.deposit
    held: Decimal = permit.held + (deposit.kept if deposit else Decimal(0))
    kept = sum(deductions, Decimal(0))
    return Settlement(held, kept, held - kept)


SEES_PEOPLE = frozenset({"agent", "supervisor", "manager", "admin"})


def permit_page(user: User, permit: Permit, next_url: str = "") -> PermitPage:
    """The page of a permit, about thirty small queries whatever its history."""
    bar = buttons(permit, user, next_url)
    standings = permit.standings(user)
    return PermitPage(
        case=permit,
        staff=user.is_employee,
        next=next_step(permit, user),
        buttons=bar,
        way=way(permit),
        lines=timeline(permit, user),
        photos=[replace(each, caption="") for each in pictures(permit)],
        clocks=_clocks(permit),
        works=list(permit.works.in_force()),
        workers=pictured("permit_worker", permit.workers.all()),
        papers=pictured("permit_paper", asked_papers(permit)),
        missing=missing_papers(permit) if permit.status in WRITING else [],
        comments=[Remark(each, str(PARTS.get(each.field, ""))) for each in comments_of(permit)],
        sent_back=_sent_back(permit) if permit.status == Status.RETURNED else "",
        differences=differences(permit) if user.is_employee and permit.status in REVIEW else [],
        violations=pictured("violation", permit.violations.select_related("found_by", "rule")),
        water_tests=list(permit.water_tests.select_related("by")),
        untested=permit.untested_rooms if permit.issued_at else [],
        deductions=pictured("deduction", permit.deductions.filter(dropped_at=None)),
        charges=list(permit.charges) if sees_money(user, standings) else [],
        named_by=kinds.naming(user, "permit", permit.pk) if user.is_employee else [],
        change=permit.open_change,
        may_write=permit.status in WRITING and bool(standings & {"applicant", "agent", "supervisor"}),
        sees_people=user.role in SEES_PEOPLE or "applicant" in standings,
    )


def sees_money(user: User, standings: frozenset[str]) -> bool:
    """Money is for the desk and for whoever applied."""
    return user.role in SEES_PEOPLE or "applicant" in standings


def _sent_back(permit: Permit) -> str:
    last = permit.events().filter(action="send_back").last()
    return last.text if last else ""


def comments_of(permit: Permit) -> list[Comment]:
    """What reviewers said about the present submission."""
    return list(permit.comments.select_related("by").filter(round=permit.round))


def comments_by_part(permit: Permit) -> dict[str, list[str]]:
    """The same, by the part that each is about."""
    found: dict[str, list[str]] = defaultdict(list)
    for each in comments_of(permit):
        found[each.field].append(each.text)
    return {code: found[code] for code in PARTS if found[code]}


def pictured(work: str, rows: Iterable[Worker | Violation | Deduction | Any]) -> list[With]:
    """Rows with their pictures, two queries for all of them."""
    known = list(rows)
    photos: dict[int, list[Picture]] = defaultdict(list)
    found = Photo.objects.filter(work=work, case_id__in=[each.pk for each in known])
    for photo in found.exclude(kind=PhotoKind.SIGNATURE).order_by("id"):
        photos[photo.case_id].append(picture(photo))
    return [With(each, [replace(one, caption="") for one in photos[each.pk]]) for each in known]


def _clocks(permit: Permit) -> list[Clock]:
    review = Clock.objects.filter(work="permit", case_id=permit.pk, round=permit.round)
    refund = Clock.objects.filter(work="refund", case_id=permit.pk)
    running = (review | refund).filter(cancelled_at=None).exclude(due_at=None)
    return list(running.order_by("due_at")) if permit.status != Status.DRAFT else []
