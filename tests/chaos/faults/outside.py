"""The SMS gateway refuses, hangs, or takes a message and then we die."""

from __future__ import annotations

import time
from collections.abc import Callable

from servicecenter.accounts.actions import request_code
from tests.chaos.measure import BACK_AGAIN, Hits
from tests.chaos.rig import WORKERS
from tests.chaos.stage import Outcome, Stage, fault
from tools.process import wait_until

MESSAGES = 4
# Given up after three further tries; nobody waits longer for a code.
PATIENCE = 90.0


@fault("sms-failing", "the SMS gateway refuses")
def sms_failing(stage: Stage, outcome: Outcome) -> None:
    with stage.gateway.behaving("failing"):
        phones = _ask_for_codes(stage, 0)
        time.sleep(stage.pick(4, 10))
    _expect_messages(stage, outcome, phones)


@fault("sms-hanging", "the SMS gateway does not answer")
def sms_hanging(stage: Stage, outcome: Outcome) -> None:
    """Deadlines must be on time meanwhile."""
    with stage.gateway.behaving("hanging"):
        phones = _ask_for_codes(stage, MESSAGES)
        time.sleep(stage.pick(8, 20))
    _expect_messages(stage, outcome, phones)


@fault("sms-dead", "the SMS gateway takes a message and the worker dies", hits=Hits.WORKERS)
def sms_dead(stage: Stage, outcome: Outcome) -> None:
    """The gateway has it and the worker cannot write that down: one repeat for each crash, and no more."""
    crashes = 0

    def die() -> None:
        nonlocal crashes
        if crashes < stage.pick(1, MESSAGES):
            crashes += 1
            stage.rig.take_away(*WORKERS)
            for name in WORKERS:
                stage.rig.bring_back(name)

    with stage.gateway.behaving("ok", die):
        begun = time.monotonic()
        phones = _ask_for_codes(stage, 2 * MESSAGES)
        _expect_messages(stage, outcome, phones, lambda: crashes)
        seconds = time.monotonic() - begun
        outcome.facts.append(f"{crashes} crashes, all sent after {seconds:.0f} s")
        outcome.expect(
            seconds <= BACK_AGAIN * max(1, crashes), "what the dead worker had in hand came too late"
        )


def _ask_for_codes(stage: Stage, first: int) -> list[str]:
    """Residents ask to sign in, each from an address of their own."""
    phones = stage.world.sleepers[first : first + MESSAGES]
    for phone in phones:
        stage.gateway.accepted[phone] = 0
        request_code(phone=phone, address=f"10.0.0.{phone[-2:]}")
    return phones


def _expect_messages(
    stage: Stage, outcome: Outcome, phones: list[str], crashes: Callable[[], int] = lambda: 0
) -> None:
    """All of them arrive, and none twice but for a crash. `crashes`: how many there were, asked at the end."""
    accepted = stage.gateway.accepted
    wait_until(lambda: all(accepted[phone] for phone in phones), seconds=PATIENCE)
    missing = sum(not accepted[phone] for phone in phones)
    repeats = sum(accepted[phone] - 1 for phone in phones if accepted[phone])
    outcome.expect(missing == 0, f"{missing} of {len(phones)} messages never came")
    outcome.expect(repeats <= crashes(), f"{repeats} repeats for {crashes()} crashes")
    outcome.facts.append(f"{len(phones) - missing} messages, {repeats} repeats")
