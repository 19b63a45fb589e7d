"""What rooms below may ask the owner records for: a resident's e-mail address, and its kinds of work."""

from __future__ import annotations

from owners.actions.keys.clocks import due, overdue
from owners.actions.releases import expire
from owners.models import (
    GoodsRelease,
    Inspection,
    InspectionVisit,
    Key,
    KeyReceipt,
    Person,
    ProfileChange,
    WarrantyReminder,
)
from owners.queries.concerned import phone_of
from owners.queries.keys import receipts_for
from servicecenter.accounts.models import User
from servicecenter.lib import works
from servicecenter.notifications.addresses import register_emails


def email_of(user: User, community_id: int | None) -> str:
    """The address in the resident's record of this community; of any of them for news about none."""
    people = Person.objects.filter(user=user).exclude(email="")
    if community_id is not None:
        people = people.filter(community=community_id)
    return people.order_by("id").values_list("email", flat=True).first() or ""


register_emails(email_of)
works.register(
    works.Work(
        code="profile_change",
        model=ProfileChange,
        visible=lambda user: ProfileChange.objects.visible_to(user),
        may_attach=lambda case, user: False,
    )
)
works.register(
    works.Work(
        code="key",
        model=Key,
        visible=lambda user: Key.objects.visible_to(user),
        act={"due": due, "overdue": overdue},
        may_attach=lambda case, user: False,
    )
)
# A receipt is no case of its own: it is registered for the signature on it.
works.register(
    works.Work(
        code="key_receipt",
        model=KeyReceipt,
        visible=receipts_for,
        may_attach=lambda case, user: False,
    )
)
works.register(
    works.Work(
        code="goods_release",
        model=GoodsRelease,
        visible=lambda user: GoodsRelease.objects.visible_to(user),
        act={"expire": expire},
        may_attach=lambda case, user: False,
    )
)
works.register(
    works.Work(
        code="warranty",
        model=WarrantyReminder,
        visible=lambda user: WarrantyReminder.objects.visible_to(user),
        may_attach=lambda case, user: False,
        contact=lambda case: phone_of(case.unit),
    )
)
works.register(
    works.Work(
        code="inspection",
        model=Inspection,
        visible=lambda user: Inspection.objects.visible_to(user),
        may_attach=lambda case, user: False,
    )
)
works.register(
    works.Work(
        code="visit",
        model=InspectionVisit,
        visible=lambda user: InspectionVisit.objects.visible_to(user),
        may_attach=lambda case, user: False,
        contact=lambda case: phone_of(case.unit),
    )
)
