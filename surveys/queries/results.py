"""The results of a campaign, drawn up for its page, its publication and its files. Only of one that is closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from servicecenter.lib.refusals import Refusal
from surveys.models import Campaign, Channel
from surveys.queries.campaigns import Standing, standings_of
from surveys.queries.voices import Heard, heard
from surveys.questions import Kind, Question
from surveys.results import scores
from surveys.results.drivers import Drivers, drivers
from surveys.results.estimate import Estimate, Part, estimate
from surveys.results.hiding import FEWEST_ANSWERS, hidden
from surveys.results.significance import Change, change
from surveys.results.topics import Mentions, grouped


class StillRunning(Refusal):
    """Figures of two moments give single answers away."""

    code = "survey_still_running"
    sentence = _(
        "Results are read when the survey is closed: figures of two moments would give single answers away."
    )


@dataclass(frozen=True)
class Row:
    """A figure of a section, question, building or channel. `hidden`: too few answers to be shown."""

    code: str
    label: str
    answers: int
    estimate: Estimate | None
    before: Estimate | None = None
    hidden: bool = False

    @property
    def change(self) -> Change | None:
        return None if self.hidden else change(self.estimate, self.before)


@dataclass(frozen=True)
class Choices:
    """How often each answer to a question to choose from was given."""

    question: Question
    answers: int
    rows: list[tuple[str, int, float]]


@dataclass(frozen=True)
class Results:
    """All that may be shown of a campaign. Below five answers nothing is (`too_few`)."""

    campaign: Campaign
    standing: Standing
    too_few: bool
    csi: Row | None = None
    satisfied: Row | None = None
    recommendation: Row | None = None
    sections: list[Row] = field(default_factory=list)
    questions: list[Row] = field(default_factory=list)
    buildings: list[Row] = field(default_factory=list)
    channels: list[Row] = field(default_factory=list)
    choices: list[Choices] = field(default_factory=list)
    drivers: Drivers | None = None
    topics: list[Mentions] = field(default_factory=list)
    other_texts: list[str] = field(default_factory=list)
    before: Campaign | None = None

    def section(self, code: str) -> Row | None:
        return next((each for each in self.sections if each.code == code), None)


def last_of(campaign: Campaign) -> Campaign | None:
    """The campaign before it in the same community, with the same line of questions and the same sort of audience."""
    earlier = Campaign.objects.filter(
        community=campaign.community_id,
        questionnaire__code=campaign.questionnaire.code,
        audience__in=["all", "sample"] if campaign.audience in ("all", "sample") else [campaign.audience],
        closed_at__lt=campaign.closed_at,
    )
    return earlier.select_related("questionnaire", "community").order_by("-closed_at").first()


def results_of(campaign: Campaign) -> Results:
    """Its figures, with those of the campaign before. Refuses `survey_still_running` before it is closed."""
    if not campaign.is_counted:
        raise StillRunning
    standing, _each, strata = standings_of(campaign)
    now = heard(campaign)
    if len(now.voices) < FEWEST_ANSWERS:
        return Results(campaign, standing, too_few=True)
    before = last_of(campaign)
    then = heard(before) if before else None
    texts = _texts(now)
    topics, other = grouped(texts)
    return Results(
        campaign,
        standing,
        too_few=False,
        csi=_row("csi", "", now, then, Heard.index),
        satisfied=_row("satisfied", "", now, then, _satisfied),
        recommendation=_row("recommendation", "", now, then, _recommendation, bounds=(-100.0, 100.0)),
        sections=_sections(now, then),
        questions=_questions(now, then),
        buildings=_buildings(now, {each.pk: str(each) for each in strata}),
        channels=_channels(now),
        choices=_choices(now),
        drivers=drivers(now.voices, now.sheet),
        topics=topics,
        other_texts=other,
        before=before,
    )


def _satisfied(said: Heard) -> list[Part]:
    overall = said.sheet.overall
    return scores.satisfied(overall) if overall else []


def _recommendation(said: Heard) -> list[Part]:
    asked = said.sheet.recommendation
    return scores.recommendation(asked) if asked else []


def _row(
    code: str,
    label: str,
    now: Heard,
    then: Heard | None,
    parts: Callable[[Heard], list[Part]],
    bounds: tuple[float, float] = (0.0, 100.0),
) -> Row | None:
    found = now.of(parts(now), bounds)
    if found is None:
        return None
    return Row(code, label, found.answers, found, then.of(parts(then), bounds) if then else None)


def _sections(now: Heard, then: Heard | None) -> list[Row]:
    rows = []
    for section in now.sheet.sections:
        if not any(each.counts for each in section.questions):
            continue

        def parts(said: Heard, code: str = section.code) -> list[Part]:
            known = next((each for each in said.sheet.sections if each.code == code), None)
            return said.index(known.questions) if known else []

        rows.append(_row(section.code, str(section), now, then, parts))
    return [row for row in rows if row is not None]


def _questions(now: Heard, then: Heard | None) -> list[Row]:
    rows = []
    for question in now.sheet.questions:
        if question.kind != Kind.SCALE:
            continue

        def parts(said: Heard, code: str = question.code) -> list[Part]:
            known = said.sheet.find(code)
            return scores.mean(known) if known and known.kind == Kind.SCALE else []

        rows.append(_row(question.code, str(question), now, then, parts))
    return [row for row in rows if row is not None]


def _buildings(now: Heard, labels: Mapping[int, str]) -> list[Row]:
    """The index of each building; small ones are hidden, with as many others as it takes."""
    answers = Counter(voice.stratum for voice in now.voices)
    secret = hidden({pk: answers[pk] for pk in labels})
    parts = now.index()
    rows = []
    for pk, label in labels.items():
        own = [voice for voice in now.voices if voice.stratum == pk]
        shown = pk not in secret and own
        found = estimate(own, {pk: now.population[pk]}, parts) if shown else None
        rows.append(Row(str(pk), label, answers[pk], found, hidden=pk in secret))
    return rows


def _channels(now: Heard) -> list[Row]:
    answers = Counter(voice.channel for voice in now.voices)
    secret = hidden(answers)
    index = now.index()
    return [
        Row(
            channel.value,
            str(channel.label),
            answers[channel],
            None if channel in secret else now.of(scores.through(channel, index)),
            hidden=channel in secret,
        )
        for channel in Channel
        if answers[channel]
    ]


def _choices(now: Heard) -> list[Choices]:
    """What was chosen how often, in plain counts; not of a question that fewer than five answered."""
    found = []
    for question in now.sheet.questions:
        if question.kind not in (Kind.CHOICE, Kind.MULTIPLE):
            continue
        said = [voice.answers[question.code] for voice in now.voices if question.code in voice.answers]
        if len(said) < FEWEST_ANSWERS:
            continue
        given = Counter(code for each in said for code in (each if isinstance(each, list) else [each]))
        rows = [
            (str(option), given[option.code], 100 * given[option.code] / len(said))
            for option in question.options
        ]
        found.append(Choices(question, len(said), rows))
    return found


def _texts(now: Heard) -> list[str]:
    """Own words in the order of the alphabet: theirs would give away who wrote them when."""
    codes = [each.code for each in now.sheet.questions if each.kind == Kind.TEXT]
    return sorted(voice.answers[code] for voice in now.voices for code in codes if voice.answers.get(code))
