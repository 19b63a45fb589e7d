"""Whether the builder still answers for a part of a home on a day, until when, and why (domain §2).

`cover` says it for one unit; what lists need is read once for all of their rows (`rules_of`) and then only counted.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, TextChoices
from django.utils.functional import Promise as Words
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from owners.models import Unit, WarrantyPart, WarrantyTerm
from servicecenter.lib.words import date_words

# The trade that does not tell which part it is about.
UNNAMED = frozenset({"", "other"})
# The resident is reminded this many months before the last day.
REMIND_MONTHS = 1


class Standing(TextChoices):
    """In or out of warranty, or not to be told from what is on record. Nothing is guessed."""

    IN = "in", _("Under warranty")
    OUT = "out", _("Out of warranty")
    UNKNOWN = "unknown", _("Warranty not known")


class Why(TextChoices):
    """Why a warranty stands as it does."""

    RUNNING = "running", _("Within the warranty")
    LIFE = "life", _("For the design life of the building")
    BEFORE = "before", _("Not handed over yet")
    ENDED = "ended", _("The warranty has ended")
    NO_PART = "no_part", _("No part with a warranty")
    NO_DATE = "no_date", _("No delivery date on record")
    NOT_NAMED = "not_named", _("It is not said which part")
    DEPENDS = "depends", _("It depends on the part")
    PUBLIC = "public", _("A public area")


@dataclass(frozen=True)
class Rule:
    """What counts for one part in one community: the community's own term, or else the company's."""

    part: WarrantyPart
    length: int | None
    season: tuple[int, int] | None = None

    @classmethod
    def of(cls, term: WarrantyTerm) -> Rule:
        """The rule that a row states."""
        season = term.season_from, term.season_until
        return cls(term.part, term.length, None if None in season else season)  # type: ignore[arg-type]

    def last_day(self, delivered_on: date) -> date | None:
        """The last day under warranty; None for a design life that is not on record in years."""
        if self.length is None:
            return None
        if self.season is not None:
            return end_of_season(delivered_on, self.season, self.length)
        return months_later(delivered_on, self.length)


@dataclass(frozen=True)
class Cover:
    """How the warranty stands. `until` is its last day, where one part says so; `parts` what the sentence is about."""

    state: Standing
    why: Why
    until: date | None = None
    delivered_on: date | None = None
    parts: tuple[WarrantyPart, ...] = ()
    # Where its parts do not end on the same day: each of them.
    each: tuple[Cover, ...] = ()

    @property
    def label(self) -> str:
        return str(self.state.label)

    @property
    def reason(self) -> str:
        """Why, in a few words."""
        return str(self.why.label)

    @property
    def name(self) -> str:
        """The parts in one line."""
        return pgettext("between things in a row", ", ").join(str(part) for part in self.parts)

    @property
    def sentence(self) -> str:
        """Why, in a sentence for people."""
        if self.each:
            begins = [__("It depends on the part.")] if self.why == Why.DEPENDS else []
            return " ".join([*begins, *(cover.sentence for cover in self.each)])
        return str(SENTENCES[self.why]).format(
            part=self.name,
            until=date_words(self.until) if self.until else "",
            since=date_words(self.delivered_on) if self.delivered_on else "",
        )


SENTENCES: Mapping[Why, str | Words] = {
    Why.RUNNING: _("{part}: under warranty until {until} (delivered on {since})."),
    Why.LIFE: _("{part}: under warranty for the design life of the building (delivered on {since})."),
    Why.BEFORE: _("{part}: the unit is handed over on {since} only; until then the builder answers."),
    Why.ENDED: _("{part}: the warranty ended on {until} (delivered on {since})."),
    Why.NO_PART: _("The register of warranties has no part that such a repair is about."),
    Why.NO_DATE: _("The delivery date of this unit is not on record."),
    Why.NOT_NAMED: _("The trade does not tell which part of the home it is about."),
    Why.PUBLIC: _("In a public area: its date of acceptance is not on record."),
}


@dataclass(frozen=True)
class Rules:
    """The parts that homes of one community have, in the order of the register, and those that they lack."""

    active: tuple[Rule, ...]

    def about(self, *, trade: str = "", part_id: int | None = None) -> list[Rule]:
        """The rules of a named part, or of every part that a trade is about."""
        if part_id is not None:
            return [rule for rule in self.active if rule.part.pk == part_id]
        return [rule for rule in self.active if trade in rule.part.trades]


NONE = Rules(())


def rules_of(community_ids: Iterable[int]) -> dict[int, Rules]:
    """The rules in force in each of these communities; one query for any number of them."""
    wanted = set(community_ids)
    terms = WarrantyTerm.objects.filter(Q(community=None) | Q(community__in=wanted)).select_related("part")
    rows = list(terms.order_by("part__position", "part_id"))
    company = {term.part_id: term for term in rows if term.community_id is None}
    found = {}
    for community_id in wanted:
        own = {term.part_id: term for term in rows if term.community_id == community_id}
        chosen = (company | own).values()
        ordered = sorted(chosen, key=lambda term: (term.part.position, term.part_id))
        found[community_id] = Rules(tuple(Rule.of(term) for term in ordered if term.active))
    return found


def parts_of(community_ids: Iterable[int]) -> QuerySet[WarrantyPart]:
    """The parts that homes of these communities have, in the order of the register."""
    found = rules_of(community_ids).values()
    return WarrantyPart.objects.filter(pk__in={rule.part.pk for rules in found for rule in rules.active})


def cover(
    unit: Unit, *, on: date, trade: str = "", part: WarrantyPart | None = None, rules: Rules | None = None
) -> Cover:
    """How a defect stands that showed on day `on`: by the named `part`, or by the trade of the repair.

    Without `rules` they are read (one query). A trade that is about several parts is in or out where all of them are;
    else it depends. An unknown delivery date is said, never guessed.
    """
    known = rules or rules_of([unit.community_id])[unit.community_id]
    return judge(known, unit.delivered_on, on=on, trade=trade, part_id=part.pk if part else None)


def judge(
    rules: Rules, delivered_on: date | None, *, on: date, trade: str = "", part_id: int | None = None
) -> Cover:
    """`cover` from what was read already; no query."""
    if part_id is None and trade in UNNAMED:
        return Cover(Standing.UNKNOWN, Why.NOT_NAMED, delivered_on=delivered_on)
    about = rules.about(trade=trade, part_id=part_id)
    if not about:
        return Cover(Standing.OUT, Why.NO_PART, delivered_on=delivered_on)
    if delivered_on is None:
        return Cover(Standing.UNKNOWN, Why.NO_DATE, parts=tuple(rule.part for rule in about))
    return _together([_standing(rule, delivered_on, on) for rule in about])


def in_public() -> Cover:
    """What is said of a defect that is in no unit."""
    return Cover(Standing.UNKNOWN, Why.PUBLIC)


def register_of(unit: Unit, *, on: date, rules: Rules | None = None) -> list[Cover]:
    """Every part of the unit with how its warranty stands on day `on`: the unit's page of the register."""
    known = rules or rules_of([unit.community_id])[unit.community_id]
    return [judge(known, unit.delivered_on, on=on, part_id=rule.part.pk) for rule in known.active]


def _standing(rule: Rule, delivered_on: date, on: date) -> Cover:
    until = rule.last_day(delivered_on)
    if on < delivered_on:
        state, why = Standing.IN, Why.BEFORE
    elif until is None:
        state, why = Standing.IN, Why.LIFE
    elif on <= until:
        state, why = Standing.IN, Why.RUNNING
    else:
        state, why = Standing.OUT, Why.ENDED
    return Cover(state, why, until, delivered_on, (rule.part,))


def _together(covers: Sequence[Cover]) -> Cover:
    """Several parts that one trade is about, as one answer; those that end on the same day share a sentence."""
    groups: dict[tuple[Why, date | None], list[Cover]] = {}
    for each in covers:
        groups.setdefault((each.why, each.until), []).append(each)
    merged = [
        Cover(same[0].state, why, until, same[0].delivered_on, tuple(p for one in same for p in one.parts))
        for (why, until), same in groups.items()
    ]
    if len(merged) == 1:
        return merged[0]
    states = {each.state for each in merged}
    first = merged[0]
    if len(states) > 1:
        return Cover(Standing.UNKNOWN, Why.DEPENDS, None, first.delivered_on, each=tuple(merged))
    last_days = [each.until for each in merged if each.until is not None]
    until = min(last_days) if first.state == Standing.IN else max(last_days)
    return Cover(first.state, first.why, until, first.delivered_on, each=tuple(merged))


def months_later(day: date, months: int) -> date:
    """The corresponding day some months later, or the last day of a month that lacks it (Civil Code, art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if months < 0 else date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def remind_from(until: date) -> date:
    """The day from which the resident is reminded of a last day."""
    return months_later(until, -REMIND_MONTHS)


def end_of_season(day: date, season: tuple[int, int], count: int) -> date:
    """The last day of the `count`th whole season that begins on `day` or later; one that had begun does not count."""
    begins, ends = season
    year = day.year if _on(day.year, begins) >= day else day.year + 1
    wraps = ends < begins
    return _on(year + count - 1 + wraps, ends)


def _on(year: int, day_of_year: int) -> date:
    """1115 in a year; a 29 February that the year lacks is its 28th. No calendar goes on for ever."""
    if year > date.max.year:
        return date.max
    month, day = divmod(day_of_year, 100)
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def is_season_day(value: int) -> bool:
    """Whether 1115 is a day of the year: month and day as people write them."""
    month, day = divmod(value, 100)
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2024, month)[1]
