"""The end: final acceptance, the deposit, and what may be said at any time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decoration.workflow.statuses import ASKING, DECIDING, DESK, OPEN, RUNNING, TECHNICAL, UNSIGNED, S
from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Transition, row

ENDING: tuple[Transition, ...] = (
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
)
