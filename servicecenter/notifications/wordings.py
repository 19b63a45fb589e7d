"""Edited wordings: finding the right one, and filling in facts. Nothing typed by a person is ever run as a template."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext

from servicecenter.accounts.models import Community
from servicecenter.notifications.models import Wording

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def fill(text: str, facts: Mapping[str, Any]) -> str:
    """`{number}` → the fact; one that this message does not have is left out. Facts are not looked into again."""
    return PLACEHOLDER.sub(lambda match: said_fact(facts.get(match[1], "")), text)


def said_fact(value: Any) -> str:
    """A fact in the active language."""
    if isinstance(value, datetime):
        return date_format(value, pgettext("date format", "j M Y, H:i"))
    return str(value)


class Edited:
    """The edited wordings of the active language, read once for any number of messages."""

    def __init__(self) -> None:
        rows = Wording.objects.in_use().filter(language=get_language() or "")
        self._rows = {(row.event, row.audience, row.channel, row.community_id): row for row in rows}

    def find(self, event: str, audience: str, channel: str, community_id: int | None) -> Wording | None:
        """The narrowest one: of the community before everywhere, of the channel before all channels."""
        for community in (community_id, None):
            for way in (channel, ""):
                if row := self._rows.get((event, audience, way, community)):
                    return row
        return None

    def place(self, community_id: int | None) -> dict[str, str]:
        """What a wording may say about the community."""
        community = self._communities.get(community_id or 0)
        return {"community": community.name, "hotline": community.hotline} if community else {}

    @cached_property
    def _communities(self) -> dict[int, Community]:
        return Community.objects.in_bulk()
