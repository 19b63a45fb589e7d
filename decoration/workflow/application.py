"""From the application to the permit: written, reviewed, signed, paid, issued."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decoration.workflow.statuses import ASKING, DESK, REVIEW, UNSIGNED, WRITING, S
from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Transition, row

APPLICATION: tuple[Transition, ...] = (
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
)
