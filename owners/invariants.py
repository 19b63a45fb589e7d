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
    "V14",
    "goods releases that refer to another community",
    """
    SELECT r.id FROM owners_goodsrelease r JOIN owners_unit u ON u.id = r.unit_id
    JOIN owners_person p ON p.id = r.applicant_id
    WHERE u.community_id <> r.community_id OR p.community_id <> r.community_id
    """,
)
