"""Robots of work groups: made, changed, tried out, taken away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.notifications.channels import (
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
    robot_address,
    send,
)
from servicecenter.notifications.kinds import kinds_for
from servicecenter.notifications.models import Audience, Channel, GroupRobot

KEEPERS = frozenset({Role.SUPERVISOR, Role.ADMIN})


def save_robot(
    robot: GroupRobot | None,
    *,
    by: User,
    community: Community,
    name: str,
    provider: str,
    url: str = "",
    secret: str = "",
    hears: Collection[str] = (),
    is_active: bool = True,
    at: datetime | None = None,
) -> GroupRobot:
    """Makes or changes a robot; its address is sealed at once, and an empty one keeps what is sealed already.

    Refuses `not_permitted` to others than supervisors and administrators, `not_found` outside of one's communities,
    `invalid` for an address that is not such a robot's, a name that is taken, or no address at all.
    """
    _may_keep(by, community.pk)
    row = robot or GroupRobot()
    if not url and (robot is None or robot.provider != provider):
        raise Invalid(errors={"url": [_("Please paste the robot's address.")]})
    if url:
        try:
            row.seal(robot_address(provider, url, secret))
        except ValueError as refused:
            raise Invalid(errors={"url": [str(refused)]}) from refused
    known = {kind.code for kind in kinds_for(Audience.STAFF)}
    row.community, row.name, row.provider, row.is_active = community, name, provider, is_active
    row.hears, row.by, row.at = [code for code in hears if code in known], by, instant(at)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise Invalid(errors={"name": [_("A robot of this name is there already.")]}) from taken
    return row


def test_robot(robot: GroupRobot, *, by: User) -> str:
    """Really says something in the group, also in the demo. Returns '' or the code of what went wrong."""
    _may_keep(by, robot.community_id)
    text = _("This is a test message of the service center. Nothing needs to be done.")
    try:
        send(Outgoing(Channel.GROUP, robot.unseal(), _("Test"), text))
    except (PermanentFailure, TemporaryFailure) as failure:
        return str(failure)
    return ""


def remove_robot(robot: GroupRobot, *, by: User) -> None:
    """Takes a robot away, with its address and what waited for it. Refuses like `save_robot`."""
    _may_keep(by, robot.community_id)
    robot.delete()


def _may_keep(by: User, community_id: int) -> None:
    if by.role not in KEEPERS:
        raise NotPermitted
    if community_id not in by.community_ids:
        raise NotFound
