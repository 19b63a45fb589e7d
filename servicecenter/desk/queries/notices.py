"""What the desk can do with a notice now, and what happened to it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from owners.queries.logins import resident_names
from servicecenter.accounts.models import User
from servicecenter.bulletins.models import Notice
from servicecenter.bulletins.workflow import NoticeStatus
from servicecenter.cases.buttons import Button, Guide
from servicecenter.cases.buttons import buttons as drawn
from servicecenter.cases.story import Line, Look, Telling
from servicecenter.cases.story import timeline as tell_story
from servicecenter.workflow.table import Transition

STEPS: Mapping[str, Look] = {
    "write": (pgettext_lazy("notice", "Written"), "edit", "plain"),
    "change": (pgettext_lazy("notice", "Changed"), "edit", "plain"),
    "publish": (pgettext_lazy("notice", "Published"), "speakerphone", "good"),
    "take_back": (pgettext_lazy("notice", "Taken back"), "arrow-back-up", "waiting"),
    "discard": (pgettext_lazy("notice", "Thrown away"), "circle-x", "plain"),
}
TELLING = Telling(STEPS, lambda event, user: event.text, resident_names)
NEXT: Mapping[str, str | Promise] = {
    NoticeStatus.DRAFT: _("Somebody who leads publishes it; then everybody whom it reaches is told."),
    NoticeStatus.PUBLISHED: _("Residents read it until the end of its last day; then it is gone by itself."),
    NoticeStatus.DISCARDED: _("Nothing; it was thrown away."),
}


def _question(notice: Notice, row: Transition) -> str:
    if row.action == "publish":
        return gettext("Everybody whom it reaches is told now. Publish?")
    return gettext("Throw this draft away?") if row.action == "discard" else ""


GUIDE = Guide(
    route="desk:notice_step",
    natural={NoticeStatus.DRAFT: ("publish",)},
    last=("take_back", "discard"),
    # The draft has a page of its own.
    hidden=frozenset({"change"}),
    question=_question,
)


def buttons(notice: Notice, user: User) -> list[Button]:
    """What `user` may do to it now."""
    return drawn(notice, user, GUIDE, number=notice.number)


def timeline(notice: Notice, user: User) -> list[Line]:
    """Everything that happened to it, oldest first."""
    return tell_story(notice, user, TELLING)
