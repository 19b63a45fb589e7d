"""A promise as rows: the policy it comes from, the clock of one case, its pauses and its timers."""

from __future__ import annotations

from servicecenter.sla.models.acknowledgements import Acknowledgement
from servicecenter.sla.models.calendars import CalendarChange, DayException, WorkingHours, WorkingSpan
from servicecenter.sla.models.clocks import Clock, Pause
from servicecenter.sla.models.pauses import PauseRule, PauseRuleQuerySet
from servicecenter.sla.models.policies import ClockKind, Policy, PolicyQuerySet, Stage, WorkKind
from servicecenter.sla.models.recounts import Recount
from servicecenter.sla.models.rungs import Rung, Told, Way
from servicecenter.sla.models.timers import Timer, TimerState

__all__ = [
    "Acknowledgement",
    "CalendarChange",
    "Clock",
    "ClockKind",
    "DayException",
    "Pause",
    "PauseRule",
    "PauseRuleQuerySet",
    "Policy",
    "PolicyQuerySet",
    "Recount",
    "Rung",
    "Stage",
    "Timer",
    "TimerState",
    "Told",
    "Way",
    "WorkKind",
    "WorkingHours",
    "WorkingSpan",
]
