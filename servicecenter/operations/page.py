"""What the page of operations says, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.clock import database_now
from servicecenter.lib.words import duration_words
from servicecenter.notifications.queries.holds import held
from servicecenter.operations.models import Backup, Verification
from servicecenter.operations.probe import Answer, ask_broker
from servicecenter.operations.queries import page
from servicecenter.operations.queries.promises import MOST_COUNTED, Promises, promises
from servicecenter.operations.version import VERSION
from servicecenter.sla.invariants import LATEST_FIRING

# A message that waits longer for its channel is stuck.
STUCK_AFTER = 60

# The invariants as promises: what each says when its count is 0 (their SQL: `invariants.py` of the apps).
PROOFS: dict[str, str | Promise] = {
    "V1": _("Every fired timer has exactly one event"),
    "V2": _("No timer waits beyond its instant"),
    "V3": _("No timer fired early"),
    "V4": _("Every open case has its response clock or its response"),
    "V5": _("Every completion has exactly one follow-up call"),
    "V6": _("No two calls about one case overlap"),
    "V7": _("No message is stuck, no event without its messages"),
    "V8": _("No submission that was acknowledged is missing"),
    "V9": _("No submission acted twice"),
    "V10": _("The access log is unbroken"),
    "V11": _("Every photo has its file, every file its photo"),
    "V12": _("What was told late is late, and the other way round"),
    "V13": _("Every status is where its events lead"),
    "V14": _("Nothing refers to another community"),
    "V15": _("Every summed figure equals its count"),
    "V16": _("Every sealed value can be opened"),
    "V17": _("No keys without a sign-off, no signature over a gap"),
    "V18": _("Every entry of the ledger balances, every total is its sum"),
    "V19": _("No receipt number is missing"),
    "V20": _("Nobody is found behind an anonymous complaint, nobody hears of one about themselves"),
}


def shown() -> dict[str, Any]:
    """The context of the page."""
    at = database_now()
    states = page.parts(at)
    state = promises()
    hold = held()
    return {
        "at": at,
        "stats": _stats(state, ask_broker(), held=hold is not None),
        "reasons": _reasons(state),
        "held": hold,
        "parts": states,
        "missing": page.missing_roles(states),
        "backup": page.last_backup(),
        "backup_late": _backup_late(page.last_backup(), at),
        **_proof(page.last_proof(), at),
        "facts": _facts(),
        # The page itself says so, and why.
        "promises_at_risk": None,
    }


def _reasons(state: Promises) -> list[str]:
    """Why promises are at risk; empty when they are not."""
    reasons = []
    if not state.clocks_alive:
        reasons.append(_("No clock of deadlines is alive: start a worker."))
    if (state.oldest_overdue or 0) > LATEST_FIRING:
        reasons.append(_("Deadlines have passed and nobody was told yet."))
    return [str(reason) for reason in reasons]


@dataclass(frozen=True)
class Stat:
    """One figure at the top."""

    label: str | Promise
    value: str
    tone: str
    hint: str | Promise = ""


def _stats(state: Promises, broker: Answer, *, held: bool) -> list[Stat]:
    late = (state.oldest_overdue or 0) > LATEST_FIRING
    stuck = (state.oldest_waiting or 0) > STUCK_AFTER
    return [
        Stat(_("Clocks alive"), str(state.clocks_alive), "good" if state.clocks_alive else "bad"),
        Stat(
            _("Deadlines passed, not told yet"),
            _capped(state.overdue),
            "bad" if late else "good",
            _oldest(state.oldest_overdue),
        ),
        Stat(
            _("Messages waiting"),
            str(state.waiting),
            "waiting" if held else "bad" if stuck else "good",
            _oldest(state.oldest_waiting),
        ),
        Stat(
            _("Broker"),
            gettext("reachable") if broker.ok else gettext("not reachable"),
            "good" if broker.ok else "waiting",
            f"{broker.milliseconds} ms" if broker.ok else _("Promises do not need it; daily work waits."),
        ),
    ]


def _capped(count: int) -> str:
    return f"{count}+" if count >= MOST_COUNTED else str(count)


def _oldest(seconds: float | None) -> str:
    if seconds is None:
        return ""
    length = duration_words(seconds) if seconds >= 60 else gettext("%(seconds).0f s") % {"seconds": seconds}
    return gettext("the oldest for %(length)s") % {"length": length}


def _backup_late(backup: Backup | None, at: datetime) -> bool:
    """A demo may live without one."""
    late = backup is None or at - backup.finished_at > page.BACKUP_LATE_AFTER
    return late and settings.ENV.is_production


@dataclass(frozen=True)
class Line:
    """What one invariant said; `count` is None where the proof did not come to its end."""

    code: str
    sentence: str | Promise
    count: int | None
    ids: str


def _proof(proof: Verification | None, at: datetime) -> dict[str, Any]:
    stored = proof.lines if proof else []
    codes = dict.fromkeys(line["code"] for line in stored)
    lines = [_line([line for line in stored if line["code"] == code]) for code in codes]
    return {
        "proof": proof,
        "proof_late": proof is not None and at - proof.started_at > page.PROOF_LATE_AFTER,
        "lines": lines,
        "broken": [line for line in lines if line.count != 0],
    }


def _line(stored: list[dict[str, Any]]) -> Line:
    """One promise, however many statements prove it. Half a proof is none."""
    code, counts = stored[0]["code"], [line["count"] for line in stored]
    return Line(
        code,
        PROOFS.get(code, stored[0]["sentence"]),
        None if None in counts else sum(counts),
        ", ".join(str(row) for line in stored for row in line["ids"][:5]),
    )


def _facts() -> list[tuple[str | Promise, str | Promise]]:
    pending, disk = page.pending_migrations(), page.media_disk()
    return [
        (_("Version"), VERSION),
        (_("Environment"), settings.ENV.name),
        (_("Database"), f"PostgreSQL {page.server_version()}"),
        (_("Database schema"), ", ".join(pending) if pending else _("up to date")),
        (_("Space for photos"), _space(disk) if disk else _("cannot be read")),
    ]


def _space(disk: page.Disk) -> str:
    words = gettext("%(free)s of %(total)s free") % {
        "free": filesizeformat(disk.free),
        "total": filesizeformat(disk.total),
    }
    return f"{words} · {gettext('almost full')}" if disk.low else words
