"""The figures of the board as JSON, with numerators and denominators."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from repairs.models import Trade
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import Community, Role
from servicecenter.board.forms import SliceForm
from servicecenter.board.queries.counting import Counts, grouped
from servicecenter.board.queries.figures import FIGURES, Figure, sets_of
from servicecenter.board.queries.labels import group_labels
from servicecenter.board.queries.lengths import LENGTHS, Took, lengths
from servicecenter.board.queries.slices import TIMES, Grouping, Slice
from servicecenter.lib.clock import LOCAL, database_now
from servicecenter.lib.operations import operation
from servicecenter.lib.serializers import InstantField, Query

CODES = tuple(FIGURES)
COUNTED = ("reported", "completions")
DAY = "A local day (2026-11-23) or an instant with its offset."


class SlaQuery(Query):
    """Which rows the figures are about. Thirty days until today where nothing is said, 400 days at most."""

    to = serializers.CharField(required=False, max_length=40, help_text=f"{DAY} A day is counted to its end.")
    community = serializers.CharField(required=False, max_length=18, help_text="Code or id of a community.")
    trade = serializers.ChoiceField(Trade.choices, required=False)
    group_by = serializers.ChoiceField(Grouping.choices, required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a word of Python, so it cannot be declared above."""
        first = serializers.CharField(required=False, max_length=40, help_text=DAY)
        return {"from": first, **super().get_fields()}


class ShareOut(serializers.Serializer[Any]):
    """Part of a whole."""

    numerator = serializers.IntegerField(allow_null=True, help_text="null: too few answers to be shown.")
    denominator = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True, help_text="0 to 1; null without rows, or with too few.")


class FiguresOut(serializers.Serializer[Any]):
    """The figures of one group. What each one counts is told beside it."""

    reported = serializers.IntegerField(help_text="Repairs reported in the period.")
    completions = serializers.IntegerField(
        help_text="Completions in the period, each round of a rework counted."
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """One share for each figure."""
        shares = {
            code: ShareOut(help_text=str(each.meaning), required=code != "handling")
            for code, each in FIGURES.items()
        }
        return {**super().get_fields(), **shares}


class GroupOut(FiguresOut):
    """One group. Without a place in a day, week or month, `handling` is left out there."""

    key = serializers.CharField(
        allow_null=True,
        help_text="Community or trade code, id of a building or technician, first day, or hour; null for none.",
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`label` is an attribute of serializers themselves."""
        label = serializers.CharField(help_text="In the reader's language.")
        return {"label": label, **super().get_fields()}


class LengthOut(serializers.Serializer[Any]):
    """How long it took."""

    median_seconds = serializers.IntegerField(allow_null=True)
    average_seconds = serializers.IntegerField(allow_null=True)
    count = serializers.IntegerField(help_text="Of how many repairs.")


class SlaOut(serializers.Serializer[Any]):
    """Figures of a period."""

    to = InstantField(help_text="Not included.")
    at = InstantField(help_text="The moment at which they were counted.")
    communities = serializers.ListField(child=serializers.CharField())
    group_by = serializers.ChoiceField(Grouping.choices, allow_null=True)
    total = FiguresOut()
    first_resolution = LengthOut(help_text=str(LENGTHS["first_resolution"].meaning))
    total_resolution = LengthOut(help_text=str(LENGTHS["total_resolution"].meaning))
    groups = GroupOut(many=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` again."""
        return {"from": InstantField(), **super().get_fields()}


class SlaEndpoint(Endpoint):
    """Are promises kept, and for whom."""

    roles = frozenset({Role.MANAGER.value, Role.SUPERVISOR.value, Role.ADMIN.value})

    @operation("board_sla", "The figures of the board", query=SlaQuery, answer=SlaOut)
    def get(self, request: Request) -> Response:
        """Managers, supervisors and administrators, of their communities.

        Refuses `invalid` for a period that ends before it begins or is longer than 400 days, and `not_found` for a
        community outside the reader's scope.
        """
        query = self.query(SlaQuery)
        at = database_now()
        communities = tuple(Community.objects.visible_to(self.user).order_by("code"))
        part = SliceForm(query, communities=communities, at=at).part()
        by = query.get("group_by", "")
        groups = grouped(sets_of(*CODES) | set(COUNTED), part, at, by or Grouping.COMMUNITY)
        total = _total(groups) if by not in TIMES else _all(part, at)
        answer = {
            "from": part.since.astimezone(LOCAL),
            "to": part.until.astimezone(LOCAL),
            "at": at.astimezone(LOCAL),
            "communities": [each.code for each in communities if each.pk in part.community_ids],
            "group_by": by or None,
            "total": _figures(total),
            **{code: _length(took) for code, took in lengths(part, at).items()},
            "groups": _groups(groups, part, by) if by else [],
        }
        return Response(answer)


def _all(part: Slice, at: Any) -> Counter[str]:
    """Some figures have no place in a day, so the total is counted by itself."""
    return _total(grouped(sets_of(*CODES) | set(COUNTED), part, at, Grouping.COMMUNITY))


def _total(groups: dict[Any, Counter[str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for numbers in groups.values():
        found.update(numbers)
    return found


def _length(took: Took) -> dict[str, Any]:
    middle, mean = (
        None if each is None else round(each.total_seconds()) for each in (took.median, took.average)
    )
    return {"median_seconds": middle, "average_seconds": mean, "count": took.count}


def _groups(groups: dict[Any, Counter[str]], part: Slice, by: str) -> list[dict[str, Any]]:
    keys = sorted(groups, key=lambda key: (key is None, key or 0))
    labels = group_labels(by, keys, part.communities)
    leave_out = frozenset({"handling"} if by in TIMES else ())
    return [
        {"key": _key(key, by, part), "label": labels.get(key, str(key))} | _figures(groups[key], leave_out)
        for key in keys
    ]


def _key(key: Any, by: str, part: Slice) -> str | None:
    if key is None:
        return None
    if by == Grouping.COMMUNITY:
        return next(each.code for each in part.communities if each.pk == key)
    return key.isoformat() if isinstance(key, date) else str(key)


def _figures(counts: Counts, leave_out: frozenset[str] = frozenset()) -> dict[str, Any]:
    plain = {code: counts.get(code, 0) for code in COUNTED}
    shares = {code: _share(each, counts) for code, each in FIGURES.items() if code not in leave_out}
    return plain | shares


def _share(figure: Figure, counts: Counts) -> dict[str, Any]:
    share = figure.of(counts)
    if not figure.is_shown(share):
        return {"numerator": None, "denominator": share.whole, "rate": None}
    rate = round(share.part / share.whole, 4) if share.whole else None
    return {"numerator": share.part, "denominator": share.whole, "rate": rate}
