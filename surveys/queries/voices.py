"""The answers of a campaign with what is needed to count them, and no figure of fewer than five of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from surveys.models import Campaign, Response
from surveys.questions import Question, Sheet
from surveys.results import scores
from surveys.results.estimate import Estimate, Part, Voice, estimate
from surveys.results.hiding import FEWEST_ANSWERS


@dataclass(frozen=True)
class Heard:
    """The answers of a campaign, its questions, and how many units each building has."""

    sheet: Sheet
    voices: list[Voice]
    population: Mapping[int, int]

    def of(self, parts: Sequence[Part], bounds: tuple[float, float] = (0.0, 100.0)) -> Estimate | None:
        """A figure, if enough people said something about it."""
        found = (
            estimate(self.voices, self.population, parts, bounds=bounds) if parts and self.voices else None
        )
        return found if found and found.answers >= FEWEST_ANSWERS else None

    def index(self, questions: Iterable[Question] | None = None) -> list[Part]:
        """The index of these questions, or of all. One that fewer than five answered is no part of it: from the index
        and the marks of the others its own, which is not shown, could be worked out."""
        asked = self.sheet.questions if questions is None else questions
        return scores.index(each for each in asked if self.said(each) >= FEWEST_ANSWERS)

    def said(self, question: Question) -> int:
        """How many answered it."""
        return sum(question.code in voice.answers for voice in self.voices)


def heard(campaign: Campaign) -> Heard:
    """The answers of a campaign; two queries."""
    rows = Response.objects.filter(campaign=campaign).values_list("stratum", "channel", "answers")
    population = dict(campaign.strata.values_list("pk", "population"))
    return Heard(campaign.questionnaire.sheet, [Voice(*row) for row in rows], population)
