"""Quality checks: drawing them, naming who makes them, and writing down what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from repairs.actions.closing import rework
from repairs.actions.standards import may_keep
from repairs.models import Checker, CheckMark, CheckReason, CheckRule, QualityCheck, Standard
from repairs.queries.checks import WORK, may_check
from repairs.workflow import TABLE
from servicecenter.accounts.models import Community, Role, User
from servicecenter.attachments.actions import Filed, store_photo
from servicecenter.attachments.models import PhotoKind
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotPermitted, Refusal
from servicecenter.workflow.run import lock


def check_work(
    check: QualityCheck,
    *,
    passed: bool,
    note: str = "",
    kept: Collection[int] = (),
    pictures: Iterable[Filed] = (),
    by: User,
    at: datetime | None = None,
) -> QualityCheck:
    """Writes down what was found, once: each line of the standards, pictures, passed or not.

    What failed is sent back for rework in the same transaction.

    Refuses `not_permitted` to whoever did or sent the work and to agents who were not named, `checked` (409) for a
    check that somebody else made or a repair that moved on, and `invalid` for a failure without a word.
    """
    if not may_check(check, by):
        raise NotPermitted(_("Somebody who neither did nor sent the work checks it."))
    if not passed and not note.strip():
        raise Invalid(errors={"note": [_("Please say what is not right.")]})
    when = instant(at)
    with transaction.atomic():
        ticket = lock(check.ticket)
        row = QualityCheck.objects.due().select_for_update(of=("self",)).filter(pk=check.pk).first()
        if row is None:
            raise Refusal(_("This repair was checked meanwhile, or its work goes on."), code="checked")
        lines = list(Standard.objects.for_trade(ticket.community_id, ticket.trade).in_use())
        if not {each.pk for each in lines}.issuperset(kept):
            raise Invalid(errors={"kept": [_("Please tick lines of this repair's checklist only.")]})
        row.checker, row.checked_at, row.passed, row.note = by, when, passed, note
        row.save(update_fields=["checker", "checked_at", "passed", "note"])
        _keep(row, lines, kept, pictures, by, when)
        _tell(row, len(lines), len(set(kept)), by, when)
        if not passed:
            rework(ticket, reason=note, by=by, at=when)
    return row


def _keep(
    row: QualityCheck,
    lines: Sequence[Standard],
    kept: Collection[int],
    pictures: Iterable[Filed],
    by: User,
    at: datetime,
) -> None:
    CheckMark.objects.bulk_create(
        CheckMark(community_id=row.community_id, check_of=row, standard=each, kept=each.pk in kept)
        for each in lines
    )
    for picture in pictures:
        store_photo(
            community_id=row.community_id,
            work=WORK,
            case_id=row.pk,
            kind=PhotoKind.AFTER,
            picture=picture,
            by=by,
            at=at,
        )


def _tell(row: QualityCheck, asked: int, kept: int, by: User, at: datetime) -> None:
    """The story of the repair says it too, among colleagues."""
    record(
        community_id=row.community_id,
        work=TABLE.work,
        case_id=row.ticket_id,
        action="quality_check",
        by=by,
        at=at,
        internal=True,
        text=row.note,
        data={"passed": row.passed, "kept": kept, "asked": asked},
    )


def write_rule(
    community: Community,
    reason: str,
    *,
    percent: int,
    up_to: int = 6,
    by: User,
    at: datetime | None = None,
) -> CheckRule:
    """How many repairs of a kind a community checks from now on; refuses `invalid` for what is no share."""
    may_keep(community.pk, by)
    if reason not in CheckReason.values or not 0 <= percent <= 100 or not 1 <= up_to <= 10:
        raise Invalid(errors={"percent": [_("Please enter a share between 0 and 100.")]})
    with transaction.atomic():
        rule, _made = CheckRule.objects.update_or_create(
            community=community, reason=reason, defaults={"percent": percent, "up_to": up_to}
        )
        _note(community, "write_rule", f"{reason} {percent}%", by, instant(at))
    return rule


def name_checkers(
    community: Community, users: Collection[User], *, by: User, at: datetime | None = None
) -> None:
    """The agents who make checks from now on besides the supervisors; whoever is left out makes none any more."""
    may_keep(community.pk, by)
    agents = User.objects.staff_of([community.pk], Role.AGENT)
    chosen = list(agents.filter(pk__in=[each.pk for each in users]))
    if len(chosen) < len(users):
        raise Invalid(errors={"checkers": [_("Please choose agents of this community.")]})
    when = instant(at)
    with transaction.atomic():
        Checker.objects.filter(community=community).exclude(user__in=chosen).delete()
        known = set(Checker.objects.filter(community=community).values_list("user", flat=True))
        Checker.objects.bulk_create(
            Checker(community=community, user=each, named_by=by, named_at=when)
            for each in chosen
            if each.pk not in known
        )
        _note(community, "name_checkers", ", ".join(map(str, chosen)), by, when)


def _note(community: Community, action: str, text: str, by: User, at: datetime) -> None:
    record(
        community_id=community.pk,
        work="check_rules",
        case_id=community.pk,
        action=action,
        by=by,
        at=at,
        internal=True,
        text=text,
    )
