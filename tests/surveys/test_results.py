"""The figures, against calculations made in another way: Cochran's formula, the jackknife, and statsmodels.

statsmodels 0.14 (with numpy and SciPy, 200 MB) is no package of ours: what it says about these samples is written here.
"""

from __future__ import annotations

import random
from math import sqrt
from statistics import fmean, variance

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.library import YEARLY
from surveys.queries.voices import Heard
from surveys.questions import sheet_of
from surveys.results import scores
from surveys.results.drivers import correlation, drivers, solve
from surveys.results.estimate import Estimate, Part, Voice, estimate, student
from surveys.results.hiding import hidden
from surveys.results.significance import change
from surveys.results.topics import grouped, topics_of

SHEET = sheet_of(YEARLY)
OVERALL = SHEET.find("overall")
SAMPLE = {1: [9, 8, 10, 7, 9], 2: [4, 6, 5, 8], 3: [10, 9, 9]}
UNITS = {1: 40, 2: 25, 3: 10}


def voices(sample: dict[int, list[int]] = SAMPLE, code: str = "overall") -> list[Voice]:
    return [Voice(stratum, "portal", {code: y}) for stratum, found in sample.items() for y in found]


def found(parts: list[Part], said: list[Voice] | None = None, units: dict[int, int] = UNITS) -> Estimate:
    result = estimate(said or voices(), units, parts, bounds=(-1000, 1000))
    assert result is not None
    return result


def cochran(sample: dict[int, list[int]], units: dict[int, int]) -> tuple[float, float]:
    """Mean and standard error of a stratified sample (Sampling Techniques, 5.1 and 5.3)."""
    whole = sum(units.values())
    mean = sum(units[h] * fmean(y) for h, y in sample.items()) / whole
    error = sum(
        (units[h] / whole) ** 2 * (1 - len(y) / units[h]) * variance(y) / len(y) for h, y in sample.items()
    )
    return mean, sqrt(error)


def test_a_mean_is_cochrans() -> None:
    assert OVERALL is not None
    result = found(scores.mean(OVERALL))
    mean, error = cochran(SAMPLE, UNITS)
    # DescrStatsW(y, weights=N_h/n_h).mean
    assert mean == pytest.approx(7.74777777777778)
    assert result.value == pytest.approx(10 * mean)
    assert result.error == pytest.approx(10 * error)


def test_its_interval_is_students_with_as_many_degrees_as_answers_less_strata() -> None:
    assert OVERALL is not None
    result = found(scores.mean(OVERALL))
    assert result.margin == pytest.approx(2.262157 * result.error, rel=1e-5)


def test_whoever_heard_from_everybody_knows_it_exactly() -> None:
    assert OVERALL is not None
    result = found(scores.mean(OVERALL), units={h: len(y) for h, y in SAMPLE.items()})
    assert result.error == 0
    assert result.value == pytest.approx(10 * fmean(y for found in SAMPLE.values() for y in found))


def test_a_building_without_answers_is_stood_for_by_the_others() -> None:
    assert OVERALL is not None
    assert found(scores.mean(OVERALL), units=UNITS | {4: 500}) == found(scores.mean(OVERALL))


def test_the_index_is_the_weighted_mean_of_the_questions_times_ten() -> None:
    said = [Voice(1, "portal", {"a_desk": 8, "a_staff": 6}), Voice(1, "portal", {"a_desk": 10})]
    parts = scores.index(SHEET.sections[0].questions)
    assert found(parts, said).value == pytest.approx((2 * 9 + 1 * 6) * 10 / 3)


def test_the_error_of_an_index_with_gaps_is_that_of_leaving_units_out_one_by_one() -> None:
    """The jackknife, which knows nothing of the formula; both agree to a few per cent in samples of this size."""
    drawn = random.Random(5)
    said = [
        Voice(h, "portal", {q: drawn.randint(4, 10) for q in ("a_desk", "a_staff") if drawn.random() < 0.9})
        for h in (1, 2)
        for _each in range(30)
    ]
    units, parts = {1: 300, 2: 90}, scores.index(SHEET.sections[0].questions)
    assert found(parts, said, units).error == pytest.approx(_jackknife(parts, said, units), rel=0.04)


def _jackknife(parts: list[Part], said: list[Voice], units: dict[int, int]) -> float:
    total = 0.0
    for stratum, size in units.items():
        own = [voice for voice in said if voice.stratum == stratum]
        n = len(own)
        values = [found(parts, [voice for voice in said if voice is not left], units).value for left in own]
        total += (1 - n / size) * (n - 1) / n * sum((each - fmean(values)) ** 2 for each in values)
    return sqrt(total)


def test_one_answer_has_a_value_and_no_interval() -> None:
    assert OVERALL is not None
    result = found(scores.mean(OVERALL), [Voice(1, "portal", {"overall": 7})])
    assert (result.value, result.low, result.high) == (70, None, None)


def test_nobody_who_said_anything_gives_no_figure() -> None:
    assert OVERALL is not None
    assert estimate([Voice(1, "portal", {})], UNITS, scores.mean(OVERALL)) is None


def test_the_satisfied_are_those_who_say_eight_or_more() -> None:
    assert OVERALL is not None
    result = found(scores.satisfied(OVERALL))
    assert result.value == pytest.approx((40 * 0.8 + 25 * 0.25 + 10 * 1.0) / 75 * 100)


def test_nps_is_promoters_less_detractors() -> None:
    asked = SHEET.recommendation
    assert asked is not None
    said = [Voice(1, "portal", {"recommend": y}) for y in (10, 9, 8, 7, 6, 0)]
    assert found(scores.recommendation(asked), said).value == pytest.approx(0)


def test_a_channels_figure_hears_those_who_used_it() -> None:
    assert OVERALL is not None
    said = [
        Voice(1, "portal", {"overall": 9}),
        Voice(1, "phone", {"overall": 5}),
        Voice(1, "phone", {"overall": 7}),
    ]
    result = found(scores.through("phone", scores.mean(OVERALL)), said)
    assert (result.value, result.answers) == (60, 2)


@pytest.mark.parametrize(
    ("free", "point"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (9, 2.2622), (30, 2.0423), (1000, 1.9623)],
)
def test_students_points_are_those_of_the_tables(free: int, point: float) -> None:
    assert student(free) == pytest.approx(point, abs=0.006)


def _estimate(value: float, error: float) -> Estimate:
    return Estimate(value, error, 100, value - 2 * error, value + 2 * error)


@pytest.mark.parametrize(
    ("now", "before", "code"),
    [
        (84, 80, "clear_up"),
        (82.2, 80, "likely_up"),
        (80.5, 80, "same"),
        (77.8, 80, "likely_down"),
        (70, 80, "clear_down"),
    ],
)
def test_a_change_is_told_in_words_only_where_chance_would_hardly_make_it(
    now: float, before: float, code: str
) -> None:
    result = change(_estimate(now, 0.7), _estimate(before, 0.8))
    assert result is not None
    assert result.code == code


def test_of_two_censuses_any_difference_is_one() -> None:
    result = change(_estimate(80.1, 0), _estimate(80, 0))
    assert result is not None
    assert result.code == "clear_up"


def test_equations_are_solved() -> None:
    assert solve([[0.0, 2.0, 4.0], [3.0, 1.0, 5.0]]) == pytest.approx([1.0, 2.0])


def test_a_correlation_is_pearsons() -> None:
    assert correlation([1, 2, 3, 4], [2, 1, 4, 3]) == pytest.approx(0.6)


def _moved_by_security() -> list[Voice]:
    drawn = random.Random(11)
    said = []
    for _each in range(80):
        answers = {q.code: drawn.randint(3, 9) for q in SHEET.questions if q.counts}
        moved = fmean([answers["x_gate"], answers["x_patrol"]])
        said.append(Voice(1, "portal", answers | {"overall": round(moved) + drawn.randint(0, 1)}))
    return said


def test_the_section_that_moves_the_overall_score_is_found() -> None:
    result = drivers(_moved_by_security(), SHEET)
    assert result is not None
    assert result.rows[0].section == "security"
    assert result.rows[0].share > 0.8
    # OLS(overall, sections).fit().rsquared, and numpy.corrcoef
    assert result.explained == pytest.approx(0.866406581561274)
    assert result.rows[0].correlation == pytest.approx(0.9252036054915658)
    assert sum(row.share for row in result.rows) == pytest.approx(1)


def test_few_answers_name_no_driver() -> None:
    assert drivers(_moved_by_security()[:29], SHEET) is None


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({1: 9, 2: 8, 3: 7}, set()),
        ({1: 9, 2: 4, 3: 7}, {2, 3}),
        ({1: 9, 2: 2, 3: 2, 4: 8}, {2, 3, 4}),
        ({1: 9, 2: 3, 3: 3, 4: 8}, {2, 3}),
        ({1: 9, 2: 0, 3: 7}, set()),
        ({1: 3}, {1}),
    ],
)
def test_a_small_group_cannot_be_worked_out_from_the_others(
    answers: dict[int, int], expected: set[int]
) -> None:
    assert hidden(answers) == expected


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sizes=st.lists(st.integers(0, 30), max_size=8))
def test_what_is_hidden_is_never_one_group_nor_fewer_than_five_answers_unless_there_are_no_more(
    sizes: list[int],
) -> None:
    answers = dict(enumerate(sizes))
    chosen = hidden(answers)
    heard = {key for key, n in answers.items() if n}
    if chosen and chosen != heard:
        assert len(chosen) > 1
        assert sum(answers[key] for key in chosen) >= 5
    assert all(answers[key] >= 5 for key in heard - chosen)


def test_the_mean_of_a_question_that_few_answered_cannot_be_worked_out_from_an_index() -> None:
    """Section and index leave it out: from them and from the other questions its own would follow."""
    said = [Voice(1, "phone", {"a_desk": 9, "a_staff": 2} if n < 4 else {"a_desk": 9}) for n in range(20)]
    heard = Heard(SHEET, said, {1: 40})
    section = heard.of(heard.index(SHEET.sections[0].questions))
    assert section is not None
    assert section.value == 90
    assert heard.of(heard.index()) == section


def test_a_text_is_about_every_topic_that_it_mentions() -> None:
    assert [topic.code for topic in topics_of("电梯里总有垃圾没人打扫")] == ["lifts", "cleaning"]


def test_english_words_are_not_found_inside_others() -> None:
    assert [topic.code for topic in topics_of("The delight of our guards")] == ["security"]


def test_texts_without_a_known_word_are_kept_apart() -> None:
    mentions, other = grouped(["电梯慢", "电梯又坏了", "挺好的"])
    assert ([each.count for each in mentions], other) == ([2], ["挺好的"])
