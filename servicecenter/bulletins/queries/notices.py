"""Notices as pages read them: in lists, one by its number, and how far it went."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q

from owners.models import Occupancy
from owners.queries.logins import logins_near
from owners.queries.places import place_of
from servicecenter.accounts.models import User
from servicecenter.bulletins.models import Notice, NoticeBuilding, NoticeQuerySet
from servicecenter.bulletins.workflow import NoticeStatus
from servicecenter.lib.refusals import NotFound
from servicecenter.notifications.models import Delivery, Message, State

MOST = 20
_NUMBER = re.compile(r"T[0-9]{6}-[A-Z]{0,3}[0-9]{1,9}")


def with_shown(notices: NoticeQuerySet) -> NoticeQuerySet:
    """Everything that a row shows; two queries for any number."""
    reached = NoticeBuilding.objects.select_related("building").order_by(
        "building__position", "building__code"
    )
    shown = Prefetch("reached", reached, to_attr="shown_buildings")
    return notices.select_related("community", "written_by", "published_by").prefetch_related(shown)


def notice_for(user: User, number: str) -> Notice:
    """The notice with this number; refuses `not_found` for one outside the user's scope as for none at all."""
    number = number.strip().upper()
    found = None
    if _NUMBER.fullmatch(number):
        found = with_shown(Notice.objects.visible_to(user)).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def notices_of(user: User, show: str) -> NoticeQuerySet:
    """`now`: in force; `drafts`; `over`: past their last day."""
    found = with_shown(Notice.objects.visible_to(user))
    if show == "drafts":
        return found.filter(status=NoticeStatus.DRAFT)
    if show == "over":
        now = Notice.objects.in_force().values("pk")
        return found.filter(status=NoticeStatus.PUBLISHED).exclude(pk__in=now)
    return found.in_force()


def on_the_board(user: User, community_id: int) -> list[Notice]:
    """What a resident reads of a community now, the latest first."""
    rows = Notice.objects.visible_to(user).filter(community=community_id)
    return list(rows.order_by("-published_at", "-id")[:MOST])


def place_words(notice: Notice) -> str:
    """For whom it is, in a few words; `notice` comes `with_shown`."""
    rows: list[NoticeBuilding] = notice.shown_buildings  # type: ignore[attr-defined]
    return place_of(notice.everywhere, [each.building for each in rows])


@dataclass(frozen=True)
class Reach:
    """How far a notice went: residents told in the app, how many of them read it, what left the house on which channel,
    and the homes where nobody has a login (they need the notice board)."""

    told: int
    read: int
    sent: Mapping[str, int]
    homes: int
    homes_without: int


def reach_of(notice: Notice) -> Reach:
    """Of its latest publication; for a draft whom it would reach. Four queries."""
    buildings = None if notice.everywhere else notice.reached.values("building")
    stays = Occupancy.objects.current().filter(community=notice.community_id)
    if buildings is not None:
        stays = stays.filter(unit__building__in=buildings)
    with_login = Q(person__user__is_active=True, person__merged_into=None)
    homes = stays.aggregate(
        all=Count("unit", distinct=True), reached=Count("unit", distinct=True, filter=with_login)
    )
    without = homes["all"] - homes["reached"]
    if notice.published_at is None:
        return Reach(len(logins_near(notice.community_id, buildings)), 0, {}, homes["all"], without)
    told = Message.objects.filter(work="notice", case_id=notice.pk, created_at=notice.published_at)
    counts = told.aggregate(told=Count("pk"), read=Count("read_at"))
    sent = Delivery.objects.filter(message__in=told.values("pk"), state=State.SENT)
    channels = Counter(sent.values_list("channel", flat=True))
    return Reach(counts["told"], counts["read"], channels, homes["all"], without)
