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
state(
    "V13",
    "campaigns and measures whose status is not where their events lead",
    """
    SELECT t.id FROM (SELECT id, status, 'survey' AS work FROM surveys_campaign
        UNION ALL SELECT id, status, 'measure' FROM surveys_measure) t
    WHERE t.status IS DISTINCT FROM (SELECT e.to_status FROM audit_event e WHERE e.work = t.work AND e.case_id = t.id
        AND e.to_status <> '' ORDER BY e.id DESC LIMIT 1)
    """,
)
state(
    "V22",
    "strata with more or fewer answers than units that have answered",
    """
    SELECT s.id FROM surveys_stratum s
    WHERE (SELECT count(*) FROM surveys_response r WHERE r.stratum_id = s.id)
        <> (SELECT count(*) FROM surveys_invitation i WHERE i.stratum_id = s.id AND i.state = 'answered')
    """,
)
state(
    "V22",
    "links and keyed-in papers of units that have answered, or of campaigns that are over",
    """
    SELECT l.id FROM surveys_link l JOIN surveys_invitation i ON i.id = l.invitation_id
        JOIN surveys_campaign c ON c.id = i.campaign_id WHERE i.state = 'answered' OR c.status <> 'running'
    UNION ALL
    SELECT k.id FROM surveys_keying k JOIN surveys_invitation i ON i.id = k.invitation_id WHERE i.state = 'answered'
    """,
)
