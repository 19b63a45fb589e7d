"""At the gate: a code is looked up, the goods are ticked off, and they leave once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.actions.releases.asking import needed
from owners.actions.releases.telling import case_ref, concerned, tell
from owners.codes import typed_code
from owners.models import GoodsRelease
from owners.models.releases import code_index
from owners.queries.releases import rests_on_homes
from servicecenter.accounts.limits import Limit, give_back, take
from servicecenter.accounts.models import Role, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from servicecenter.sla import actions as clocks
from servicecenter.workflow.run import Step, run

WRONG_CODES = Limit("gate", timedelta(minutes=10), 20)
# For a whole gate: several phones do not guess faster than one.
WRONG_CODES_OF_COMMUNITY = Limit("gate-community", timedelta(minutes=10), 60)


class UnknownCode(NotFound):
    """No release of this community has the code."""

    code = "unknown_code"
    sentence = _("There is no goods release with this code. Please compare it letter by letter.")


class NotYet(Refusal):
    """The window has not begun."""

    code = "release_not_yet"
    sentence = _("This release is not valid yet.")


class Expired(Refusal):
    """The window is over."""

    code = "release_expired"
    sentence = _("This release has expired.")


class HolderLeft(Refusal):
    """Whoever asked, or the owner who agreed, has no home in the unit any more."""

    code = "holder_left"
    sentence = _("This release is void: whoever asked for it or agreed to it has left the unit.")


def look_up(text: str, *, by: User, at: datetime | None = None) -> GoodsRelease:
    """The release of a code that was scanned or typed, whatever its state. Changes nothing.

    Only guards, only of their communities. Refuses `unknown_code`, and `too_many` after 20 wrong codes of one guard or
    60 of one community in ten minutes.
    """
    if by.role != Role.SECURITY:
        raise NotPermitted
    when = instant(at)
    limits = [(WRONG_CODES, str(by.pk))]
    limits += [(WRONG_CODES_OF_COMMUNITY, str(community)) for community in by.community_ids]
    taken = take(when, *limits)
    code = typed_code(text)
    rows = GoodsRelease.objects.filter(community__in=by.community_ids, code_index=code_index(code))
    release = rows.select_related("unit", "applicant", "consent_of", "checked_by").first() if code else None
    if release is None:
        raise UnknownCode
    give_back(taken)
    return release


def check_gate(release: GoodsRelease, now: datetime) -> None:
    """Refuses what must not leave by this release now: too early, too late, or its holder has gone."""
    if now < release.valid_from:
        raise NotYet
    if now >= release.valid_until:
        raise Expired
    if not rests_on_homes(release):
        raise HolderLeft


def let_out(
    release: GoodsRelease,
    *,
    taken: Collection[int],
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> GoodsRelease:
    """The goods leave, once: of two guards with the same slip the second is refused `transition_refused`.

    `taken`: the ids of the lines that the guard ticked off; the others stayed behind. Refuses `invalid` without any,
    `release_not_yet`, `release_expired`, `holder_left`, and as the runner does.
    """
    with transaction.atomic():

        def leave(locked: GoodsRelease, when: datetime) -> dict[str, Any]:
            check_gate(locked, when)
            items = list(locked.items.all())
            if not {item.pk for item in items} & set(taken):
                raise Invalid(errors={"items": [_("Please tick off what leaves.")]})
            for item in items:
                item.taken = item.pk in taken
                item.save(update_fields=["taken"])
            return {"checked_at": when, "checked_by": by, "ended_at": when}

        return run(release, "let_out", by=by, at=at, version=version, prepare=leave, then=[_ended]).case


def refuse(
    release: GoodsRelease, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> GoodsRelease:
    """The goods stay: they are not what the slip says, for example. The slip is used up; a new one can be asked for.

    Refuses `reason_needed`, and as the runner does.
    """
    reason = needed(reason)

    def stay(_locked: GoodsRelease, when: datetime) -> dict[str, Any]:
        return {"checked_at": when, "checked_by": by, "ended_at": when, "reason": reason}

    return run(
        release, "refuse", by=by, at=at, version=version, text=reason, prepare=stay, then=[_ended]
    ).case


def _ended(step: Step[GoodsRelease]) -> None:
    clocks.disarm_all(case_ref(step.case), at=step.at)
    tell(step.case, step.transition.action, step.at, concerned(step.case))
