"""Editing the words of messages. Placeholders only: nothing typed here is ever run as a template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.notifications.catalogue import Entry
from servicecenter.notifications.models import Wording
from servicecenter.notifications.wordings import PLACEHOLDER

EDITORS = frozenset({Role.SUPERVISOR, Role.ADMIN})


@dataclass(frozen=True)
class Scope:
    """Where a wording holds: for which readers, in which language, on which channel ('' all), where (None all)."""

    audience: str
    language: str
    channel: str = ""
    community: Community | None = None


def save_wording(
    entry: Entry, scope: Scope, *, subject: str, body: str, by: User, at: datetime | None = None
) -> Wording:
    """Puts a new version in use; the one before it stays, replaced.

    Refuses `not_permitted` to others than supervisors (own communities) and administrators (also everywhere),
    `not_found` for another community, `invalid` for an unknown placeholder, a missing required one or a lone bracket.
    """
    _may_edit(by, scope)
    check_words(entry, subject, body)
    at = instant(at)
    with transaction.atomic():
        _replace(entry, scope, by, at)
        return Wording.objects.create(
            event=entry.event,
            audience=scope.audience,
            language=scope.language,
            channel=scope.channel,
            community=scope.community,
            subject=subject,
            body=body,
            by=by,
            at=at,
        )


def reset_wording(entry: Entry, scope: Scope, *, by: User, at: datetime | None = None) -> bool:
    """Goes back to the words that come with the program; False if they were in use anyway. Refuses as above."""
    _may_edit(by, scope)
    with transaction.atomic():
        return bool(_replace(entry, scope, by, instant(at)))


def check_words(entry: Entry, subject: str, body: str) -> None:
    """Refuses `invalid`, with the field, for words that could not be filled in."""
    for field, text in (("subject", subject), ("body", body)):
        if unknown := [name for name in PLACEHOLDER.findall(text) if name not in entry.placeholders]:
            known = " ".join(f"{{{name}}}" for name in entry.placeholders)
            said = _("{%(name)s} is not known here. You may use: %(known)s") % {
                "name": unknown[0],
                "known": known,
            }
            raise Invalid(errors={field: [said]})
        if set("{}") & set(PLACEHOLDER.sub("", text)):
            raise Invalid(errors={field: [_("Curly brackets are for placeholders only, such as {number}.")]})
    used = set(PLACEHOLDER.findall(subject + body))
    if missing := [name for name in entry.required if name not in used]:
        said = _("{%(name)s} has to stand somewhere, or the reader does not know what it is about.")
        raise Invalid(errors={"subject": [said % {"name": missing[0]}]})


def _replace(entry: Entry, scope: Scope, by: User, at: datetime) -> int:
    rows = Wording.objects.in_use().filter(
        event=entry.event, audience=scope.audience, language=scope.language, channel=scope.channel
    )
    return rows.filter(community=scope.community).update(replaced_at=at, replaced_by=by)


def _may_edit(by: User, scope: Scope) -> None:
    if by.role not in EDITORS or (scope.community is None and by.role != Role.ADMIN):
        raise NotPermitted(_("Only an administrator may change the words for all communities."))
    if scope.community is not None and scope.community.pk not in by.community_ids:
        raise NotFound
