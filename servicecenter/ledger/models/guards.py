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
    referencing=pgtrigger.Referencing(new="new_lines"),
    func="""
        UPDATE ledger_charge c SET due = c.due + s.due, paid = c.paid + s.paid
        FROM (
            SELECT e.charge_id,
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
            OR to_jsonb(NEW) - 'due' - 'paid' IS DISTINCT FROM to_jsonb(OLD) - 'due' - 'paid' THEN
            RAISE EXCEPTION 'a charge is changed by entries of the book only';
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
