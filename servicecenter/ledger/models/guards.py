"""What the database itself sees to in the book, whoever writes the rows."""

from __future__ import annotations

import pgtrigger

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)

_BALANCED = """
        IF (SELECT count(*) < 2 OR sum(l.amount) <> 0 FROM ledger_line l WHERE l.entry_id = {entry}) THEN
            RAISE EXCEPTION 'entry % does not balance', {entry}
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
        END IF;
        RETURN NULL;
    """
# Asked when the transaction ends: an entry without lines, and lines that do not sum to zero.
ENTRY_BALANCED = pgtrigger.Trigger(
    name="balanced",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=_BALANCED.format(entry="NEW.id"),
)
LINE_BALANCED = pgtrigger.Trigger(
    name="balanced",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    func=_BALANCED.format(entry="NEW.entry_id"),
)
# An entry is whole from the moment it is written: no later transaction adds lines to it, however they balance.
WRITTEN_NOW = pgtrigger.Trigger(
    name="written_now",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        NEW.written_in = pg_current_xact_id()::text::bigint;
        RETURN NEW;
    """,
)
LINE_WITH_ENTRY = pgtrigger.Trigger(
    name="with_its_entry",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (SELECT 1 FROM ledger_entry e
                WHERE e.id = NEW.entry_id AND e.written_in = pg_current_xact_id()::text::bigint) THEN
            RAISE EXCEPTION 'entry % was written before and takes no more lines', NEW.entry_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_whole';
        END IF;
        RETURN NEW;
    """,
)
# Receipts of a community and day are 1, 2, 3 …: whoever gives out the number holds the row of the series until the end.
WITHOUT_GAP = pgtrigger.Trigger(
    name="without_gap",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NEW.sequence <> 1 + (SELECT coalesce(max(r.sequence), 0) FROM ledger_receipt r
                WHERE r.community_id = NEW.community_id AND r.day = NEW.day) THEN
            RAISE EXCEPTION 'receipt % does not follow the last one of its day', NEW.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'receipt_without_gap';
        END IF;
        RETURN NEW;
    """,
)
# A cashier's day that was counted takes no more entries: they go to the next one.
DAY_OPEN = pgtrigger.Trigger(
    name="day_open",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF EXISTS (SELECT 1 FROM ledger_cashup c WHERE c.community_id = NEW.community_id
                AND c.agent_id = NEW.cashier_id AND c.day = NEW.day) THEN
            RAISE EXCEPTION 'the day % of cashier % is closed', NEW.day, NEW.cashier_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_day_open';
        END IF;
        RETURN NEW;
    """,
)
# The totals of a charge follow its lines, one update per statement: two desks that take the same money come one after
# the other here, and the check `charge_paid_once` refuses the second.
COUNT_CHARGES = pgtrigger.Trigger(
    name="count_charges",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_lines"),  # type: ignore[no-untyped-call]
    func="""
        UPDATE ledger_charge c SET due = c.due + s.due, paid = c.paid + s.paid,
            returned = c.returned + s.returned,
            kept = c.kept + CASE WHEN c.kind = 'deposit' THEN s.income ELSE 0 END
        FROM (
            SELECT e.charge_id,
                -coalesce(sum(l.amount) FILTER (WHERE l.account LIKE 'income_%'), 0) AS income,
                -coalesce(sum(l.amount) FILTER (WHERE e.kind = 'refund'
                    AND l.account IN ('cash', 'transfer', 'wechat', 'alipay')), 0) AS returned,
                sum(CASE WHEN l.account IN ('cash', 'transfer', 'wechat', 'alipay') THEN l.amount ELSE 0 END) AS paid,
                -sum(CASE WHEN l.account IN ('cash', 'transfer', 'wechat', 'alipay', 'receivable', 'difference')
                    THEN 0 ELSE l.amount END) AS due
            FROM new_lines l JOIN ledger_entry e ON e.id = l.entry_id
            WHERE e.charge_id IS NOT NULL GROUP BY e.charge_id
        ) s WHERE c.id = s.charge_id;
        RETURN NULL;
    """,
)
# Nobody edits a charge: its totals move with lines (from within a trigger), everything else never.
COUNTED_ONLY = pgtrigger.Trigger(
    name="counted_only",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF pg_trigger_depth() < 2
            OR to_jsonb(NEW) - '{due,paid,returned,kept}'::text[]
                IS DISTINCT FROM to_jsonb(OLD) - '{due,paid,returned,kept}'::text[] THEN
            RAISE EXCEPTION 'a charge is changed by entries of the book only';
        END IF;
        RETURN NEW;
    """,
)
# A refund is decided once and paid out once; what was asked for stays.
DECIDED_ONCE = pgtrigger.Trigger(
    name="decided_once",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF (OLD.decided_at IS NOT NULL AND to_jsonb(NEW) - 'entry_id' IS DISTINCT FROM to_jsonb(OLD) - 'entry_id')
            OR OLD.entry_id IS NOT NULL
            OR to_jsonb(NEW) - '{agreed,decided_by_id,decided_at,answer,entry_id}'::text[]
                IS DISTINCT FROM to_jsonb(OLD) - '{agreed,decided_by_id,decided_at,answer,entry_id}'::text[] THEN
            RAISE EXCEPTION 'a refund is decided once and paid out once';
        END IF;
        RETURN NEW;
    """,
)
STAYS = pgtrigger.Protect(name="stays", operation=pgtrigger.Delete)
# A day that was closed is only countersigned, once.
SIGNED_ONCE = pgtrigger.Trigger(
    name="signed_once",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF OLD.countersigned_by_id IS NOT NULL
            OR to_jsonb(NEW) - 'countersigned_by_id' - 'countersigned_at'
                IS DISTINCT FROM to_jsonb(OLD) - 'countersigned_by_id' - 'countersigned_at' THEN
            RAISE EXCEPTION 'a closed day is countersigned once and stays as it is';
        END IF;
        RETURN NEW;
    """,
)
