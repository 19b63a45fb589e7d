"""A decoration permit 装修许可 from the application to the refund, as one table (domain §6)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import BACK, Table, row


class Status(TextChoices):
    """Where a permit stands."""

    DRAFT = "draft", pgettext_lazy("permit", "Being written")
    SUBMITTED = "submitted", pgettext_lazy("permit", "Submitted")
    RETURNED = "returned", pgettext_lazy("permit", "To be corrected")
    PAPERS_CHECKED = "papers_checked", pgettext_lazy("permit", "Papers checked")
    ENGINEER_PASSED = "engineer_passed", pgettext_lazy("permit", "Passed by the engineer")
    APPROVED = "approved", pgettext_lazy("permit", "Approved, to be signed")
    SIGNED = "agreement_signed", pgettext_lazy("permit", "Signed, to be paid")
    ACTIVE = "permit_active", pgettext_lazy("permit", "Work may go on")
    SUSPENDED = "suspended", pgettext_lazy("permit", "Work stopped")
    ACCEPTANCE = "acceptance_asked", pgettext_lazy("permit", "Final acceptance asked for")
    ACCEPTED = "works_accepted", pgettext_lazy("permit", "Works accepted")
    REFUND_ASKED = "refund_asked", pgettext_lazy("permit", "Refund asked for")
    REFUND_AGREED = "refund_agreed", pgettext_lazy("permit", "Refund agreed to")
    CLOSED = "closed", pgettext_lazy("permit", "Closed")
    REFUSED = "refused", pgettext_lazy("permit", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("permit", "Withdrawn")


S = Status
DESK = (Standing.AGENT, Standing.SUPERVISOR)
ASKING = (Standing.APPLICANT, *DESK)
# Whoever answers for the works on the technical side, and whoever looks at the site.
TECHNICAL = (Standing.ENGINEER, Standing.SUPERVISOR)
ON_SITE = (Standing.ENGINEER, Standing.GUARD, Standing.SUPERVISOR)
DECIDING = (Standing.SUPERVISOR, Standing.MANAGER)

WRITING = (S.DRAFT, S.RETURNED)
REVIEW = (S.SUBMITTED, S.PAPERS_CHECKED, S.ENGINEER_PASSED)
UNSIGNED = (*WRITING, *REVIEW, S.APPROVED)
# Somebody may be working there.
RUNNING = (S.ACTIVE, S.SUSPENDED, S.ACCEPTANCE)
REFUNDING = (S.ACCEPTED, S.REFUND_ASKED, S.REFUND_AGREED)
FINAL = (S.CLOSED, S.REFUSED, S.WITHDRAWN)
OPEN = (*UNSIGNED, S.SIGNED, *RUNNING, *REFUNDING)
# The unit is taken on these days: nobody else gets a permit for them. A draft takes nothing.
LIVE = (*REVIEW, S.RETURNED, S.APPROVED, S.SIGNED, *RUNNING)

TABLE = Table(
    work="permit",
    initial=S.DRAFT,
    statuses=tuple(S.values),
    final=frozenset(FINAL),
    rows=(
        # The application, saved as one goes.
        row("save", _("Save"), sources=WRITING, who=ASKING),
        row("ask_consent", _("Ask the owner"), sources=WRITING, who=ASKING, when="needs_consent"),
        row(
            "consent",
            _("The owner agrees"),
            sources=WRITING,
            who=[Standing.OWNER, *DESK],
            when="needs_consent",
        ),
        row(
            "decline_consent",
            _("The owner does not agree"),
            sources=WRITING,
            target=S.WITHDRAWN,
            who=[Standing.OWNER, *DESK],
            needs=["reason"],
            when="needs_consent",
        ),
        # What is missing is named (`Permit.gaps`), not only refused.
        row("submit", pgettext_lazy("permit", "Submit"), sources=WRITING, target=S.SUBMITTED, who=ASKING),
        # The review: papers → engineer → supervisor.
        row(
            "comment",
            pgettext_lazy("permit", "Comment on a field"),
            sources=REVIEW,
            who=[*DESK, Standing.ENGINEER],
            needs=["field", "note"],
            aside=True,
        ),
        row(
            "check_papers",
            pgettext_lazy("permit", "Papers are in order"),
            sources=[S.SUBMITTED],
            target=S.PAPERS_CHECKED,
            who=DESK,
        ),
        row(
            "pass_works",
            pgettext_lazy("permit", "Works are technically in order"),
            sources=[S.PAPERS_CHECKED],
            target=S.ENGINEER_PASSED,
            who=[Standing.ENGINEER],
        ),
        row(
            "approve",
            pgettext_lazy("permit", "Approve"),
            sources=[S.ENGINEER_PASSED],
            target=S.APPROVED,
            who=[Standing.SUPERVISOR],
        ),
        row(
            "send_back",
            pgettext_lazy("permit", "Back for correction"),
            sources=REVIEW,
            target=S.RETURNED,
            who=[*DESK, Standing.ENGINEER],
            needs=["reason"],
        ),
        row(
            "refuse",
            pgettext_lazy("permit", "Refuse"),
            sources=REVIEW,
            target=S.REFUSED,
            who=[Standing.SUPERVISOR],
            needs=["reason"],
        ),
        row(
            "withdraw",
            pgettext_lazy("permit", "Withdraw"),
            sources=UNSIGNED,
            target=S.WITHDRAWN,
            who=ASKING,
            needs=["reason"],
        ),
        # Agreement, deposit, permit.
        row(
            "sign",
            _("Sign the agreement"),
            sources=[S.APPROVED],
            target=S.SIGNED,
            who=ASKING,
            needs=["signer", "agreed"],
        ),
        row(
            "issue",
            _("Issue the permit"),
            sources=[S.SIGNED],
            target=S.ACTIVE,
            who=DESK,
            when="is_paid",
        ),
        row(
            "call_off",
            _("Call the works off"),
            sources=[S.SIGNED],
            target=S.WITHDRAWN,
            who=[Standing.SUPERVISOR],
            needs=["reason"],
            when="has_nothing_paid",
        ),
        # Paid, but never begun: the deposit goes back in the ordinary way.
        row(
            "give_back",
            _("Call the works off and give the deposit back"),
            sources=[S.SIGNED],
            target=S.REFUND_ASKED,
            who=[Standing.SUPERVISOR],
            needs=["reason"],
            when="holds_deposit",
        ),
        # While work goes on.
        row("patrol", _("Patrol the site"), sources=[S.ACTIVE, S.SUSPENDED], who=ON_SITE, aside=True),
        row(
            "assign",
            _("Put somebody in charge of the patrols"),
            sources=RUNNING,
            who=DESK,
            needs=["inspector"],
            internal=True,
            aside=True,
        ),
        row(
            "report_violation",
            _("Report a violation"),
            sources=RUNNING,
            who=[*ON_SITE, Standing.AGENT],
            needs=["rule", "words", "due_on"],
            aside=True,
        ),
        row(
            "recheck",
            _("Look at a violation again"),
            sources=[*RUNNING, S.ACCEPTED],
            who=ON_SITE,
            needs=["violation", "result"],
            aside=True,
            when="has_open_violations",
        ),
        row(
            "stop_work",
            _("Stop the works"),
            sources=[S.ACTIVE],
            target=S.SUSPENDED,
            who=TECHNICAL,
            needs=["reason"],
        ),
        row(
            "resume",
            _("Let the works go on"),
            sources=[S.SUSPENDED],
            target=BACK,
            who=[Standing.SUPERVISOR],
            needs=["note"],
        ),
        row(
            "test_water",
            _("Write down a water test"),
            sources=[S.ACTIVE, S.ACCEPTANCE],
            who=TECHNICAL,
            needs=["room", "filled_at", "checked_at", "result"],
            aside=True,
            when="has_wet_rooms",
        ),
        row(
            "revoke_pass",
            _("Revoke a worker's pass"),
            sources=RUNNING,
            who=[*DESK, Standing.ENGINEER],
            needs=["worker", "reason"],
            aside=True,
        ),
        row(
            "add_worker",
            _("Add a worker"),
            sources=[S.ACTIVE, S.SUSPENDED],
            who=DESK,
            needs=["name", "id_number", "craft"],
            aside=True,
        ),
        row(
            "ask_change",
            _("Ask for a change"),
            sources=[S.ACTIVE, S.SUSPENDED],
            who=ASKING,
            needs=["kind", "reason"],
            when="has_no_open_change",
        ),
        row(
            "grant_change",
            _("Agree to the change"),
            sources=[S.ACTIVE, S.SUSPENDED],
            who=[Standing.SUPERVISOR],
            when="has_open_change",
        ),
        row(
            "decline_change",
            _("Do not agree to the change"),
            sources=[S.ACTIVE, S.SUSPENDED],
            who=[Standing.SUPERVISOR],
            needs=["reason"],
            when="has_open_change",
        ),
        # The end: earlier than planned or not.
        row(
            "ask_acceptance",
            _("Ask for the final acceptance"),
            sources=[S.ACTIVE],
            target=S.ACCEPTANCE,
            who=ASKING,
            when="has_no_open_change",
        ),
        row(
            "reject",
            _("Not accepted yet"),
            sources=[S.ACCEPTANCE],
            target=S.ACTIVE,
            who=TECHNICAL,
            needs=["reason"],
        ),
        row(
            "accept_works",
            _("Accept the works"),
            sources=[S.ACCEPTANCE],
            target=S.ACCEPTED,
            who=[Standing.ENGINEER],
            needs=["owner_signer", "contractor_signer"],
            when="is_ready_to_accept",
        ),
        # The deposit.
        row(
            "ask_refund",
            _("Ask for the deposit back"),
            sources=[S.ACCEPTED],
            target=S.REFUND_ASKED,
            who=ASKING,
            when="holds_deposit",
        ),
        row(
            "deduct",
            _("Write down a deduction"),
            sources=[S.ACCEPTED, S.REFUND_ASKED],
            who=DESK,
            needs=["what", "amount", "photos"],
            when="has_no_proposal",
        ),
        row(
            "drop_deduction",
            _("Take a deduction back"),
            sources=[S.ACCEPTED, S.REFUND_ASKED],
            who=DESK,
            needs=["deduction"],
            when="has_deductions_to_drop",
        ),
        row(
            "propose_refund",
            _("Propose the refund"),
            sources=[S.REFUND_ASKED],
            who=DESK,
            when="has_no_proposal",
        ),
        row(
            "agree_refund",
            _("Agree to the refund"),
            sources=[S.REFUND_ASKED],
            target=S.REFUND_AGREED,
            who=DECIDING,
            when="has_proposal",
        ),
        row(
            "decline_refund",
            _("Do not agree to the refund"),
            sources=[S.REFUND_ASKED],
            who=DECIDING,
            needs=["reason"],
            when="has_proposal",
        ),
        row(
            "pay_refund",
            _("Pay the refund out"),
            sources=[S.REFUND_AGREED],
            target=S.CLOSED,
            who=DESK,
            needs=["method"],
        ),
        # Where no deposit was taken.
        row(
            "close",
            pgettext_lazy("permit", "Close the case"),
            sources=[S.ACCEPTED],
            target=S.CLOSED,
            who=DESK,
            when="holds_nothing",
        ),
        row(
            "look_again",
            _("Look again after three months"),
            sources=[S.CLOSED],
            who=TECHNICAL,
            needs=["note"],
            aside=True,
            when="has_no_second_look",
        ),
        row(
            "note",
            _("Add a note"),
            sources=OPEN,
            who=[Standing.APPLICANT, *DESK, Standing.ENGINEER, Standing.GUARD, Standing.SYSTEM],
            needs=["note"],
            aside=True,
        ),
        row(
            "add_photo",
            _("Add drawings or photos"),
            sources=[*UNSIGNED, S.SIGNED, *RUNNING],
            who=[*ASKING, Standing.ENGINEER],
            aside=True,
        ),
    ),
)
