"""For comparison."""

from __future__ import annotations

import time

from tests.chaos.stage import Outcome, Stage, fault


@fault("nothing", "nothing at all, for comparison")
def nothing(stage: Stage, outcome: Outcome) -> None:
    time.sleep(stage.pick(10, 150))
