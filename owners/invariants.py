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
