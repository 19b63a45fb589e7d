"""What a reader can do with a campaign or a measure now, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User
from servicecenter.cases.buttons import Button, Guide, Step
from servicecenter.cases.buttons import buttons as drawn
from servicecenter.workflow.table import Transition
from surveys.models import Campaign, Measure
from surveys.workflow import CampaignStatus, MeasureStatus

S, M = CampaignStatus, MeasureStatus


def _question(case: Campaign, row: Transition) -> str:
    """What is asked before a step that cannot be undone."""
    if row.action == "start":
        return gettext(
            "The sample is drawn, the questions do not change any more, and messages leave. Start?"
        )
    if row.action == "close":
        return gettext("No answer is taken after this. Close the survey?")
    return ""


CAMPAIGN = Guide(
    route="surveys:act",
    natural={S.DRAFT: ("start",), S.RUNNING: (), S.CLOSED: ("add_measure", "publish"), S.PUBLISHED: ()},
    last=("add_measure", "remind", "extend", "replace", "close", "take_back", "cancel"),
    question=_question,
)
MEASURE = Guide(
    route="measures:act",
    natural={M.OPEN: ("finish",), M.DONE: ("verify",)},
    last=("send_back", "move", "drop"),
    with_form=frozenset({"verify"}),
    hidden=frozenset({"add_photo"}),
)
STOPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (pgettext_lazy("survey", "Planned"), (S.DRAFT,)),
    (pgettext_lazy("survey", "Running"), (S.RUNNING,)),
    (pgettext_lazy("survey", "Counted"), (S.CLOSED,)),
    (pgettext_lazy("survey", "Published"), (S.PUBLISHED,)),
)
NEXT: Mapping[str, str | Promise] = {
    S.DRAFT: _(
        "Look at the questions on a phone, then start: the sample is drawn and those in it are written to."
    ),
    S.RUNNING: _("Answers come in. It closes by itself at the end of its last day."),
    S.CLOSED: _("Read the results, decide on measures, and publish to residents."),
    S.PUBLISHED: _("Residents read it. Measures go on until somebody has seen that they are done."),
    S.CANCELLED: _("Nothing; it was called off."),
}
NEXT_OF_MEASURE: Mapping[str, str | Promise] = {
    M.OPEN: _("%(owner)s carries it out and says how one can see it."),
    M.DONE: _("A leader who neither owns nor did it looks and verifies it."),
    M.VERIFIED: _("The next survey shows whether it worked."),
    M.DROPPED: _("Nothing; it was dropped."),
}


def guide_of(case: Campaign | Measure) -> Guide:
    """How its buttons are drawn."""
    return CAMPAIGN if isinstance(case, Campaign) else MEASURE


def buttons(case: Campaign | Measure, user: User) -> list[Button]:
    """What `user` may do to it now, the natural next step first and marked."""
    return drawn(case, user, guide_of(case), number=case.number)


def next_words(case: Campaign | Measure) -> str:
    """What happens next."""
    if isinstance(case, Measure):
        return str(NEXT_OF_MEASURE[case.status]) % {"owner": case.owner}
    return str(NEXT[case.status])


def way(campaign: Campaign) -> list[Step]:
    """Its stops; colleagues' results are not published; [] for one that was called off."""
    stops = STOPS if campaign.is_for_residents else STOPS[:-1]
    here = next((at for at, (_label, known) in enumerate(stops) if campaign.status in known), None)
    if here is None:
        return []
    instants = (campaign.made_at, campaign.started_at, campaign.closed_at, campaign.published_at)
    return [
        Step(
            label=str(label),
            state="done" if at < here or here == len(stops) - 1 else "now" if at == here else "next",
            at=instants[at] if at <= here else None,
        )
        for at, (label, _known) in enumerate(stops)
    ]
