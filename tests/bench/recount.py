"""The figures of a campaign a second time, in another way than the program works them out.

The answers come from plain SQL. A figure is a function of the weights of the answers; its variance comes from how it
moves when one weight is moved a little (the infinitesimal jackknife, by numbers, not by formula). Student's t is found
by integrating its density, chance by the error function, the drivers by adding sections one after the other in every
order (Gram–Schmidt), not by equations.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from statistics import fmean
from typing import Any

from django.db import connection

from surveys.models import Campaign
from surveys.queries.campaigns import standings_of
from tests.bench.jackknife import Mark, Said, interval, nps

SQL = """
SELECT b.code, s.population, r.channel, r.answers FROM surveys_response r
    JOIN surveys_stratum s ON s.id = r.stratum_id LEFT JOIN owners_building b ON b.id = s.building_id
WHERE r.campaign_id = %s
"""
STANDING = """
SELECT b.code, count(*) FILTER (WHERE i.state <> 'reserve'), count(*) FILTER (WHERE i.state = 'answered')
FROM surveys_invitation i JOIN surveys_stratum s ON s.id = i.stratum_id JOIN owners_building b ON b.id = s.building_id
WHERE i.campaign_id = %s GROUP BY b.code, b.position ORDER BY b.position
"""
HIDDEN = "＊"


@dataclass(frozen=True)
class Compared:
    """A figure as it is shown, and as it was worked out again."""

    name: str
    shown: str
    again: str

    @property
    def equal(self) -> bool:
        return self.shown == self.again


def figures(campaign: Campaign, page: Any, reader: Any) -> Iterator[Compared]:
    """Every figure of the results page beside the same one worked out here, to four decimals."""
    found = page.context["results"]
    said = _said(campaign)
    yield from _rates(campaign, found)
    yield from _whole(found, said, campaign, _said(found.before))
    yield from _buildings(found, said, campaign)
    yield from _drivers(found, said, campaign)
    yield from _others(page, found, said, campaign)
    yield _file(campaign, reader, said)


def _said(campaign: Campaign) -> list[Said]:
    with connection.cursor() as cursor:
        cursor.execute(SQL, [campaign.pk])
        rows = cursor.fetchall()
    return [
        (code, size, channel, json.loads(a) if isinstance(a, str) else a) for code, size, channel, a in rows
    ]


def _rates(campaign: Campaign, found: Any) -> Iterator[Compared]:
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [campaign.pk])
        rows = cursor.fetchall()
    asked, answered = sum(row[1] for row in rows), sum(row[2] for row in rows)
    yield Compared("response rate, %", f"{found.standing.rate}", f"{round(100 * answered / asked, 1)}")
    by_building = dict(zip((row[0] for row in rows), standings_of(campaign)[1], strict=True))
    for code, asked, answered in rows:
        again = f"{answered} of {asked} · {round(100 * answered / asked, 1)}"
        each = by_building[code]
        yield Compared(f"answers of building {code}", f"{each.answered} of {each.asked} · {each.rate}", again)


def _scale(code: str) -> Mark:
    return lambda each: 10.0 * float(each[3][code]) if code in each[3] else None


def _index(campaign: Campaign, section: str = "") -> list[tuple[Mark, float]]:
    """Scales with their weights, read from the document itself."""
    return [
        (_scale(q["code"]), q.get("weight", 1))
        for part in campaign.questionnaire.content["sections"]
        if section in ("", part["code"])
        for q in part["questions"]
        if q["kind"] == "scale" and q.get("weight", 1) > 0 and not q.get("overall")
    ]


def _share(each: Said) -> float | None:
    return 100.0 * (each[3]["overall"] >= 8) if "overall" in each[3] else None


def _whole(found: Any, said: list[Said], campaign: Campaign, before: list[Said]) -> Iterator[Compared]:
    """Index, share, NPS and sections, with the change since the campaign before."""
    rows: list[tuple[str, Any, list[tuple[Mark, float]]]] = [
        ("CSI", found.csi, _index(campaign)),
        ("satisfied, %", found.satisfied, [(_share, 1)]),
        ("NPS", found.recommendation, [(nps, 1)]),
        *((f"section {row.code}", row, _index(campaign, row.code)) for row in found.sections),
    ]
    for name, row, parts in rows:
        value, error, low, high = interval(said, parts)
        old, old_error, _low, _high = interval(before, parts)
        e = row.estimate
        yield Compared(f"{name} ± 95 %", _three(e.value, e.low, e.high), _three(value, low, high))
        chance = math.erfc(abs(value - old) / math.sqrt(2 * (error**2 + old_error**2)))
        again = f"{value - old:+.4f}, p {chance:.4f}: {_words(value - old, chance)}"
        shown = f"{row.change.difference:+.4f}, p {row.change.chance:.4f}: {row.change.code}"
        yield Compared(f"{name} against the year before", shown, again)


def _words(difference: float, chance: float) -> str:
    if chance >= 0.05:
        return "same"
    return f"{'clear' if chance < 0.01 else 'likely'}_{'up' if difference > 0 else 'down'}"


def _three(value: float, low: float, high: float) -> str:
    return f"{value:.4f} ({low:.4f} – {high:.4f})"


def _buildings(found: Any, said: list[Said], campaign: Campaign) -> Iterator[Compared]:
    """Each building's index; a small one is hidden, and the next smallest with it."""
    for row, again in _by_building(found, said, campaign):
        yield Compared(f"CSI of building {row.label}", _shown(row), again)


def _by_building(found: Any, said: list[Said], campaign: Campaign) -> Iterator[tuple[Any, str]]:
    """Each row of the page, and the index of its building worked out again."""
    heard, index = Counter(each[0] for each in said), _index(campaign)
    secret = kept_back(heard)
    order = campaign.strata.values_list("building__code", flat=True)
    for row, code in zip(found.buildings, order, strict=True):
        own = [each for each in said if each[0] == code]
        yield row, _again(own, index) if own and code not in secret else HIDDEN


def _by_channel(found: Any, said: list[Said], campaign: Campaign) -> Iterator[tuple[Any, str]]:
    """Each row of the page, and the index of its channel worked out again; other channels say nothing about it."""
    secret, index = kept_back(Counter(each[2] for each in said)), _index(campaign)
    for row in found.channels:
        only = [(_through(row.code, mark), weight) for mark, weight in index]
        yield row, HIDDEN if row.code in secret else _again(said, only)


def kept_back(heard: Counter[str]) -> set[str]:
    """Groups of fewer than five answers; where they are one, or fewer than five together, the next smallest too."""
    ranked = sorted(heard, key=lambda group: heard[group])
    for count in range(len(ranked) + 1):
        left, right = ranked[:count], ranked[count:]
        alone = len(left) == 1 or (left and sum(heard[group] for group in left) < 5)
        if all(heard[group] >= 5 for group in right) and not (alone and right):
            return set(left)
    raise AssertionError(heard)


def hidden_figures(name: str, campaign: Campaign, page: Any) -> Iterator[Compared]:
    """What is shown of each building and each channel, in one line a kind."""
    found, said = page.context["results"], _said(campaign)
    for kind, rows in (
        ("buildings", list(_by_building(found, said, campaign))),
        ("channels", list(_by_channel(found, said, campaign))),
    ):
        counted = ", ".join(f"{row.answers}" for row, _again in rows)
        shown, again = (
            " · ".join(each.split(" ")[0] for each in column)
            for column in ([_shown(row) for row, _again in rows], [again for _row, again in rows])
        )
        yield Compared(f"{name}: {kind} of {counted}", shown, again)


def _shown(row: Any) -> str:
    e = row.estimate
    return HIDDEN if e is None else _three(e.value, e.low, e.high)


def _again(said: Sequence[Said], parts: Sequence[tuple[Mark, float]]) -> str:
    value, _error, low, high = interval(said, parts)
    return _three(value, low, high)


def _drivers(found: Any, said: list[Said], campaign: Campaign) -> Iterator[Compared]:
    """The gain of R² of each section, over every order in which they may come."""
    parts = {
        part["code"]: [q["code"] for q in part["questions"] if q["kind"] == "scale" and not q.get("overall")]
        for part in campaign.questionnaire.content["sections"]
    }
    parts = {code: codes for code, codes in parts.items() if codes}
    rows = []
    for _b, _n, _c, answers in said:
        marks = [[answers[q] for q in codes if q in answers] for codes in parts.values()]
        if all(marks) and "overall" in answers:
            rows.append([*(fmean(each) for each in marks), answers["overall"]])
    columns = [_centred(column) for column in zip(*rows, strict=True)]
    target = columns.pop()
    gains: defaultdict[str, list[float]] = defaultdict(list)
    names = list(parts)
    for order in permutations(range(len(names))):
        basis: list[list[float]] = []
        for one in order:
            rest = list(columns[one])
            for known in basis:
                along = _dot(rest, known)
                rest = [a - along * b for a, b in zip(rest, known, strict=True)]
            length = math.sqrt(_dot(rest, rest))
            basis.append([a / length for a in rest])
            gains[names[one]].append(_dot(basis[-1], target) ** 2 / _dot(target, target))
    whole = sum(fmean(each) for each in gains.values())
    yield Compared("explained by the sections (R²)", f"{found.drivers.explained:.4f}", f"{whole:.4f}")
    for row in found.drivers.rows:
        again = fmean(gains[row.section]) / whole
        yield Compared(f"part of {row.section} in the overall score", f"{row.share:.4f}", f"{again:.4f}")


def _others(page: Any, found: Any, said: list[Said], campaign: Campaign) -> Iterator[Compared]:
    """Channels, and the other community of the wave."""
    index = _index(campaign)
    for row, again in _by_channel(found, said, campaign):
        yield Compared(f"CSI through {row.code}", _shown(row), again)
    value, error, _low, _high = interval(said, index)
    for each in page.context["wave"]:
        other, other_error, _l, _h = interval(_said(each.campaign), index)
        chance = math.erfc(abs(value - other) / math.sqrt(2 * (error**2 + other_error**2)))
        shown = f"{each.change.difference:+.4f}: {each.change.code}"
        again = f"{value - other:+.4f}: {_words(value - other, chance)}"
        yield Compared(f"CSI against {each.campaign.community} of the same wave", shown, again)


def _through(channel: str, mark: Mark) -> Mark:
    return lambda each: mark(each) if each[2] == channel else None


def _file(campaign: Campaign, reader: Any, said: list[Said]) -> Compared:
    """The file that is given out: as many rows, and the same marks in each column."""
    path = f"/manage/surveys/{campaign.number}/answers.csv"
    sent = reader.post(path, {"reason": "核对"}, expected=(200,))
    rows = list(csv.DictReader(io.StringIO(b"".join(sent.streaming_content).decode("utf-8-sig"))))
    codes = [code for code in rows[0] if code not in ("no", "building")]
    out = sum(int(row[code]) for row in rows for code in codes if row[code].isdigit())
    kept = sum(y for each in said for code, y in each[3].items() if isinstance(y, int))
    return Compared("rows and sum of all marks in the CSV", f"{len(rows)}, {out}", f"{len(said)}, {kept}")


def _centred(column: Sequence[float]) -> list[float]:
    middle = fmean(column)
    return [each - middle for each in column]


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return math.fsum(a * b for a, b in zip(one, other, strict=True))
