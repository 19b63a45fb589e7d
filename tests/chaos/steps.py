"""What the staff of the load does next with a repair."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

Bodies = list[tuple[int, str, dict[str, Any]]]


def next_step(status: str, rng: random.Random, technicians: list[str]) -> tuple[str, dict[str, Any]]:
    """(action, body), by weight. A supervisor may take every one of these steps."""
    soon = (datetime.now(UTC) + timedelta(seconds=4)).isoformat()
    dispatch = ("dispatch", {"technician": rng.choice(technicians)})
    hold = ("hold", {"reason": "parts", "resume_at": soon})
    ways: dict[str, Bodies] = {
        "reported": [(1, "accept", {})],
        "accepted": [(1, *dispatch)],
        "dispatched": [(1, "contact", {"note": "约了明天上午"})],
        "contacted": [(3, "arrive", {}), (1, *hold)],
        "on_site": [(4, "complete", {"summary": "已更换阀芯"}), (1, *hold)],
        # Most holds end by themselves, by a timer.
        "on_hold": [(3, "note", {"note": "配件在路上"}), (1, "resume", {})],
        "completed": [
            (4, "confirm", {"method": "phone", "reason": "业主来电确认"}),
            (1, "rework", {"reason": "还在滴水"}),
        ],
        "rework": [(1, *dispatch)],
    }
    chosen = rng.choices(ways[status], weights=[weight for weight, _action, _body in ways[status]])[0]
    return chosen[1], chosen[2]
