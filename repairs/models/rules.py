"""What the database refuses or does by itself about repairs, and the indexes of their lists and sweeps."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from repairs.workflow import CLOSED, DONE, WITH_WORKER, Status

CONSTRAINTS: list[models.BaseConstraint] = [
    models.CheckConstraint(name="ticket_status_known", condition=Q(status__in=Status.values)),
    models.CheckConstraint(
        name="ticket_place_named",
        condition=Q(place="unit", unit__isnull=False) | (Q(place="public") & ~Q(public_area="")),
        violation_error_message=_("Please say which unit or public area."),
    ),
    models.CheckConstraint(
        name="ticket_worker_named",
        condition=~Q(status__in=[*WITH_WORKER, *DONE])
        | Q(assignee__isnull=False, dispatched_by__isnull=False),
    ),
    models.CheckConstraint(
        name="ticket_contact_is_a_fact",
        condition=~Q(status__in=[*WITH_WORKER[1:], *DONE]) | Q(responded_at__isnull=False),
    ),
    models.CheckConstraint(
        name="ticket_made_safe_on_site",
        condition=Q(secured_at=None) | Q(arrived_at__isnull=False),
    ),
    models.CheckConstraint(
        name="ticket_appointment_pair",
        condition=(
            Q(appointment_start=None, appointment_end=None)
            | Q(
                appointment_start__isnull=False,
                appointment_end__isnull=False,
                appointment_end__gt=F("appointment_start"),
            )
        ),
    ),
    models.CheckConstraint(
        name="ticket_completion_is_a_fact",
        condition=~Q(status__in=DONE)
        | Q(completed_at__isnull=False, first_completed_at__isnull=False, completion_no__gte=1),
    ),
    models.CheckConstraint(
        name="ticket_confirmation_is_a_fact",
        condition=~Q(status__in=DONE[1:]) | (Q(confirmed_at__isnull=False) & ~Q(confirm_method="")),
    ),
    models.CheckConstraint(
        name="ticket_hold_has_reason",
        condition=(
            Q(status="on_hold", held_at__isnull=False, hold_until__gt=F("held_at"))
            & ~Q(hold_reason="")
            & ~Q(held_from="")
        )
        | (~Q(status="on_hold") & Q(held_at=None, hold_until=None, hold_reason="", held_from="")),
    ),
    models.CheckConstraint(
        name="ticket_closed_is_a_fact",
        condition=Q(status__in=CLOSED, closed_at__isnull=False) | (~Q(status__in=CLOSED) & Q(closed_at=None)),
    ),
    models.CheckConstraint(
        name="ticket_duplicate_named",
        condition=(Q(status="duplicate", duplicate_of__isnull=False) & ~Q(duplicate_of=F("id")))
        | (~Q(status="duplicate") & Q(duplicate_of=None)),
    ),
    models.CheckConstraint(name="ticket_part_of_unit", condition=Q(part=None) | Q(unit__isnull=False)),
    models.CheckConstraint(name="ticket_price_not_negative", condition=Q(price=None) | Q(price__gte=0)),
]

INDEXES: list[models.Index] = [
    models.Index(fields=["community", "-id"], name="ticket_list"),
    models.Index(fields=["community", "status", "-id"], name="ticket_by_status"),
    models.Index(
        fields=["community", "next_due_at", "id"],
        condition=Q(next_due_at__isnull=False),
        name="ticket_next_due",
    ),
    models.Index(fields=["assignee", "status", "-id"], name="ticket_by_worker"),
    # 抢单: few at any time.
    models.Index(
        fields=["community", "id"],
        condition=Q(status="accepted", grab_rule__isnull=False),
        name="ticket_to_grab",
    ),
    models.Index(fields=["unit", "-id"], name="ticket_by_unit"),
    models.Index(fields=["unit", "trade", "reported_at"], name="ticket_repeats"),
    models.Index(fields=["community", "closed_at", "reported_at"], name="ticket_by_closing"),
    models.Index(fields=["reporter", "-id"], name="ticket_by_reporter"),
    models.Index(fields=["community", "reported_at"], name="ticket_by_report"),
    models.Index(fields=["community", "respond_due_at"], name="ticket_by_respond_due"),
    models.Index(fields=["community", "complete_due_at"], name="ticket_by_complete_due"),
    models.Index(fields=["community", "completed_at"], name="ticket_by_completion"),
    models.Index(fields=["outage"], condition=Q(outage__isnull=False), name="ticket_of_outage"),
    GinIndex(
        name="ticket_search",
        fields=["text", "reporter_name", "contact_phone", "address", "number"],
        opclasses=["gin_trgm_ops"] * 5,
    ),
]

# The white space of a function is part of its migration: it stands as it was written first.
TRIGGERS = [
    # However a repair is completed (page, API, import, SQL console), its call exists in the same transaction.
    pgtrigger.Trigger(
        name="completion_gets_follow_up",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("completion_no"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition("NEW.completion_no > 0"),
        func="""
                    INSERT INTO surveys_followup (community_id, work, case_id, completion_no, case_number,
                        urgent, name, phone, worker_id, dispatcher_id, status, outcome, completed_at, next_call_at,
                        claim_no, missed, comment)
                    VALUES (NEW.community_id, 'repair', NEW.id, NEW.completion_no, NEW.number,
                        NEW.urgency = 'emergency', NEW.reporter_name, NEW.contact_phone, NEW.assignee_id,
                        NEW.dispatched_by_id, 'due', '', NEW.completed_at, NEW.completed_at, 0, 0, '')
                    ON CONFLICT (work, case_id, completion_no) DO NOTHING;
                    RETURN NEW;
                """,
    ),
    # No archive before the call has an outcome.
    pgtrigger.Trigger(
        name="no_archive_without_call",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("status"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition("NEW.status IN ('followed_up', 'archived')"),
        func="""
                    IF NOT EXISTS (SELECT 1 FROM surveys_followup f WHERE f.work = 'repair' AND f.case_id = NEW.id
                        AND f.completion_no = NEW.completion_no AND f.status = 'done') THEN
                        RAISE EXCEPTION 'repair % has no outcome of its follow-up call yet', NEW.number
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
    ),
]
