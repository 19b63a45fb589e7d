"""What must hold for whom a deadline is told."""

from __future__ import annotations

from servicecenter.lib.invariants import state

state(
    "V7",
    "communities whose missed deadlines would be told to nobody",
    """
    SELECT c.id FROM accounts_community c
    WHERE c.is_active
        AND NOT EXISTS (SELECT 1 FROM accounts_user u WHERE u.is_active AND u.role = 'admin')
        AND NOT EXISTS (
            SELECT 1 FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
            WHERE m.community_id = c.id AND u.is_active AND u.role IN ('supervisor', 'manager'))
    """,
)
