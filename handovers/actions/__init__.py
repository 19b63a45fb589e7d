"""Move-in: days and slots, appointments, the steps of a handover."""

from __future__ import annotations
