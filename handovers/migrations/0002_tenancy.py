"""Everything that a handover names stands in the handover's own community."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from servicecenter.lib.tenancy import anchor, same_community


class Migration(migrations.Migration):
    """Composite foreign keys beside Django's own."""

    dependencies: ClassVar = [
        ("handovers", "0001_first"),
        ("attachments", "0002_tenancy"),
        ("owners", "0009_warranty_register"),
        ("repairs", "0002_tenancy"),
    ]
    operations: ClassVar = [
        anchor("handovers_handoverday"),
        anchor("handovers_slot"),
        anchor("handovers_handover"),
        anchor("handovers_finding"),
        same_community("handovers_handoverday", "building_id", "owners_building"),
        same_community("handovers_slot", "day_id", "handovers_handoverday"),
        same_community("handovers_handover", "unit_id", "owners_unit"),
        same_community("handovers_handover", "person_id", "owners_person"),
        same_community("handovers_handover", "slot_id", "handovers_slot"),
        same_community("handovers_handover", "papers_signature_id", "attachments_photo"),
        same_community("handovers_handover", "signature_id", "attachments_photo"),
        same_community("handovers_handover", "key_receipt_id", "owners_keyreceipt"),
        same_community("handovers_line", "handover_id", "handovers_handover"),
        same_community("handovers_finding", "handover_id", "handovers_handover"),
        same_community("handovers_finding", "ticket_id", "repairs_ticket"),
        same_community("handovers_reinspection", "finding_id", "handovers_finding"),
    ]
