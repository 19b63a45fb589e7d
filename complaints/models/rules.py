"""What the database refuses about complaints, and the indexes of their lists and sweeps."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from complaints.models.kinds import Level
from complaints.models.voices import whole
from complaints.workflow import CLOSED, Status

S = Status
ANSWERED = (S.ACKNOWLEDGED, S.INVESTIGATING, S.PROPOSED, S.AGREED, S.CARRIED_OUT, S.TOLD, S.JOINED, *CLOSED)
SOLVED = (S.PROPOSED, S.AGREED, S.CARRIED_OUT, S.TOLD)
OVER = (*CLOSED, S.WITHDRAWN, S.CONVERTED)

CONSTRAINTS: list[models.BaseConstraint] = [
    *whole("complaint"),
    models.CheckConstraint(name="complaint_status_known", condition=Q(status__in=Status.values)),
    models.CheckConstraint(name="complaint_level_known", condition=Q(level__in=Level.values)),
    models.CheckConstraint(
        name="complaint_answer_is_a_fact",
        condition=~Q(status__in=ANSWERED) | Q(responded_at__isnull=False),
    ),
    models.CheckConstraint(
        name="complaint_solution_is_a_fact", condition=~Q(status__in=SOLVED) | ~Q(solution="")
    ),
    models.CheckConstraint(
        name="complaint_reply_is_a_fact",
        condition=~Q(status__in=[S.TOLD, *CLOSED]) | (~Q(reply="") & Q(told_at__isnull=False)),
    ),
    models.CheckConstraint(
        name="complaint_closing_is_a_fact",
        condition=~Q(status__in=CLOSED) | Q(first_closed_at__isnull=False, completion_no__gte=1),
    ),
    models.CheckConstraint(
        name="complaint_over_is_a_fact",
        condition=Q(status__in=OVER, closed_at__isnull=False) | (~Q(status__in=OVER) & Q(closed_at=None)),
    ),
    models.CheckConstraint(
        name="complaint_in_group",
        condition=(Q(status="joined", lead__isnull=False) & ~Q(held_from=""))
        | (~Q(status="joined") & Q(held_from="")),
    ),
    models.CheckConstraint(name="complaint_leads_another", condition=Q(lead=None) | ~Q(lead=F("id"))),
    models.CheckConstraint(
        name="complaint_review_whole",
        condition=Q(reviewed_at=None, reviewed_by=None, review="")
        | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(review="")),
    ),
    models.CheckConstraint(
        name="complaint_sign_off_whole",
        condition=Q(signed_off_at=None, signed_off_by=None)
        | Q(signed_off_at__isnull=False, signed_off_by__isnull=False),
    ),
    # A group is closed with the one that leads it.
    models.CheckConstraint(
        name="complaint_major_signed_off",
        condition=~Q(status__in=CLOSED) | ~Q(level="major") | ~Q(lead=None) | Q(signed_off_at__isnull=False),
    ),
    models.CheckConstraint(
        name="complaint_claim_reviewed",
        condition=~Q(status__in=CLOSED) | Q(compensation=False) | Q(reviewed_at__isnull=False),
    ),
]

INDEXES: list[models.Index] = [
    models.Index(fields=["community", "-id"], name="complaint_list"),
    models.Index(fields=["community", "status", "-id"], name="complaint_by_status"),
    models.Index(
        fields=["community", "next_due_at", "id"],
        condition=Q(next_due_at__isnull=False),
        name="complaint_next_due",
    ),
    models.Index(fields=["handler", "status"], name="complaint_by_handler"),
    models.Index(fields=["reporter", "-id"], name="complaint_by_reporter"),
    models.Index(fields=["unit", "-id"], name="complaint_by_unit"),
    models.Index(fields=["community", "type", "received_at"], name="complaint_repeats"),
    models.Index(fields=["lead"], condition=Q(lead__isnull=False), name="complaint_of_group"),
    GinIndex(
        name="complaint_search",
        fields=["text", "reporter_name", "contact_phone", "place", "number"],
        opclasses=["gin_trgm_ops"] * 5,
    ),
]

# No close of a claim for compensation without evidence: photos, the reference of a recording, a signed statement.
EVIDENCE = pgtrigger.Trigger(
    name="no_close_without_evidence",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("status"),  # type: ignore[no-untyped-call]
    condition=pgtrigger.Condition("NEW.compensation AND NEW.status = 'closed'"),
    func="""
        IF NOT EXISTS (SELECT 1 FROM attachments_photo p WHERE p.work = 'complaint' AND p.case_id = NEW.id) THEN
            RAISE EXCEPTION 'complaint % has no evidence', NEW.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'no_close_without_evidence';
        END IF;
        RETURN NEW;
    """,
)
# However a complaint is closed, its call exists in the same transaction, where there is anybody to call. Whoever it is
# about is hidden from the call as from the case.
CALL = pgtrigger.Trigger(
    name="closing_gets_follow_up",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("completion_no"),  # type: ignore[no-untyped-call]
    condition=pgtrigger.Condition("NEW.completion_no > 0 AND NEW.contact_phone <> ''"),
    func="""
        INSERT INTO surveys_followup (community_id, work, case_id, completion_no, case_number, urgent, name, phone,
            worker_id, dispatcher_id, hidden_from_id, status, outcome, completed_at, next_call_at, claim_no, missed,
            comment)
        VALUES (NEW.community_id, 'complaint', NEW.id, NEW.completion_no, NEW.number, NEW.level = 'major',
            NEW.reporter_name, NEW.contact_phone, NEW.handler_id, NEW.agent_id, NEW.about_id, 'due', '', NEW.closed_at,
            NEW.closed_at, 0, 0, '')
        ON CONFLICT (work, case_id, completion_no) DO NOTHING;
        RETURN NEW;
    """,
)
# No archive before the call has an outcome.
UNCALLED = pgtrigger.Trigger(
    name="no_archive_without_call",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("status"),  # type: ignore[no-untyped-call]
    condition=pgtrigger.Condition("NEW.status = 'archived' AND NEW.contact_phone <> ''"),
    func="""
        IF NOT EXISTS (SELECT 1 FROM surveys_followup f WHERE f.work = 'complaint' AND f.case_id = NEW.id
            AND f.completion_no = NEW.completion_no AND f.status = 'done') THEN
            RAISE EXCEPTION 'complaint % has no outcome of its follow-up call yet', NEW.number
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
TRIGGERS = [EVIDENCE, CALL, UNCALLED]
