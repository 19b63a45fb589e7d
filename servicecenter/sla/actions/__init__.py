"""What steps do to promises: start, stop, pause, move. Call all of these inside the transaction of the step."""

from __future__ import annotations

from servicecenter.sla.actions.acknowledging import ACKNOWLEDGERS, acknowledge
from servicecenter.sla.actions.cases import CaseRef
from servicecenter.sla.actions.clocks import (
    agree_later,
    cancel,
    cancel_stage,
    pause,
    promised,
    resume,
    retarget,
    start,
    stop,
)
from servicecenter.sla.actions.timers import DAILY, REPEAT, act_at, disarm_all, forget, remind, rungs
from servicecenter.sla.deadlines import derive

__all__ = [
    "ACKNOWLEDGERS",
    "DAILY",
    "REPEAT",
    "CaseRef",
    "acknowledge",
    "act_at",
    "agree_later",
    "cancel",
    "cancel_stage",
    "derive",
    "disarm_all",
    "forget",
    "pause",
    "promised",
    "remind",
    "resume",
    "retarget",
    "rungs",
    "start",
    "stop",
]
