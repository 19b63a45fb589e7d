"""Everything that can be done to a repair: one verb per function, each one transaction."""

from __future__ import annotations

from repairs.actions.asides import add_note, classify, hold, mark_duplicate, resume, urge
from repairs.actions.closing import archive, cancel, confirm, follow_up, rework
from repairs.actions.dispatching import accept, dispatch, reassign
from repairs.actions.grabbing import grab, send_back
from repairs.actions.involving import involve
from repairs.actions.later import LATER, drop_later, when_it_happened
from repairs.actions.pictures import add_later, add_photo
from repairs.actions.pricing import begin_draft, drop_item, publish, set_item
from repairs.actions.reporting import report
from repairs.actions.visits import (
    accept_window,
    choose_window,
    nobody_came,
    nobody_home,
    offer_windows,
    on_way,
)
from repairs.actions.working import (
    approve_plan,
    arrive,
    complete,
    contact,
    decline_plan,
    propose_plan,
    schedule,
    secure,
)

__all__ = [
    "LATER",
    "accept",
    "accept_window",
    "add_later",
    "add_note",
    "add_photo",
    "approve_plan",
    "archive",
    "arrive",
    "begin_draft",
    "cancel",
    "choose_window",
    "classify",
    "complete",
    "confirm",
    "contact",
    "decline_plan",
    "dispatch",
    "drop_item",
    "drop_later",
    "follow_up",
    "grab",
    "hold",
    "involve",
    "mark_duplicate",
    "nobody_came",
    "nobody_home",
    "offer_windows",
    "on_way",
    "propose_plan",
    "publish",
    "reassign",
    "report",
    "resume",
    "rework",
    "schedule",
    "secure",
    "send_back",
    "set_item",
    "urge",
    "when_it_happened",
]
