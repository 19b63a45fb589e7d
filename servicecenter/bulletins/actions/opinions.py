"""Did this help?"""

from __future__ import annotations

from datetime import datetime

from servicecenter.accounts.models import User
from servicecenter.bulletins.models import ArticleVersion, Opinion
from servicecenter.lib.clock import instant


def say_helped(
    version: ArticleVersion, *, helped: bool, words: str = "", by: User, at: datetime | None = None
) -> Opinion:
    """What one reader thinks of what they read; said again, it takes the place of what they said before. Call it with a
    version that they were offered."""
    said = {"helped": helped, "words": "" if helped else words, "at": instant(at)}
    opinion, _made = Opinion.objects.update_or_create(version=version, by=by, defaults=said)
    return opinion
