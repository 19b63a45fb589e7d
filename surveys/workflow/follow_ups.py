"""A follow-up case 回访: due → (claimed → due)* → done."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FollowUpStatus(TextChoices):
    """Where a follow-up stands."""

    DUE = "due", _("To be called")
    CLAIMED = "claimed", _("Being called")
    DONE = "done", _("Done")


class Outcome(TextChoices):
    """How a follow-up ended. Nothing is archived before one of these is recorded."""

    SATISFIED = "satisfied", _("Satisfied")
    DISSATISFIED = "dissatisfied", _("Not satisfied")
    REFUSED = "refused", _("Did not want to answer")
    UNREACHABLE = "unreachable", _("Could not be reached")
    # One of many completions by one cause: a sample of them was called about, this one was not in it.
    COVERED = "covered", _("Covered by the sample of its outage")
    # The work was done again before the call: the new completion has a follow-up of its own.
    SUPERSEDED = "superseded", _("Replaced by a new completion")


class AttemptOutcome(TextChoices):
    """What came of one call (domain §4)."""

    REACHED = "reached", _("Reached")
    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Busy")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    REFUSED = "refused", _("Refused to answer")
    CALL_BACK = "call_back", _("Call back later")
    RELEASED = "released", _("Not called")


class Consequence(TextChoices):
    """What a bad answer about a repair becomes. What is not solved goes back to work in any case."""

    REWORK = "rework", _("Rework")
    COMPLAINT = "complaint", _("Complaint")
    PROMISE = "promise", _("Promise that somebody calls")


# Follow-ups that ended without anybody being called: they count neither for nor against the calls.
UNCALLED = frozenset({Outcome.SUPERSEDED, Outcome.COVERED})
# Tries that reached nobody; three of them, spaced by the rule, make a case unreachable.
MISSED = frozenset({AttemptOutcome.NO_ANSWER, AttemptOutcome.BUSY, AttemptOutcome.WRONG_NUMBER})
RATINGS = ("punctual", "attitude", "quality", "tidiness", "price_explained", "overall")
SATISFIED_FROM = 8
REWORK_UP_TO = 5
