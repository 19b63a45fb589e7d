"""Notices: written, changed as drafts, published with everybody told whom they reach, taken back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.models import Building
from owners.queries.logins import logins_near
from servicecenter.accounts.models import Community, User
from servicecenter.accounts.numbers import next_number
from servicecenter.bulletins.models import Notice, NoticeBuilding
from servicecenter.bulletins.models.notices import STANDINGS
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.lib.spoken import LANGUAGES, MAIN_LANGUAGE, PARTS, Texts, field_of
from servicecenter.notifications.actions import compose, post
from servicecenter.notifications.models import Channel
from servicecenter.workflow.run import Step, begin, run

# 通知
LETTER = "T"
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Announced:
    """What a notice says, to which buildings (none: the whole community), until when, also as a text message."""

    texts: Texts
    valid_until: date
    buildings: Collection[Building] = ()
    by_sms: bool = False


def draft_notice(community: Community, *, said: Announced, by: User, at: datetime | None = None) -> Notice:
    """A first draft; nobody but those who write notices sees it. Refuses `not_found` for another community,
    `not_permitted` to whoever writes none, `invalid` as `change_notice`."""
    if community.pk not in by.community_ids:
        raise NotFound
    if by.role not in STANDINGS:
        raise NotPermitted
    now = instant(at)
    fields = _fields(community.pk, said, now)
    with transaction.atomic():
        number = next_number(community, LETTER, now)
        notice = Notice(community=community, number=number, written_by=by, written_at=now, **fields)
        begin(notice, action="write", by=by, at=now, text=notice.title)
        _reach(notice, said)
    return notice


def change_notice(
    notice: Notice, *, said: Announced, by: User, version: int | None = None, at: datetime | None = None
) -> Notice:
    """Other words, another day, other buildings, while it is a draft. Refuses as the runner does, and `invalid` without
    Chinese words, for a building elsewhere, and for a last day that is over or more than a year away."""

    def write(held: Notice, when: datetime) -> dict[str, Any]:
        return _fields(held.community_id, said, when)

    def reach(step: Step[Notice]) -> None:
        _reach(step.case, said)

    return run(notice, "change", by=by, at=at, version=version, prepare=write, then=(reach,)).case


def publish_notice(
    notice: Notice, *, by: User, version: int | None = None, at: datetime | None = None
) -> Notice:
    """Everybody whom it reaches reads it from now on and is told once. Refuses as the runner does, and `invalid` for a
    last day that has come to pass meanwhile."""

    def put_up(held: Notice, when: datetime) -> dict[str, Any]:
        _check_day(held.valid_until, when)
        return {"published_by": by, "published_at": when}

    return run(notice, "publish", by=by, at=at, version=version, prepare=put_up, then=(_tell,)).case


def take_back_notice(
    notice: Notice, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Notice:
    """Nobody reads it any more, also not in the messages about it; it is a draft again."""
    nobody = {"published_by": None, "published_at": None}
    return run(notice, "take_back", by=by, at=at, version=version, text=reason, changes=nobody).case


def discard_notice(
    notice: Notice, *, by: User, version: int | None = None, at: datetime | None = None
) -> Notice:
    """Throws a draft away; its number stays taken."""
    return run(notice, "discard", by=by, at=at, version=version).case


def _fields(community_id: int, said: Announced, now: datetime) -> dict[str, Any]:
    texts = {
        code: {part: said.texts[code].get(part, "") for part in PARTS}
        for code in LANGUAGES
        if said.texts.get(code, {}).get("title")
    }
    if not texts.get(MAIN_LANGUAGE, {}).get("text"):
        raise Invalid(errors={field_of("text", MAIN_LANGUAGE): [_("Please write the text in Chinese.")]})
    if any(each.community_id != community_id for each in said.buildings):
        raise Invalid(errors={"buildings": [_("This does not belong to the community.")]})
    _check_day(said.valid_until, now)
    return {
        "texts": texts,
        "valid_until": said.valid_until,
        "everywhere": not said.buildings,
        "by_sms": said.by_sms,
    }


def _check_day(last: date, now: datetime) -> None:
    today = local_day(now)
    if not today <= last <= today + LONGEST:
        raise Invalid(errors={"valid_until": [_("Please choose a day from today on, within a year.")]})


def _reach(notice: Notice, said: Announced) -> None:
    notice.reached.all().delete()
    NoticeBuilding.objects.bulk_create(
        NoticeBuilding(community_id=notice.community_id, notice=notice, building=each)
        for each in said.buildings
    )


def _tell(step: Step[Notice]) -> None:
    notice = step.case
    buildings = None if notice.everywhere else notice.reached.values("building")
    post(
        compose(
            recipients=logins_near(notice.community_id, buildings),
            event="notice.publish",
            key=f"{notice.number}:{notice.version}",
            at=step.at,
            community_id=notice.community_id,
            work="notice",
            case_id=notice.pk,
            params={
                "number": notice.number,
                "title": {code: words["title"] for code, words in notice.texts.items()},
            },
            channels=(Channel.SMS,) if notice.by_sms else (),
        )
    )


CALLS: Mapping[str, Callable[..., Notice]] = {
    "publish": publish_notice,
    "take_back": take_back_notice,
    "discard": discard_notice,
}
