"""The rule about keys that only move-in knows."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger

from handovers.models.guards import KEYS
from owners.models import KeyReceipt


class GuardedKeyReceipt(KeyReceipt):
    """A receipt for keys, as move-in looks at it: nobody gets keys of a unit before its handover is signed off."""

    class Meta:
        proxy = True
        triggers: ClassVar[list[pgtrigger.Trigger]] = [KEYS]
