"""Sending what waits for the outside, from as many workers as there are.

At least once, at most one repeat per crash (see `parcels`). The sending threads know neither database nor locks: this
module takes, prepares and reports; they only talk to gateways. Each lane (codes, SMS, e-mail, each robot) has a few
threads of its own, so a gateway that hangs delays nobody else.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue

from django.conf import settings

from servicecenter.lib.clock import instant
from servicecenter.notifications.channels import Outgoing, PermanentFailure, TemporaryFailure, send
from servicecenter.notifications.models import Delivery, State
from servicecenter.notifications.parcels import (
    Parcel,
    free_expired,
    ready_lanes,
    report_end,
    report_later,
    report_sent,
    take,
)
from servicecenter.notifications.planning import enlist_codes
from servicecenter.notifications.preparing import prepare

log = logging.getLogger(__name__)
SLOTS = {"code": 2, "sms": 4, "email": 4}
ROBOT_SLOTS = 1
# Seconds after which a gateway that has not answered is given up, well within the lease.
LIMIT = 10.0


@dataclass(eq=False)
class Flight:
    """One message on its way in a thread of its own."""

    parcel: Parcel
    rows: Sequence[Delivery]
    outgoing: Outgoing
    started: float = field(default_factory=time.monotonic)
    given_up: bool = False


Landing = tuple[Flight, "Exception | None"]


class Sender:
    """The sending part of one process."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at
        self.flights: list[Flight] = []
        self.landed: SimpleQueue[Landing] = SimpleQueue()
        self.handled = 0

    def round(self, seconds: float = 3.0) -> int:
        """Sends what is due, for a few seconds at most; returns how many deliveries were handled."""
        ends, before = time.monotonic() + seconds, self.handled
        now = instant(self.at)
        free_expired(now)
        enlist_codes(now)
        while self._depart() or self._in_the_air():
            self._land(0.05 if self.flights else 0)
            if time.monotonic() > ends:
                break
        self._land(0)
        return self.handled - before

    def _in_the_air(self) -> bool:
        return any(not flight.given_up for flight in self.flights)

    def _depart(self) -> bool:
        """Fills every lane's free slots; whether anything was taken."""
        now, busy = instant(self.at), Counter(flight.parcel.lane for flight in self.flights)
        taken = False
        for lane in ready_lanes(now):
            for _slot in range(SLOTS.get(lane, ROBOT_SLOTS) - busy[lane]):
                parcel = take(lane, now)
                if parcel is None:
                    break
                taken = True
                self._start(parcel, now)
        return taken

    def _start(self, parcel: Parcel, now: datetime) -> None:
        self.handled += len(parcel.rows)
        try:
            ready = prepare(parcel, now)
        except Exception as failure:
            # A bug in one message must not keep the others; its reader's data stay out of the log.
            log.exception("a message could not be prepared")
            report_later(parcel, parcel.rows, now, type(failure).__name__)
            return
        if ready is None:
            return
        rows, outgoing = ready
        if settings.DEMO:
            report_sent(parcel, rows, now, text=_as_text(outgoing))
            return
        flight = Flight(parcel, rows, outgoing)
        self.flights.append(flight)
        threading.Thread(target=_fly, args=(flight, self.landed.put), daemon=True).start()

    def _land(self, wait: float) -> None:
        """Reports what the threads brought back, and gives up gateways that keep silent."""
        try:
            while True:
                self._report(*self.landed.get(timeout=wait) if wait else self.landed.get_nowait())
                wait = 0
        except Empty:
            pass
        for flight in self.flights:
            if not flight.given_up and time.monotonic() - flight.started > LIMIT:
                flight.given_up = True
                report_later(flight.parcel, flight.rows, instant(self.at), "no_answer_in_time")

    def _report(self, flight: Flight, failure: Exception | None) -> None:
        """Writes down what came of a flight; while the database is away the report waits for the next round."""
        try:
            self._write_down(flight, failure)
        except Exception:
            self.landed.put((flight, failure))
            raise
        self.flights.remove(flight)

    def _write_down(self, flight: Flight, failure: Exception | None) -> None:
        parcel, rows, now = flight.parcel, flight.rows, instant(self.at)
        if failure is None:
            report_sent(parcel, rows, now)
        elif flight.given_up:
            return
        elif isinstance(failure, PermanentFailure):
            log.error("a message by %s cannot be sent: %s", parcel.lane, failure)
            report_end(parcel, rows, now, State.FAILED, str(failure))
        else:
            reason = str(failure) if isinstance(failure, TemporaryFailure) else type(failure).__name__
            if not report_later(parcel, rows, now, reason):
                log.error("a message by %s was given up: %s", parcel.lane, reason)


def _fly(flight: Flight, land: Callable[[Landing], None]) -> None:
    """The whole work of a sending thread; whatever happens comes back."""
    try:
        send(flight.outgoing)
    except Exception as failure:
        land((flight, failure))
    else:
        land((flight, None))


def _as_text(outgoing: Outgoing) -> str:
    """What the demo's local channel shows instead of sending: nobody's address, but every word."""
    return outgoing.line if outgoing.channel == "sms" else f"{outgoing.title}\n\n{outgoing.body}".strip()


def send_due(*, at: datetime | None = None, seconds: float = 60.0) -> int:
    """Sends everything that is due and waits for the answers; returns how many deliveries were handled."""
    return Sender(at).round(seconds)
