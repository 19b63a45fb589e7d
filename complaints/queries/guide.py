"""What a reader can do with a complaint or an inquiry now, how far it is, and what happens next, in plain words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint, Inquiry
from complaints.workflow import InquiryStatus, Status
from servicecenter.accounts.models import User
from servicecenter.cases.buttons import Button, Guide, Step
from servicecenter.cases.buttons import buttons as drawn
from servicecenter.workflow.run import allowed
from servicecenter.workflow.table import Transition

COMPLAINT = Guide(
    route="complaints:act",
    natural={
        Status.RECEIVED: ("acknowledge",),
        Status.ACKNOWLEDGED: ("find", "propose"),
        Status.INVESTIGATING: ("acknowledge", "propose"),
        Status.PROPOSED: ("agree",),
        Status.AGREED: ("carry_out",),
        Status.CARRIED_OUT: ("tell",),
        Status.TOLD: ("sign_off", "close"),
        Status.CLOSED: (),
    },
    last=(
        "settle",
        "find",
        "hear",
        "assign",
        "give_task",
        "finish_task",
        "form_team",
        "review",
        "set_day",
        "disagree",
        "raise_level",
        "classify",
        "join",
        "leave",
        "link",
        "unlink",
        "urge",
        "note",
        "add_photo",
        "convert",
        "reopen",
        "archive",
        "withdraw",
    ),
    with_form=frozenset({"agree", "add_photo", "sign_off", "urge"}),
    hidden=frozenset({"close_with"}),
    shortcuts={
        "acknowledge": "a",
        "assign": "r",
        "note": "o",
        "classify": "u",
        "propose": "s",
        "raise_level": "e",
    },
    for_residents={
        "agree": _("I agree to this solution"),
        "disagree": _("I do not agree"),
        "reopen": pgettext_lazy("complaint", "It is not right yet"),
        "urge": pgettext_lazy("complaint", "Please hurry"),
        "note": _("Write a note"),
        "withdraw": pgettext_lazy("complaint", "Withdraw my complaint"),
    },
)
INQUIRY = Guide(
    route="complaints:act",
    natural={
        InquiryStatus.RECEIVED: ("answer",),
        InquiryStatus.ANSWERED: ("close",),
    },
    last=("assign", "pass_on", "ask_again", "note", "add_photo", "convert", "withdraw"),
    with_form=frozenset({"add_photo"}),
    shortcuts={"answer": "a", "assign": "r", "note": "o"},
    for_residents={
        "close": pgettext_lazy("inquiry", "Thank you, that is clear"),
        "ask_again": pgettext_lazy("inquiry", "That is not answered yet"),
        "note": _("Write a note"),
    },
)


def guide_of(case: Complaint | Inquiry) -> Guide:
    """How its buttons are drawn."""
    return COMPLAINT if isinstance(case, Complaint) else INQUIRY


def buttons(case: Complaint | Inquiry, user: User, next_url: str = "") -> list[Button]:
    """What `user` may do to it now, the natural next step first and marked."""
    return drawn(case, user, guide_of(case), number=case.number, next_url=next_url)


def by_receipt(case: Complaint | Inquiry, taken: Collection[str]) -> list[Button]:
    """What whoever holds the receipt of an anonymous one may do now, of the actions `taken` by it."""
    guide = guide_of(case)
    first = guide.natural.get(case.status, ())
    rows = [row for row in allowed(case, None) if row.action in taken]
    return [
        Button(
            code=row.action.replace("_", "-"),
            label=str(guide.for_residents.get(row.action) or row.label),
            url="",
            needs=False,
            style="primary" if row.action in first else "",
        )
        for row in sorted(
            rows, key=lambda row: guide.last.index(row.action) if row.action in guide.last else -1
        )
    ]


def label_of(case: Complaint | Inquiry, row: Transition, user: User) -> str:
    """What an action is called for this reader."""
    return guide_of(case).label(row, user)


STOPS = (
    (pgettext_lazy("complaint", "Received"), (Status.RECEIVED,)),
    (pgettext_lazy("complaint", "Looked into"), (Status.ACKNOWLEDGED, Status.INVESTIGATING)),
    (pgettext_lazy("complaint", "Solution"), (Status.PROPOSED, Status.AGREED)),
    (pgettext_lazy("complaint", "Carried out"), (Status.CARRIED_OUT, Status.TOLD)),
    (pgettext_lazy("complaint", "Closed"), (Status.CLOSED, Status.ARCHIVED)),
)


def way(case: Complaint | Inquiry) -> list[Step]:
    """The five stops of a complaint; [] for one that was withdrawn or goes on elsewhere, and for inquiries."""
    if not isinstance(case, Complaint):
        return []
    status = case.held_from or case.status
    here = next((index for index, (_label, stops) in enumerate(STOPS) if status in stops), None)
    if here is None:
        return []
    instants = (case.received_at, case.responded_at, case.proposed_at, case.told_at, case.closed_at)
    ended = here == len(STOPS) - 1
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


# status: the sentence, the deadline that it is about (a field of the case), its icon
Words = Mapping[str, tuple[str | Promise, str, str]]
FOR_RESIDENT: Words = {
    Status.RECEIVED: (_("We have your complaint and will speak with you"), "respond_due_at", "phone"),
    Status.ACKNOWLEDGED: (_("We look into it and propose a solution"), "propose_due_at", "search"),
    Status.INVESTIGATING: (_("We look into it and propose a solution"), "propose_due_at", "search"),
    Status.PROPOSED: (_("Please read our proposal and tell us whether you agree."), "", "help-circle"),
    Status.AGREED: (_("We carry out what you agreed to; closed"), "close_due_at", "tool"),
    Status.CARRIED_OUT: (_("It is done; we tell you the result."), "", "progress-check"),
    Status.TOLD: (_("Please read our reply. The case is closed soon."), "", "mail"),
    Status.CLOSED: (_("Closed. If it is not right yet, open it again."), "", "circle-check"),
    Status.ARCHIVED: (_("All is done. Thank you for your time."), "", "circle-check"),
    Status.JOINED: (_("Several households told us the same; we deal with it together."), "", "users-group"),
    Status.WITHDRAWN: (_("You have withdrawn it. Nothing more is done."), "", "arrow-back-up"),
    Status.CONVERTED: (_("It goes on under %(became)s."), "", "switch-horizontal"),
}
FOR_STAFF: Words = {
    Status.RECEIVED: (_("Speak with whoever complains, and say what comes next"), "respond_due_at", "phone"),
    Status.ACKNOWLEDGED: (_("%(handler)s looks into it and proposes a solution"), "propose_due_at", "search"),
    Status.INVESTIGATING: (_("%(handler)s proposes a solution"), "propose_due_at", "file-text"),
    Status.PROPOSED: (
        _("The complainant has to say whether they agree; closed"),
        "close_due_at",
        "help-circle",
    ),
    Status.AGREED: (_("%(handler)s carries out what was agreed; closed"), "close_due_at", "tool"),
    Status.CARRIED_OUT: (_("Tell the complainant the result; closed"), "close_due_at", "mail"),
    Status.TOLD: (_("%(handler)s closes the case"), "close_due_at", "archive"),
    Status.CLOSED: (_("The case is closed."), "", "circle-check"),
    Status.ARCHIVED: (_("Nothing; this file is closed."), "", "archive"),
    Status.JOINED: (_("It goes on with %(lead)s."), "", "users-group"),
    Status.WITHDRAWN: (_("Nothing; it was withdrawn."), "", "arrow-back-up"),
    Status.CONVERTED: (_("It goes on under %(became)s."), "", "switch-horizontal"),
}
OF_INQUIRY: Mapping[bool, Words] = {
    False: {
        InquiryStatus.RECEIVED: (_("We answer you"), "next_due_at", "message-check"),
        InquiryStatus.ANSWERED: (_("Please read our answer."), "", "message-check"),
        InquiryStatus.CLOSED: (_("All is done. Thank you for your time."), "", "circle-check"),
    },
    True: {
        InquiryStatus.RECEIVED: (_("Answer it"), "next_due_at", "message-check"),
        InquiryStatus.ANSWERED: (_("It closes by itself seven days after the answer."), "", "clock-hour-4"),
        InquiryStatus.CLOSED: (_("Nothing; this file is closed."), "", "archive"),
    },
}


def _standing(case: Complaint | Inquiry) -> str:
    """Its status; what was opened again begins with an answer, like what is new."""
    again = isinstance(case, Complaint) and case.reopen_count and case.status == Status.INVESTIGATING
    return str(Status.RECEIVED if again and case.is_unanswered else case.status)


def next_step(case: Complaint | Inquiry, user: User | None) -> NextStep:
    """What happens next. A promise whose time has passed is owned up to instead of being repeated."""
    staff = user is not None and user.is_employee
    words = FOR_STAFF if staff else FOR_RESIDENT
    if isinstance(case, Inquiry) and case.status in OF_INQUIRY[staff]:
        words = OF_INQUIRY[staff]
    sentence, field, icon = words[_standing(case)]
    when: datetime | None = getattr(case, field) if field else None
    if when is not None and when < timezone.now() and not staff:
        late = gettext("We are late with this and are sorry. Please urge us, or call the hotline.")
        return NextStep(late, icon="clock-exclamation")
    facts = {
        "handler": str(case.handler) if case.handler else gettext("Whoever is in charge"),
        "became": case.became,
        "lead": case.lead.number if isinstance(case, Complaint) and case.lead else "",
    }
    return NextStep(str(sentence) % facts, when, icon)
