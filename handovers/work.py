"""Handovers as a kind of work, and their findings as what photos are filed under."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from handovers.models import Finding, Handover
from servicecenter.lib import trouble, works

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
trouble.explain("no_keys_before_sign_off", _("No keys before the handover of this unit is signed off."))
