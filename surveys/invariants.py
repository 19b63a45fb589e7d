"""What must hold for follow-up calls."""

from __future__ import annotations

from servicecenter.lib.invariants import state

state(
    "V6",
    "call attempts that overlap another one on the same follow-up",
    """
    SELECT a.id FROM surveys_attempt a JOIN surveys_attempt b
        ON b.follow_up_id = a.follow_up_id AND b.id > a.id
    WHERE b.started_at < coalesce(a.ended_at, 'infinity')
    """,
)
state(
    "V20",
    "follow-ups that somebody called about whom the case is",
    """
    SELECT a.id FROM surveys_attempt a JOIN surveys_followup f ON f.id = a.follow_up_id
    WHERE f.hidden_from_id = a.by_id
    """,
)
state(
    "V14",
    "follow-ups of another community than their repair",
    """
    SELECT f.id FROM surveys_followup f JOIN repairs_ticket t ON f.work = 'repair' AND t.id = f.case_id
    WHERE f.community_id <> t.community_id
    """,
)
