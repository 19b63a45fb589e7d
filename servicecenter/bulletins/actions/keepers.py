"""Who writes articles, who publishes them, and for which communities."""

from __future__ import annotations

from servicecenter.accounts.models import Community, Role, User
from servicecenter.bulletins.models import Article
from servicecenter.lib.refusals import NotFound, NotPermitted

WRITERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value, Role.MANAGER.value, Role.ADMIN.value})
PUBLISHERS = WRITERS - {Role.AGENT.value}


def works_everywhere(user: User) -> bool:
    """Whether somebody works in every community: what all of them read is theirs to write."""
    return not Community.objects.filter(is_active=True).exclude(pk__in=user.community_ids).exists()


def may_write(by: User, community_id: int | None) -> bool:
    """Whether `by` may draft an article for this community (None: for all of them)."""
    if by.role not in WRITERS:
        return False
    return works_everywhere(by) if community_id is None else community_id in by.community_ids


def may_publish(by: User, community_id: int | None) -> bool:
    """Whether `by` may put it in force."""
    return by.role in PUBLISHERS and may_write(by, community_id)


def check_writer(by: User, community_id: int | None) -> None:
    """Refuses `not_found` for another community, `not_permitted` for a role that does not write."""
    if community_id is not None and community_id not in by.community_ids:
        raise NotFound
    if not may_write(by, community_id):
        raise NotPermitted


def check_publisher(by: User, article: Article) -> None:
    """Refuses `not_found` for another community, `not_permitted` for whoever may not publish it."""
    check_writer(by, article.community_id)
    if not may_publish(by, article.community_id):
        raise NotPermitted
