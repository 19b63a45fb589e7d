"""What the database itself refuses about a permit, whoever writes the row, and the indexes of its lists and sweeps."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from decoration.workflow import FINAL, LIVE, REFUNDING, RUNNING, Status

S = Status
AFTER_DRAFT = (S.SUBMITTED, S.PAPERS_CHECKED, S.ENGINEER_PASSED, S.APPROVED, S.SIGNED, *RUNNING, *REFUNDING)
AFTER_APPROVAL = (S.APPROVED, S.SIGNED, *RUNNING, *REFUNDING)
AFTER_SIGNATURE = (S.SIGNED, *RUNNING, *REFUNDING)
OVERLAP = _("There is a permit for this unit in these days already.")


class Days(Func):
    """The days from the first to the last, both of them."""

    function = "daterange"
    output_field = DateRangeField()


def whole(name: str, *fields: str) -> models.CheckConstraint:
    """All of these are known, or none."""
    none = Q(**dict.fromkeys(fields))
    return models.CheckConstraint(
        name=name, condition=none | Q(**{f"{field}__isnull": False for field in fields})
    )


CONSTRAINTS: list[models.BaseConstraint] = [
    models.CheckConstraint(name="permit_status_known", condition=Q(status__in=Status.values)),
    models.CheckConstraint(
        name="permit_days_in_order",
        condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
        violation_error_message=_("The works end after they begin."),
    ),
    models.CheckConstraint(
        name="permit_is_complete",
        condition=~Q(status__in=AFTER_DRAFT)
        | (
            Q(starts_on__isnull=False, ends_on__isnull=False, contractor__isnull=False)
            & Q(submitted_at__isnull=False, round__gte=1)
            & ~Q(manager_name="")
        ),
    ),
    models.CheckConstraint(
        name="permit_consent_whole",
        condition=Q(consent_of=None, consent_how="", consent_at=None, consent_by=None)
        | (
            Q(consent_of__isnull=False, consent_at__isnull=False, consent_by__isnull=False)
            & ~Q(consent_how="")
        ),
    ),
    models.CheckConstraint(
        name="permit_goes_with_consent",
        condition=~Q(status__in=AFTER_DRAFT) | Q(by_owner=True) | Q(consent_at__isnull=False),
    ),
    whole("permit_approval_whole", "approved_at", "approved_by"),
    models.CheckConstraint(
        name="permit_approval_is_a_fact",
        condition=~Q(status__in=AFTER_APPROVAL) | Q(approved_at__isnull=False),
    ),
    models.CheckConstraint(
        name="permit_signature_whole",
        condition=Q(signed_at=None, signer="", agreement="", signature=None)
        | (Q(signed_at__isnull=False) & ~Q(signer="") & ~Q(agreement="")),
    ),
    models.CheckConstraint(
        name="permit_signature_is_a_fact",
        condition=~Q(status__in=AFTER_SIGNATURE) | Q(signed_at__isnull=False),
    ),
    whole("permit_issue_whole", "issued_at", "issued_by"),
    models.CheckConstraint(
        name="permit_issue_is_a_fact", condition=~Q(status__in=RUNNING) | Q(issued_at__isnull=False)
    ),
    models.CheckConstraint(
        name="permit_held_from",
        condition=Q(status="suspended") ^ Q(held_from=""),
    ),
    models.CheckConstraint(
        name="permit_acceptance_whole",
        condition=Q(
            accepted_at=None, accepted_by=None, owner_signer="", contractor_signer="", completion_no=0
        )
        | (
            Q(accepted_at__isnull=False, accepted_by__isnull=False, completion_no=1)
            & ~Q(owner_signer="")
            & ~Q(contractor_signer="")
        ),
    ),
    models.CheckConstraint(
        name="permit_acceptance_is_a_fact",
        condition=~Q(status="works_accepted") | Q(accepted_at__isnull=False),
    ),
    models.CheckConstraint(
        name="permit_refund_is_a_fact",
        condition=~Q(status__in=["refund_asked", "refund_agreed"]) | Q(refund_asked_at__isnull=False),
    ),
    models.CheckConstraint(
        name="permit_over_is_a_fact",
        condition=Q(status__in=FINAL, closed_at__isnull=False) | (~Q(status__in=FINAL) & Q(closed_at=None)),
    ),
    models.CheckConstraint(
        name="permit_says_why", condition=~Q(status__in=["refused", "withdrawn"]) | ~Q(reason="")
    ),
    models.CheckConstraint(
        name="permit_patrolled_while_open",
        condition=Q(patrol_due_on=None) | Q(status__in=RUNNING),
    ),
    ExclusionConstraint(
        name="permit_one_at_a_time",
        expressions=[
            (F("unit"), RangeOperators.EQUAL),
            (Days("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
        ],
        condition=Q(status__in=LIVE, starts_on__isnull=False, ends_on__isnull=False),
        violation_error_message=OVERLAP,
    ),
]

INDEXES: list[models.Index] = [
    models.Index(fields=["community", "-id"], name="permit_list"),
    models.Index(fields=["community", "status", "-id"], name="permit_by_status"),
    models.Index(
        fields=["community", "next_due_at", "id"],
        condition=Q(next_due_at__isnull=False),
        name="permit_next_due",
    ),
    models.Index(
        fields=["community", "patrol_due_on"],
        condition=Q(patrol_due_on__isnull=False),
        name="permit_patrols_due",
    ),
    models.Index(fields=["unit", "-id"], name="permit_of_unit"),
    models.Index(fields=["applicant", "-id"], name="permit_of_person"),
    models.Index(fields=["contractor", "-id"], name="permit_of_contractor"),
    GinIndex(
        name="permit_search",
        fields=["number", "applicant_name", "contact_phone"],
        opclasses=["gin_trgm_ops"] * 3,
    ),
]

# However the works are accepted, the call about them exists in the same transaction, where there is anybody to call.
CALL = pgtrigger.Trigger(
    name="acceptance_gets_follow_up",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("completion_no"),  # type: ignore[no-untyped-call]
    condition=pgtrigger.Condition("NEW.completion_no > 0 AND NEW.contact_phone <> ''"),
    func="""
        INSERT INTO surveys_followup (community_id, work, case_id, completion_no, case_number, urgent, name, phone,
            worker_id, dispatcher_id, status, outcome, completed_at, next_call_at, claim_no, missed, comment)
        VALUES (NEW.community_id, 'permit', NEW.id, NEW.completion_no, NEW.number, false,
            NEW.applicant_name, NEW.contact_phone, NEW.accepted_by_id, NEW.agent_id, 'due', '', NEW.accepted_at,
            NEW.accepted_at, 0, 0, '')
        ON CONFLICT (work, case_id, completion_no) DO NOTHING;
        RETURN NEW;
    """,
)
# No permit before deposit and fee are paid, and none is over while money of its deposit is held.
PAID = pgtrigger.Trigger(
    name="no_permit_before_payment",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("status") | pgtrigger.Insert,  # type: ignore[no-untyped-call]
    condition=pgtrigger.Condition("NEW.status = 'permit_active'"),
    func="""
        IF EXISTS (SELECT 1 FROM ledger_charge c WHERE c.work = 'permit' AND c.case_id = NEW.id AND c.due > c.paid) THEN
            RAISE EXCEPTION 'permit % is not paid', NEW.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'no_permit_before_payment';
        END IF;
        RETURN NEW;
    """,
)
RETURNED = pgtrigger.Trigger(
    name="no_end_with_deposit",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("status") | pgtrigger.Insert,  # type: ignore[no-untyped-call]
    condition=pgtrigger.Condition("NEW.status IN ('closed', 'withdrawn', 'refused')"),
    func="""
        IF EXISTS (SELECT 1 FROM ledger_charge c WHERE c.work = 'permit' AND c.case_id = NEW.id
            AND c.kind = 'deposit' AND c.due - c.kept > 0) THEN
            RAISE EXCEPTION 'the deposit of permit % is not settled', NEW.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'no_end_with_deposit';
        END IF;
        RETURN NEW;
    """,
)
TRIGGERS = [CALL, PAID, RETURNED]
# The ledger knows nothing of permits; the rule stands up here.
REFUND = pgtrigger.Trigger(
    name="no_refund_before_acceptance",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (SELECT 1 FROM ledger_charge c JOIN decoration_permit p ON p.id = c.case_id
            WHERE c.id = NEW.charge_id AND c.work = 'permit' AND c.kind = 'deposit'
                AND p.status NOT IN ('refund_asked', 'refund_agreed')) THEN
            RAISE EXCEPTION 'the deposit of a permit goes back after the final acceptance'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'no_refund_before_acceptance';
        END IF;
        RETURN NEW;
    """,
)
