"""The lists of permits, in tabs; works that go on now; what is known of contractors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from decoration.models import Permit, PermitQuerySet
from decoration.queries.cases import with_shown
from decoration.queries.guide import NextStep, next_step
from decoration.workflow import FINAL, REFUNDING, REVIEW, WRITING, Status
from owners.models import Person, Unit
from owners.models.keys import same_person
from owners.queries.patterns import like, literal, read
from servicecenter.accounts.models import Role, User
from servicecenter.lib.pages import Page, page_of

SIZE = 25
MOST = 30
KNOWS_PEOPLE = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})


@dataclass(frozen=True)
class Tab:
    """One list: which rows, in which order (never null, ending with the id)."""

    code: str
    label: str | Promise
    narrow: Callable[[PermitQuerySet, datetime], PermitQuerySet]
    order: tuple[str, ...] = ("-id",)


TABS: Mapping[str, Tab] = {
    tab.code: tab
    for tab in (
        Tab(
            "review",
            pgettext_lazy("permits", "To review"),
            lambda rows, at: rows.filter(status__in=REVIEW),
            ("id",),
        ),
        Tab(
            "signing",
            pgettext_lazy("permits", "To sign and pay"),
            lambda rows, at: rows.filter(status__in=[Status.APPROVED, Status.SIGNED]),
        ),
        Tab("works", pgettext_lazy("permits", "Works go on"), lambda rows, at: rows.running()),
        Tab(
            "refund",
            pgettext_lazy("permits", "To refund"),
            lambda rows, at: rows.filter(status__in=REFUNDING),
            ("id",),
        ),
        Tab(
            "refund_late",
            pgettext_lazy("permits", "Refund overdue"),
            lambda rows, at: rows.refund_overdue(at),
            ("refund_due_at", "id"),
        ),
        Tab(
            "overdue",
            pgettext_lazy("permits", "Overdue"),
            lambda rows, at: rows.overdue(at),
            ("next_due_at", "id"),
        ),
        Tab(
            "writing",
            pgettext_lazy("permits", "Being written"),
            lambda rows, at: rows.filter(status__in=WRITING),
        ),
        Tab("done", pgettext_lazy("permits", "Over"), lambda rows, at: rows.filter(status__in=FINAL)),
    )
}


def listed(user: User, tab: Tab, text: str, *, at: datetime, cursor: str = "") -> Page[Permit]:
    """A page of a tab, narrowed to what `text` (clean, at most 100 characters) may mean; two queries."""
    rows = tab.narrow(Permit.objects.visible_to(user), at)
    if text:
        rows = rows.filter(about(text, people=user.role in KNOWS_PEOPLE))
    return page_of(with_shown(rows), order=tab.order, cursor=cursor, size=SIZE)


def about(text: str, *, people: bool) -> Q:
    """Permits that `text` may mean: a number, a unit, a contractor; for whoever answers for people a name or phone."""
    asked = read(text)
    anywhere = f"%{literal(asked.text)}%"
    found = like("number", anywhere) | like("contractor__name", anywhere)
    if asked.units:
        found |= like("unit__code", *asked.units)
    if people:
        found |= like("applicant_name", anywhere)
        if asked.phone:
            found |= like("contact_phone", literal(asked.phone))
    return found


def counted(user: User, at: datetime) -> dict[str, int]:
    """How many wait in each tab that is work."""
    rows = Permit.objects.visible_to(user)
    return {
        tab.code: tab.narrow(rows, at).count() for tab in TABS.values() if tab.code not in ("done", "writing")
    }


@dataclass(frozen=True)
class Row:
    """A permit on a resident's list, with its next step."""

    case: Permit
    next: NextStep
    your_turn: bool


YOUR_TURN = frozenset({"draft", "returned", "approved", "works_accepted"})


def of_resident(user: User, community_id: int) -> list[Row]:
    """Own permits and those that tenants ask one's consent for, newest first."""
    rows = with_shown(Permit.objects.visible_to(user)).filter(community=community_id).order_by("-id")[:MOST]
    return [Row(each, next_step(each, user), _turn(each, user)) for each in rows]


def _turn(permit: Permit, user: User) -> bool:
    if permit.applicant.user_id != user.pk:
        return permit.status in WRITING and permit.needs_consent
    return permit.status in YOUR_TURN


def latest_permits(
    user: User, *, unit: Unit | None = None, person: Person | None = None, most: int = 5
) -> list[Permit]:
    """The latest ones of a unit or of whoever applied, also under a record that was merged; what is open first."""
    mine = Q(unit=unit) if unit is not None else same_person("applicant", person) if person else Q(pk=None)
    rows = with_shown(Permit.objects.visible_to(user)).filter(mine)
    return list(rows.order_by(F("closed_at").desc(nulls_first=True), "-id")[:most])


def refunds_overdue(community_ids: Iterable[int], at: datetime) -> int:
    """How many deposits should be back by now; for the board."""
    return Permit.objects.filter(community__in=community_ids).refund_overdue(at).count()


def works_now(user: User, day: date) -> PermitQuerySet:
    """Works that go on or are to begin, building by building."""
    rows = Permit.objects.visible_to(user).running().filter(ends_on__gte=day)
    late = Permit.objects.visible_to(user).running().filter(ends_on__lt=day)
    return with_shown(rows | late).order_by("community", "unit__building__position", "unit__code", "id")


def unit_coded(user: User, code: str) -> Unit | None:
    """The unit with this code where the user works; None for none or for several."""
    asked = read(code)
    rows = Unit.objects.visible_to(user).filter(code__in=[code.strip().upper(), *asked.units])
    found = list(rows.select_related("community")[:2])
    return found[0] if len(found) == 1 else None
