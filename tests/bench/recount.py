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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from statistics import fmean
from typing import Any

from django.db import connection

from surveys.models import Campaign
from surveys.queries.campaigns import standings_of

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
# (building, how many units it has, channel, answers)
Said = tuple[str, int, str, dict[str, Any]]
Mark = Callable[[Said], float | None]


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


def value_of(said: Sequence[Said], parts: Sequence[tuple[Mark, float]], weights: Sequence[float]) -> float:
    """A weighted mean of weighted means."""
    total = whole = 0.0
    for mark, weight in parts:
        pairs = [(w, y) for each, w in zip(said, weights, strict=True) if (y := mark(each)) is not None]
        if pairs:
            total += weight * sum(w * y for w, y in pairs) / sum(w for w, _y in pairs)
            whole += weight
    return total / whole


def interval(said: Sequence[Said], parts: Sequence[tuple[Mark, float]]) -> tuple[float, float, float, float]:
    """Figure, standard error, and the borders of the 95 % interval."""
    heard = Counter(each[0] for each in said)
    weights = [each[1] / heard[each[0]] for each in said]
    value = value_of(said, parts, weights)
    moved: defaultdict[str, list[float]] = defaultdict(list)
    for number, each in enumerate(said):
        step = 1e-4 * weights[number]
        more, less = list(weights), list(weights)
        more[number] += step
        less[number] -= step
        slope = (value_of(said, parts, more) - value_of(said, parts, less)) / (2 * step)
        moved[each[0]].append(slope * weights[number])
    sizes = {each[0]: each[1] for each in said}
    variance = 0.0
    everybody = [one for row in moved.values() for one in row]
    for code, row in moved.items():
        n, left = len(row), 1 - len(row) / sizes[code]
        middle = fmean(row) if n > 1 else fmean(everybody)
        variance += left * (n / (n - 1) if n > 1 else 1) * sum((one - middle) ** 2 for one in row)
    saying = [each for each in said if any(mark(each) is not None for mark, _w in parts)]
    spread = student(len(saying) - len({each[0] for each in saying})) * math.sqrt(variance)
    low, high = (-100.0, 100.0) if parts[0][0] is _nps else (0.0, 100.0)
    return value, math.sqrt(variance), max(low, value - spread), min(high, value + spread)


def student(free: int) -> float:
    """Where 97.5 % of Student's distribution lie below: its density integrated (Simpson), the border halved in on."""
    scale = math.exp(math.lgamma((free + 1) / 2) - math.lgamma(free / 2)) / math.sqrt(free * math.pi)

    def below(x: float, steps: int = 2000) -> float:
        h = x / steps
        ordinates = [scale * math.pow(1 + (i * h) ** 2 / free, -(free + 1) / 2) for i in range(steps + 1)]
        inner = 4 * sum(ordinates[1:-1:2]) + 2 * sum(ordinates[2:-1:2])
        return 0.5 + h / 3 * (ordinates[0] + inner + ordinates[-1])

    low, high = 1.9, 13.0
    for _turn in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < 0.975 else (low, middle)
    return (low + high) / 2


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


def _nps(each: Said) -> float | None:
    given = each[3].get("recommend")
    return None if given is None else 100.0 if given >= 9 else -100.0 if given <= 6 else 0.0


def _whole(found: Any, said: list[Said], campaign: Campaign, before: list[Said]) -> Iterator[Compared]:
    """Index, share, NPS and sections, with the change since the campaign before."""
    rows: list[tuple[str, Any, list[tuple[Mark, float]]]] = [
        ("CSI", found.csi, _index(campaign)),
        ("satisfied, %", found.satisfied, [(_share, 1)]),
        ("NPS", found.recommendation, [(_nps, 1)]),
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
    codes = [str(each) for each in campaign.strata.select_related("building")]
    heard = Counter(each[0] for each in said)
    order = list(campaign.strata.values_list("building__code", flat=True))
    small = sorted((code for code in order if heard[code] < 5), key=lambda code: heard[code])
    ranked = sorted((code for code in order if heard[code] >= 5), key=lambda code: heard[code])
    secret = set(small)
    while small and ranked and (len(secret) < 2 or sum(heard[code] for code in secret) < 5):
        secret.add(ranked.pop(0))
    for row, code, label in zip(found.buildings, order, codes, strict=True):
        own = [each for each in said if each[0] == code]
        again = "hidden"
        if code not in secret:
            value, _error, low, high = interval(own, _index(campaign))
            again = _three(value, low, high)
        e = row.estimate
        shown = "hidden" if e is None else _three(e.value, e.low, e.high)
        yield Compared(f"CSI of building {label}", shown, again)


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
    for row in found.channels:
        only = [(_through(row.code, mark), weight) for mark, weight in index]
        value, _error, low, high = interval(said, only)
        e = row.estimate
        yield Compared(f"CSI through {row.code}", _three(e.value, e.low, e.high), _three(value, low, high))
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
