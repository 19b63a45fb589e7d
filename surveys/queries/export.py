"""Answers as rows of a file, and what its columns mean. Nobody can be found behind a row.

Own words stand apart, in the order of the alphabet: beside marks and a building they would say who wrote them, and by
them all the rest of the row. A question that fewer than five answered has an empty column, as its figure is not shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from surveys.models import Campaign, Response
from surveys.questions import HIGHEST, LOWEST, Kind, Question
from surveys.results.hiding import FEWEST_ANSWERS, hidden


def head(campaign: Campaign) -> list[str]:
    """The names of the columns: codes, as analysts like them."""
    return ["no", "building", *(each.code for each in _columns(campaign))]


def _columns(campaign: Campaign) -> list[Question]:
    return [each for each in campaign.questionnaire.sheet.questions if each.kind != Kind.TEXT]


def answer_rows(campaign: Campaign) -> list[list[Any]]:
    """One row an answer: its building, where enough answered there, and the codes of what was said. Neither unit nor
    channel nor time: with the building they would name somebody. None at all below five answers."""
    found = list(Response.objects.filter(campaign=campaign).values_list("stratum", "answers"))
    if len(found) < FEWEST_ANSWERS:
        return []
    labels = {each.pk: str(each) for each in campaign.strata.select_related("building")}
    counted = Counter(stratum for stratum, _answers in found)
    secret = hidden({pk: counted[pk] for pk in labels})
    said = Counter(code for _stratum, answers in found for code in answers)
    codes = [each.code if said[each.code] >= FEWEST_ANSWERS else None for each in _columns(campaign)]
    return [
        ["" if stratum in secret else labels[stratum], *(_cell(answers.get(code)) for code in codes)]
        for stratum, answers in found
    ]


def own_words(campaign: Campaign) -> list[list[str]]:
    """What people wrote, question by question, in the order of the alphabet. None at all below five answers."""
    found = list(Response.objects.filter(campaign=campaign).values_list("answers", flat=True))
    if len(found) < FEWEST_ANSWERS:
        return []
    texts = [each for each in campaign.questionnaire.sheet.questions if each.kind == Kind.TEXT]
    return [
        [each.code, text]
        for each in texts
        for text in sorted(answers[each.code] for answers in found if answers.get(each.code))
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
    if question.kind == Kind.TEXT:
        return _("on the sheet of own words, without its row")
    return "; ".join(f"{option.code} = {option}" for option in question.options)


def _cell(value: Any) -> Any:
    return ";".join(value) if isinstance(value, list) else "" if value is None else value
