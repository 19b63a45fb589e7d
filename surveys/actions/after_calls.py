"""Three questions by message to whoever could not be reached, and the link that is worth one answer to them."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.notifications.actions import compose, post
from surveys.actions.entering import LinkOver, digest_of
from surveys.models import AfterCall, FollowUp
from surveys.workflow import AttemptOutcome

WORK = "after_call"
# Only what can be put right from here: a repair goes back to work.
ASKED_ABOUT = ("repair",)


def ask_by_message(follow_up: FollowUp, at: datetime) -> AfterCall | None:
    """Writes to the number that nobody answered, in the transaction that gives up calling. A number that turned out to
    be somebody else's gets nothing."""
    wrong = follow_up.attempts.filter(outcome=AttemptOutcome.WRONG_NUMBER).exists()
    if follow_up.work not in ASKED_ABOUT or not follow_up.phone or wrong:
        return None
    asked = AfterCall.objects.create(community_id=follow_up.community_id, follow_up=follow_up, asked_at=at)
    post(
        compose(
            recipients=(),
            to_contact=True,
            event=f"{WORK}.invite",
            key=str(asked.pk),
            at=at,
            community_id=follow_up.community_id,
            work=WORK,
            case_id=asked.pk,
            params={"number": follow_up.case_number},
        )
    )
    return asked


def draw_after_call(asked_id: int) -> str:
    """The secret of the message that leaves now; earlier ones end. '' for one that has been answered."""
    token = secrets.token_urlsafe(16)
    waiting = AfterCall.objects.filter(pk=asked_id, answered_at=None)
    return token if waiting.update(digest=digest_of(token)) else ""


def asked_by(token: str, *, lock: bool = False) -> AfterCall:
    """Whoever has a link; refuses `link_over` for one that is unknown, replaced or used, alike."""
    rows = AfterCall.objects.select_related("follow_up__community")
    rows = rows.select_for_update(no_key=True, of=("self",)) if lock else rows
    found = rows.filter(digest=digest_of(token[:64]), answered_at=None).first()
    if found is None:
        raise LinkOver
    return found


def keep_answer(
    token: str, *, solved: bool, overall: int, comment: str = "", at: datetime | None = None
) -> AfterCall:
    """Takes the answer, once. Call it in the transaction of what follows from it. Refuses `link_over`, `invalid`."""
    if not 1 <= overall <= 10:
        raise Invalid(errors={"overall": [_("A rating is a whole number from 1 to 10.")]})
    asked = asked_by(token, lock=True)
    asked.answered_at = instant(at)
    asked.solved, asked.overall, asked.comment, asked.digest = solved, overall, comment, ""
    asked.save(update_fields=["answered_at", "solved", "overall", "comment", "digest"])
    return asked
