"""Writing the duty roster."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, Role, User
from servicecenter.incidents.models import LONGEST_SHIFT, DutyKind, DutyShift
from servicecenter.lib.clock import instant, start_of_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal

# Whoever may write the roster; everybody on the staff may read it.
ROSTER_KEEPERS = frozenset({Role.SUPERVISOR.value, Role.MANAGER.value, Role.ADMIN.value})
MOST_DAYS = 31
# Nobody plans further than this; a later year is a slip of the finger.
FARTHEST = timedelta(days=400)


class ShiftOver(Refusal):
    """The past is not planned."""

    code = "shift_over"
    sentence = _("This shift is over. It stays as it was.")


def add_shifts(
    *,
    community: Community,
    user: User,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    days: int = 1,
    by: User,
    at: datetime | None = None,
) -> list[DutyShift]:
    """Puts `user` on duty, and at the same hours on the following days up to `days` in all. All of it or nothing.

    Refuses `not_permitted` for other roles, and `invalid`: see `_check`; a person who is on duty already at one of
    these times.
    """
    now = instant(at)
    _may_keep(by, community)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(errors={"days": [_("Please choose 1 to 31 days.")]})
    shifts = []
    for number in range(days):
        later = timedelta(days=number)
        shift = DutyShift(
            community=community,
            user=user,
            kind=kind,
            starts_at=starts_at + later,
            ends_at=ends_at + later,
            note=note,
            made_by=by,
        )
        _check(shift, now)
        shifts.append(shift)
    with transaction.atomic():
        for shift in shifts:
            _write(shift)
    return shifts


def change_shift(
    shift: DutyShift,
    *,
    user: User,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    note: str = "",
    by: User,
    at: datetime | None = None,
) -> DutyShift:
    """Corrects a shift that is not over. Refuses as `add_shifts` does, and `shift_over`."""
    now = instant(at)
    _may_keep(by, shift.community)
    if shift.ends_at <= now:
        raise ShiftOver
    shift.user, shift.kind, shift.note, shift.made_by = user, kind, note, by
    shift.starts_at, shift.ends_at = starts_at, ends_at
    _check(shift, now)
    _write(shift)
    return shift


def remove_shift(shift: DutyShift, *, by: User, at: datetime | None = None) -> None:
    """Takes a shift off the roster; one that has begun ends now instead, so that it stays known who was on duty.

    Refuses `not_permitted` for other roles and `shift_over`.
    """
    now = instant(at)
    _may_keep(by, shift.community)
    if shift.ends_at <= now:
        raise ShiftOver
    if shift.starts_at >= now:
        shift.delete()
        return
    shift.ends_at = now
    shift.save(update_fields=["ends_at"])


def copy_week(*, community: Community, monday: date, by: User, at: datetime | None = None) -> int:
    """Repeats the week before at the same hours; returns how many shifts are new.

    Left out: what is over by now, people who left, and people who are on duty at that time already. A second call
    changes nothing.
    """
    now = instant(at)
    _may_keep(by, community)
    week = timedelta(days=7)
    earlier = DutyShift.objects.filter(
        community=community,
        starts_at__gte=start_of_day(monday - week),
        starts_at__lt=start_of_day(monday),
        user__in=User.objects.staff_of([community.pk]),
    )
    copied = 0
    for shift in earlier.select_related("community", "user"):
        copy = DutyShift(
            community=community,
            user=shift.user,
            kind=shift.kind,
            starts_at=shift.starts_at + week,
            ends_at=shift.ends_at + week,
            note=shift.note,
            made_by=by,
        )
        if copy.ends_at > now and not _is_busy(copy):
            _write(copy)
            copied += 1
    return copied


def _is_busy(shift: DutyShift) -> bool:
    return DutyShift.objects.filter(
        user=shift.user, starts_at__lt=shift.ends_at, ends_at__gt=shift.starts_at
    ).exists()


def _may_keep(by: User, community: Community) -> None:
    if community.pk not in by.community_ids:
        raise NotFound
    if by.role not in ROSTER_KEEPERS:
        raise NotPermitted


def _check(shift: DutyShift, now: datetime) -> None:
    """Refuses `invalid`: an unknown duty, somebody who does not work there, a shift of no length, one over three days,
    one that is over, one in more than 400 days."""
    errors: dict[str, list[str | Promise]] = {}
    if shift.kind not in DutyKind.values:
        errors["kind"] = [_("This is not one of the choices.")]
    if not User.objects.staff_of([shift.community_id]).filter(pk=shift.user_id).exists():
        errors["user"] = [_("Please choose somebody who works in this community.")]
    if not shift.starts_at < shift.ends_at <= shift.starts_at + LONGEST_SHIFT:
        errors["ends_at"] = [_("A shift ends after it begins, and within three days.")]
    elif shift.ends_at <= now:
        errors["ends_at"] = [_("This time is over already.")]
    elif shift.starts_at > now + FARTHEST:
        errors["starts_at"] = [_("Please choose a day within the next year.")]
    if errors:
        raise Invalid(errors=errors)


def _write(shift: DutyShift) -> None:
    try:
        with transaction.atomic():
            shift.save()
    except IntegrityError as error:
        if "duty_one_place" in str(error):
            raise Invalid(errors={"user": [_("This person is on duty already at that time.")]}) from error
        raise
