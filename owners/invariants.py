"""What must hold for owner records."""

from __future__ import annotations

from servicecenter.lib.invariants import state

state(
    "V14",
    "occupancies that join a unit and a person of different communities",
    """
    SELECT o.id FROM owners_occupancy o JOIN owners_unit u ON u.id = o.unit_id JOIN owners_person p ON p.id =
    o.person_id
    WHERE o.community_id <> u.community_id OR o.community_id <> p.community_id
    """,
)
state(
    "V14",
    "units in a building of another community",
    """
    SELECT u.id FROM owners_unit u JOIN owners_building b ON b.id = u.building_id
    WHERE u.community_id <> b.community_id
    """,
)
state(
    "V13",
    "keys whose status is not where their events lead",
    """
    SELECT k.id FROM owners_key k WHERE k.status IS DISTINCT FROM (
        SELECT e.to_status FROM audit_event e WHERE e.work = 'key' AND e.case_id = k.id AND e.to_status <> ''
        ORDER BY e.id DESC LIMIT 1)
    """,
)
state(
    "V13",
    "keys in other hands than their open receipt says",
    """
    SELECT k.id FROM owners_key k LEFT JOIN owners_keyholding h ON h.key_id = k.id AND h.ended_at IS NULL
    WHERE k.holding_id IS DISTINCT FROM h.id
    """,
)
state(
    "V14",
    "keys and key receipts that refer to another community",
    """
    SELECT k.id FROM owners_key k JOIN owners_unit u ON u.id = k.unit_id WHERE u.community_id <> k.community_id
    UNION ALL
    SELECT r.id FROM owners_keyreceipt r JOIN owners_person p ON p.id = r.person_id
    WHERE p.community_id <> r.community_id
    """,
)
state(
    "V13",
    "goods releases whose status is not where their events lead",
    """
    SELECT r.id FROM owners_goodsrelease r WHERE r.status IS DISTINCT FROM (
        SELECT e.to_status FROM audit_event e WHERE e.work = 'goods_release' AND e.case_id = r.id
        AND e.to_status <> '' ORDER BY e.id DESC LIMIT 1)
    """,
)
state(
    "V13",
    "goods releases that were let out more than once",
    """
    SELECT case_id FROM audit_event WHERE work = 'goods_release' AND action = 'let_out'
    GROUP BY case_id HAVING count(*) > 1
    """,
)
state(
    "V13",
    "inspection campaigns and visits whose status is not where their events lead",
    """
    SELECT c.id FROM (
        SELECT id, status, 'inspection' AS work FROM owners_inspection
        UNION ALL SELECT id, status, 'visit' FROM owners_inspectionvisit) AS c
    WHERE c.status IS DISTINCT FROM (
        SELECT e.to_status FROM audit_event e WHERE e.work = c.work AND e.case_id = c.id AND e.to_status <> ''
        ORDER BY e.id DESC LIMIT 1)
    """,
)
state(
    "V14",
    "goods releases that refer to another community",
    """
    SELECT r.id FROM owners_goodsrelease r JOIN owners_unit u ON u.id = r.unit_id
    JOIN owners_person p ON p.id = r.applicant_id
    WHERE u.community_id <> r.community_id OR p.community_id <> r.community_id
    """,
)
state(
    "V14",
    "warranty reminders, inspection visits and times that refer to another community",
    """
    SELECT r.id FROM owners_warrantyreminder r JOIN owners_unit u ON u.id = r.unit_id
    WHERE r.community_id <> u.community_id
    UNION ALL
    SELECT v.id FROM owners_inspectionvisit v JOIN owners_unit u ON u.id = v.unit_id
        JOIN owners_inspection c ON c.id = v.campaign_id
        LEFT JOIN owners_inspectionslot s ON s.id = v.slot_id
    WHERE v.community_id <> u.community_id OR v.community_id <> c.community_id
        OR v.campaign_id <> coalesce(s.campaign_id, v.campaign_id)
    """,
)
state(
    "V15",
    "inspection times whose count of taken places differs from the visits",
    """
    SELECT s.id FROM owners_inspectionslot s
    WHERE s.taken <> (SELECT count(*) FROM owners_inspectionvisit v WHERE v.slot_id = s.id)
    """,
)
