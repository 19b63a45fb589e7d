"""What must hold for money."""

from __future__ import annotations

from servicecenter.lib.invariants import state

MONEY = "('cash', 'transfer', 'wechat', 'alipay')"

state(
    "V18",
    "entries of the book that do not sum to zero",
    """
    SELECT e.id FROM ledger_entry e LEFT JOIN ledger_line l ON l.entry_id = e.id
    GROUP BY e.id HAVING count(l.id) < 2 OR sum(l.amount) <> 0
    """,
)
state(
    "V18",
    "charges whose totals are not the sum of their entries",
    f"""
    SELECT c.id FROM ledger_charge c LEFT JOIN (
        SELECT e.charge_id, sum(l.amount) FILTER (WHERE l.account IN {MONEY}) AS paid,
            -sum(l.amount) FILTER (WHERE l.account NOT IN {MONEY} AND l.account <> 'receivable') AS due,
            -sum(l.amount) FILTER (WHERE l.account IN {MONEY} AND e.kind = 'refund') AS returned,
            sum(l.amount) FILTER (WHERE l.account = 'deposits' AND e.kind = 'deduction') AS kept
        FROM ledger_entry e JOIN ledger_line l ON l.entry_id = e.id GROUP BY e.charge_id) s ON s.charge_id = c.id
    WHERE c.paid <> coalesce(s.paid, 0) OR c.due <> coalesce(s.due, -1)
        OR c.returned <> coalesce(s.returned, 0) OR c.kept <> coalesce(s.kept, 0)
    """,
)
state(
    "V18",
    "deposits of which what was received is not what was returned, kept and is still held",
    """
    SELECT c.id FROM ledger_charge c
    LEFT JOIN (SELECT r.charge_id, sum(r.amount) AS received FROM ledger_receipt r
        LEFT JOIN ledger_entry undone ON undone.reverses_id = r.entry_id WHERE undone.id IS NULL
        GROUP BY r.charge_id) r ON r.charge_id = c.id
    LEFT JOIN (SELECT e.charge_id, -sum(l.amount) AS held FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id
        WHERE l.account = 'deposits' GROUP BY e.charge_id) d ON d.charge_id = c.id
    WHERE c.kind = 'deposit' AND coalesce(r.received, 0)
        <> c.returned + c.kept + coalesce(d.held, 0) - (c.due - c.paid)
    """,
)
state(
    "V18",
    "money that went back or was kept without two people, or refunds that the book does not have",
    """
    SELECT e.id FROM ledger_entry e WHERE e.kind IN ('refund', 'deduction')
        AND (e.by_id IS NULL OR e.agreed_by_id IS NULL OR e.by_id = e.agreed_by_id)
    UNION ALL
    SELECT r.id FROM ledger_refund r LEFT JOIN ledger_entry e ON e.id = r.entry_id WHERE r.entry_id IS NOT NULL
        AND (e.charge_id <> r.charge_id OR r.amount <> (SELECT -sum(l.amount) FROM ledger_line l
            WHERE l.entry_id = e.id AND l.account IN ('cash', 'transfer', 'wechat', 'alipay')))
    """,
)
state(
    "V18",
    "closed days whose book is not the sum of their entries",
    """
    SELECT k.id FROM ledger_cashcount k JOIN ledger_cashup c ON c.id = k.cash_up_id
    WHERE k.counted <> (SELECT coalesce(sum(l.amount), 0) FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id
        WHERE e.community_id = c.community_id AND e.cashier_id = c.agent_id AND e.day = c.day AND l.account = k.method)
    """,
)
state(
    "V19",
    "receipts before which a number is missing",
    """
    SELECT s.id FROM (SELECT id, sequence, row_number() OVER (PARTITION BY community_id, day ORDER BY sequence) AS nth
        FROM ledger_receipt) s WHERE s.sequence <> s.nth
    """,
)
state(
    "V19",
    "days whose last receipt number is not the last one given out",
    """
    SELECT n.id FROM accounts_numberseries n WHERE n.letter = 'S' AND n.last <> (
        SELECT count(*) FROM ledger_receipt r WHERE r.community_id = n.community_id AND r.day = n.day)
    """,
)
state(
    "V19",
    "payments without their receipt",
    """
    SELECT e.id FROM ledger_entry e LEFT JOIN ledger_receipt r ON r.entry_id = e.id
    WHERE (e.kind = 'receipt') <> (r.id IS NOT NULL)
    """,
)
