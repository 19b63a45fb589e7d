"""Who hears of what happens to a release."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from owners.models import GoodsRelease, Occupancy
from owners.models.keys import KEEPERS
from owners.models.releases import OWNERS
from servicecenter.accounts.models import User
from servicecenter.notifications.actions import compose, post
from servicecenter.sla import actions as clocks


def case_ref(release: GoodsRelease) -> clocks.CaseRef:
    """The release as the clocks know it."""
    return clocks.CaseRef("goods_release", release.pk, release.community_id)


def tell(
    release: GoodsRelease, said: str, at: datetime, user_ids: Iterable[int | None], but: int = 0
) -> None:
    """Tells each of these logins once; whoever just did it (`but`) knows."""
    post(
        compose(
            recipients=[each for each in dict.fromkeys(user_ids) if each and each != but],
            event=f"goods_release.{said}",
            key=str(release.pk),
            at=at,
            community_id=release.community_id,
            work="goods_release",
            case_id=release.pk,
            params={"number": release.number, "due_at": release.valid_until.isoformat()},
        )
    )


def owners_of(release: GoodsRelease) -> list[int]:
    """The logins of those who may agree."""
    homes = Occupancy.objects.current().filter(
        unit=release.unit_id, role__in=OWNERS, person__user__isnull=False
    )
    return [login for login in homes.order_by("id").values_list("person__user", flat=True) if login]


def desk_of(release: GoodsRelease) -> list[int]:
    """Who asks an owner that no message reaches."""
    desk = User.objects.staff_of([release.community_id], *KEEPERS)
    return list(desk.order_by("pk").values_list("pk", flat=True))


def concerned(release: GoodsRelease) -> list[int | None]:
    """Whoever asked, and whoever agreed."""
    agreed = release.consent_of.user_id if release.consent_of else None
    return [release.applicant.user_id, agreed]
