"""What a page says after an action."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint, Inquiry

SENTENCES: Mapping[str, str | Promise] = {
    "acknowledge": _("It is recorded that the complainant was answered."),
    "settle": _("%(number)s is settled and closed."),
    "assign": _("%(handler)s takes care of %(number)s."),
    "find": _("The findings are recorded, for colleagues only."),
    "hear": _("It is recorded; the other side does not read it."),
    "propose": _("The proposal is with the complainant."),
    "agree": _("Thank you. We carry out what was agreed."),
    "disagree": _("We look into it again."),
    "give_task": _("The task is given."),
    "finish_task": _("The task is done."),
    "carry_out": _("It is recorded as carried out."),
    "tell": _("The reply is with the complainant."),
    "review": _("The review of the claim is recorded."),
    "sign_off": _("%(number)s is signed off."),
    "close": _("%(number)s is closed."),
    "archive": _("%(number)s is archived."),
    "reopen": _("We are sorry. %(number)s is opened again, one level higher."),
    "raise_level": _("%(number)s is one level higher now."),
    "classify": _("Type and level are corrected."),
    "set_day": _("The day of closing is approved; the complainant has been told."),
    "form_team": _("The joint team is formed and knows."),
    "join": _("%(number)s goes on with its group."),
    "leave": _("%(number)s goes on by itself."),
    "link": _("It stands beside %(number)s now."),
    "unlink": _("The link is taken away."),
    "withdraw": _("%(number)s is withdrawn."),
    "convert": _("It goes on under %(became)s."),
    "urge": _("We have passed on that it is pressing."),
    "note": _("Your note is on the timeline."),
    "add_photo": _("The photos are added."),
    "answer": _("The answer is sent."),
    "pass_on": _("The praise is passed on."),
    "ask_again": _("We answer you again."),
}


def said_after(action: str, case: Complaint | Inquiry) -> str:
    """The sentence after `action` was taken."""
    sentence = SENTENCES.get(action)
    facts = {"number": case.number, "handler": str(case.handler or ""), "became": case.became}
    return str(sentence) % facts if sentence else gettext("Done.")
