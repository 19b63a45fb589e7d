"""Notices as a kind of work: what messages need to know."""

from __future__ import annotations

from servicecenter.bulletins.models import Notice
from servicecenter.lib import works

works.register(
    works.Work(
        code="notice",
        model=Notice,
        visible=lambda user: Notice.objects.visible_to(user),
        may_attach=lambda case, user: False,
    )
)
