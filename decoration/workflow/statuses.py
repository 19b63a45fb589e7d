"""Where a decoration permit stands, and who has a say in it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from servicecenter.workflow.standings import Standing


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
