"""What the database itself refuses about a handover, whoever writes the row."""

from __future__ import annotations

import pgtrigger

# The slot is locked first: two owners who want its last place come one after the other.
PLACES = pgtrigger.Trigger(
    name="no_more_owners_than_places",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("slot_id", "status"),  # type: ignore[no-untyped-call]
    condition=pgtrigger.Condition("NEW.slot_id IS NOT NULL AND NEW.status = 'planned'"),
    func="""
        PERFORM 1 FROM handovers_slot s WHERE s.id = NEW.slot_id FOR UPDATE;
        IF (SELECT count(*) FROM handovers_handover h WHERE h.slot_id = NEW.slot_id AND h.id <> NEW.id
                AND h.status NOT IN ('cancelled', 'missed'))
            >= (SELECT capacity FROM handovers_slot s WHERE s.id = NEW.slot_id) THEN
            RAISE EXCEPTION 'slot % is full', NEW.slot_id USING ERRCODE = 'check_violation';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM handovers_slot s JOIN handovers_handoverday d ON d.id = s.day_id
                JOIN owners_unit u ON u.building_id = d.building_id
                WHERE s.id = NEW.slot_id AND u.id = NEW.unit_id) THEN
            RAISE EXCEPTION 'slot % is for another building', NEW.slot_id USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
# Nobody signs for what was not looked at; nothing is signed off over a gap.
GAPS = pgtrigger.Trigger(
    name="no_signature_over_gaps",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("status"),  # type: ignore[no-untyped-call]
    condition=pgtrigger.Condition("NEW.status IN ('signed', 'signed_off', 'delivered')"),
    func="""
        IF NOT EXISTS (SELECT 1 FROM handovers_finding f WHERE f.handover_id = NEW.id)
            OR EXISTS (SELECT 1 FROM handovers_finding f WHERE f.handover_id = NEW.id
                AND (f.result = '' OR f.result = 'defect' AND f.ticket_id IS NULL))
            OR EXISTS (SELECT 1 FROM handovers_line l WHERE l.handover_id = NEW.id AND l.required
                AND l.done_at IS NULL AND (NOT l.proxy_only OR NEW.proxy_name <> '')) THEN
            RAISE EXCEPTION 'handover % has gaps', NEW.number USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
GUARDS = [PLACES, GAPS]
# The register of keys knows nothing of handovers; the rule stands up here. Engineers may borrow a key before.
KEYS = pgtrigger.Trigger(
    name="no_keys_before_sign_off",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Condition("NEW.person_id IS NOT NULL AND NEW.unit_id IS NOT NULL"),
    func="""
        IF EXISTS (SELECT 1 FROM handovers_handover h WHERE h.unit_id = NEW.unit_id
                AND h.status NOT IN ('signed_off', 'delivered', 'cancelled')) THEN
            RAISE EXCEPTION 'the handover of unit % is not signed off', NEW.unit_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'no_keys_before_sign_off';
        END IF;
        RETURN NEW;
    """,
)
