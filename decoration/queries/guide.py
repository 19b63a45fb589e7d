"""What a reader can do with a permit now, how far it is, and what happens next, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from decoration.models import Permit
from decoration.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.cases.buttons import Button, Guide, Step
from servicecenter.cases.buttons import buttons as drawn
from servicecenter.lib.words import date_words

GUIDE = Guide(
    route="permits:act",
    natural={
        Status.DRAFT: ("ask_consent", "consent", "submit"),
        Status.RETURNED: ("ask_consent", "consent", "submit"),
        Status.SUBMITTED: ("check_papers",),
        Status.PAPERS_CHECKED: ("pass_works",),
        Status.ENGINEER_PASSED: ("approve",),
        Status.APPROVED: ("sign",),
        Status.SIGNED: ("issue",),
        Status.ACTIVE: ("patrol", "grant_change", "ask_acceptance"),
        Status.SUSPENDED: ("resume",),
        Status.ACCEPTANCE: ("accept_works",),
        Status.ACCEPTED: ("ask_refund", "close"),
        Status.REFUND_ASKED: ("propose_refund", "agree_refund"),
        Status.REFUND_AGREED: ("pay_refund",),
    },
    last=(
        "comment",
        "send_back",
        "recheck",
        "report_violation",
        "test_water",
        "ask_change",
        "decline_change",
        "assign",
        "add_worker",
        "revoke_pass",
        "stop_work",
        "reject",
        "deduct",
        "drop_deduction",
        "decline_refund",
        "decline_consent",
        "look_again",
        "note",
        "add_photo",
        "give_back",
        "call_off",
        "refuse",
        "withdraw",
    ),
    with_form=frozenset(
        {
            "consent",
            "add_photo",
            "patrol",
            "check_papers",
            "pass_works",
            "approve",
            "ask_refund",
            "grant_change",
        }
    ),
    # The application has a page of its own.
    hidden=frozenset({"save"}),
    shortcuts={"check_papers": "a", "comment": "o", "approve": "a", "note": "n"},
    for_residents={
        "consent": _("I agree, as the owner"),
        "decline_consent": _("I do not agree"),
        "note": _("Write a note"),
        "add_photo": _("Add drawings or photos"),
        "withdraw": pgettext_lazy("permit", "Withdraw my application"),
    },
)


def buttons(permit: Permit, user: User, next_url: str = "") -> list[Button]:
    """What `user` may do to it now, the natural next step first and marked."""
    return drawn(permit, user, GUIDE, number=permit.number, next_url=next_url)


STOPS = (
    (pgettext_lazy("permit", "Application"), (Status.DRAFT, Status.RETURNED)),
    (pgettext_lazy("permit", "Review"), (Status.SUBMITTED, Status.PAPERS_CHECKED, Status.ENGINEER_PASSED)),
    (pgettext_lazy("permit", "Agreement"), (Status.APPROVED, Status.SIGNED)),
    (pgettext_lazy("permit", "Works"), (Status.ACTIVE, Status.SUSPENDED)),
    (pgettext_lazy("permit", "Acceptance"), (Status.ACCEPTANCE, Status.ACCEPTED)),
    (pgettext_lazy("permit", "Refund"), (Status.REFUND_ASKED, Status.REFUND_AGREED, Status.CLOSED)),
)


def way(permit: Permit) -> list[Step]:
    """The six stops; [] for what was refused or withdrawn."""
    here = next((index for index, (_label, stops) in enumerate(STOPS) if permit.status in stops), None)
    if here is None:
        return []
    instants = (
        permit.begun_at,
        permit.submitted_at,
        permit.approved_at,
        permit.issued_at,
        permit.acceptance_asked_at,
        permit.refund_asked_at,
    )
    ended = permit.status == Status.CLOSED
    return [
        Step(
            label=str(label),
            state="done" if index < here or ended else "now" if index == here else "next",
            at=instants[index] if index <= here else None,
        )
        for index, (label, _stops) in enumerate(STOPS)
    ]


@dataclass(frozen=True)
class NextStep:
    """What happens next and, if something is promised, by when."""

    sentence: str
    when: datetime | None = None
    icon: str = "arrow-right"


# status: the sentence, the deadline that it is about (a field of the permit), its icon
Words = Mapping[str, tuple[str | Promise, str, str]]
FOR_RESIDENT: Words = {
    Status.DRAFT: (_("Fill the parts in one by one; everything is kept. Then submit."), "", "edit"),
    Status.RETURNED: (_("Please correct what is marked, and submit it again."), "", "edit"),
    Status.SUBMITTED: (_("We check your papers; reviewed"), "review_due_at", "file-text"),
    Status.PAPERS_CHECKED: (_("An engineer looks at works and drawings; reviewed"), "review_due_at", "tool"),
    Status.ENGINEER_PASSED: (_("A supervisor decides; reviewed"), "review_due_at", "thumb-up"),
    Status.APPROVED: (_("Please read and sign the agreement."), "", "signature"),
    Status.SIGNED: (_("Please pay %(owed)s yuan at the desk; you get the permit at once."), "", "receipt"),
    Status.ACTIVE: (_("Work may go on until %(ends_on)s. Then ask for the final acceptance."), "", "paint"),
    Status.SUSPENDED: (_("Work is stopped. Please put right what is named below."), "", "hand-stop"),
    Status.ACCEPTANCE: (_("An engineer comes to look; you and the contractor sign."), "", "home-check"),
    Status.ACCEPTED: (_("All is accepted. Ask for your deposit; it is back"), "refund_due_at", "receipt"),
    Status.REFUND_ASKED: (_("We settle your deposit; it is back"), "refund_due_at", "receipt"),
    Status.REFUND_AGREED: (_("Your deposit is paid out"), "refund_due_at", "receipt"),
    Status.CLOSED: (_("All is done. Thank you."), "", "circle-check"),
    Status.REFUSED: (_("Your application was refused: %(reason)s"), "", "circle-x"),
    Status.WITHDRAWN: (_("It has ended: %(reason)s"), "", "arrow-back-up"),
}
FOR_STAFF: Words = {
    Status.DRAFT: (_("The application is being written."), "", "edit"),
    Status.RETURNED: (_("Whoever applied corrects it."), "", "edit"),
    Status.SUBMITTED: (_("The desk checks the papers; reviewed"), "review_due_at", "file-text"),
    Status.PAPERS_CHECKED: (_("An engineer looks at works and drawings; reviewed"), "review_due_at", "tool"),
    Status.ENGINEER_PASSED: (_("A supervisor decides; reviewed"), "review_due_at", "thumb-up"),
    Status.APPROVED: (_("Whoever applied signs, in the portal or at the desk."), "", "signature"),
    Status.SIGNED: (_("%(owed)s yuan are to be paid; then issue the permit."), "", "receipt"),
    Status.ACTIVE: (_("Next patrol by %(patrol)s; the works end on %(ends_on)s."), "", "route"),
    Status.SUSPENDED: (_("Nobody works there until a supervisor lets it go on."), "", "hand-stop"),
    Status.ACCEPTANCE: (_("An engineer looks, and owner and contractor sign."), "", "home-check"),
    Status.ACCEPTED: (_("The deposit is asked for next; it is back"), "refund_due_at", "receipt"),
    Status.REFUND_ASKED: (
        _("One proposes the refund, another agrees; it is back"),
        "refund_due_at",
        "receipt",
    ),
    Status.REFUND_AGREED: (_("Pay the refund out; it is back"), "refund_due_at", "receipt"),
    Status.CLOSED: (pgettext_lazy("permit", "Nothing; this file is closed."), "", "archive"),
    Status.REFUSED: (_("Refused: %(reason)s"), "", "circle-x"),
    Status.WITHDRAWN: (_("It has ended: %(reason)s"), "", "arrow-back-up"),
}


def next_step(permit: Permit, user: User) -> NextStep:
    """What happens next. A promise whose time has passed is owned up to instead of being repeated."""
    words = FOR_STAFF if user.is_employee else FOR_RESIDENT
    sentence, field, icon = words[permit.status]
    when: datetime | None = getattr(permit, field) if field else None
    if when is not None and when < timezone.now() and not user.is_employee:
        late = gettext("We are late with this and are sorry. Please call the hotline.")
        return NextStep(late, icon="clock-exclamation")
    return NextStep(str(sentence) % _facts(permit), when, icon)


def _facts(permit: Permit) -> dict[str, str]:
    owed = sum(charge.owed for charge in permit.charges) if permit.status == Status.SIGNED else 0
    return {
        "owed": str(owed),
        "ends_on": _day(permit.ends_on),
        "patrol": _day(permit.patrol_due_on),
        "reason": permit.reason,
    }


def _day(day: date | None) -> str:
    return date_words(day) if day else "—"
