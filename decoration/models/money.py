"""The rule about deposits that only permits know."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger

from decoration.models.guards import REFUND
from servicecenter.ledger.models import Refund


class GuardedRefund(Refund):
    """A refund, as permits look at it: no deposit goes back before the works are accepted, or called off."""

    class Meta:
        proxy = True
        triggers: ClassVar[list[pgtrigger.Trigger]] = [REFUND]
