"""The figures as parts: index, satisfied share, recommendation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from surveys.questions import Question
from surveys.results.estimate import Part, Score, Voice
from surveys.workflow import SATISFIED_FROM

PROMOTER, DETRACTOR = 9, 6


def index(questions: Iterable[Question]) -> list[Part]:
    """The customer satisfaction index: weighted means of the scales, times 10."""
    return [Part(_times_ten(each.code), each.weight) for each in questions if each.counts]


def mean(question: Question) -> list[Part]:
    """One scale, times 10."""
    return [Part(_times_ten(question.code))]


def satisfied(question: Question) -> list[Part]:
    """The share of those who say 8 or more."""

    def score(voice: Voice) -> float | None:
        given = voice.answers.get(question.code)
        return None if given is None else 100.0 * (given >= SATISFIED_FROM)

    return [Part(score)]


def recommendation(question: Question) -> list[Part]:
    """NPS: the share of 9 and 10 less that of 0 to 6."""

    def score(voice: Voice) -> float | None:
        given = voice.answers.get(question.code)
        return None if given is None else 100.0 * ((given >= PROMOTER) - (given <= DETRACTOR))

    return [Part(score)]


def through(channel: str, parts: Iterable[Part]) -> list[Part]:
    """The same figure of those only who answered through a channel; the others say nothing about it."""
    return [replace(part, score=_only(channel, part.score)) for part in parts]


def _only(channel: str, score: Score) -> Score:
    return lambda voice: score(voice) if voice.channel == channel else None


def _times_ten(code: str) -> Score:
    def score(voice: Voice) -> float | None:
        given = voice.answers.get(code)
        return None if given is None else 10.0 * given

    return score
