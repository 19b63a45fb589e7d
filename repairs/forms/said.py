"""What a page says after an action: what happened, and where it can be undone."""

from __future__ import annotations

from collections.abc import Mapping

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from repairs.models import Ticket

SENTENCES: Mapping[str, str | Promise] = {
    "accept": _("%(number)s is accepted."),
    "dispatch": _("%(number)s goes to %(engineer)s."),
    "reassign": _("%(number)s now goes to %(engineer)s."),
    "grab": _("%(number)s is yours."),
    "send_back": _("%(number)s is back with the desk. Thank you for saying why."),
    "involve": _("It is written down who takes part in %(number)s."),
    "contact": _("The first contact is recorded."),
    "schedule": _("The appointment is made; the owner has been told."),
    "offer_windows": _("The times are offered. You will hear which one it is."),
    "choose_window": _("The appointment is made; the owner has been told."),
    "accept_window": _("The appointment is made. The engineer knows."),
    "on_way": _("The resident knows that you are on the way."),
    "nobody_home": _("It is recorded that nobody was at home; the resident has been told."),
    "nobody_came": _("We are sorry. The supervisor knows, and will see to another time."),
    "arrive": _("Your arrival is recorded."),
    "secure": _("It is recorded that the danger is over."),
    "propose_plan": _("The plan is with the owner."),
    "approve_plan": _("Thank you. Work goes on as agreed."),
    "decline_plan": _("We have passed on that you do not agree."),
    "complete": _("The work is recorded as completed."),
    "confirm": _("Thank you. The work is accepted."),
    "archive": _("%(number)s is archived."),
    "hold": _("%(number)s is on hold; its clocks stand still."),
    "resume": _("%(number)s goes on."),
    "rework": _("We are sorry. %(number)s goes back to be done again."),
    "cancel": _("%(number)s is cancelled."),
    "mark_duplicate": _("%(number)s is joined with the other repair."),
    "classify": _("Trade and urgency are corrected."),
    "urge": _("We have passed on that it is pressing."),
    "note": _("Your note is on the timeline."),
    "add_photo": _("The photos are added."),
}
# What the rules of dispatch did with it in the same moment.
SENT_BY_RULE = _("%(number)s is accepted; a rule sends %(engineer)s.")
OPENED_BY_RULE = _("%(number)s is accepted; a rule has opened it for grabbing.")
# What takes a step back at once.
UNDO: Mapping[str, str] = {"hold": "resume"}


def said_after(action: str, ticket: Ticket) -> tuple[str, str]:
    """(sentence, extra tags of the flash message) after `action` was taken on the ticket."""
    sentence = _accepted(ticket) if action == "accept" else SENTENCES.get(action)
    facts = {"number": ticket.number, "engineer": str(ticket.assignee) if ticket.assignee else ""}
    undo = UNDO.get(action)
    tags = f"undo={reverse('repairs:act', args=[ticket.number, undo])}" if undo else ""
    return (str(sentence) % facts if sentence else gettext("Done."), tags)


def _accepted(ticket: Ticket) -> str | Promise:
    if ticket.assignee_id:
        return SENT_BY_RULE
    return OPENED_BY_RULE if ticket.grab_rule_id else SENTENCES["accept"]
