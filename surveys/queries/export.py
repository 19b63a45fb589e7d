"""Answers as rows of a file, and what its columns mean. Nobody can be found behind a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from surveys.models import Campaign, Response
from surveys.questions import HIGHEST, LOWEST, Question
from surveys.results.hiding import FEWEST_ANSWERS, hidden


def head(campaign: Campaign) -> list[str]:
    """The names of the columns: codes, as analysts like them."""
    return ["no", "building", *(each.code for each in campaign.questionnaire.sheet.questions)]


def answer_rows(campaign: Campaign) -> list[list[Any]]:
    """One row an answer: its building, where enough answered there, and the codes of what was said. Neither unit nor
    channel nor time: with the building they would name somebody. None at all below five answers."""
    found = list(Response.objects.filter(campaign=campaign).values_list("stratum", "answers"))
    if len(found) < FEWEST_ANSWERS:
        return []
    labels = {each.pk: str(each) for each in campaign.strata.select_related("building")}
    counted = Counter(stratum for stratum, _answers in found)
    secret = hidden({pk: counted[pk] for pk in labels})
    codes = [each.code for each in campaign.questionnaire.sheet.questions]
    return [
        ["" if stratum in secret else labels[stratum], *(_cell(answers.get(code)) for code in codes)]
        for stratum, answers in found
    ]


def codebook(campaign: Campaign) -> Iterator[list[str]]:
    """What each column holds."""
    yield ["no", "", _("A number for this file only; it leads to nobody"), "", ""]
    yield ["building", "", _("Building; empty where fewer than five answered"), "", ""]
    for section in campaign.questionnaire.sheet.sections:
        for question in section.questions:
            yield [question.code, str(section), str(question), question.kind_label, _values(question)]


def _values(question: Question) -> str:
    if question.is_scored:
        return f"{LOWEST[question.kind]}–{HIGHEST}"
    return "; ".join(f"{option.code} = {option}" for option in question.options)


def _cell(value: Any) -> Any:
    return ";".join(value) if isinstance(value, list) else "" if value is None else value
