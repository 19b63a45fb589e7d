"""What a page says after a step."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from decoration.models import Permit

SENTENCES: Mapping[str, str | Promise] = {
    "ask_consent": _("The owner has been asked. You can submit once they agree."),
    "consent": _("The owner's consent is recorded."),
    "decline_consent": _("It is recorded that the owner does not agree. The application has ended."),
    "submit": _("%(number)s is handed in. We review it within the promised time."),
    "comment": _("The comment is recorded. Whoever applied reads it when it is sent back."),
    "check_papers": _("The papers are in order; an engineer is next."),
    "pass_works": _("The works are in order; a supervisor is next. You patrol this site."),
    "approve": _("Approved. Whoever applied can sign now."),
    "send_back": _("Sent back; whoever applied has been told."),
    "refuse": _("Refused; whoever applied has been told."),
    "withdraw": _("%(number)s has ended."),
    "sign": _("Thank you. Deposit and fee can be paid at the desk now."),
    "issue": _("The permit is issued. Please print the sheet for the door and the passes."),
    "patrol": _("The patrol is recorded; the next one is planned."),
    "report_violation": _("The violation is recorded; whoever applied has been told."),
    "recheck": _("It is recorded."),
    "stop_work": _("The works are stopped. The code on the door says so."),
    "resume": _("The works may go on."),
    "test_water": _("The water test is recorded."),
    "revoke_pass": _("The pass is revoked; the gate sees it at once."),
    "add_worker": _("The worker is added; please print the pass."),
    "ask_change": _("The change is asked for; a supervisor decides."),
    "grant_change": _("The change counts from now on."),
    "decline_change": _("All stays as it was; whoever applied has been told."),
    "ask_acceptance": _("An engineer comes to look and makes a date with you."),
    "reject": _("Recorded; the works go on."),
    "accept_works": _("The works are accepted. The deposit is to be back within the promised time."),
    "ask_refund": _("The deposit is asked for. You can follow it here; nobody has to come."),
    "deduct": _("The deduction is recorded. It moves no money yet."),
    "drop_deduction": _("The deduction is taken back."),
    "propose_refund": _("The refund is proposed; somebody else has to agree."),
    "agree_refund": _("Agreed. The refund can be paid out."),
    "decline_refund": _("Not agreed; it can be mended and proposed again."),
    "pay_refund": _("Paid out. %(number)s is closed."),
    "close": _("%(number)s is closed."),
    "note": _("Your note is on the timeline."),
    "add_photo": _("The photos are added."),
}


def said_after(action: str, permit: Permit) -> str:
    """The sentence after `action` was taken."""
    sentence = SENTENCES.get(action)
    return str(sentence) % {"number": permit.number} if sentence else gettext("Done.")
