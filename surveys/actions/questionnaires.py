"""Questionnaires: taken from the library, changed as drafts, frozen by the first campaign that uses them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import NotFound, NotPermitted, Refusal, Stale
from surveys.models import Questionnaire
from surveys.models.questionnaires import EDITORS

Content = dict[str, Any]
LONGEST_CODE = 32
MOST_QUESTIONS = 60


class Frozen(Refusal):
    """A campaign used it."""

    code = "questionnaire_frozen"
    sentence = _("This version was used and never changes. Please make a new version of it.")


def draft_from(source: Questionnaire, *, community: Community, by: User) -> Questionnaire:
    """A draft in a community: the next version of its own line, or a copy of one of the library under the same short
    name, so that its campaigns can be compared. An open draft of the line is given back as it is.

    Refuses `not_permitted`, and `not_found` out of scope.
    """
    _may_edit(source, by)
    if community.pk not in by.community_ids or source.community_id not in (None, community.pk):
        raise NotFound
    with transaction.atomic():
        line = Questionnaire.objects.filter(community=community, code=source.code)
        # One at a time for a line, also for its first version.
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)
        if open_draft := line.filter(frozen_at=None).first():
            return open_draft
        last = line.aggregate(last=Max("number"))["last"] or 0
        return Questionnaire.objects.create(
            community=community,
            code=source.code,
            number=last + 1,
            content=copy.deepcopy(source.content),
            made_by=by,
        )


def new_line(community: Community, *, title: str, by: User) -> Questionnaire:
    """An empty questionnaire of a community, to be filled in. Refuses `not_permitted`, `not_found`."""
    if by.role not in EDITORS:
        raise NotPermitted
    if community.pk not in by.community_ids:
        raise NotFound
    base = slugify(title)[: LONGEST_CODE - 6] or "own"
    with transaction.atomic():
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)
        taken = set(Questionnaire.objects.values_list("code", flat=True))
        code = next(each for each in _codes(base) if each not in taken)
        content = {"title": {"zh-hans": title}, "sections": []}
        return Questionnaire.objects.create(community=community, code=code, content=content, made_by=by)


def edit(
    questionnaire: Questionnaire,
    change: Callable[[Content], None],
    *,
    by: User,
    version: int | None = None,
) -> Questionnaire:
    """Applies a change to a draft's document. Refuses `not_permitted`, `questionnaire_frozen`, and `stale` where
    somebody else changed it since `version` was shown."""
    _may_edit(questionnaire, by)
    with transaction.atomic():
        held = Questionnaire.objects.select_for_update(no_key=True).get(pk=questionnaire.pk)
        if held.is_frozen:
            raise Frozen
        if version is not None and version != held.version:
            raise Stale
        change(held.content)
        held.version += 1
        held.save(update_fields=["content", "version"])
    return held


def retire(questionnaire: Questionnaire, *, by: User, at: datetime | None = None) -> Questionnaire:
    """It is offered for no further campaign; what used it stays. A draft is taken away. Refuses `not_permitted`,
    `not_found` for one of the library."""
    _may_edit(questionnaire, by)
    if questionnaire.community_id is None:
        raise NotFound
    with transaction.atomic():
        held = Questionnaire.objects.select_for_update(no_key=True).get(pk=questionnaire.pk)
        held.retired_at = instant(at)
        held.save(update_fields=["retired_at"])
    return held


def _may_edit(questionnaire: Questionnaire, by: User) -> None:
    if not Questionnaire.objects.visible_to(by).filter(pk=questionnaire.pk).exists():
        raise NotFound
    if by.role not in EDITORS:
        raise NotPermitted


def _codes(base: str) -> Any:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1
