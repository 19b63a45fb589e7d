"""The closed loop of a repair 报修, as one table (domain §3). The diagram in docs/ is drawn from it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import BACK, Table, row


class Status(TextChoices):
    """Where a repair stands."""

    REPORTED = "reported", _("Reported")
    ACCEPTED = "accepted", _("Accepted")
    DISPATCHED = "dispatched", _("Dispatched")
    CONTACTED = "contacted", _("Contacted")
    SCHEDULED = "scheduled", _("Scheduled")
    ON_SITE = "on_site", _("On site")
    PLAN_PROPOSED = "plan_proposed", _("Plan proposed")
    PLAN_APPROVED = "plan_approved", _("Plan approved")
    COMPLETED = "completed", _("Completed")
    CONFIRMED = "confirmed", _("Accepted by the owner")
    FOLLOWED_UP = "followed_up", _("Followed up")
    ARCHIVED = "archived", _("Archived")
    ON_HOLD = "on_hold", _("On hold")
    REWORK = "rework", _("Rework")
    CANCELLED = "cancelled", _("Cancelled")
    DUPLICATE = "duplicate", _("Duplicate")


class HoldReason(TextChoices):
    """The only reasons for which a clock may pause."""

    OWNER_ABSENT = "owner_absent", _("Waiting for the owner")
    PARTS = "parts", _("Waiting for parts")
    THIRD_PARTY = "third_party", _("Waiting for another company")
    OWNER_REQUEST = "owner_request", _("The owner asked for a later date")


class ConfirmMethod(TextChoices):
    """How the owner accepted the work. Nothing is confirmed without the owner, or marked so."""

    SIGNATURE = "signature", _("Signature on the phone")
    PORTAL = "portal", _("Tap in the portal")
    PHONE = "phone", _("By phone, recorded with the reason")
    UNANSWERED = "unanswered", _("No answer for 7 days, closed by the supervisor")


S = Status
DESK = (Standing.AGENT, Standing.SUPERVISOR)
WORKER = (Standing.ASSIGNEE, Standing.SUPERVISOR)
EVERYONE_AT_WORK = (Standing.AGENT, Standing.SUPERVISOR, Standing.ASSIGNEE)

# Work has not started: the resident may still cancel.
BEFORE_WORK = (S.REPORTED, S.ACCEPTED, S.DISPATCHED, S.CONTACTED, S.SCHEDULED)
AT_WORK = (S.ON_SITE, S.PLAN_PROPOSED, S.PLAN_APPROVED)
WITH_WORKER = (S.DISPATCHED, S.CONTACTED, S.SCHEDULED, *AT_WORK)
UNFINISHED = (*BEFORE_WORK, *AT_WORK, S.ON_HOLD, S.REWORK)
DONE = (S.COMPLETED, S.CONFIRMED, S.FOLLOWED_UP, S.ARCHIVED)
CLOSED = (S.ARCHIVED, S.CANCELLED, S.DUPLICATE)

TABLE = Table(
    work="repair",
    initial=S.REPORTED,
    statuses=tuple(S.values),
    final=frozenset(CLOSED),
    rows=(
        row("accept", _("Accept"), sources=[S.REPORTED], target=S.ACCEPTED, who=DESK),
        row(
            "dispatch",
            _("Dispatch"),
            sources=[S.ACCEPTED, S.REWORK],
            target=S.DISPATCHED,
            # The program: where a rule of the supervisor lets it.
            who=[*DESK, Standing.SYSTEM],
            needs=["technician"],
        ),
        # 抢单: a rule opens it, the first technician of the trade who takes it has it.
        row(
            "offer",
            _("Open for grabbing"),
            sources=[S.ACCEPTED],
            who=[Standing.SYSTEM],
            internal=True,
            aside=True,
        ),
        row("grab", _("Take this job"), sources=[S.ACCEPTED], target=S.DISPATCHED, who=[Standing.TAKER]),
        # 退单: before the work has begun to change anything.
        row(
            "send_back",
            _("Send back to the desk"),
            sources=[S.DISPATCHED, S.CONTACTED, S.SCHEDULED, S.ON_SITE],
            target=S.ACCEPTED,
            who=[Standing.ASSIGNEE],
            needs=["reason"],
            internal=True,
        ),
        row(
            "contact",
            _("Owner contacted"),
            sources=[S.DISPATCHED],
            target=S.CONTACTED,
            who=WORKER,
            needs=["note"],
        ),
        row(
            "schedule",
            _("Make an appointment"),
            sources=[S.CONTACTED, S.SCHEDULED],
            target=S.SCHEDULED,
            who=EVERYONE_AT_WORK,
            needs=["start", "end"],
        ),
        # One side offers times, the other chooses or offers others. An agreed time is a first contact as well.
        row(
            "offer_windows",
            _("Offer times"),
            sources=[*BEFORE_WORK, S.ON_HOLD, S.REWORK],
            who=[Standing.RESIDENT, *EVERYONE_AT_WORK],
            needs=["windows"],
            aside=True,
        ),
        row(
            "choose_window",
            _("Choose one of the resident's times"),
            sources=[S.DISPATCHED, S.CONTACTED, S.SCHEDULED],
            target=S.SCHEDULED,
            who=EVERYONE_AT_WORK,
            needs=["window"],
            when="is_offered_times_by_the_resident",
        ),
        row(
            "accept_window",
            _("Note the time that the resident chose"),
            sources=[S.DISPATCHED, S.CONTACTED, S.SCHEDULED],
            target=S.SCHEDULED,
            who=[Standing.RESIDENT, *DESK],
            needs=["window"],
            when="is_offered_times_by_us",
        ),
        row(
            "on_way",
            _("On my way"),
            sources=[S.CONTACTED, S.SCHEDULED],
            who=WORKER,
            needs=["minutes"],
            aside=True,
        ),
        # Either side was there in vain: another time has to be agreed.
        row(
            "nobody_home",
            _("Nobody is at home"),
            sources=[S.SCHEDULED],
            target=S.CONTACTED,
            who=WORKER,
            needs=["note"],
        ),
        row(
            "nobody_came",
            _("Nobody came"),
            sources=[S.SCHEDULED],
            target=S.CONTACTED,
            who=[Standing.RESIDENT, *DESK],
        ),
        row("arrive", _("Arrived"), sources=[S.CONTACTED, S.SCHEDULED], target=S.ON_SITE, who=WORKER),
        # 险情排除: the water is off, nobody is trapped any more. The work itself may still take a day.
        row("secure", _("Made safe"), sources=AT_WORK, who=WORKER, needs=["note"], when="is_dangerous"),
        row(
            "propose_plan",
            _("Propose a plan"),
            # A change of what was agreed asks the owner again.
            sources=[S.ON_SITE, S.PLAN_PROPOSED, S.PLAN_APPROVED],
            target=S.PLAN_PROPOSED,
            who=WORKER,
            needs=["plan"],
        ),
        row(
            "approve_plan",
            _("Approve the plan"),
            sources=[S.PLAN_PROPOSED],
            target=S.PLAN_APPROVED,
            # On the engineer's phone the owner signs.
            who=[Standing.RESIDENT, Standing.SUPERVISOR, Standing.ASSIGNEE],
        ),
        row(
            "decline_plan",
            _("Decline the plan"),
            sources=[S.PLAN_PROPOSED],
            target=S.ON_SITE,
            who=[Standing.RESIDENT, Standing.SUPERVISOR, Standing.ASSIGNEE],
            needs=["reason"],
        ),
        row(
            "complete",
            _("Complete"),
            sources=[S.ON_SITE, S.PLAN_APPROVED],
            target=S.COMPLETED,
            who=WORKER,
            needs=["summary"],
        ),
        # By the closing of the outage that was its cause, never by a button (see `actions.outages`). What somebody
        # has priced or is to pay for is not among its sources.
        row(
            "settle",
            _("Completed with its outage"),
            sources=[*BEFORE_WORK, S.ON_SITE, S.ON_HOLD, S.REWORK],
            target=S.COMPLETED,
            who=[Standing.SUPERVISOR],
            needs=["summary"],
            when="is_of_outage",
        ),
        row(
            "confirm",
            _("Confirm acceptance"),
            sources=[S.COMPLETED],
            target=S.CONFIRMED,
            who=[Standing.RESIDENT, *EVERYONE_AT_WORK, Standing.SYSTEM],
            needs=["method"],
        ),
        row(
            "follow_up",
            _("Followed up"),
            sources=[S.CONFIRMED],
            target=S.FOLLOWED_UP,
            who=[*DESK, Standing.SYSTEM],
        ),
        row(
            "archive", _("Archive"), sources=[S.FOLLOWED_UP], target=S.ARCHIVED, who=[*DESK, Standing.SYSTEM]
        ),
        row(
            "hold",
            _("Put on hold"),
            sources=[S.ACCEPTED, *WITH_WORKER],
            target=S.ON_HOLD,
            who=EVERYONE_AT_WORK,
            needs=["reason", "resume_at"],
        ),
        row(
            "resume", _("Resume"), sources=[S.ON_HOLD], target=BACK, who=[*EVERYONE_AT_WORK, Standing.SYSTEM]
        ),
        row(
            "rework",
            _("Send back for rework"),
            sources=[S.COMPLETED, S.CONFIRMED, S.FOLLOWED_UP],
            target=S.REWORK,
            # The program: when an inspector finds a defect of a handover again.
            who=[Standing.RESIDENT, *DESK, Standing.SYSTEM],
            needs=["reason"],
        ),
        row(
            "cancel",
            _("Cancel"),
            sources=BEFORE_WORK,
            target=S.CANCELLED,
            who=[Standing.RESIDENT, *DESK],
            needs=["reason"],
        ),
        row(
            "cancel",
            _("Cancel"),
            sources=[*AT_WORK, S.ON_HOLD, S.REWORK],
            target=S.CANCELLED,
            who=[Standing.SUPERVISOR],
            needs=["reason"],
        ),
        row(
            "mark_duplicate",
            _("Mark as duplicate"),
            sources=[S.REPORTED, S.ACCEPTED, S.DISPATCHED],
            target=S.DUPLICATE,
            who=DESK,
            needs=["duplicate_of"],
        ),
        # The status stays; who, what and how urgent may change.
        row(
            "reassign",
            _("Reassign"),
            sources=WITH_WORKER,
            target=S.DISPATCHED,
            who=[Standing.SUPERVISOR],
            needs=["technician", "reason"],
        ),
        row(
            "classify",
            _("Correct trade or urgency"),
            sources=[S.REPORTED],
            who=DESK,
            needs=["trade", "urgency"],
        ),
        row(
            "classify",
            _("Correct trade or urgency"),
            sources=sorted(set(UNFINISHED) - {S.REPORTED}),
            who=[Standing.SUPERVISOR],
            needs=["trade", "urgency"],
        ),
        # Beside the road: nobody's open page becomes stale by them.
        row("urge", _("Urge"), sources=UNFINISHED, who=[Standing.RESIDENT, *DESK], aside=True),
        row(
            "note",
            _("Add a note"),
            sources=sorted(set(S.values) - {S.ARCHIVED}),
            who=[Standing.RESIDENT, *EVERYONE_AT_WORK, Standing.HELPER],
            needs=["note"],
            aside=True,
        ),
        row(
            "add_photo",
            _("Add a photo"),
            sources=sorted(set(S.values) - set(CLOSED)),
            who=[Standing.RESIDENT, *EVERYONE_AT_WORK, Standing.HELPER],
            aside=True,
        ),
        # Who helps (photos, notes) and who is told, beside the one who answers for it.
        row(
            "involve",
            _("Who else takes part"),
            sources=UNFINISHED,
            who=EVERYONE_AT_WORK,
            needs=["person", "part"],
            internal=True,
            aside=True,
        ),
    ),
)
