"""Handovers as a kind of work, and their findings as what photos are filed under."""

from __future__ import annotations

from handovers.models import Finding, Handover
from servicecenter.lib import works

works.register(
    works.Work(
        code="handover",
        model=Handover,
        visible=lambda user: Handover.objects.visible_to(user),
        may_attach=lambda case, user: False,
    )
)
works.register(
    works.Work(
        code="finding",
        model=Finding,
        visible=lambda user: Finding.objects.visible_to(user),
        may_attach=lambda case, user: False,
    )
)
