"""A questionnaire 问卷 as data: sections, questions, branches, words in three languages; what may be answered to it.

Pure: no database. A document is what `Questionnaire.content` holds:

    {"title": {"zh-hans": …}, "sections": [{"code", "texts", "questions": [{"code", "kind", "texts", …}]}]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import get_language, pgettext_lazy

MAIN_LANGUAGE = "zh-hans"
LONGEST_TEXT = 500
Texts = Mapping[str, str]
# {question: score | code of an option | codes of options | words}
Answers = Mapping[str, Any]


class Kind(TextChoices):
    """How a question is answered."""

    SCALE = "scale", pgettext_lazy("question", "1 to 10")
    CHOICE = "choice", pgettext_lazy("question", "One of several")
    MULTIPLE = "multiple", pgettext_lazy("question", "Several of several")
    TEXT = "text", pgettext_lazy("question", "Own words")
    NPS = "nps", pgettext_lazy("question", "Recommendation, 0 to 10")


class Compare(TextChoices):
    """When a question that depends on another one is asked."""

    AT_MOST = "le", pgettext_lazy("question", "is at most")
    AT_LEAST = "ge", pgettext_lazy("question", "is at least")
    IS = "is", pgettext_lazy("question", "is")


LOWEST = {Kind.SCALE.value: 1, Kind.NPS.value: 0}
HIGHEST = 10
SCORED = frozenset(LOWEST)
CHOSEN = frozenset({Kind.CHOICE.value, Kind.MULTIPLE.value})


def said(texts: Texts, language: str | None = None) -> str:
    """The words in a language, or the reader's; in simplified Chinese where they are not translated."""
    asked = language or get_language() or MAIN_LANGUAGE
    return texts.get(asked) or texts.get(MAIN_LANGUAGE, "")


@dataclass(frozen=True)
class Option:
    """One answer to choose."""

    code: str
    texts: Texts

    def __str__(self) -> str:
        return said(self.texts)


@dataclass(frozen=True)
class Condition:
    """Asked only when the answer to an earlier question is at most, at least or exactly this."""

    question: str
    test: str
    value: str

    def holds(self, answers: Answers) -> bool:
        """Whether the answers so far lead here. No answer leads nowhere."""
        given = answers.get(self.question)
        if given is None:
            return False
        if self.test == Compare.IS:
            return self.value in (given if isinstance(given, list) else [str(given)])
        if not isinstance(given, int):
            return False
        return given <= int(self.value) if self.test == Compare.AT_MOST else given >= int(self.value)


@dataclass(frozen=True)
class Question:
    """One question. `weight` counts in the index (scales only); `overall`: the one about everything."""

    code: str
    kind: str
    texts: Texts
    required: bool = True
    weight: int = 1
    overall: bool = False
    options: tuple[Option, ...] = ()
    ask_if: Condition | None = None

    def __str__(self) -> str:
        return said(self.texts)

    @property
    def kind_label(self) -> str:
        """How it is answered, in words."""
        return str(Kind(self.kind).label)

    @property
    def is_scored(self) -> bool:
        return self.kind in SCORED

    @property
    def counts(self) -> bool:
        """Whether it goes into the index."""
        return self.kind == Kind.SCALE and self.weight > 0 and not self.overall

    def is_asked(self, answers: Answers) -> bool:
        return self.ask_if is None or self.ask_if.holds(answers)

    def accepts(self, value: Any) -> bool:
        """Whether this is an answer to it."""
        if self.is_scored:
            known = isinstance(value, int) and not isinstance(value, bool)
            return known and LOWEST[self.kind] <= value <= HIGHEST
        if self.kind == Kind.TEXT:
            return isinstance(value, str) and len(value) <= LONGEST_TEXT
        codes = {option.code for option in self.options}
        if self.kind == Kind.CHOICE:
            return isinstance(value, str) and value in codes
        return isinstance(value, list) and len(set(value)) == len(value) and set(value) <= codes

    def shown(self, value: Any) -> str:
        """An answer in words."""
        if value is None:
            return ""
        if self.kind in CHOSEN:
            chosen = value if isinstance(value, list) else [value]
            return "、".join(str(option) for option in self.options if option.code in chosen)
        return str(value)


@dataclass(frozen=True)
class Section:
    """What belongs together, one screen on a phone; its `code` compares campaigns."""

    code: str
    texts: Texts
    questions: tuple[Question, ...]

    def __str__(self) -> str:
        return said(self.texts)


@dataclass(frozen=True)
class Sheet:
    """A whole questionnaire."""

    title: Texts
    sections: tuple[Section, ...]

    def __str__(self) -> str:
        return said(self.title)

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in the order in which they are asked."""
        return tuple(each for section in self.sections for each in section.questions)

    def find(self, code: str) -> Question | None:
        return next((each for each in self.questions if each.code == code), None)

    @property
    def overall(self) -> Question | None:
        """The question about everything; satisfied share and drivers ask it."""
        return next((each for each in self.questions if each.overall), None)

    @property
    def recommendation(self) -> Question | None:
        return next((each for each in self.questions if each.kind == Kind.NPS), None)

    def asked(self, answers: Answers) -> Iterator[Question]:
        """The questions that these answers lead to. What stands behind a branch not taken is not."""
        reached: dict[str, Any] = {}
        for each in self.questions:
            if each.is_asked(reached):
                if each.code in answers:
                    reached[each.code] = answers[each.code]
                yield each


def sheet_of(content: Mapping[str, Any]) -> Sheet:
    """The document as a sheet; it was checked when it was written."""
    return Sheet(content["title"], tuple(_section(each) for each in content["sections"]))


def _section(data: Mapping[str, Any]) -> Section:
    return Section(data["code"], data["texts"], tuple(_question(each) for each in data["questions"]))


def _question(data: Mapping[str, Any]) -> Question:
    condition = data.get("ask_if")
    return Question(
        code=data["code"],
        kind=data["kind"],
        texts=data["texts"],
        required=data.get("required", True),
        weight=data.get("weight", 1),
        overall=data.get("overall", False),
        options=tuple(Option(each["code"], each["texts"]) for each in data.get("options", ())),
        ask_if=Condition(**condition) if condition else None,
    )


@dataclass(frozen=True)
class Checked:
    """Answers as they may be kept, and what is wrong with the others: missing or no answer to the question."""

    answers: dict[str, Any]
    missing: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.missing and not self.wrong


def checked(sheet: Sheet, given: Answers) -> Checked:
    """What was said to the questions that it leads to; answers to others are left out, empty ones are none."""
    said_ = {code: value for code, value in given.items() if value not in (None, "", [])}
    answers: dict[str, Any] = {}
    missing: list[str] = []
    wrong: list[str] = []
    for question in sheet.questions:
        if not question.is_asked(answers):
            continue
        value = said_.get(question.code)
        if value is None:
            missing += [question.code] if question.required else []
        elif question.accepts(value):
            answers[question.code] = value
        else:
            wrong.append(question.code)
    return Checked(answers, tuple(missing), tuple(wrong))


def faults(sheet: Sheet) -> list[str]:
    """Codes of what is wrong with a questionnaire: `section:CODE`, `texts:CODE`, `options:CODE`, `branch:CODE`,
    `twice:CODE`, `empty`, `overall`."""
    found: list[str] = [] if sheet.questions and said(sheet.title, MAIN_LANGUAGE) else ["empty"]
    seen: dict[str, Question] = {}
    for section in sheet.sections:
        if not section.questions or not said(section.texts, MAIN_LANGUAGE):
            found.append(f"section:{section.code}")
        for question in section.questions:
            found += [f"{what}:{question.code}" for what in _faults_of(question, seen)]
            seen[question.code] = question
    if sum(each.overall for each in sheet.questions) > 1:
        found.append("overall")
    return found


def _faults_of(question: Question, earlier: Mapping[str, Question]) -> Iterator[str]:
    if question.code in earlier:
        yield "twice"
    if not said(question.texts, MAIN_LANGUAGE):
        yield "texts"
    if question.kind in CHOSEN and len(question.options) < 2:
        yield "options"
    if question.ask_if is not None and not _leads(question.ask_if, earlier):
        yield "branch"


def _leads(condition: Condition, earlier: Mapping[str, Question]) -> bool:
    """A branch asks about an earlier question, for something that can be answered to it."""
    asked = earlier.get(condition.question)
    if asked is None:
        return False
    if asked.is_scored:
        return condition.value.isascii() and condition.value.isdigit() and asked.accepts(int(condition.value))
    return condition.test == Compare.IS and condition.value in {option.code for option in asked.options}
