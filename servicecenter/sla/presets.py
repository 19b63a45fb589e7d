"""Sets of promises that a community may take on with one press (domain: promises table)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import NotPermitted, Stale
from servicecenter.sla.hours import calendar_for
from servicecenter.sla.models import ClockKind, Policy, Stage, WorkKind
from servicecenter.sla.policies import Subject, Terms, change, may_edit, own
from servicecenter.sla.wording import day_seconds

WARRANTY_LEVEL = "warranty"


def warranty_subject(community: Community | None) -> Subject:
    """The first contact about an ordinary repair under warranty. Arrival is as appointed; the completion stays what the
    community promises for every repair."""
    return Subject(WorkKind.REPAIR, Stage.RESPOND, community, urgency="normal", level=WARRANTY_LEVEL)


def warranty_promised(community: Community) -> bool:
    """Whether anything is promised here for repairs under warranty in particular; one small query."""
    rows = Policy.objects.current().filter(work=WorkKind.REPAIR, level=WARRANTY_LEVEL)
    return rows.filter(Q(community=None) | Q(community=community)).exists()


def adopt_warranty(community: Community, *, by: User, at: datetime | None = None) -> Policy:
    """Promises one working day for the first contact under warranty, for new repairs of the community. It can be
    changed like every promise afterwards. Refuses as `policies.change` does."""
    seconds = day_seconds(ClockKind.WORKING, calendar_for(community.pk))
    terms = Terms(seconds, clock=ClockKind.WORKING)
    return change(warranty_subject(community), terms, by=by, at=at)


def drop_warranty(community: Community, *, by: User, at: datetime | None = None) -> None:
    """Repairs under warranty are promised what all are, from now on; open ones keep what they were promised. Refuses
    `not_permitted`, and `stale` where nothing is promised in particular."""
    subject = warranty_subject(community)
    if not may_edit(subject, by):
        raise NotPermitted
    with transaction.atomic():
        row = own(subject)
        held = Policy.objects.current().select_for_update().filter(pk=row.pk).first() if row else None
        if held is None:
            raise Stale
        held.replaced_at, held.replaced_by = instant(at), by
        held.save(update_fields=["replaced_at", "replaced_by"])
