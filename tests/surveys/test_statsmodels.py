"""Intervals and significance, beside what statsmodels 0.15 says about the very same answers.

It is no package of ours (with numpy and SciPy 200 MB). What it was asked stands above each of its figures: its means,
standard errors and points of Student's distribution; strata and the finite population are put together from them by
hand, with W_h = N_h/N:  mean Σ W_h·mean_h,  error √Σ W_h²·(1 − n_h/N_h)·std_mean_h².
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from surveys.library import YEARLY
from surveys.questions import sheet_of
from surveys.results import scores
from surveys.results.estimate import Estimate, Part, Voice, estimate
from surveys.results.significance import change

SHEET = sheet_of(YEARLY)
UNITS = {1: 40, 2: 25, 3: 10}
# So many units that those who answered are no part worth counting.
ENDLESS = {1: 10**12}
OVERALL = {1: [9, 8, 10, 7, 9], 2: [4, 6, 5, 8], 3: [10, 9, 9]}
DESK_STAFF = {
    1: [(9, 8), (7, 9), (10, 10), (6, 7), (8, 8)],
    2: [(4, 6), (6, 5), (5, 8), (8, 9)],
    3: [(10, 9), (9, 9), (8, 10)],
}
RECOMMEND = {1: [10, 9, 8, 7, 6], 2: [0, 9, 10, 5], 3: [9, 10, 10]}


def said(code: str, marks: dict[int, list[int]]) -> list[Voice]:
    return [Voice(h, "portal", {code: y}) for h, found in marks.items() for y in found]


def attitude() -> list[Voice]:
    return [
        Voice(h, "portal", {"a_desk": desk, "a_staff": staff})
        for h, found in DESK_STAFF.items()
        for desk, staff in found
    ]


def numbers(voices: Sequence[Voice], parts: list[Part], units: dict[int, int]) -> tuple[float, ...]:
    """Figure, error and interval, without the borders of its scale."""
    found = estimate(voices, units, parts, bounds=(-1000, 1000))
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    return found.value, found.error, found.low, found.high


INDEX = scores.index(SHEET.sections[0].questions)


def test_the_index_of_one_building_has_the_interval_of_its_weighted_means() -> None:
    """d = DescrStatsW((2·desk + staff)·10/3 of building 1);  d.mean, d.std_mean, *d.tconfint_mean()"""
    one = [voice for voice in attitude() if voice.stratum == 1]
    expected = (81.33333333333333, 6.018490028422596, 64.6233261532377, 98.04334051342899)
    assert numbers(one, INDEX, ENDLESS) == pytest.approx(expected, rel=1e-6)


def test_the_index_of_a_stratified_sample_has_its_interval_of_a_finite_population() -> None:
    """From DescrStatsW of each building; the mean is also DescrStatsW(all, weights=N_h/n_h).mean."""
    expected = (76.08148148148148, 3.8392886286669365, 67.39640721009286, 84.76655575287009)
    assert numbers(attitude(), INDEX, UNITS) == pytest.approx(expected, rel=1e-5)


def test_nps_has_the_interval_of_promoters_less_detractors() -> None:
    """d = DescrStatsW(100·(y ≥ 9) − 100·(y ≤ 6) of building 1);  d.mean, *d.tconfint_mean()"""
    asked = SHEET.recommendation
    assert asked is not None
    one = said("recommend", {1: RECOMMEND[1]})
    value, _error, low, high = numbers(one, scores.recommendation(asked), ENDLESS)
    assert (value, low, high) == pytest.approx((20.0, -83.88506336835677, 123.88506336835677), rel=1e-6)


def test_nps_of_a_stratified_sample_has_its_interval_of_a_finite_population() -> None:
    asked = SHEET.recommendation
    assert asked is not None
    expected = (24.0, 25.681813712344297, -34.09629884302881, 82.09629884302882)
    found = numbers(said("recommend", RECOMMEND), scores.recommendation(asked), UNITS)
    assert found == pytest.approx(expected, rel=1e-5)


def test_the_satisfied_share_of_a_stratified_sample_has_its_interval_of_a_finite_population() -> None:
    assert SHEET.overall is not None
    expected = (64.33333333333333, 12.565384549980509, 35.90845867028102, 92.75820799638564)
    found = numbers(said("overall", OVERALL), scores.satisfied(SHEET.overall), UNITS)
    assert found == pytest.approx(expected, rel=1e-5)


def test_a_change_is_as_likely_by_chance_as_the_z_test_of_two_means_says() -> None:
    """CompareMeans(DescrStatsW(now), DescrStatsW(before)).ztest_ind(usevar="unequal")"""
    assert SHEET.overall is not None
    marks = ([9, 8, 10, 7, 9, 6, 8, 9, 10, 7, 8, 9], [8, 7, 9, 6, 8, 5, 7, 8, 9, 6, 9, 7, 8, 6])
    now, before = (
        Estimate(value, error, len(each), None, None)
        for each in marks
        for value, error, *_rest in [numbers(said("overall", {1: each}), scores.mean(SHEET.overall), ENDLESS)]
    )
    found = change(now, before)
    assert found is not None
    assert found.difference == pytest.approx(9.76190476190476)
    assert found.chance == pytest.approx(0.047589371785859085, rel=1e-6)
    assert found.code == "likely_up"
